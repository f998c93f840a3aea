using ImageRights.CaseManagement.Cases;

namespace ImageRights.CaseManagement.Features.Reinstating;

/// <summary>Ending a measure.</summary>
internal static class ReinstateEndpoint
{
    /// <summary><c>POST /v1/cases/{id}/reinstatement</c>.</summary>
    public static void MapReinstatement(this IEndpointRouteBuilder app) => app.MapStep(CaseStep.Reinstatement, "Lift the measure and bring the picture back", ReinstateAsync);

    private static Task<IResult> ReinstateAsync(string id, StepRequest request, HttpContext context) =>
        context.TakeStepAsync(id, request, act => new CaseCommand.Reinstate(act));
}
