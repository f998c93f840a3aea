using static ImageRights.CaseManagement.Cases.CaseCommand;
using static ImageRights.CaseManagement.Cases.CaseEvent;

namespace ImageRights.CaseManagement.Cases;

/// <summary>Facts to append, none when everything asked for is recorded already, or a refusal.</summary>
/// <param name="Code">Why the command is refused; null when it is not.</param>
/// <param name="Detail">What exactly was found.</param>
public sealed record Decision(IReadOnlyList<CaseEvent> Events, string? Code = null, string? Detail = null)
{
    internal static readonly Decision Nothing = new([]);
    internal static Decision Of(params CaseEvent[] events) => new(events);
    internal static Decision Refused(string code, string? detail = null) => new([], code, detail);
}

/// <summary>The rules of a case. Pure: the same state and command give the same decision, everywhere and always.</summary>
public static class CaseDecider
{
    /// <summary>Decides a command. A command whose fact is in the history already asks for nothing, whatever came after it;
    /// otherwise the regime says whether the step can be taken, then the command itself is looked at.</summary>
    public static Decision Decide(CaseState state, CaseCommand command)
    {
        if (command is RunDeadline || IsRecorded(state, command)) return Decision.Nothing;
        if (HouseRegime.Refuses(state.Status, command.Step) is { } refusal) return Decision.Refused(refusal);
        if (IsBlank(command.Act)) return Decision.Refused(CaseCodes.ReasonMissing);
        if (IsOwnCause(state, command)) return Decision.Refused(CaseCodes.ReviewByParty);
        return command switch
        {
            OpenCase open => Decide(state, open),
            JoinComplaint join => Join(state, join),
            TakeDown takeDown => Decision.Of(new MeasureApplied(state.Dispute!, takeDown.MeasureId, takeDown.Act, takeDown.Scope)),
            Dismiss dismiss => Decision.Of(
                new CaseDismissed(state.Dispute!, dismiss.Act),
                new CaseClosed(state.Dispute!, Outcome.Dismissed, dismiss.Act)),
            CounterNotice counter => counter.Act.By == state.Dispute!.RespondentAccountId
                ? Decision.Of(new CounterNoticeReceived(state.Dispute, counter.Act))
                : Decision.Refused(CaseCodes.CounterNotRespondent),
            Reinstate reinstate => (reinstate.MeasureId ?? state.Measure!.MeasureId) == state.Measure!.MeasureId
                ? Decision.Of(new MeasureLifted(state.Dispute!, state.Measure.MeasureId, reinstate.Act))
                : Decision.Refused(CaseCodes.NotTakenDown),
            Settle settle => Settle(state, settle),
            TakeStep retraction => Retract(state, retraction),
            Close close => HouseRegime.Reached(state.Status) == close.Outcome
                ? Decision.Of(new CaseClosed(state.Dispute!, close.Outcome, close.Act))
                : Decision.Refused(CaseCodes.OutcomeNotReached, $"A case that is {state.Status} closes as {HouseRegime.Reached(state.Status)}."),
            _ => throw new InvalidOperationException($"{command.GetType().Name} is no command of a case."),
        };
    }

    private static Decision Decide(CaseState state, OpenCase open)
    {
        if (state.Status != CaseStatus.None) return Decision.Refused(CaseCodes.AlreadyOpen);
        if (open.Dispute.ComplainantAccountId == open.Dispute.RespondentAccountId) return Decision.Refused(CaseCodes.ComplainantIsRespondent);
        return Decision.Of(new CaseOpened(
            open.Dispute, open.Origin, open.Law?.Regime ?? HouseRegime.Name, open.Location, open.ReportId, open.Finding, open.Act, open.Law?.Notice, open.Law?.Settings));
    }

    internal static Decision Join(CaseState state, JoinComplaint join)
    {
        if (state.Status == CaseStatus.None) return Decision.Refused(CaseCodes.NotFound);
        if (join.ComplainantAccountId == state.Dispute!.RespondentAccountId) return Decision.Refused(CaseCodes.ComplainantIsRespondent);
        return Decision.Of(new ComplainantJoined(Joined(state, join), join.ReportId, join.ComplainantAccountId, join.Finding, join.Act, join.Law?.Notice));
    }

    internal static Dispute Joined(CaseState state, JoinComplaint join) =>
        state.Dispute! with { ComplainantAccountId = state.Dispute!.ComplainantAccountId ?? join.ComplainantAccountId };

