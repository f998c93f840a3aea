using ImageRights.CaseManagement.Cases;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.CaseManagement.Features.Closing;

/// <summary>Who ends the case, why, and as what.</summary>
/// <param name="Outcome">The outcome that the case has reached.</param>
public sealed record CloseRequest(string? Actor, string? ReasonCode, string? Statement, string? Outcome) : StepRequest(Actor, ReasonCode, Statement);

/// <summary>Ending a case.</summary>
internal static class CloseEndpoint
{
    /// <summary><c>POST /v1/cases/{id}/closure</c>.</summary>
    public static void MapClosure(this IEndpointRouteBuilder app) => app.MapStep(CaseStep.Closure, "Close the case with the outcome that it reached", CloseAsync);

    private static async Task<IResult> CloseAsync(string id, CloseRequest request, HttpContext context) =>
        Fields.TryChoice<Outcome>(request.Outcome, "/outcome", out var outcome, out var invalid)
            ? await context.TakeStepAsync(id, request, act => new CaseCommand.Close(outcome, act))
            : context.Problem(invalid!);
}
