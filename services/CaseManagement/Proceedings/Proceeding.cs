using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Regimes;
using ImageRights.CaseManagement.StatementsOfReasons;
using NodaTime;
using static ImageRights.CaseManagement.Cases.CaseEvent;

namespace ImageRights.CaseManagement.Proceedings;

/// <summary>Where a case stands under its regime: the same fold that simulations run, over what is recorded. Clocks act only where the record says so, so that
/// a term whose effect is not recorded yet is still running.</summary>
/// <param name="Law">State under the case's pack.</param>
/// <param name="Service">State under the product's own service levels, which run beside every law.</param>
public sealed record Proceeding(RegimePack Pack, RegimeSettings Settings, ProcedureState Law, ProcedureState Service)
{
    /// <summary>Docket numbers of the orders against the picture that are in force. What they hold down ends with the last of them.</summary>
    public IReadOnlyList<string> Orders { get; init; } = [];

    /// <summary>Docket numbers of the actions and complaints to authorities that are pending. The hold ends with the last of them.</summary>
    public IReadOnlyList<string> Actions { get; init; } = [];

    /// <summary>Name of the pack with the product's own service levels.</summary>
    public const string ServiceLevels = "product-default";

    /// <summary>Clocks of both, those that run first.</summary>
    public IEnumerable<RunningClock> Clocks => Law.Clocks.Concat(Service.Clocks);

    /// <summary>Folds a case's facts; null while it follows no law.</summary>
    public static Proceeding? Of(IEnumerable<CaseEvent> history, RegimeCatalogue catalogue) =>
        history.Aggregate((Proceeding?)null, (proceeding, fact) => Evolve(proceeding, fact, catalogue));

    /// <summary>Folds the next fact.</summary>
    public static Proceeding? Evolve(Proceeding? proceeding, CaseEvent fact, RegimeCatalogue catalogue) => fact switch
    {
        CaseOpened { Notice: { } notice } e => Begin(e.Regime, e.Settings, notice, catalogue),
        RegimeAdopted e => Begin(e.Regime, e.Settings, e.Notice, catalogue),
        _ when proceeding is null => null,
        DeadlineWarned e => proceeding.Move(e.Ground.Rule, e.StartedAt, (state, clock) => Procedure.Warn(state, clock, At(e.Act.At))),
        CaseReopened e => proceeding with { Law = Expire(proceeding.Law, At(e.Act.At)), Service = Expire(proceeding.Service, At(e.Act.At)) },
        DeadlineExtended e => proceeding.Move(e.Ground.Rule, e.StartedAt, (state, clock) => Procedure.Extend(state, clock, EndingAt(At(e.DueAt), proceeding.Settings), e.Days, At(e.Act.At))),
        DeadlineFired e => proceeding.Move(e.Ground.Rule, e.StartedAt, (state, clock) => Procedure.Finish(state, clock, At(e.Act.At))),
        DeadlineElapsed e => proceeding.Move(e.Ground.Rule, e.StartedAt, (state, clock) => Procedure.Finish(state, clock, At(e.Act.At))),
        RemovalOrderEnded e when proceeding.Orders.HaveBeside(e.Particulars.Reference) => proceeding with { Orders = proceeding.Orders.Without(e.Particulars.Reference) },
        CourtActionDismissed e when proceeding.Actions.HaveBeside(e.Particulars.Reference) => proceeding with { Actions = proceeding.Actions.Without(e.Particulars.Reference) },
        _ => Facts(fact).Aggregate(proceeding, (current, told) => current.Apply(told, catalogue)).After(fact),
    };

    /// <summary>What the packs call a recorded fact; an effect of another fact is none of its own. A decision is told in the moment that it is taken.</summary>
    public static IEnumerable<Fact> Facts(CaseEvent fact) => OwnFacts(fact).Concat(fact is InformedOfDecision ? [] : DecisionRecipients.Of(fact)
        .Select(party => Told(nameof(InformedOfDecision), fact.Act, Speaker.Platform, new Particulars(Party: party))));

