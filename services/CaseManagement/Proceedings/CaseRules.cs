using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Notices;
using ImageRights.CaseManagement.Regimes;
using NodaTime;
using NodaTime.Text;
using static ImageRights.CaseManagement.Cases.CaseCommand;
using static ImageRights.CaseManagement.Cases.CaseEvent;

namespace ImageRights.CaseManagement.Proceedings;

/// <summary>The rules of every case: a hint follows the house regime, a notice follows its pack. Pure: the same state and command give the same decision, everywhere and always.</summary>
public sealed class CaseRules(RegimeCatalogue catalogue)
{
    /// <summary>The packs.</summary>
    public RegimeCatalogue Catalogue => catalogue;

    /// <summary>Decides a command.</summary>
    public Decision Decide(CaseState state, CaseCommand command) =>
        Adopts(state, command) is { } adopted ? adopted
        : state.Regime == HouseRegime.Name ? CaseDecider.Decide(state, command)
        : new LawDecider(state, Proceeding.Of(state.History, catalogue)!, catalogue).Decide(command);

    /// <summary>An effective notice puts a case that a hint had opened under its law, as long as nothing was decided in it.</summary>
    private static Decision? Adopts(CaseState state, CaseCommand command)
    {
        if (command is not JoinComplaint { Law: { } law } join || state.Regime != HouseRegime.Name || state.Status != CaseStatus.Open) return null;
        var joined = CaseDecider.Decide(state, join);
        return joined.Code is not null ? joined : new Decision([.. joined.Events, new RegimeAdopted(CaseDecider.Joined(state, join), law.Regime, law.Settings, law.Notice, join.Act)]);
    }
}

/// <summary>The rules of one case under law. What may follow and what follows from it is the pack's; who may say it and what the case keeps of it is here.</summary>
internal sealed class LawDecider(CaseState state, Proceeding proceeding, RegimeCatalogue catalogue)
{
    private readonly Dispute dispute = state.Dispute!;

    public Decision Decide(CaseCommand command)
    {
        if (IsRecorded(command)) return Decision.Nothing;
        if (command is OpenCase) return Decision.Refused(state.Status == CaseStatus.Closed ? CaseCodes.AlreadyClosed : CaseCodes.AlreadyOpen);
        if (state.Status == CaseStatus.Closed && DecideClosed(command) is { } decided) return decided;
        if (CaseDecider.IsBlank(command.Act)) return Decision.Refused(CaseCodes.ReasonMissing);
        if (CaseDecider.IsOwnCause(state, command)) return Decision.Refused(CaseCodes.ReviewByParty);
        return command switch
        {
            JoinComplaint join => CaseDecider.Join(state, join),
            TakeDown takeDown => Decide(takeDown),
            Dismiss dismiss => Decide(dismiss),
            CounterNotice counter => Decide(counter),
            Reinstate reinstate => Decide(reinstate),
            Settle settle => Decide(settle),
            Close close => Decide(close),
            TakeStep step => Decide(step),
            Extend extend => Decide(extend),
            RunDeadline deadline => Decide(deadline),
            _ => throw new InvalidOperationException($"{command.GetType().Name} is no command of a case under law."),
        };
    }

    /// <summary>What a closed case still takes: orders, actions and complaints of its decision, by which it goes on, and what is only to be recorded.</summary>
    private Decision? DecideClosed(CaseCommand command)
    {
        switch (command)
        {
            case RunDeadline or TakeStep { Step: CaseStep.Information or CaseStep.OutOfCourtReferral or CaseStep.OutOfCourtOutcome or CaseStep.StatementSubmission }:
                return null;
            case TakeStep { Step: CaseStep.CourtOrder or CaseStep.CourtAction or CaseStep.AuthorityComplaint or CaseStep.Complaint } step:
                var reopened = new CaseReopened(dispute, step.Fact, step.Act);
                var next = new LawDecider(CaseState.Evolve(state, reopened), Proceeding.Evolve(proceeding, reopened, catalogue)!, catalogue).Decide(step);
                return next.Events.Count == 0 ? next : new Decision([reopened, .. next.Events]);
            default:
                return Decision.Refused(CaseCodes.AlreadyClosed);
        }
    }

