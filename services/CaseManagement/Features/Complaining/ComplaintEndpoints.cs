using ImageRights.CaseManagement.Cases;
using static ImageRights.CaseManagement.Cases.CaseEvent;

namespace ImageRights.CaseManagement.Features.Complaining;

/// <summary>That a party was told the decision.</summary>
/// <param name="Party">A <see cref="ComplaintParty"/>.</param>
/// <param name="ToldAt">When it arrived; the time for a complaint runs from there.</param>
/// <param name="Proof">What proves it.</param>
public sealed record InformRequest(string? Actor, string? ReasonCode, string? Statement, string? Party, DateTimeOffset? ToldAt, string? Proof) : StepRequest(Actor, ReasonCode, Statement);

/// <summary>The answer to a complaint.</summary>
/// <param name="Party">Whose complaint it answers, a <see cref="ComplaintParty"/>.</param>
/// <param name="Upheld">Whether the complaint is right.</param>
/// <param name="Automated">Whether no person decided.</param>
public sealed record DecideComplaintRequest(string? Actor, string? ReasonCode, string? Statement, string? Party, bool? Upheld, bool? Automated) : StepRequest(Actor, ReasonCode, Statement);

/// <summary>Parties that can complain of a decision.</summary>
public enum ComplaintParty
{
    /// <summary>Who gave the notice.</summary>
    Complainant,

    /// <summary>Who published the picture.</summary>
    Respondent,
}

/// <summary>Complaints of decisions, by both sides.</summary>
internal static class ComplaintEndpoints
{
    /// <summary><c>POST /v1/cases/{id}/information</c>, <c>…/complaint</c>, <c>…/complaint-decision</c>.</summary>
    public static void MapComplaints(this IEndpointRouteBuilder app)
    {
        app.MapStep(CaseStep.Information, "Record that a party was told the decision and where to complain", (string id, InformRequest request, HttpContext context) =>
            (Fields.TryChoice<ComplaintParty>(request.Party, "/party", out var party, out var unknown) ? Fields.Text(request.Proof, "/proof") : unknown) is { } invalid
                ? Task.FromResult(context.Refuse(invalid))
                : context.TakeStepAsync(id, request, CaseStep.Information, nameof(InformedOfDecision), new Particulars(Party: SpeakerOf(party), OccurredAt: request.ToldAt, Proof: request.Proof?.Trim())));
        app.MapStep(CaseStep.Complaint, "Complain of a decision; the actor is a party", (string id, StepRequest request, HttpContext context) =>
            context.TakeStepAsync(id, request, CaseStep.Complaint, nameof(ComplaintLodged), new Particulars()));
        app.MapStep(CaseStep.ComplaintDecision, "Decide a complaint; the actor is a person who did not decide before", (string id, DecideComplaintRequest request, HttpContext context) =>
            (!Fields.TryChoice<ComplaintParty>(request.Party, "/party", out var party, out var unknown) ? unknown : request.Upheld is null ? Fields.Invalid("/upheld", "is missing") : null) is { } invalid
                ? Task.FromResult(context.Refuse(invalid))
                : context.TakeStepAsync(id, request, CaseStep.ComplaintDecision, request.Upheld!.Value ? nameof(DecisionOverturned) : nameof(DecisionConfirmed),
                    new Particulars(Party: SpeakerOf(party)), request.Automated == true));
    }

    private static Speaker SpeakerOf(ComplaintParty party) => party == ComplaintParty.Complainant ? Speaker.Complainant : Speaker.Respondent;
}