    private static IEnumerable<Fact> OwnFacts(CaseEvent fact) => fact switch
    {
        MeasureApplied { Cause: null } e => [Told("MeasureApplied", e.Act, e.Scope?.Automated == true ? Speaker.Machine : Speaker.Platform), Stated(e)],
        // What a court ordered is not owed to the database (Article 17(5)).
        MeasureApplied { IsOrdered: true } => [],
        MeasureApplied e => [Stated(e)],
        MeasureLifted { Cause: null } e => [Told("MeasureLifted", e.Act, Speaker.Platform)],
        CaseDismissed e => [Told("DecisionTaken", e.Act, Speaker.Platform)],
        CounterNoticeReceived e => [Told("CounterNoticeReceived", e.Act, Speaker.Respondent)],
        SettlementExecuted e => [Told("SettlementReached", e.Act, Speaker.Platform)],
        Step e => [Told(NameOf(e), e.Act, e.Speaker, e.Particulars)],
        _ => [],
    };

    // In the transaction of every measure: docs/adr/0022.
    private static Fact Stated(MeasureApplied measure) =>
        Told("StatementOfReasonsIssued", measure.Act, Speaker.Platform, new Particulars(StatementId: StatementOfReasons.IdOf(measure.MeasureId, 1)));

    /// <summary>The name of a step in the packs: that a refusal to act is overturned is not the overturning of a measure.</summary>
    public static string NameOf(string fact, Speaker? party) => fact == nameof(DecisionOverturned) && party == Speaker.Complainant ? "RefusalOverturned" : fact;

    /// <summary>A fact as the packs read it.</summary>
    public static Fact Told(string name, Act act, Speaker speaker, Particulars? particulars = null, IReadOnlyList<string>? missing = null) => new(
        name, At(particulars?.OccurredAt ?? act.At), Name(speaker), missing ?? [],
        particulars?.Party is { } party ? Name(party) : name is nameof(ComplaintLodged) ? Name(speaker) : particulars?.StatementId);

    /// <summary>What the regime says of a fact now.</summary>
    public Judgement Judge(Fact fact, RegimeCatalogue catalogue) => new Procedure(Pack, Settings, catalogue.Codes).Judge(Law, fact);

    /// <summary>Goes on with a fact.</summary>
    public Proceeding Apply(Fact fact, RegimeCatalogue catalogue)
    {
        var levels = catalogue.Find(ServiceLevels)!;
        return this with
        {
            Law = new Procedure(Pack, Settings, catalogue.Codes).Apply(Law, fact),
            Service = new Procedure(levels, catalogue.SettingsOf(levels), catalogue.Codes).Apply(Service, fact),
        };
    }

    /// <summary>A pack's settings with what a tenant chose.</summary>
    public static RegimeSettings SettingsOf(RegimePack pack, ChosenSettings? chosen, RegimeCatalogue catalogue)
    {
        var own = catalogue.SettingsOf(pack);
        return chosen is null ? own : new RegimeSettings(
            chosen.Zone is null ? own.Zone : DateTimeZoneProviders.Tzdb[chosen.Zone],
            chosen.Calendar is null ? own.Calendar : catalogue.Calendars[chosen.Calendar],
            (chosen.Clocks ?? new Dictionary<string, ChosenClock>()).ToDictionary(pair => pair.Key, pair => new ClockSettings(
                pair.Value.Days, pair.Value.Roll is { } roll ? Enum.Parse<Roll>(roll) : pack.Clocks.Single(clock => clock.Id == pair.Key).Roll?.Default ?? Roll.Stay)),
            chosen.Restoration is null ? Restoration.Automatic : Enum.Parse<Restoration>(chosen.Restoration),
            chosen.OnAction is null ? OnAction.Leave : Enum.Parse<OnAction>(chosen.OnAction));
    }

