using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Projections;
using ImageRights.CaseManagement.Regimes;
using static ImageRights.CaseManagement.Cases.CaseEvent;
using static ImageRights.CaseManagement.Cases.CaseStep;

namespace ImageRights.CaseManagement.Proceedings;

/// <summary>Steps that are worth offering in a case under law. Whether the day has come for one is the pack's to say when it is taken, and the what-if's before.</summary>
public static class LawSteps
{
    /// <summary>The steps that somebody in this part can think of next.</summary>
    public static IReadOnlyList<CaseStep> Next(CaseView view, RegimePack pack, Role role) =>
        [.. Offered(view).Where(step => HouseRegime.Takes(role, step) && IsItsTurn(view, role, step) && (FactOf(step) is not { } fact || IsRegulated(pack, fact)))];

    /// <summary>The fact that a step records; null for those that are the same under every law.</summary>
    public static string? FactOf(CaseStep step) => step switch
    {
        Takedown => "MeasureApplied",
        CaseStep.CounterNotice or CounterNoticeForwarding or CounterNoticeDelivery => "CounterNoticeReceived",
        Reinstatement => "MeasureLifted",
        Retraction => nameof(NoticeRetracted),
        CounterNoticeRejection => nameof(CounterNoticeRejected),
        CourtAction => nameof(CourtActionNotified),
        CourtActionEnd => nameof(CourtActionDismissed),
        AuthorityComplaint => nameof(AuthorityComplaintNotified),
        CourtOrder => nameof(CourtOrderedRemoval),
        Information => nameof(InformedOfDecision),
        CaseStep.Complaint => nameof(ComplaintLodged),
        ComplaintDecision => nameof(DecisionOverturned),
        OutOfCourtReferral or OutOfCourtOutcome => nameof(OdsComplaintReceived),
        Appeal => nameof(AppealFiled),
        CaseStep.Objection => nameof(DisputeFiled),
        Change => nameof(ChangeReported),
        Upholding => nameof(ComplaintUpheld),
        StatementSubmission => nameof(StatementSubmitted),
        _ => null,
    };

    private static bool IsItsTurn(CaseView view, Role role, CaseStep step)
    {
        var party = role == Role.Complainant ? Speaker.Complainant : Speaker.Respondent;
        return step switch
        {
            CaseStep.Complaint => view.Told.Contains(party) && !view.OpenComplaints.Contains(party),
            OutOfCourtOutcome => view.IsBeforeBody,
            _ => true,
        };
    }

    private static IEnumerable<CaseStep> Offered(CaseView view)
    {
        IEnumerable<CaseStep> steps = view.State switch
        {
            CaseStatus.Open => [Report, Takedown, Dismissal, NoticeForwarding, Retraction, CourtOrder, Upholding, Information, Change, CaseStep.Complaint, OutOfCourtReferral],
            CaseStatus.TakenDown => [
                Report, Takedown, CaseStep.CounterNotice, Reinstatement, CaseStep.Settlement, Closure, NoticeForwarding, Retraction, CourtAction, AuthorityComplaint, CourtOrder, Information, CaseStep.Complaint,
                Appeal, CaseStep.Objection, Change, Upholding, OutOfCourtReferral, OutOfCourtOutcome, StatementSubmission],
            CaseStatus.CounterNoticed => [
                Report, Reinstatement, CaseStep.Settlement, Retraction, CounterNoticeForwarding, CounterNoticeDelivery, CounterNoticeRejection, CourtAction, AuthorityComplaint, CourtOrder, OutOfCourtReferral,
                OutOfCourtOutcome, StatementSubmission],
            CaseStatus.LitigationHold => [Report, Takedown, CaseStep.Settlement, Retraction, CourtActionEnd, CourtOrder, StatementSubmission],
            CaseStatus.Reinstated or CaseStatus.Dismissed => [Report, Closure, CourtAction, AuthorityComplaint, Information, CaseStep.Complaint, OutOfCourtReferral, OutOfCourtOutcome, CourtOrder, StatementSubmission],
            CaseStatus.Settled => [Closure, CourtAction, AuthorityComplaint, CourtOrder, StatementSubmission],
            CaseStatus.Closed => [Information, CaseStep.Complaint, OutOfCourtReferral, OutOfCourtOutcome, CourtAction, AuthorityComplaint, CourtOrder, StatementSubmission],
            CaseStatus.None => [],
        };
        if (view is { IsActionPending: true, State: CaseStatus.Reinstated or CaseStatus.Dismissed or CaseStatus.Settled }) steps = steps.Append(Takedown);
        return view.OpenComplaints.Count == 0 ? steps : steps.Except([Closure]).Append(ComplaintDecision);
    }

    private static bool IsRegulated(RegimePack pack, string fact) =>
        pack.Steps.Any(step => step.On == fact) || pack.Clocks.Any(clock => clock.StartsAt.Contains(fact) || clock.MetBy?.Contains(fact) == true || clock.StopsAt?.Contains(fact) == true);
}
