using ImageRights.CaseManagement.Cases;
using static ImageRights.CaseManagement.Cases.CaseEvent;

namespace ImageRights.CaseManagement.Features.SubmittingStatements;

/// <summary>That the database has a statement of reasons.</summary>
/// <param name="StatementId">The statement.</param>
/// <param name="Reference">Identifier that the database gave.</param>
/// <param name="SubmittedAt">When the database took it; now when it is left out.</param>
public sealed record SubmissionRecordRequest(string? Actor, string? ReasonCode, string? Statement, string? StatementId, string? Reference, DateTimeOffset? SubmittedAt) : StepRequest(Actor, ReasonCode, Statement);

/// <summary>Recording what came to the Transparency Database by another way than the queue, such as its web form: the case's law has a term for it, and the queue need not send it.</summary>
internal static class SubmissionRecordEndpoint
{
    /// <summary><c>POST /v1/cases/{id}/statement-submission</c>.</summary>
    public static void MapSubmissionRecord(this IEndpointRouteBuilder app) =>
        app.MapStep(CaseStep.StatementSubmission, "Record that the EU Transparency Database has a statement of reasons", (string id, SubmissionRecordRequest request, HttpContext context, TimeProvider time) =>
            (Fields.Id(request.StatementId, "/statementId", required: true) ?? Fields.Text(request.Reference, "/reference", required: true)) is { } invalid
                ? Task.FromResult(context.Refuse(invalid))
                : context.TakeStepAsync(
                    id, request, CaseStep.StatementSubmission, nameof(StatementSubmitted),
                    new Particulars(Reference: request.Reference!.Trim(), OccurredAt: request.SubmittedAt, StatementId: request.StatementId),
                    beside: session => TransparencyQueue.Deliver(session, request.StatementId!, request.Reference.Trim(), request.SubmittedAt?.ToUniversalTime() ?? time.GetUtcNow())));
}
