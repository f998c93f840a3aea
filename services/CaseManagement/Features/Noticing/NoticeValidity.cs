using System.Text.RegularExpressions;
using ImageRights.CaseManagement.Notices;
using ImageRights.CaseManagement.Regimes;
using NodaTime;

namespace ImageRights.CaseManagement.Features.Noticing;

/// <summary>Judges a notice by its regime's form.</summary>
internal static class NoticeValidity
{
    /// <summary>The form of a pack's notices.</summary>
    public static NoticeForm? FormOf(RegimePack pack) =>
        pack.Steps.FirstOrDefault(step => step.On == "NoticeReceived")?.Form is { } name ? pack.Forms.Single(form => form.Name == name) : null;

    /// <summary>What a notice lacks: first what no element can mend, then the form's elements in their order.</summary>
    /// <param name="knownItems">How many of the pictures named by id are known.</param>
    public static IReadOnlyList<Lack> Lacks(RegimePack pack, NoticeForm form, NoticeRequest request, IReadOnlyCollection<string> elements, int knownItems, RegimeCatalogue catalogue, Instant at)
    {
        var items = request.Items ?? [];
        if (request.RightType is { } right && right != nameof(NoticeRight.Copyright)) return [new Lack(null, "Right_Type_Wrong")];
        if (pack.Limits is { } limits && items.Count > limits.Items) return [new Lack(null, "Bulk_Limit_Exceeded")];
        if (request.AuthorityUntil is { } until && at.InZone(DateTimeZoneProviders.Tzdb[pack.Zone]).Date > until) return [new Lack(null, "Authority_Unproven")];
        var lacks = new List<Lack>();
        foreach (var field in form.Fields.Where(field => field.Code is not null))
        {
            if (field.IsLocation && items.Count > 0)
            {
                if (items.Any(item => item!.Url is { } url && !IsExact(url, catalogue.ShopPaths))) lacks.Add(new Lack(field.Name, "Location_Not_Exact"));
                else if (knownItems == 0 && items.All(item => item!.Url is null)) lacks.Add(new Lack(field.Name, field.Code!));
            }
            else if (field.IsLocation || !elements.Contains(field.Name)) lacks.Add(new Lack(field.Name, field.Code!));
        }
        return lacks;
    }

    /// <summary>The end of the correction window; null where the regime refuses.</summary>
    public static Edge? CorrectBefore(RegimePack pack, NoticeForm form, IReadOnlyList<Lack> lacks, RegimeSettings settings, Instant at)
    {
        // A location that is a shop's names no material, so it cures no more than one that is missing.
        if (lacks.Count == 0 || lacks.Any(lack => lack.Field is null) || !Procedure.IsToBeCured(form, [.. lacks.Select(lack => lack.Field!)])) return null;
        return pack.Clocks.FirstOrDefault(clock => clock.StartsAt.Contains("CorrectionRequested")) is { } clock ? Window.Of(clock, settings, at)?.Closes : null;
    }

    private static bool IsExact(string url, IReadOnlyList<string> shopPaths) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
        && !shopPaths.Any(path => Regex.IsMatch(address.AbsolutePath, path, RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1)));
}
