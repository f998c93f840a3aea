using ImageRights.CaseManagement.Cases;

namespace ImageRights.CaseManagement.Features.Reinstating;

/// <summary>Which measure ends, and why.</summary>
/// <param name="MeasureId">One of several; all when it is left out.</param>
public sealed record ReinstateRequest(string? Actor, string? ReasonCode, string? Statement, string? MeasureId) : StepRequest(Actor, ReasonCode, Statement);

/// <summary>Ending a measure.</summary>
internal static class ReinstateEndpoint
{
    /// <summary><c>POST /v1/cases/{id}/reinstatement</c>.</summary>
    public static void MapReinstatement(this IEndpointRouteBuilder app) => app.MapStep(CaseStep.Reinstatement, "Put the picture back", ReinstateAsync);

    private static Task<IResult> ReinstateAsync(string id, ReinstateRequest request, HttpContext context) =>
        Fields.Id(request.MeasureId, "/measureId") is { } invalid
            ? Task.FromResult(context.Refuse(invalid))
            : context.TakeStepAsync(id, request, _ => act => new CaseCommand.Reinstate(act, request.MeasureId));
}
