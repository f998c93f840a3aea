using ImageRights.CaseManagement.Cases;
using static ImageRights.CaseManagement.Cases.CaseEvent;

namespace ImageRights.CaseManagement.Features.Forwarding;

/// <summary>That something was sent.</summary>
/// <param name="Channel">By which way.</param>
/// <param name="Proof">What proves it, such as the message's id.</param>
public sealed record ForwardRequest(string? Actor, string? ReasonCode, string? Statement, string? Channel, string? Proof) : StepRequest(Actor, ReasonCode, Statement);

/// <summary>That something arrived.</summary>
/// <param name="ArrivedAt">When; the clock of a regime that counts from arrival starts then.</param>
/// <param name="Proof">What proves it.</param>
public sealed record DeliverRequest(string? Actor, string? ReasonCode, string? Statement, DateTimeOffset? ArrivedAt, string? Proof) : StepRequest(Actor, ReasonCode, Statement);

/// <summary>Recording what went to the other side, and when it arrived.</summary>
internal static class ForwardingEndpoints
{
    /// <summary><c>POST /v1/cases/{id}/notice-forwarding</c>, <c>…/counter-notice-forwarding</c>, <c>…/counter-notice-delivery</c>.</summary>
    public static void MapForwarding(this IEndpointRouteBuilder app)
    {
        app.MapStep(CaseStep.NoticeForwarding, "Record that the notice went to the respondent", (string id, ForwardRequest request, HttpContext context) =>
            ForwardAsync(id, request, context, CaseStep.NoticeForwarding, nameof(NoticeForwarded), Speaker.Respondent));
        app.MapStep(CaseStep.CounterNoticeForwarding, "Record that the objection went to the complainant", (string id, ForwardRequest request, HttpContext context) =>
            ForwardAsync(id, request, context, CaseStep.CounterNoticeForwarding, nameof(CounterNoticeForwarded), Speaker.Complainant));
        app.MapStep(CaseStep.CounterNoticeDelivery, "Record the proof that the objection arrived at the complainant", (string id, DeliverRequest request, HttpContext context) =>
            Fields.Text(request.Proof, "/proof", required: true) is { } invalid
                ? Task.FromResult(context.Refuse(invalid))
                : context.TakeStepAsync(id, request, CaseStep.CounterNoticeDelivery, nameof(CounterNoticeDelivered),
                    new Particulars(Party: Speaker.Complainant, OccurredAt: request.ArrivedAt, Proof: request.Proof!.Trim())));
    }

    private static Task<IResult> ForwardAsync(string id, ForwardRequest request, HttpContext context, CaseStep step, string fact, Speaker to) =>
        (Fields.Text(request.Channel, "/channel") ?? Fields.Text(request.Proof, "/proof")) is { } invalid
            ? Task.FromResult(context.Refuse(invalid))
            : context.TakeStepAsync(id, request, step, fact, new Particulars(Body: request.Channel?.Trim(), Party: to, Proof: request.Proof?.Trim()));
}
