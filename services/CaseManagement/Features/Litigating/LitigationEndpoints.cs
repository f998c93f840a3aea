using ImageRights.CaseManagement.Cases;
using ImageRights.ServiceDefaults.Problems;
using static ImageRights.CaseManagement.Cases.CaseEvent;

namespace ImageRights.CaseManagement.Features.Litigating;

/// <summary>What a court or an authority has, and under which number.</summary>
/// <param name="Docket">Docket or file number.</param>
/// <param name="Body">The court or authority.</param>
public record ProceedingRequest(string? Actor, string? ReasonCode, string? Statement, string? Docket, string? Body) : StepRequest(Actor, ReasonCode, Statement);

/// <summary>What a court ordered.</summary>
/// <param name="Order">A <see cref="CourtOrderKind"/>.</param>
public sealed record CourtOrderRequest(string? Actor, string? ReasonCode, string? Statement, string? Docket, string? Body, string? Order)
    : ProceedingRequest(Actor, ReasonCode, Statement, Docket, Body);

/// <summary>What a court can order of a picture.</summary>
public enum CourtOrderKind
{
    /// <summary>That it goes down.</summary>
    Removal,

    /// <summary>That it returns at once.</summary>
    Restoration,

    /// <summary>That an earlier order has ended.</summary>
    End,
}

/// <summary>Recording actions, complaints to authorities and orders.</summary>
internal static class LitigationEndpoints
{
    /// <summary><c>POST /v1/cases/{id}/court-action</c>, <c>…/court-action-end</c>, <c>…/authority-complaint</c>, <c>…/court-order</c>.</summary>
    public static void MapLitigation(this IEndpointRouteBuilder app)
    {
        Map(CaseStep.CourtAction, nameof(CourtActionNotified), "Record the notice that the complainant has gone to court");
        Map(CaseStep.CourtActionEnd, nameof(CourtActionDismissed), "Record that the action ended without an order against the picture");
        Map(CaseStep.AuthorityComplaint, nameof(AuthorityComplaintNotified), "Record the notice that the complainant has complained to the authority");
        app.MapStep(CaseStep.CourtOrder, "Record what a court ordered; it holds against every clock", (string id, CourtOrderRequest request, HttpContext context) =>
            (Fields.TryChoice<CourtOrderKind>(request.Order, "/order", out var order, out var unknown) ? Check(request) : unknown) is { } invalid
                ? Task.FromResult(context.Refuse(invalid))
                : context.TakeStepAsync(id, request, CaseStep.CourtOrder, FactOf(order), ParticularsOf(request)));

        void Map(CaseStep step, string fact, string summary) => app.MapStep(step, summary, (string id, ProceedingRequest request, HttpContext context) =>
            Check(request) is { } invalid ? Task.FromResult(context.Refuse(invalid)) : context.TakeStepAsync(id, request, step, fact, ParticularsOf(request)));
    }

    private static string FactOf(CourtOrderKind order) => order switch
    {
        CourtOrderKind.Removal => nameof(CourtOrderedRemoval),
        CourtOrderKind.Restoration => nameof(CourtOrderedRestoration),
        CourtOrderKind.End => nameof(RemovalOrderEnded),
    };

    /// <summary>Without its number nobody can look the proceeding up.</summary>
    private static Rejection? Check(ProceedingRequest request) => Fields.Text(request.Docket, "/docket", required: true) ?? Fields.Text(request.Body, "/body", required: true);

    private static Particulars ParticularsOf(ProceedingRequest request) => new(Reference: request.Docket!.Trim(), Body: request.Body!.Trim());
}
