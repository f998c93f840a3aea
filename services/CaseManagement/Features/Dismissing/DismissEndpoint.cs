using ImageRights.CaseManagement.Cases;

namespace ImageRights.CaseManagement.Features.Dismissing;

/// <summary>Finding a complaint without ground.</summary>
internal static class DismissEndpoint
{
    /// <summary><c>POST /v1/cases/{id}/dismissal</c>.</summary>
    public static void MapDismissal(this IEndpointRouteBuilder app) => app.MapStep(CaseStep.Dismissal, "Dismiss the complaint and close the case", DismissAsync);

    private static Task<IResult> DismissAsync(string id, StepRequest request, HttpContext context) =>
        context.TakeStepAsync(id, request, act => new CaseCommand.Dismiss(act));
}
