using System.Text.Json.Serialization;
using static ImageRights.CaseManagement.Cases.CaseEvent;

namespace ImageRights.CaseManagement.Cases;

/// <summary>Where a case stands.</summary>
public enum CaseStatus
{
    /// <summary>There is no such case.</summary>
    None,

    /// <summary>A complaint waits for its decision; the picture is up.</summary>
    Open,

    /// <summary>The picture is down.</summary>
    TakenDown,

    /// <summary>The picture is down and the respondent has objected.</summary>
    CounterNoticed,

    /// <summary>The picture stays down while an action or order lasts.</summary>
    LitigationHold,

    /// <summary>The picture is back.</summary>
    Reinstated,

    /// <summary>The parties settled.</summary>
    Settled,

    /// <summary>The complaint was found without ground; the closing follows in the same breath.</summary>
    Dismissed,

    /// <summary>The case ended.</summary>
    Closed,
}

/// <summary>One complaint in a case.</summary>
/// <param name="ReportId">The report; null for a finding of matching.</param>
/// <param name="AccountId">Who complains; null for a reporter without an account.</param>
public sealed record Complaint(string? ReportId, string? AccountId, Act Act, bool IsWithdrawn = false)
{
    /// <summary>Whether it is somebody's: by his account, or by his report's number where he has none.</summary>
    public bool IsBy(string who) => (AccountId ?? Act.By) == who;
}

