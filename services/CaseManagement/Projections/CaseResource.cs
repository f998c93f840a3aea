using System.Text.Json.Serialization;
using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Features.HearingPriority;
using ImageRights.CaseManagement.Proceedings;
using ImageRights.CaseManagement.Regimes;

namespace ImageRights.CaseManagement.Projections;

/// <summary>A case as it is answered: with what each part can do next.</summary>
public sealed record CaseResource : CaseView
{
    /// <summary>Adds to a view what the regime allows in its state.</summary>
    public CaseResource(CaseView view, RegimeCatalogue catalogue) : base(view)
    {
        var pack = view.Regime == HouseRegime.Name ? null : catalogue.Find(view.Regime);
        Next = new NextSteps(Of(Role.Complainant), Of(Role.Respondent), Of(Role.Reviewer));

        IReadOnlyList<string> Of(Role role) => [.. (pack is null ? HouseRegime.NextSteps(view.State, role) : LawSteps.Next(view, pack, role)).Select(NextSteps.Noun)];
    }

    /// <summary>Steps that can be taken now.</summary>
    [JsonPropertyOrder(1)]
    public NextSteps Next { get; }

    /// <summary>Registrations of what looks like the same picture by other accounts, before the case's work; left out for a party, and where there is none.</summary>
    [JsonPropertyOrder(2)]
    public IReadOnlyList<EarlierRegistration>? EarlierRegistrations { get; init; }
}

/// <summary>Steps that can be taken now, by part; each is also the last segment of the address that takes it.</summary>
public sealed record NextSteps(IReadOnlyList<string> Complainant, IReadOnlyList<string> Respondent, IReadOnlyList<string> Reviewer)
{
    /// <summary>Address of a step under its case; a report goes to <c>/v1/reports</c>.</summary>
    public static string Noun(CaseStep step) => step switch
    {
        CaseStep.Report => "report",
        CaseStep.Takedown => "takedown",
        CaseStep.Dismissal => "dismissal",
        CaseStep.CounterNotice => "counter-notice",
        CaseStep.Reinstatement => "reinstatement",
        CaseStep.Settlement => "settlement",
        CaseStep.Closure => "closure",
        CaseStep.NoticeForwarding => "notice-forwarding",
        CaseStep.Retraction => "retraction",
        CaseStep.CounterNoticeForwarding => "counter-notice-forwarding",
        CaseStep.CounterNoticeDelivery => "counter-notice-delivery",
        CaseStep.CounterNoticeRejection => "counter-notice-rejection",
        CaseStep.CourtAction => "court-action",
        CaseStep.CourtActionEnd => "court-action-end",
        CaseStep.AuthorityComplaint => "authority-complaint",
        CaseStep.CourtOrder => "court-order",
        CaseStep.Information => "information",
        CaseStep.Complaint => "complaint",
        CaseStep.ComplaintDecision => "complaint-decision",
        CaseStep.StatementSubmission => "statement-submission",
        CaseStep.OutOfCourtReferral => "out-of-court-referral",
        CaseStep.OutOfCourtOutcome => "out-of-court-outcome",
        CaseStep.Appeal => "appeal",
        CaseStep.Objection => "objection",
        CaseStep.Change => "change",
        CaseStep.Upholding => "upholding",
        CaseStep.Extension => "extension",
        CaseStep.Deadline => "deadline",
    };
}