    internal static Instant At(DateTimeOffset at) => Instant.FromDateTimeOffset(at);

    private static Proceeding Begin(string regime, ChosenSettings? settings, NoticeReference notice, RegimeCatalogue catalogue)
    {
        var pack = catalogue.Find(regime) ?? throw new InvalidDataException($"The regime {regime} of a recorded case is missing.");
        var begun = new Proceeding(pack, SettingsOf(pack, settings, catalogue), ProcedureState.Initial, ProcedureState.Initial);
        var (received, effective) = (At(notice.ReceivedAt), At(notice.EffectiveAt));
        var law = new Procedure(pack, begun.Settings, catalogue.Codes);
        // Through the form, so that a notice which was corrected keeps its first receipt here as it does in a simulation.
        var state = law.Next(begun.Law, new Fact("NoticeReceived", received, "complainant", notice.FirstMissing));
        // Whoever gives a notice gets its number in the answer.
        state = law.Apply(state, new Fact("NoticeAcknowledged", received, "complainant", []));
        begun = begun with { Law = notice.FirstMissing.Count == 0 ? state : law.Apply(state, new Fact("NoticeCorrected", effective, "complainant", [])) };
        if (notice.Priority == NoticePriority.TrustedFlagger) begun = begun with { Law = law.Apply(begun.Law, new Fact("TrustedFlaggerNoticeReceived", received, "complainant", [])) };
        var levels = catalogue.Find(ServiceLevels)!;
        var service = new Procedure(levels, catalogue.SettingsOf(levels), catalogue.Codes);
        foreach (var (name, at) in new[] { ("NoticeReceived", received), ("NoticeAcknowledged", received), ("NoticeEffective", effective) })
            begun = begun with { Service = service.Apply(begun.Service, new Fact(name, at, "complainant", [])) };
        return begun;
    }

    private static IReadOnlyList<string> OrdersAfter(IReadOnlyList<string> orders, CaseEvent fact) => fact switch
    {
        CourtOrderedRemoval e => orders.With(e.Particulars.Reference),
        CourtOrderedRestoration or RemovalOrderEnded => [],
        _ => orders,
    };

    private Proceeding After(CaseEvent fact) => this with
    {
        Orders = OrdersAfter(Orders, fact),
        // What ends the hold ends what was pending: it was about what the notice held down.
        Actions = Law.HeldSince is null ? [] : fact is CourtActionNotified or AuthorityComplaintNotified ? Actions.With(((Step)fact).Particulars.Reference) : Actions,
    };

    private static Edge EndingAt(Instant end, RegimeSettings settings) => new((end - Duration.Epsilon).InZone(settings.Zone).Date, end);

    /// <summary>What ran out while the case was closed did so unnoticed; nobody waits for it any more.</summary>
    private static ProcedureState Expire(ProcedureState state, Instant at) =>
        state.Clocks.Where(clock => clock.Status == ClockStatus.Running && clock.FiresAt is null && clock.Ends <= at).Aggregate(state, (current, clock) => Procedure.Finish(current, clock, clock.Ends!.Value));

    // Terms of both parties that began with one decision run out with one fact.
    private Proceeding Move(string rule, DateTimeOffset startedAt, Func<ProcedureState, RunningClock, ProcedureState> move)
    {
        bool IsMeant(RunningClock clock) => clock.Clock.Id == rule && clock.StartedAt == At(startedAt) && clock.Status == ClockStatus.Running;
        ProcedureState Moved(ProcedureState state) => state.Clocks.Where(IsMeant).Aggregate(state, move);
        return Law.Clocks.Any(IsMeant) ? this with { Law = Moved(Law) } : this with { Service = Moved(Service) };
    }

    private static string NameOf(Step step) => NameOf(step.GetType().Name, step.Particulars.Party);

    private static string Name(Speaker speaker) => speaker.ToString().ToLowerInvariant();
}