    private Decision Decide(TakeDown command)
    {
        // An action that became known after the restoration is new; without one what was decided stays decided.
        if (proceeding.Law.HeldSince is null && state.Status is CaseStatus.Reinstated or CaseStatus.Settled or CaseStatus.Dismissed)
            return Decision.Refused(state.Status == CaseStatus.Reinstated ? CaseCodes.MeasureAlreadyLifted : state.Status == CaseStatus.Settled ? CaseCodes.AlreadySettled : CaseCodes.AlreadyDismissed);
        if (state.ActiveMeasures.Any(measure => !measure.IsOrdered && (measure.Scope ?? Everywhere).Covers(command.Scope))) return Decision.Refused(CaseCodes.AlreadyTakenDown);
        var judgement = Judge("MeasureApplied", command.Act, command.Scope?.Automated == true ? Speaker.Machine : Speaker.Platform);
        if (Refusal(judgement) is { } refusal) return refusal;
        var measure = new MeasureApplied(dispute, command.MeasureId, command.Act, command.Scope ?? Everywhere, GroundOf(judgement));
        return state.IsHeld || proceeding.Law.HeldSince is null ? Decision.Of(measure)
            : Decision.Of(measure, new LitigationHold(dispute, GroundOf(judgement), nameof(CourtActionNotified), command.Act));
    }

    private Decision Decide(Dismiss command)
    {
        if (state.Status != CaseStatus.Open) return Decision.Refused(state.Status == CaseStatus.Dismissed ? CaseCodes.AlreadyDismissed : CaseCodes.DismissalAfterMeasure);
        // Where the notifier can complain of the dismissal the case waits for that.
        return proceeding.Pack.Steps.Any(step => step.On == nameof(ComplaintLodged))
            ? Decision.Of(new CaseDismissed(dispute, command.Act))
            : Decision.Of(new CaseDismissed(dispute, command.Act), new CaseClosed(dispute, Outcome.Dismissed, command.Act));
    }

    private Decision Decide(CounterNotice command)
    {
        if (command.Act.By != dispute.RespondentAccountId) return Decision.Refused(CaseCodes.CounterNotRespondent);
        // What a court ordered is objected to before the court.
        if (state.ActiveMeasures.Count > 0 && state.ActiveMeasures.All(measure => measure.IsOrdered)) return Decision.Refused("Litigation_Hold");
        var step = proceeding.Pack.Steps.FirstOrDefault(step => step.On == nameof(CounterNoticeReceived));
        var form = proceeding.Pack.Forms.FirstOrDefault(form => form.Name == step?.Form);
        var given = command.Elements ?? [];
        var judgement = Judge(nameof(CounterNoticeReceived), command.Act, Speaker.Respondent, missing: [.. form?.Fields.Select(field => field.Name).Except(given) ?? []]);
        if (step is null) return Decision.Refused(CaseCodes.StepNotProvided);
        if (judgement.Form is null && Refusal(judgement) is { } refusal) return refusal;
        // Where the regime counts attempts it is for the regime to say how many there are.
        if (state.CounterNotice is not null && step.Needs?.Any(need => need.That == Condition.AttemptsLeft) != true) return Decision.Refused(CaseCodes.CounterAlreadyReceived);
        IReadOnlyList<string> elements = [.. given.Order(StringComparer.Ordinal)];
        if (judgement.Missing.Count > 0)
            return Decision.Of(new CounterNoticeDeficient(dispute, elements, [.. judgement.Missing.Select(lack => new Lack(lack.Field, lack.Code))], GroundOf(judgement), command.Act));
        return new Decision([new CounterNoticeReceived(dispute, command.Act, elements, GroundOf(judgement)), .. Effects(judgement, nameof(CounterNoticeReceived), command.Act, null)]);
    }

