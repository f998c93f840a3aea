using ImageRights.CaseManagement.Cases;
using static ImageRights.CaseManagement.Cases.CaseEvent;

namespace ImageRights.CaseManagement.Features.Retracting;

/// <summary>Taking a complaint back; the actor is the complainant, and nobody else's word for it counts.</summary>
internal static class RetractionEndpoint
{
    /// <summary><c>POST /v1/cases/{id}/retraction</c>.</summary>
    public static void MapRetraction(this IEndpointRouteBuilder app) => app.MapStep(
        CaseStep.Retraction, "Take a complaint back, from the complainant's own account", (string id, StepRequest request, HttpContext context) =>
            context.TakeStepAsync(id, request, CaseStep.Retraction, nameof(NoticeRetracted), new Particulars()));
}
