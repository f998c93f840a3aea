using ImageRights.CaseManagement.Cases;

namespace ImageRights.CaseManagement.Features.CounterNoticing;

/// <summary>Objecting to a measure; the actor is the respondent.</summary>
internal static class CounterNoticeEndpoint
{
    /// <summary><c>POST /v1/cases/{id}/counter-notice</c>.</summary>
    public static void MapCounterNotice(this IEndpointRouteBuilder app) => app.MapStep(CaseStep.CounterNotice, "Object to the measure", ObjectAsync);

    private static Task<IResult> ObjectAsync(string id, StepRequest request, HttpContext context) =>
        context.TakeStepAsync(id, request, act => new CaseCommand.CounterNotice(act));
}