    private Decision Decide(Reinstate command)
    {
        IReadOnlyList<MeasureApplied> lifted = command.MeasureId is null ? state.ActiveMeasures : [.. state.ActiveMeasures.Where(measure => measure.MeasureId == command.MeasureId)];
        var judgement = Judge("MeasureLifted", command.Act, Speaker.Platform);
        if (Refusal(judgement) is { } refusal) return refusal;
        if (lifted.Count == 0) return Decision.Refused(CaseCodes.NotTakenDown);
        // Only the end of the last one is the fact that the pack knows.
        return new Decision([.. lifted.Select((measure, index) => new MeasureLifted(
            dispute, measure.MeasureId, command.Act, GroundOf(judgement), index + 1 < lifted.Count || lifted.Count < state.ActiveMeasures.Count ? nameof(MeasureLifted) : null))]);
    }

    private Decision Decide(Settle command)
    {
        if (state.ActiveMeasures.Count == 0) return Decision.Refused(CaseCodes.NotTakenDown);
        if (state.Settlement is not null) return Decision.Refused(CaseCodes.AlreadySettled);
        var settled = CaseDecider.Settle(state, command);
        return settled.Code is not null ? settled
            : new Decision([.. settled.Events.Where(fact => fact is SettlementExecuted), .. command.ImageStays ? Lift(command.Act, GroundOf(Judge("SettlementReached", command.Act, Speaker.Platform)), null) : []]);
    }

    private Decision Decide(Close command)
    {
        if (state.OpenComplaints.Count > 0) return Decision.Refused(CaseCodes.ComplaintOpen);
        var refusal = state.Status switch
        {
            CaseStatus.Open => CaseCodes.Undecided,
            CaseStatus.CounterNoticed => CaseCodes.CounterOpen,
            CaseStatus.LitigationHold => CaseCodes.HoldOpen,
            _ => null,
        };
        if (refusal is not null) return Decision.Refused(refusal);
        return HouseRegime.Reached(state.Status) == command.Outcome
            ? Decision.Of(new CaseClosed(dispute, command.Outcome, command.Act))
            : Decision.Refused(CaseCodes.OutcomeNotReached, $"A case that is {state.Status} closes as {HouseRegime.Reached(state.Status)}.");
    }

    private Decision Decide(TakeStep command)
    {
        var speaker = SpeakerOf(command.Act.By, command.Automated);
        var name = Proceeding.NameOf(command.Fact, command.Particulars.Party);
        // Before the pack counts from it.
        if (command.Particulars.OccurredAt is { } occurred && (occurred > command.Act.At || occurred < Minute(state.Opened!.Act.At))) return Decision.Refused(CaseCodes.ArrivalImpossible);
        var judgement = Judge(name, command.Act, speaker, command.Particulars);
        // Forwarding and delivery are recorded under every law: their proof is worth keeping where no clock hangs on it.
        if (!judgement.IsRegulated && command.Step is not (CaseStep.NoticeForwarding or CaseStep.CounterNoticeForwarding or CaseStep.CounterNoticeDelivery or CaseStep.OutOfCourtReferral or CaseStep.OutOfCourtOutcome or CaseStep.Information))
            return Decision.Refused(CaseCodes.StepNotProvided, $"{proceeding.Pack.Id} attaches nothing to {name}.");
        if (judgement.Form is null && Refusal(judgement) is { } refusal) return refusal;
        if (Check(command, speaker) is { } wrong) return wrong;
        if (command.Step == CaseStep.Retraction) return Retract(command, judgement);
        var fact = Recorded(command.Fact, GroundOf(judgement), speaker, command.Particulars, command.Act);
        // Another court's order still holds, and so does another action.
        if (fact is RemovalOrderEnded && proceeding.Orders.HaveBeside(command.Particulars.Reference)) return Decision.Of(fact);
        if (fact is CourtActionDismissed && proceeding.Actions.HaveBeside(command.Particulars.Reference)) return Decision.Of(fact);
        return new Decision([fact, .. Effects(judgement, name, command.Act, command.MeasureId)]);
    }

