using ImageRights.CaseManagement.Cases;
using static ImageRights.CaseManagement.Cases.CaseEvent;

namespace ImageRights.CaseManagement.Features.ReferringOutOfCourt;

/// <summary>A dispute before an out-of-court body.</summary>
/// <param name="Body">The certified body.</param>
/// <param name="Reference">Its file number.</param>
/// <param name="ReceivedAt">When the body received it; its time runs from there.</param>
public sealed record ReferRequest(string? Actor, string? ReasonCode, string? Statement, string? Body, string? Reference, DateTimeOffset? ReceivedAt) : StepRequest(Actor, ReasonCode, Statement);

/// <summary>What the body decided.</summary>
/// <param name="Outcome">Its decision in a code.</param>
public sealed record OutcomeRequest(string? Actor, string? ReasonCode, string? Statement, string? Body, string? Reference, string? Outcome) : StepRequest(Actor, ReasonCode, Statement);

/// <summary>Out-of-court dispute settlement: its outcome binds nobody and is reported.</summary>
internal static class OutOfCourtEndpoints
{
    /// <summary><c>POST /v1/cases/{id}/out-of-court-referral</c>, <c>…/out-of-court-outcome</c>.</summary>
    public static void MapOutOfCourt(this IEndpointRouteBuilder app)
    {
        app.MapStep(CaseStep.OutOfCourtReferral, "Record that an out-of-court body was called", (string id, ReferRequest request, HttpContext context) =>
            (Fields.Text(request.Body, "/body", required: true) ?? Fields.Text(request.Reference, "/reference", required: true)) is { } invalid
                ? Task.FromResult(context.Refuse(invalid))
                : context.TakeStepAsync(id, request, CaseStep.OutOfCourtReferral, nameof(OdsComplaintReceived),
                    new Particulars(Reference: request.Reference!.Trim(), Body: request.Body!.Trim(), OccurredAt: request.ReceivedAt)));
        app.MapStep(CaseStep.OutOfCourtOutcome, "Record what an out-of-court body decided", (string id, OutcomeRequest request, HttpContext context) =>
            (Fields.Text(request.Body, "/body", required: true) ?? Fields.Text(request.Reference, "/reference", required: true)
                ?? (string.IsNullOrEmpty(request.Outcome) ? Fields.Invalid("/outcome", "is missing") : Fields.Code(request.Outcome, "/outcome"))) is { } invalid
                ? Task.FromResult(context.Refuse(invalid))
                : context.TakeStepAsync(id, request, CaseStep.OutOfCourtOutcome, nameof(OdsOutcomeRecorded),
                    new Particulars(Reference: request.Reference!.Trim(), Body: request.Body!.Trim(), Outcome: request.Outcome)));
    }
}
