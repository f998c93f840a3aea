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
public sealed record Complaint(string? ReportId, string? AccountId, Act Act);

/// <summary>What decisions need of a case's history: its facts, each as it was recorded.</summary>
public sealed record CaseState(
    CaseStatus Status, CaseOpened? Opened, Dispute? Dispute, IReadOnlyList<Complaint> Complaints, MeasureApplied? Measure, CaseDismissed? Dismissal,
    CounterNoticeReceived? CounterNotice, MeasureLifted? Lift, SettlementExecuted? Settlement, CaseClosed? Closure)
{
    /// <summary>Before the first event.</summary>
    public static readonly CaseState Initial = new(CaseStatus.None, null, null, [], null, null, null, null, null, null);

    /// <summary>Folds the next fact.</summary>
    public static CaseState Evolve(CaseState state, object fact) => fact switch
    {
        CaseOpened e => state with
        {
            Status = CaseStatus.Open,
            Opened = e,
            Dispute = e.Dispute,
            Complaints = [new Complaint(e.ReportId, e.Dispute.ComplainantAccountId, e.Act)],
        },
        ComplainantJoined e => state with { Dispute = e.Dispute, Complaints = [.. state.Complaints, new Complaint(e.ReportId, e.ComplainantAccountId, e.Act)] },
        MeasureApplied e => state with { Status = CaseStatus.TakenDown, Measure = e },
        CaseDismissed e => state with { Status = CaseStatus.Dismissed, Dismissal = e },
        CounterNoticeReceived e => state with { Status = CaseStatus.CounterNoticed, CounterNotice = e },
        // A settlement that lets the picture stay lifts the measure too; the case is settled all the same.
        MeasureLifted e => state with { Status = state.Status == CaseStatus.Settled ? CaseStatus.Settled : CaseStatus.Reinstated, Lift = e },
        SettlementExecuted e => state with { Status = CaseStatus.Settled, Settlement = e },
        CaseClosed e => state with { Status = CaseStatus.Closed, Closure = e },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no fact of a case."),
    };
}