    /// <summary>What no pack says because it is so everywhere.</summary>
    private Decision? Check(TakeStep command, Speaker speaker) => command.Step switch
    {
        CaseStep.CounterNoticeForwarding or CaseStep.CounterNoticeDelivery or CaseStep.CounterNoticeRejection when state.CounterNotice is null => Decision.Refused(CaseCodes.CounterNotReceived),
        CaseStep.CounterNoticeDelivery when command.Particulars.OccurredAt is { } arrived && arrived < state.CounterNotice!.Act.At => Decision.Refused(CaseCodes.ArrivalImpossible),
        CaseStep.CounterNoticeDelivery when state.History.OfType<CounterNoticeDelivered>().Any(delivered => delivered.Act.At >= state.CounterNotice!.Act.At) => Decision.Refused(CaseCodes.DeliveryRecorded),
        CaseStep.CourtOrder when command.Fact == nameof(RemovalOrderEnded) && proceeding.Orders.Count > 0 && !proceeding.Orders.Contains(command.Particulars.Reference!) =>
            Decision.Refused(CaseCodes.OrderUnknown, $"In force: {string.Join(", ", proceeding.Orders)}."),
        CaseStep.CourtActionEnd when proceeding.Actions.Count > 0 && !proceeding.Actions.Contains(command.Particulars.Reference!) =>
            Decision.Refused(CaseCodes.ActionUnknown, $"Pending: {string.Join(", ", proceeding.Actions)}."),
        CaseStep.Information when command.Particulars.OccurredAt is { } told && told < FirstToTell(command.Particulars.Party) => Decision.Refused(CaseCodes.ArrivalImpossible),
        CaseStep.StatementSubmission when command.Particulars.OccurredAt is { } submitted && !proceeding.Law.Clocks.Any(clock => clock.Party == command.Particulars.StatementId && clock.StartedAt <= Proceeding.At(submitted)) =>
            Decision.Refused(CaseCodes.ArrivalImpossible),
        CaseStep.OutOfCourtOutcome when !state.History.OfType<OdsComplaintReceived>().Any() => Decision.Refused(CaseCodes.ComplaintNotPending, "No out-of-court body was called."),
        CaseStep.Complaint when speaker is not (Speaker.Complainant or Speaker.Respondent) => Decision.Refused(CaseCodes.NotAParty),
        CaseStep.Complaint when state.OpenComplaints.Any(open => open.Speaker == speaker) => Decision.Refused(CaseCodes.ComplaintOpen),
        CaseStep.ComplaintDecision when state.OpenComplaints.All(open => open.Speaker != command.Particulars.Party) => Decision.Refused(CaseCodes.ComplaintNotPending),
        CaseStep.ComplaintDecision when Deciders().Contains(command.Act.By) => Decision.Refused(CaseCodes.ReviewBySamePerson),
        _ => null,
    };

    private Decision Retract(TakeStep command, Judgement judgement)
    {
        if (CaseDecider.Withdraw(state, command.Act) is { } decided) return decided;
        var fact = Recorded(command.Fact, GroundOf(judgement), Speaker.Complainant, command.Particulars, command.Act);
        return new Decision([fact, .. Effects(judgement, command.Fact, command.Act, null)]);
    }

    private Decision Decide(Extend command)
    {
        var told = new Fact(Procedure.Extended, Proceeding.At(command.Act.At), "platform", []) { Rule = command.Rule, Days = command.Days };
        var judgement = proceeding.Judge(told, catalogue);
        if (!judgement.IsRegulated) return Decision.Refused(RegimeCodes.ExtensionNotProvided);
        if (Refusal(judgement) is { } refusal) return refusal;
        var term = Procedure.Extendable(proceeding.Law, told)!;
        return Decision.Of(new DeadlineExtended(
            dispute, GroundOf(judgement), term.StartedAt.ToDateTimeOffset(), command.Days, term.Window!.Closes!.At.ToDateTimeOffset(), term.Later(command.Days, proceeding.Settings).At.ToDateTimeOffset(), command.Act));
    }

