using ImageRights.CaseManagement.Cases;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.CaseManagement.Features.Settling;

/// <summary>What the parties agreed; the actor is who saw the agreement.</summary>
/// <param name="AgreedBy">Accounts that agreed.</param>
/// <param name="Amount">Money that the respondent pays, in units of <paramref name="Currency"/>; 0 for none.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="ImageStays">Whether the picture may be shown again; it stays down when this is left out.</param>
public sealed record SettleRequest(
    string? Actor, string? ReasonCode, string? Statement, IReadOnlyList<string?>? AgreedBy, decimal? Amount, string? Currency, bool? ImageStays)
    : StepRequest(Actor, ReasonCode, Statement);

/// <summary>Recording an agreement of the parties.</summary>
internal static class SettleEndpoint
{
    private const int MostParties = 100;

    /// <summary><c>POST /v1/cases/{id}/settlement</c>.</summary>
    public static void MapSettlement(this IEndpointRouteBuilder app) => app.MapStep(CaseStep.Settlement, "Record what the parties agreed", SettleAsync);

    private static async Task<IResult> SettleAsync(string id, SettleRequest request, HttpContext context)
    {
        var agreedBy = request.AgreedBy ?? [];
        var invalid = agreedBy.Count > MostParties
            ? Fields.Invalid("/agreedBy", $"takes at most {MostParties} accounts")
            : agreedBy.Select((account, index) => Fields.Id(account, $"/agreedBy/{index}", required: true)).FirstOrDefault(wrong => wrong is not null)
                ?? (request.Amount is null ? Fields.Invalid("/amount", "is missing") : null)
                ?? (request.Currency is null ? Fields.Invalid("/currency", "is missing") : null);
        if (invalid is not null) return context.Problem(invalid);
        return await context.TakeStepAsync(id, request, act => new CaseCommand.Settle(
            [.. agreedBy.Select(account => account!.Trim())], request.Amount!.Value, request.Currency!, request.ImageStays == true, act));
    }
}