    internal static Decision Settle(CaseState state, Settle settle)
    {
        var complainants = state.Complaints.Where(complaint => !complaint.IsWithdrawn).Select(complaint => complaint.AccountId).OfType<string>().ToHashSet();
        var agreed = settle.AgreedBy.ToHashSet();
        // One complainant's settlement would take the others' complaint away from them.
        if (complainants.Count == 0 || !agreed.Contains(state.Dispute!.RespondentAccountId) || !agreed.IsSupersetOf(complainants))
            return Decision.Refused(CaseCodes.SettlePartiesMissing, complainants.Count == 0 ? "No complainant of this case has an account." : null);
        if (agreed.Except(complainants).Any(account => account != state.Dispute.RespondentAccountId)) return Decision.Refused(CaseCodes.SettleNotAParty);
        if (!Money.IsCurrency(settle.Currency)) return Decision.Refused(CaseCodes.SettleCurrencyUnknown);
        if (!Money.IsPayable(settle.Amount, settle.Currency)) return Decision.Refused(CaseCodes.SettleAmountInvalid);
        var settled = new SettlementExecuted(
            state.Dispute, [.. agreed.Order(StringComparer.Ordinal)], settle.Amount, settle.Currency, settle.ImageStays, settle.Act);
        return settle.ImageStays
            ? Decision.Of(settled, new MeasureLifted(state.Dispute, state.Measure!.MeasureId, settle.Act))
            : Decision.Of(settled);
    }

    /// <summary>Only who complained takes it back; with the last complaint the picture returns, or the case ends where it was never down.</summary>
    private static Decision Retract(CaseState state, TakeStep command)
    {
        var (dispute, act) = (state.Dispute!, command.Act);
        if (Withdraw(state, act) is { } decided) return decided;
        var retracted = new NoticeRetracted(dispute, new Ground(HouseRegime.Name, null), Speaker.Complainant, command.Particulars, act);
        return state.ActiveMeasures.Count > 0
            ? Decision.Of(retracted, new MeasureLifted(dispute, state.Measure!.MeasureId, act, null, nameof(NoticeRetracted)))
            : Decision.Of(retracted, new CaseClosed(dispute, Outcome.Dismissed, act));
    }

    /// <summary>Why somebody cannot take a complaint back, or that others' complaints stand; null when his is the last.</summary>
    internal static Decision? Withdraw(CaseState state, Act act)
    {
        if (!state.Complaints.Any(complaint => complaint.IsBy(act.By) && !complaint.IsWithdrawn)) return Decision.Refused("Retraction_Not_By_Complainant");
        return state.Complaints.Any(complaint => !complaint.IsBy(act.By) && !complaint.IsWithdrawn) ? Decision.Of(new ComplainantWithdrew(state.Dispute!, act.By, act)) : null;
    }

    internal static bool IsRecorded(CaseState state, CaseCommand command) => command switch
    {
        TakeStep { Step: CaseStep.Retraction } retraction => state.History.Any(fact => fact is NoticeRetracted or ComplainantWithdrew && fact.Act.Repeats(retraction.Act)),
        OpenCase open => state.Opened is { } opened && opened.Origin == open.Origin && opened.ReportId == open.ReportId
            && opened.Dispute == open.Dispute && open.Act.Repeats(opened.Act),
        JoinComplaint join => FindComplaint(state, join) is not null,
        TakeDown takeDown => state.Measure?.Act.Repeats(takeDown.Act) == true,
        Dismiss dismiss => state.Dismissal?.Act.Repeats(dismiss.Act) == true,
        CounterNotice counter => state.CounterNotice?.Act.Repeats(counter.Act) == true,
        Reinstate reinstate => state.Lift is { } lift && lift.Act.Repeats(reinstate.Act) && (reinstate.MeasureId ?? lift.MeasureId) == lift.MeasureId,
        Settle settle => state.Settlement is { } settlement && settlement.Act.Repeats(settle.Act) && settlement.AgreedBy.ToHashSet().SetEquals(settle.AgreedBy)
            && (settlement.Amount, settlement.Currency, settlement.ImageStays) == (settle.Amount, settle.Currency, settle.ImageStays),
        Close close => state.Closure is { } closure && closure.Outcome == close.Outcome && closure.Act.Repeats(close.Act),
        _ => false,
    };

    /// <summary>The complaint that says what this one says: the same report, the same words of the same account, or a finding for an account that complains already.
    /// Two reporters without accounts are two, even with the same words: the act of each is their report's.</summary>
    public static Complaint? FindComplaint(CaseState state, JoinComplaint join) => state.Complaints.FirstOrDefault(complaint =>
        (join.ReportId is not null && complaint.ReportId == join.ReportId)
        || (complaint.AccountId == join.ComplainantAccountId && complaint.Act.Repeats(join.Act))
        || (join.ReportId is null && join.ComplainantAccountId is not null && complaint.AccountId == join.ComplainantAccountId));

    /// <summary>Whether a party would decide what the desk decides.</summary>
    internal static bool IsOwnCause(CaseState state, CaseCommand command) =>
        command.Step is CaseStep.Takedown or CaseStep.Dismissal or CaseStep.Reinstatement or CaseStep.CounterNoticeRejection or CaseStep.Upholding or CaseStep.ComplaintDecision
        && (command.Act.By == state.Dispute?.RespondentAccountId || state.Complaints.Any(complaint => complaint.IsBy(command.Act.By)));

    internal static bool IsBlank(Act act) =>
        string.IsNullOrWhiteSpace(act.By) || string.IsNullOrWhiteSpace(act.ReasonCode) || string.IsNullOrWhiteSpace(act.Statement);
}