    private Decision Decide(RunDeadline command)
    {
        var (now, started) = (Proceeding.At(command.Act.At), Proceeding.At(command.StartedAt));
        if (state.Status == CaseStatus.Closed) return Decision.Nothing;
        if (proceeding.Clocks.FirstOrDefault(clock => clock.Clock.Id == command.Rule && clock.StartedAt == started && clock.Status == ClockStatus.Running) is not { } clock) return Decision.Nothing;
        var due = command.Kind == DueKind.Warning ? clock.HasWarned ? null : clock.WarnsAt : clock.Ends;
        var isItsKind = command.Kind == DueKind.Warning || (command.Kind == DueKind.Effect) == (clock.FiresAt is not null);
        if (due is not { } dueAt || !isItsKind || dueAt > now) return Decision.Nothing;
        var ground = new Ground(clock.Clock.Id, clock.Clock.Source);
        var at = dueAt.ToDateTimeOffset();
        List<CaseEvent> facts = command.Kind switch
        {
            DueKind.Warning => [new DeadlineWarned(dispute, ground, command.StartedAt, at, command.Act)],
            DueKind.End => [new DeadlineElapsed(dispute, ground, command.StartedAt, at, command.Act)],
            _ => [new DeadlineFired(dispute, ground, command.StartedAt, at, command.Act), .. clock.IsRestoring ? Lift(command.Act, ground, clock.Clock.Id) : []],
        };
        var late = command.Act.At - at;
        if (late > command.Tolerance) facts.Add(new DeadlineExecutedLate(dispute, ground, at, late.TotalSeconds, command.Act));
        return new Decision(facts);
    }

    private IEnumerable<CaseEvent> Effects(Judgement judgement, string cause, Act act, string? measureId)
    {
        var ground = GroundOf(judgement);
        foreach (var effect in judgement.Step?.Effects ?? [])
        {
            switch (effect)
            {
                case Effect.MeasureStarts when state.ActiveMeasures.Count == 0:
                    yield return new MeasureApplied(dispute, measureId!, act, Everywhere, ground, cause);
                    break;
                case Effect.OrderStarts when !state.ActiveMeasures.Any(measure => measure.IsOrdered):
                    yield return new MeasureApplied(dispute, measureId!, act, Everywhere, ground, cause);
                    if (!state.IsHeld) yield return new LitigationHold(dispute, ground, cause, act);
                    break;
                case Effect.OrderEnds:
                    // Where nothing else is left down the hold has nothing to hold any more.
                    if (state.IsHeld && proceeding.Law.HeldSince is null && !judgement.Step!.Effects!.Contains(Effect.MeasureEnds)) yield return new LitigationHoldEnded(dispute, ground, cause, act);
                    foreach (var lifted in Lift([.. state.ActiveMeasures.Where(measure => measure.IsOrdered)], act, ground, cause)) yield return lifted;
                    break;
                case Effect.Hold when state.ActiveMeasures.Count == 0 && proceeding.Settings.OnAction == OnAction.TakeDown:
                    yield return new MeasureApplied(dispute, measureId!, act, Everywhere, ground, cause);
                    yield return new LitigationHold(dispute, ground, cause, act);
                    break;
                case Effect.Hold when !state.IsHeld && state.ActiveMeasures.Count > 0:
                    yield return new LitigationHold(dispute, ground, cause, act);
                    break;
                case Effect.ReleaseHold when state.IsHeld && proceeding.Law.OrderedSince is null:
                    yield return new LitigationHoldEnded(dispute, ground, cause, act);
                    break;
                case Effect.MeasureEnds:
                    foreach (var lifted in Lift(act, ground, cause)) yield return lifted;
                    break;
                case Effect.BarNotices when !proceeding.Law.AreNoticesBarred:
                    yield return new NoticesBarred(dispute, ground, cause, act);
                    break;
            }
        }
    }

    /// <summary>Lifts what the notice holds down; what a court ordered stays.</summary>
    private IEnumerable<MeasureLifted> Lift(Act act, Ground ground, string? cause) => Lift([.. state.ActiveMeasures.Where(measure => !measure.IsOrdered)], act, ground, cause);