/// <summary>What decisions need of a case's history: its facts, each as it was recorded.</summary>
/// <param name="Measure">The last measure.</param>
/// <param name="CounterNotice">The last objection that was accepted and not rejected.</param>
public sealed record CaseState(
    CaseStatus Status, CaseOpened? Opened, Dispute? Dispute, IReadOnlyList<Complaint> Complaints, MeasureApplied? Measure, CaseDismissed? Dismissal,
    CounterNoticeReceived? CounterNotice, MeasureLifted? Lift, SettlementExecuted? Settlement, CaseClosed? Closure)
{
    /// <summary>Before the first event.</summary>
    public static readonly CaseState Initial = new(CaseStatus.None, null, null, [], null, null, null, null, null, null);

    /// <summary>Name and version of the procedure that the case follows.</summary>
    public string Regime { get; private init; } = HouseRegime.Name;

    /// <summary>What the tenant had chosen in it.</summary>
    public ChosenSettings? Settings { get; private init; }

    /// <summary>Measures that hold the picture down.</summary>
    public IReadOnlyList<MeasureApplied> ActiveMeasures { get; private init; } = [];

    /// <summary>Whether an action or order holds it down.</summary>
    public bool IsHeld { get; private init; }

    /// <summary>Complaints of a decision that wait for their answer.</summary>
    public IReadOnlyList<ComplaintLodged> OpenComplaints { get; private init; } = [];

    /// <summary>Everything that happened, in order.</summary>
    [JsonIgnore]
    public IReadOnlyList<CaseEvent> History { get; private init; } = [];

    /// <summary>Folds the next fact.</summary>
    public static CaseState Evolve(CaseState state, object fact) => fact is CaseEvent known
        ? Evolve(state, known) with { History = [.. state.History, known] }
        : throw new InvalidOperationException($"{fact.GetType().Name} is no fact of a case.");

    private static CaseState Evolve(CaseState state, CaseEvent fact) => fact switch
    {
        CaseOpened e => state with
        {
            Status = CaseStatus.Open,
            Opened = e,
            Dispute = e.Dispute with { Location = e.Location },
            Regime = e.Regime,
            Settings = e.Settings,
            Complaints = [new Complaint(e.ReportId, e.Dispute.ComplainantAccountId, e.Act)],
        },
        RegimeAdopted e => state with { Regime = e.Regime, Settings = e.Settings },
        ComplainantJoined e => state with { Dispute = e.Dispute with { Location = state.Dispute?.Location }, Complaints = [.. state.Complaints, new Complaint(e.ReportId, e.ComplainantAccountId, e.Act)] },
        ComplainantWithdrew e => state with { Complaints = [.. state.Complaints.Select(complaint => complaint.IsBy(e.ComplainantAccountId) ? complaint with { IsWithdrawn = true } : complaint)] },
        MeasureApplied e => state with
        {
            Status = state.Status is CaseStatus.CounterNoticed or CaseStatus.LitigationHold ? state.Status : CaseStatus.TakenDown,
            Measure = e,
            // What was said before was heard in the decision; against the measure it can be said again.
            CounterNotice = state.ActiveMeasures.Count == 0 ? null : state.CounterNotice,
            ActiveMeasures = [.. state.ActiveMeasures, e],
        },
        CaseDismissed e => state with { Status = CaseStatus.Dismissed, Dismissal = e },
        CounterNoticeReceived e => state with { Status = state.IsHeld ? CaseStatus.LitigationHold : state.ActiveMeasures.Count == 0 ? state.Status : CaseStatus.CounterNoticed, CounterNotice = e },
        CounterNoticeRejected => state with { Status = state.Status == CaseStatus.CounterNoticed ? CaseStatus.TakenDown : state.Status, CounterNotice = null },
        MeasureLifted e => Lifted(state, e),
        LitigationHold => state with { Status = CaseStatus.LitigationHold, IsHeld = true },
        LitigationHoldEnded => state with
        {
            Status = state.Settlement is not null ? CaseStatus.Settled : state.CounterNotice is null ? CaseStatus.TakenDown : CaseStatus.CounterNoticed,
            IsHeld = false,
        },
        SettlementExecuted e => state with { Status = state.ActiveMeasures.Any(measure => measure.IsOrdered) ? CaseStatus.LitigationHold : CaseStatus.Settled, Settlement = e },
        ComplaintLodged e => state with { OpenComplaints = [.. state.OpenComplaints, e] },
        // The complainant was right about the refusal to act, so the notice waits for its decision again.
        DecisionOverturned { Particulars.Party: Speaker.Complainant } e => Answered(state, e.Particulars.Party) with
        {
            Status = state.Status is CaseStatus.Dismissed or CaseStatus.Reinstated ? CaseStatus.Open : state.Status,
            Dismissal = null,
        },
        DecisionOverturned e => Answered(state, e.Particulars.Party),
        DecisionConfirmed e => Answered(state, e.Particulars.Party),
        CaseClosed e => state with { Status = CaseStatus.Closed, Closure = e },
        CaseReopened when state.Closure is { } closure => state with { Status = StatusOf(closure.Outcome), Closure = null },
        Step or CaseReopened or DeadlineExtended or CounterNoticeDeficient or NoticesBarred or DeadlineWarned or DeadlineElapsed or DeadlineFired or DeadlineExecutedLate => state,
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no fact of a case."),
    };

    private static CaseState Lifted(CaseState state, MeasureLifted lift)
    {
        IReadOnlyList<MeasureApplied> remaining = [.. state.ActiveMeasures.Where(measure => measure.MeasureId != lift.MeasureId)];
        // A settlement that lets the picture stay lifts the measure too; the case is settled all the same.
        var status = remaining.Count > 0 ? state.Status : state.Settlement is not null ? CaseStatus.Settled : CaseStatus.Reinstated;
        return state with { Status = status, Lift = lift, ActiveMeasures = remaining, IsHeld = state.IsHeld && remaining.Count > 0 };
    }

    /// <summary>Where a case with an outcome stands when it goes on.</summary>
    internal static CaseStatus StatusOf(Outcome outcome) => outcome switch
    {
        Outcome.Dismissed => CaseStatus.Dismissed,
        Outcome.Upheld => CaseStatus.TakenDown,
        Outcome.Reinstated => CaseStatus.Reinstated,
        Outcome.Settled => CaseStatus.Settled,
    };

    private static CaseState Answered(CaseState state, Speaker? party) =>
        state with { OpenComplaints = [.. state.OpenComplaints.Where(complaint => complaint.Speaker != party)] };
}
