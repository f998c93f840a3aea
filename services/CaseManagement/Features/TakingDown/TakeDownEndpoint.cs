using ImageRights.CaseManagement.Cases;

namespace ImageRights.CaseManagement.Features.TakingDown;

/// <summary>Taking a picture down.</summary>
internal static class TakeDownEndpoint
{
    /// <summary><c>POST /v1/cases/{id}/takedown</c>.</summary>
    public static void MapTakedown(this IEndpointRouteBuilder app) => app.MapStep(CaseStep.Takedown, "Take the picture down", TakeDownAsync);

    private static Task<IResult> TakeDownAsync(string id, StepRequest request, HttpContext context) =>
        context.TakeStepAsync(id, request, act => new CaseCommand.TakeDown($"msr_{Guid.CreateVersion7():N}", act));
}