    private IEnumerable<MeasureLifted> Lift(IReadOnlyList<MeasureApplied> lifted, Act act, Ground ground, string? cause) =>
        lifted.Select((measure, index) => new MeasureLifted(dispute, measure.MeasureId, act, ground, cause ?? (index + 1 < lifted.Count ? nameof(MeasureLifted) : null)));

    private MeasureScope Everywhere => new(proceeding.Pack.Id, null, Automated: false);

    private Judgement Judge(string name, Act act, Speaker speaker, Particulars? particulars = null, IReadOnlyList<string>? missing = null) =>
        proceeding.Judge(Proceeding.Told(name, act, speaker, particulars, missing), catalogue);

    /// <summary>The refusal of a judgement, with the instant from which it would not be one.</summary>
    private Decision? Refusal(Judgement judgement)
    {
        if (judgement.Codes.Count == 0) return null;
        var opens = judgement.Codes[0] != "Restoration_Too_Early" ? null
            : proceeding.Law.Clocks.Where(clock => clock.Status == ClockStatus.Running && clock.IsRestoring).Max(clock => clock.OpensAt);
        return Decision.Refused(judgement.Codes[0], opens is not { } at ? null
            : $"The window opens at {OffsetDateTimePattern.ExtendedIso.Format(at.InZone(proceeding.Settings.Zone).ToOffsetDateTime())} ({proceeding.Settings.Zone.Id}).");
    }

    private static Ground GroundOf(Judgement judgement) => new(judgement.Step?.Rule ?? "-", judgement.Step?.Source);

    private Speaker SpeakerOf(string actor, bool automated) =>
        automated ? Speaker.Machine
        : actor == dispute.RespondentAccountId ? Speaker.Respondent
        : state.Complaints.Any(complaint => complaint.IsBy(actor)) ? Speaker.Complainant
        : Speaker.Platform;

    /// <summary>People who decided what a complaint can be about.</summary>
    private IEnumerable<string> Deciders() => state.History
        .Where(fact => fact is MeasureApplied { Cause: null } or MeasureLifted { Cause: null } or CaseDismissed or CounterNoticeRejected or DecisionOverturned or DecisionConfirmed)
        .Select(fact => fact.Act.By);

    /// <summary>When the first of the decisions was taken that the party was not told of yet; of all, where it was told of each and is told again. Null before a decision.</summary>
    private DateTimeOffset? FirstToTell(Speaker? party)
    {
        var untold = state.History.Reverse().TakeWhile(fact => !(fact is InformedOfDecision told && told.Particulars.Party == party)).LastOrDefault(IsDecision);
        return (untold ?? state.History.FirstOrDefault(IsDecision)) is { } first ? Minute(first.Act.At) : null;

        static bool IsDecision(CaseEvent fact) => fact is MeasureApplied or MeasureLifted or CaseDismissed or CounterNoticeRejected or DecisionOverturned or DecisionConfirmed;
    }

