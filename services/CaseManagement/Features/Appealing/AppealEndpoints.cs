using ImageRights.CaseManagement.Cases;
using static ImageRights.CaseManagement.Cases.CaseEvent;

namespace ImageRights.CaseManagement.Features.Appealing;

/// <summary>Steps that the rules of platforms know and statutes do not.</summary>
internal static class AppealEndpoints
{
    /// <summary><c>POST /v1/cases/{id}/upholding</c>, <c>…/appeal</c>, <c>…/objection</c>, <c>…/change</c>, <c>…/counter-notice-rejection</c>.</summary>
    public static void MapAppeals(this IEndpointRouteBuilder app)
    {
        Map(CaseStep.Upholding, nameof(ComplaintUpheld), "Uphold the notice where the regime counts from that");
        Map(CaseStep.Appeal, nameof(AppealFiled), "Appeal where the regime has appeals");
        Map(CaseStep.Objection, nameof(DisputeFiled), "Dispute a claim where the regime has disputes");
        Map(CaseStep.Change, nameof(ChangeReported), "Report that the picture was changed");
        Map(CaseStep.CounterNoticeRejection, nameof(CounterNoticeRejected), "Find the objection without ground where the regime lets the platform decide");

        void Map(CaseStep step, string fact, string summary) => app.MapStep(step, summary, (string id, StepRequest request, HttpContext context) =>
            context.TakeStepAsync(id, request, step, fact, new Particulars()));
    }
}
