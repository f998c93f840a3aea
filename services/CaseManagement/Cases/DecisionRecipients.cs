using static ImageRights.CaseManagement.Cases.CaseEvent;

namespace ImageRights.CaseManagement.Cases;

/// <summary>Whom the platform tells its decision in the moment that it is taken: the message about it is made of the committed fact, with the decision and the way on
/// (Regulation (EU) 2022/2065, Articles 16(5), 17(1) and 20(5)).</summary>
public static class DecisionRecipients
{
    /// <summary>Parts of the parties that a fact tells of a decision against which they can complain. What a court ordered is none of the platform's, and a confirmed decision goes on to an
    /// out-of-court body and not to a second complaint.</summary>
    public static IReadOnlyList<Speaker> Of(CaseEvent fact) => fact switch
    {
        MeasureApplied { IsOrdered: true } => [],
        MeasureApplied => [Speaker.Respondent, Speaker.Complainant],
        MeasureLifted { Cause: null } or CaseDismissed => [Speaker.Complainant],
        CounterNoticeRejected => [Speaker.Respondent],
        // Whose complaint of a refusal was well founded has the case open again; the decision is still to come.
        DecisionOverturned { Particulars.Party: not Speaker.Complainant } => [Speaker.Complainant],
        InformedOfDecision { Particulars.Party: { } party } => [party],
        _ => [],
    };
}