    /// <summary>People write times down without seconds.</summary>
    private static DateTimeOffset Minute(DateTimeOffset at) => at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMinute));

    private bool IsRecorded(CaseCommand command) => command switch
    {
        JoinComplaint join => CaseDecider.FindComplaint(state, join) is not null,
        Extend extend => state.History.OfType<DeadlineExtended>().Any(fact => fact.Act.Repeats(extend.Act) && (fact.Ground.Rule, fact.Days) == (extend.Rule, extend.Days)),
        TakeDown takeDown => state.History.OfType<MeasureApplied>().Any(measure => measure.Act.Repeats(takeDown.Act) && Same(measure.Scope, takeDown.Scope ?? Everywhere)),
        Dismiss dismiss => state.History.OfType<CaseDismissed>().Any(fact => fact.Act.Repeats(dismiss.Act)),
        CounterNotice counter => state.History.Any(fact => fact switch
        {
            CounterNoticeReceived received => received.Act.Repeats(counter.Act) && received.Elements!.ToHashSet().SetEquals(counter.Elements ?? []),
            CounterNoticeDeficient deficient => deficient.Act.Repeats(counter.Act) && deficient.Elements.ToHashSet().SetEquals(counter.Elements ?? []),
            _ => false,
        }),
        Reinstate reinstate => state.History.OfType<MeasureLifted>().Any(lift => lift.Act.Repeats(reinstate.Act) && (reinstate.MeasureId ?? lift.MeasureId) == lift.MeasureId),
        TakeStep step => state.History.Any(fact =>
            (fact is Step taken && taken.GetType().Name == step.Fact && taken.Particulars == step.Particulars && taken.Act.Repeats(step.Act))
            || (fact is ComplainantWithdrew withdrew && step.Step == CaseStep.Retraction && withdrew.Act.Repeats(step.Act))),
        Settle or Close => CaseDecider.IsRecorded(state, command),
        _ => false,
    };

    private static bool Same(MeasureScope? left, MeasureScope right) =>
        left is not null && (left.LegalBasis, left.Automated) == (right.LegalBasis, right.Automated) && (left.Territories ?? []).SequenceEqual(right.Territories ?? []);

    private Step Recorded(string fact, Ground ground, Speaker speaker, Particulars particulars, Act act) => fact switch
    {
        nameof(NoticeAcknowledged) => new NoticeAcknowledged(dispute, ground, speaker, particulars, act),
        nameof(NoticeForwarded) => new NoticeForwarded(dispute, ground, speaker, particulars, act),
        nameof(NoticeRetracted) => new NoticeRetracted(dispute, ground, speaker, particulars, act),
        nameof(CounterNoticeForwarded) => new CounterNoticeForwarded(dispute, ground, speaker, particulars, act),
        nameof(CounterNoticeDelivered) => new CounterNoticeDelivered(dispute, ground, speaker, particulars, act),
        nameof(CounterNoticeRejected) => new CounterNoticeRejected(dispute, ground, speaker, particulars, act),
        nameof(CourtActionNotified) => new CourtActionNotified(dispute, ground, speaker, particulars, act),
        nameof(CourtActionDismissed) => new CourtActionDismissed(dispute, ground, speaker, particulars, act),
        nameof(AuthorityComplaintNotified) => new AuthorityComplaintNotified(dispute, ground, speaker, particulars, act),
        nameof(CourtOrderedRemoval) => new CourtOrderedRemoval(dispute, ground, speaker, particulars, act),
        nameof(CourtOrderedRestoration) => new CourtOrderedRestoration(dispute, ground, speaker, particulars, act),
        nameof(RemovalOrderEnded) => new RemovalOrderEnded(dispute, ground, speaker, particulars, act),
        nameof(InformedOfDecision) => new InformedOfDecision(dispute, ground, speaker, particulars, act),
        nameof(ComplaintLodged) => new ComplaintLodged(dispute, ground, speaker, particulars, act),
        nameof(DecisionOverturned) => new DecisionOverturned(dispute, ground, speaker, particulars, act),
        nameof(DecisionConfirmed) => new DecisionConfirmed(dispute, ground, speaker, particulars, act),
        nameof(OdsComplaintReceived) => new OdsComplaintReceived(dispute, ground, speaker, particulars, act),
        nameof(OdsOutcomeRecorded) => new OdsOutcomeRecorded(dispute, ground, speaker, particulars, act),
        nameof(StatementSubmitted) => new StatementSubmitted(dispute, ground, speaker, particulars, act),
        nameof(ComplaintUpheld) => new ComplaintUpheld(dispute, ground, speaker, particulars, act),
        nameof(AppealFiled) => new AppealFiled(dispute, ground, speaker, particulars, act),
        nameof(DisputeFiled) => new DisputeFiled(dispute, ground, speaker, particulars, act),
        nameof(ChangeReported) => new ChangeReported(dispute, ground, speaker, particulars, act),
        _ => throw new InvalidOperationException($"{fact} is no step of a case."),
    };
}
