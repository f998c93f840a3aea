using ImageRights.CaseManagement.Regimes;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.CaseManagement.Features.ReadingRegimes;

/// <summary>A pack in the list.</summary>
/// <param name="Id">Name and version, as cases keep it.</param>
/// <param name="IsConfirmed">Whether the source of every number in it was read.</param>
public sealed record RegimeSummary(
    string Id, string Name, int Version, Words Title, PackKind Kind, string Jurisdiction, string EffectiveFrom, string Zone, string Calendar, bool IsConfirmed, IReadOnlyList<string> Unconfirmed);

/// <summary>A pack whole.</summary>
/// <param name="IsConfirmed">Whether the source of every number in it was read.</param>
/// <param name="UnconfirmedClocks">Clocks whose source was not read.</param>
/// <param name="Calendar">The calendar of its settings.</param>
/// <param name="Codes">Texts of the codes that it refuses with.</param>
/// <param name="Versions">Every version there is.</param>
public sealed record RegimeResource(
    string Id, bool IsConfirmed, IReadOnlyList<string> UnconfirmedClocks, RegimePack Pack, HolidayCalendar Calendar, IReadOnlyDictionary<string, RefusalCode> Codes, IReadOnlyList<int> Versions);

/// <summary>Reading the procedures that cases can follow.</summary>
internal static class RegimesEndpoint
{
    /// <summary><c>GET /v1/regimes</c>, <c>GET /v1/regimes/{name}</c>, <c>GET /v1/facts</c>.</summary>
    public static void MapRegimes(this IEndpointRouteBuilder app)
    {
        var regimes = app.MapGroup("/v1/regimes").WithTags("Regimes").Requires(Permission.RegimesRead);
        regimes.MapGet("", (RegimeCatalogue catalogue) => TypedResults.Ok(catalogue.Packs.Select(Summarise))).WithName("ListRegimes").WithSummary("Regime packs, every version");
        app.MapGet("/v1/facts", (RegimeCatalogue catalogue) => TypedResults.Ok(catalogue.Facts)).Requires(Permission.RegimesRead).WithTags("Regimes").WithName("ListFacts").WithSummary("What can happen, in the words that every pack shares");
        regimes.MapGet("{name}", Get).WithName("GetRegime").WithSummary("A pack with its steps, clocks, forms, calendar and sources; by name, or by name and version");
    }

    private static IResult Get(string name, int? version, HttpContext context, RegimeCatalogue catalogue)
    {
        if (catalogue.Find(name, version) is not { } pack) return context.Problem(new Rejection(RegimeCodes.NotFound));
        var codes = pack.Forms.SelectMany(form => form.Fields).Select(field => field.Code).OfType<string>()
            .Concat(pack.Steps.SelectMany(step => step.Needs ?? []).Select(need => need.Otherwise)).Distinct();
        return TypedResults.Ok(new RegimeResource(
            pack.Id, IsConfirmed(pack), [.. pack.Clocks.Where(clock => clock.Evidence != Evidence.Confirmed).Select(clock => clock.Id)], pack, catalogue.Calendars[pack.Calendar],
            codes.ToDictionary(code => code, code => catalogue.Codes[code]), [.. catalogue.Packs.Where(known => known.Name == pack.Name).Select(known => known.Version)]));
    }

    private static RegimeSummary Summarise(RegimePack pack) => new(
        pack.Id, pack.Name, pack.Version, pack.Title, pack.Kind, pack.Jurisdiction, NodaTime.Text.LocalDatePattern.Iso.Format(pack.EffectiveFrom.Date), pack.Zone, pack.Calendar, IsConfirmed(pack), pack.Unconfirmed);

    private static bool IsConfirmed(RegimePack pack) => pack.Clocks.All(clock => clock.Evidence == Evidence.Confirmed);
}
