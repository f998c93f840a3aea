using ImageRights.CaseManagement.Cases;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.CaseManagement.Features.TakingDown;

/// <summary>A measure: why, by which law, and where.</summary>
/// <param name="LegalBasis">Law or clause that it is based on; the case's regime when it is left out.</param>
/// <param name="Territories">ISO 3166 codes of the countries in which the picture goes down; everywhere when they are left out.</param>
/// <param name="Automated">Whether a machine decided.</param>
public sealed record TakeDownRequest(string? Actor, string? ReasonCode, string? Statement, string? LegalBasis, IReadOnlyList<string?>? Territories, bool? Automated)
    : StepRequest(Actor, ReasonCode, Statement);

/// <summary>Taking a picture down.</summary>
internal static class TakeDownEndpoint
{
    private const int MostTerritories = 250;

    /// <summary><c>POST /v1/cases/{id}/takedown</c>.</summary>
    public static void MapTakedown(this IEndpointRouteBuilder app) => app.MapStep(CaseStep.Takedown, "Take the picture down, everywhere or in some countries", TakeDownAsync);

    private static async Task<IResult> TakeDownAsync(string id, TakeDownRequest request, HttpContext context)
    {
        if (Check(request) is { } invalid) return context.Problem(invalid);
        var isAutomated = request.Automated == true || context.Actor(request.Actor).IsProgram;
        var isSpecial = request.LegalBasis is not null || request.Territories is not null || request.Automated is not null || isAutomated;
        // Sorted and each once, so that the same measure is the same however it is written.
        IReadOnlyList<string>? territories = request.Territories is { } given ? [.. given.OfType<string>().Distinct().Order(StringComparer.Ordinal)] : null;
        return await context.TakeStepAsync(id, request, state => act => new CaseCommand.TakeDown(
            $"msr_{Guid.CreateVersion7():N}", act, isSpecial ? new MeasureScope(request.LegalBasis?.Trim() ?? state.Regime, territories, isAutomated) : null));
    }

    private static Rejection? Check(TakeDownRequest request)
    {
        if (Fields.Text(request.LegalBasis, "/legalBasis") is { } basis) return basis;
        if (request.Territories is not { } territories) return null;
        if (territories.Count is 0 or > MostTerritories) return Fields.Invalid("/territories", $"takes 1 to {MostTerritories} countries");
        return territories.Select((code, index) => Fields.Country(code, $"/territories/{index}")).FirstOrDefault(wrong => wrong is not null);
    }
}
