using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Notices;
using ImageRights.CaseManagement.Proceedings;
using ImageRights.TestKit;
using static ImageRights.CaseManagement.UnitTests.Samples;

namespace ImageRights.CaseManagement.UnitTests.Proceedings;

/// <summary>Facts that only cases under law have.</summary>
internal static class LawSamples
{
    public static readonly CaseRules Rules = new(Catalogue);

    public static readonly Ground Rule = new("US-06", "S61");
    public static readonly Particulars Particulars = new("1:26-cv-01234", "S.D.N.Y.", Speaker.Complainant, Noon.AddHours(-1), "dlv_1", "Settled");
    public static readonly NoticeReference Notice = new("ntc_0192f3b0c8d07a4e9b6f0c1d2e3f4a5b", Noon, Noon.AddHours(1), ["signature"]);
    public static readonly ChosenSettings Settings = new("America/New_York", "us-federal", "Manual", new Dictionary<string, ChosenClock> { ["US-06"] = new(null, "Stay") });

    public static readonly CaseEvent[] All =
    [
        new CaseEvent.RegimeAdopted(TheDispute, "us-dmca-512.v1", Settings, Notice, By(Complainant)),
        new CaseEvent.CaseReopened(TheDispute, "CourtOrderedRemoval", By(Reviewer)),
        new CaseEvent.DeadlineExtended(TheDispute, Rule, Noon, 14, Noon.AddDays(14), Noon.AddDays(28), By(Reviewer)),
        new CaseEvent.CounterNoticeDeficient(TheDispute, ["signature"], [new Lack("jurisdictionConsent", "Counter_JurisdictionConsent_Missing")], Rule, By(Respondent)),
        new CaseEvent.ComplainantWithdrew(TheDispute, "author-weber", By("author-weber")),
        new CaseEvent.LitigationHold(TheDispute, Rule, "CourtActionNotified", By(Reviewer)),
        new CaseEvent.LitigationHoldEnded(TheDispute, Rule, "CourtActionDismissed", By(Reviewer)),
        new CaseEvent.NoticesBarred(TheDispute, Rule, "CounterNoticeReceived", By(Respondent)),
        new CaseEvent.DeadlineWarned(TheDispute, Rule, Noon, Noon.AddDays(12), By("clock")),
        new CaseEvent.DeadlineElapsed(TheDispute, Rule, Noon, Noon.AddDays(14), By("clock")),
        new CaseEvent.DeadlineFired(TheDispute, Rule, Noon, Noon.AddDays(10), By("clock")),
        new CaseEvent.DeadlineExecutedLate(TheDispute, Rule, Noon.AddDays(10), 61.5, By("clock")),
        new CaseEvent.NoticeAcknowledged(TheDispute, Rule, Speaker.Platform, Particulars, By(Reviewer)),
        new CaseEvent.NoticeForwarded(TheDispute, Rule, Speaker.Platform, Particulars, By(Reviewer)),
        new CaseEvent.NoticeRetracted(TheDispute, Rule, Speaker.Platform, Particulars, By(Reviewer)),
        new CaseEvent.CounterNoticeForwarded(TheDispute, Rule, Speaker.Platform, Particulars, By(Reviewer)),
        new CaseEvent.CounterNoticeDelivered(TheDispute, Rule, Speaker.Platform, Particulars, By(Reviewer)),
        new CaseEvent.CounterNoticeRejected(TheDispute, Rule, Speaker.Platform, Particulars, By(Reviewer)),
        new CaseEvent.CourtActionNotified(TheDispute, Rule, Speaker.Platform, Particulars, By(Reviewer)),
        new CaseEvent.CourtActionDismissed(TheDispute, Rule, Speaker.Platform, Particulars, By(Reviewer)),
        new CaseEvent.AuthorityComplaintNotified(TheDispute, Rule, Speaker.Platform, Particulars, By(Reviewer)),
        new CaseEvent.CourtOrderedRemoval(TheDispute, Rule, Speaker.Platform, Particulars, By(Reviewer)),
        new CaseEvent.CourtOrderedRestoration(TheDispute, Rule, Speaker.Platform, Particulars, By(Reviewer)),
        new CaseEvent.RemovalOrderEnded(TheDispute, Rule, Speaker.Platform, Particulars, By(Reviewer)),
        new CaseEvent.InformedOfDecision(TheDispute, Rule, Speaker.Platform, Particulars, By(Reviewer)),
        new CaseEvent.ComplaintLodged(TheDispute, Rule, Speaker.Platform, Particulars, By(Reviewer)),
        new CaseEvent.DecisionOverturned(TheDispute, Rule, Speaker.Platform, Particulars, By(Reviewer)),
        new CaseEvent.DecisionConfirmed(TheDispute, Rule, Speaker.Platform, Particulars, By(Reviewer)),
        new CaseEvent.OdsComplaintReceived(TheDispute, Rule, Speaker.Platform, Particulars, By(Reviewer)),
        new CaseEvent.OdsOutcomeRecorded(TheDispute, Rule, Speaker.Platform, Particulars, By(Reviewer)),
        new CaseEvent.StatementSubmitted(TheDispute, Rule, Speaker.Platform, Particulars with { StatementId = "sor_0192f3b0c8d07a4e9b6f0c1d2e3f4a5b_1" }, By(Reviewer)),
        new CaseEvent.ComplaintUpheld(TheDispute, Rule, Speaker.Platform, Particulars, By(Reviewer)),
        new CaseEvent.AppealFiled(TheDispute, Rule, Speaker.Platform, Particulars, By(Reviewer)),
        new CaseEvent.DisputeFiled(TheDispute, Rule, Speaker.Platform, Particulars, By(Reviewer)),
        new CaseEvent.ChangeReported(TheDispute, Rule, Speaker.Platform, Particulars, By(Reviewer)),
    ];
}
