using NodaTime;

namespace ImageRights.CaseManagement.Regimes;

/// <summary>The fold of a history under one pack. Pure: no clock, no store; time comes in with the facts. What a fact does, what a term is and what follows
/// from it are the pack's; this only carries them out.</summary>
public sealed class Procedure(RegimePack pack, RegimeSettings settings, IReadOnlyDictionary<string, RefusalCode> codes)
{
    private const string Effective = "NoticeEffective";

    /// <summary>The fact that makes a term longer; it is about a clock and not about a step, so that packs have no step for it.</summary>
    public const string Extended = "TermExtended";

    private static readonly Words ExtendedText = new("The term is made longer, once and for a reason.", "期限经说明理由延长一次。");

    /// <summary>Folds a history.</summary>
    /// <param name="facts">In the order of their times; facts of one instant in the order given.</param>
    /// <param name="until">Instant at which to look; null to let every clock run out.</param>
    public ProcedureState Run(IEnumerable<Fact> facts, Instant? until = null)
    {
        var state = ProcedureState.Initial;
        foreach (var fact in facts.OrderBy(fact => fact.At).TakeWhile(fact => until is null || fact.At <= until)) state = Next(state, fact);
        return Advance(state, until ?? Instant.MaxValue);
    }

    /// <summary>Folds the next fact, after the clocks that act before it. A clock acts at its instant, so a fact of that same instant comes too late.</summary>
    public ProcedureState Next(ProcedureState state, Fact fact)
    {
        state = Advance(state, fact.At);
        if (Judge(state, fact) is not { Codes.Count: > 0 } judgement) return Apply(state, fact);
        return judgement.Form is { } form ? Refuse(state, judgement.Step!, fact, form, judgement.Codes) : state.Log(Entry(fact, judgement.Step!, false, judgement.Codes));
    }

    /// <summary>What the regime says of a fact in a state, without clocks that act by themselves: a recorded case has those as facts.</summary>
    public Judgement Judge(ProcedureState state, Fact fact)
    {
        if (fact.Name == Extended) return JudgeExtension(state, fact);
        if (pack.Steps.FirstOrDefault(step => step.On == fact.Name) is not { } step) return new Judgement(null, Knows(fact.Name), [], null, []);
        foreach (var need in step.Needs ?? [])
        {
            if (!Holds(state, need, step, fact)) return new Judgement(step, true, [need.Otherwise], null, []);
        }
        if (step.Form is not { } name) return new Judgement(step, true, [], null, []);
        var form = pack.Forms.Single(known => known.Name == name);
        var missing = Check(form, fact.Missing);
        return new Judgement(step, true, [.. missing.Select(element => element.Code)], missing.Count > 0 ? form : null, missing);
    }

    /// <summary>Folds a fact that has happened, whatever the regime would have said of it.</summary>
    public ProcedureState Apply(ProcedureState state, Fact fact) => fact.Name == Extended && Extendable(state, fact) is { } clock
        ? Extend(state, clock, clock.Later(fact.Days, settings), fact.Days, fact.At)
        : pack.Steps.FirstOrDefault(step => step.On == fact.Name) is { } step ? Take(state, step, fact) : Record(state, fact);

    /// <summary>Lets clocks warn, act and run out up to an instant.</summary>
    public ProcedureState Advance(ProcedureState state, Instant to)
    {
        while (state.Clocks.Where(clock => clock.Next is not null && clock.Next.Value <= to).MinBy(clock => clock.Next) is { } due) state = Act(state, due);
        return state;
    }

    /// <summary>Codes of a form's missing elements, in the form's order.</summary>
    public static IReadOnlyList<MissingElement> Check(NoticeForm form, IReadOnlyCollection<string> missing) =>
        [.. form.Fields.Where(field => field.Code is not null && missing.Contains(field.Name)).Select(field => new MissingElement(field.Name, field.Code!, field.Meaning, field.Example))];

    /// <summary>Whether a form with these elements missing is to be corrected and not refused.</summary>
    public static bool IsToBeCured(NoticeForm form, IReadOnlyCollection<string> missing) => form.Cure is { } cure && !cure.WhenPresent.Any(missing.Contains);

    /// <summary>Makes a term longer.</summary>
    /// <param name="end">Its new end.</param>
    public static ProcedureState Extend(ProcedureState state, RunningClock clock, Edge end, int days, Instant at) => state.Replace(clock, clock.Extend(end, days))
        .Log(new LogEntry(at, LogKind.Step, Extended, true, [], clock.Clock.Id, clock.Clock.Extension?.Source, ExtendedText, []));

    /// <summary>The running term that an extension is about: the first of its rule that was not made longer yet.</summary>
    public static RunningClock? Extendable(ProcedureState state, Fact fact)
    {
        var running = state.Clocks.Where(clock => clock.Clock.Id == fact.Rule && clock.IsRunningAt(fact.At)).ToList();
        return running.FirstOrDefault(clock => clock.ExtendedBy is null) ?? running.FirstOrDefault();
    }

    private Judgement JudgeExtension(ProcedureState state, Fact fact)
    {
        if (pack.Clocks.FirstOrDefault(clock => clock.Id == fact.Rule) is not { } rule) return new Judgement(null, false, [], null, []);
        var code = rule.Extension is not { } extension ? RegimeCodes.ExtensionNotProvided
            : Extendable(state, fact) is not { } running ? RegimeCodes.TermNotRunning
            : running.ExtendedBy is not null ? RegimeCodes.ExtensionExhausted
            : fact.Days < 1 || fact.Days > extension.Max ? RegimeCodes.ExtensionTooLong
            : null;
        return new Judgement(new ProcedureStep(Extended, rule.Id, ExtendedText, Source: rule.Extension?.Source), true, code is null ? [] : [code], null, []);
    }

    private ProcedureState Take(ProcedureState state, ProcedureStep step, Fact fact)
    {
        state = state with { Accepted = [.. state.Accepted, fact.Name] };
        state = state.Log(Entry(fact, step, true, []));
        foreach (var effect in step.Effects ?? [])
        {
            if (effect == Effect.Hold && !state.IsDown && settings.OnAction == OnAction.TakeDown) state = Put(state, Effect.MeasureStarts, fact.At, step.Rule, fact.Name);
            state = Put(state, effect, fact.At, step.Rule, fact.Name);
        }
        if (fact.Name == "NoticeReceived") state = state with { NoticeReceivedAt = state.NoticeReceivedAt ?? fact.At };
        state = Touch(state, fact.Name, fact);
        foreach (var raised in step.Raises ?? []) state = Touch(raised == Effective ? state with { Notice = NoticeStatus.Effective } : state, raised, fact);
        return state;
    }

    private ProcedureState Refuse(ProcedureState state, ProcedureStep step, Fact fact, NoticeForm form, IReadOnlyList<string> missing)
    {
        state = state.Log(Entry(fact, step, false, missing));
        // A notice is what cures and rejections are about; other deficient papers are simply not received.
        if (step.Raises?.Contains(Effective) != true || state.Notice == NoticeStatus.Deficient) return state;
        state = state with { NoticeReceivedAt = state.NoticeReceivedAt ?? fact.At };
        return IsToBeCured(form, fact.Missing)
            ? Touch(state with { Notice = NoticeStatus.Deficient }, "CorrectionRequested", fact)
            : Touch(state with { Notice = NoticeStatus.Rejected }, "NoticeRejected", fact);
    }

    private ProcedureState Record(ProcedureState state, Fact fact)
    {
        var isKnown = Knows(fact.Name);
        state = state.Log(new LogEntry(fact.At, isKnown ? LogKind.Recorded : LogKind.NotRegulated, fact.Name, isKnown, [], null, null, null, []));
        return isKnown ? Touch(state with { Accepted = [.. state.Accepted, fact.Name] }, fact.Name, fact) : state;
    }

    private bool Knows(string fact) => pack.Clocks.Any(clock => clock.StartsAt.Contains(fact) || clock.StopsAt?.Contains(fact) == true || clock.MetBy?.Contains(fact) == true);

    private bool Holds(ProcedureState state, Need need, ProcedureStep step, Fact fact)
    {
        var earlier = state.Accepted.Count(name => name == step.On);
        if (need.Attempts is { } attempts && !attempts.Contains(earlier + 1)) return true;
        return need.That switch
        {
            Condition.NoticeEffective => state.Notice == NoticeStatus.Effective,
            Condition.MeasureActive => state.IsDown,
            Condition.WindowOpened => !Restoring(state).Any(clock => clock.OpensAt > fact.At),
            Condition.NoHold => !state.IsHeld,
            Condition.HoldActive => state.HeldSince is not null,
            Condition.OrderActive => state.OrderedSince is not null,
            Condition.ClockRunning => state.Clocks.Any(clock => clock.IsRunningAt(fact.At) && need.Clocks!.Contains(clock.Clock.Id) && clock.IsFor(fact.To ?? fact.By)),
            Condition.Accepted => state.Accepted.Any(need.Facts!.Contains),
            Condition.AttemptsLeft => earlier < need.Limit,
            Condition.NoticesNotBarred => !state.AreNoticesBarred,
            Condition.ByComplainant => fact.By is null or "complainant",
            Condition.ByPerson => fact.By is not "machine",
        };
    }

    private ProcedureState Touch(ProcedureState state, string name, Fact cause)
    {
        var at = cause.At;
        state = state with
        {
            Clocks = [.. state.Clocks.Select(clock => clock.Status != ClockStatus.Running ? clock
                : clock.Clock.MetBy?.Contains(name) == true && clock.IsFor(cause.To) ? clock.End(ClockStatus.Met, at, name)
                : clock.Clock.StopsAt?.Contains(name) == true ? clock.End(ClockStatus.Stopped, at, name)
                : clock)],
        };
        foreach (var clock in pack.Clocks.Where(clock => clock.StartsAt.Contains(name) && (clock.Amount is not null || clock.Words is not null)))
        {
            // The first receipt starts a term that acts by itself; a second one does not start it anew.
            if (clock.Fires is not null && state.Clocks.Any(running => running.Clock.Id == clock.Id && running.Status is ClockStatus.Running or ClockStatus.Held)) continue;
            var started = new RunningClock(clock, at, Window.Of(clock, settings, at), settings.Restoration, cause.To);
            if (started.IsRestoring && state.IsHeld) started = started.End(ClockStatus.Held, at, nameof(Effect.Hold));
            state = state with { Clocks = [.. state.Clocks, started] };
        }
        return state;
    }

    private ProcedureState Act(ProcedureState state, RunningClock due) => due.IsWarningNext ? Warn(state, due, due.WarnsAt!.Value) : Finish(state, due, due.Ends!.Value);

    /// <summary>Lets a clock warn.</summary>
    public static ProcedureState Warn(ProcedureState state, RunningClock due, Instant at) => state.Replace(due, due with { HasWarned = true })
        .Log(new LogEntry(at, LogKind.Warning, due.Clock.Id, true, [], due.Clock.Id, due.Clock.Source, new Words(due.Clock.Step, due.Clock.Zh.Step), []));

    /// <summary>Lets a clock have its effect, or run out where it has none.</summary>
    public static ProcedureState Finish(ProcedureState state, RunningClock due, Instant at)
    {
        var clock = due.Clock;
        if (due.FiresAt is null)
            return state.Replace(due, due.End(ClockStatus.Elapsed, at, null)).Log(new LogEntry(at, LogKind.Elapsed, clock.Id, true, [], clock.Id, clock.Source, null, []));
        var effect = clock.Fires!.Effect;
        return Put(
            state.Replace(due, due.End(ClockStatus.Fired, at, null)).Log(new LogEntry(at, LogKind.Clock, clock.Id, true, [], clock.Id, clock.Source, null, [effect])),
            effect, at, clock.Id, clock.Id);
    }

    private static ProcedureState Put(ProcedureState state, Effect effect, Instant at, string rule, string cause) => effect switch
    {
        Effect.MeasureStarts => state with { MeasureSince = state.MeasureSince ?? at, EndedAt = null, EndedBy = null },
        Effect.MeasureEnds when state.MeasureSince is null => state,
        Effect.MeasureEnds => Stop(state, clock => clock.Clock.StopsAt is not null, at, cause) with
        {
            MeasureSince = null, HeldSince = null, EndedAt = state.OrderedSince is null ? at : null, EndedBy = state.OrderedSince is null ? rule : null,
        },
        Effect.OrderStarts => Freeze(state, at, cause) with { OrderedSince = state.OrderedSince ?? at, EndedAt = null, EndedBy = null },
        Effect.OrderEnds when state.OrderedSince is null => state,
        Effect.OrderEnds when state.MeasureSince is null => state with { OrderedSince = null, EndedAt = at, EndedBy = rule },
        Effect.OrderEnds => Resume(state with { OrderedSince = null }, at),
        Effect.Hold when !state.IsDown => state with { HeldSince = state.HeldSince ?? at },
        Effect.Hold => Freeze(state, at, cause) with { HeldSince = state.HeldSince ?? at },
        Effect.ReleaseHold => Resume(state with { HeldSince = null }, at),
        Effect.StopClocks => Stop(state, clock => clock.IsRestoring, at, cause),
        Effect.BarNotices => state with { AreNoticesBarred = true },
        Effect.NoticeLapses => state with { Notice = NoticeStatus.Lapsed },
    };

    private static ProcedureState Stop(ProcedureState state, Func<RunningClock, bool> which, Instant at, string cause) =>
        state with { Clocks = [.. state.Clocks.Select(clock => clock.Status is ClockStatus.Running or ClockStatus.Held && which(clock) ? clock.End(ClockStatus.Stopped, at, cause) : clock)] };

    private static ProcedureState Freeze(ProcedureState state, Instant at, string cause) =>
        state with { Clocks = [.. state.Clocks.Select(clock => clock.Status == ClockStatus.Running && clock.IsRestoring ? clock.End(ClockStatus.Held, at, cause) : clock)] };

    private static ProcedureState Resume(ProcedureState state, Instant at) => state.IsHeld ? state
        : state with { Clocks = [.. state.Clocks.Select(clock => clock.Status == ClockStatus.Held ? clock.Resume(at) : clock)] };

    private static IEnumerable<RunningClock> Restoring(ProcedureState state) => state.Clocks.Where(clock => clock.Status == ClockStatus.Running && clock.IsRestoring);

    private LogEntry Entry(Fact fact, ProcedureStep step, bool isAccepted, IReadOnlyList<string> refusals) => new(
        fact.At, LogKind.Step, fact.Name, isAccepted, [.. refusals.Select(code => new Refusal(code, new Words(codes[code].En, codes[code].Zh), codes[code].Curable))],
        step.Rule, step.Source, step.Text, isAccepted ? step.Effects ?? [] : []);
}

/// <summary>Something that happened, in words that every pack knows.</summary>
/// <param name="By">Who says so: complainant, respondent, platform, court, machine; null for whom it belongs to.</param>
/// <param name="Missing">Elements of the form that it lacks.</param>
/// <param name="To">Party that it is addressed to, or statement of reasons that it is about, where each has a term of its own; null for all.</param>
public sealed record Fact(string Name, Instant At, string? By, IReadOnlyList<string> Missing, string? To = null)
{
    /// <summary>Clock that it is about, where it makes a term longer.</summary>
    public string? Rule { get; init; }

    /// <summary>By how many days.</summary>
    public int Days { get; init; }
}

/// <summary>What a regime says of a fact.</summary>
/// <param name="Step">Its rule; null where the regime has none.</param>
/// <param name="IsRegulated">Whether the regime attaches anything to it.</param>
/// <param name="Codes">Why it is refused; empty when it is not.</param>
/// <param name="Form">The form that it does not satisfy.</param>
public sealed record Judgement(ProcedureStep? Step, bool IsRegulated, IReadOnlyList<string> Codes, NoticeForm? Form, IReadOnlyList<MissingElement> Missing);

/// <summary>An element that a form lacks.</summary>
public sealed record MissingElement(string Field, string Code, string Meaning, Words Example);

/// <summary>Where the notice stands.</summary>
public enum NoticeStatus
{
    /// <summary>None was received.</summary>
    None,

    /// <summary>A correction was asked for.</summary>
    Deficient,

    /// <summary>It is complete.</summary>
    Effective,

    /// <summary>It was refused.</summary>
    Rejected,

    /// <summary>It was not corrected in time.</summary>
    Lapsed,
}

/// <summary>Where a started clock stands.</summary>
public enum ClockStatus
{
    /// <summary>It runs.</summary>
    Running,

    /// <summary>What it asks for was done.</summary>
    Met,

    /// <summary>It did its effect.</summary>
    Fired,

    /// <summary>A fact ended it without its effect.</summary>
    Stopped,

    /// <summary>An action or order keeps it from running; it goes on when that ends.</summary>
    Held,

    /// <summary>It ran out.</summary>
    Elapsed,
}

/// <summary>A clock that has started.</summary>
/// <param name="Party">Party whose term it is, or statement of reasons that it is about, where each has its own; null for all.</param>
public sealed record RunningClock(Clock Clock, Instant StartedAt, Window? Window, Restoration Restoration, string? Party = null)
{
    /// <summary>Where it stands.</summary>
    public ClockStatus Status { get; private init; } = ClockStatus.Running;

    /// <summary>When it ended; null while it runs.</summary>
    public Instant? EndedAt { get; private init; }

    /// <summary>Fact that ended it.</summary>
    public string? EndedBy { get; private init; }

    /// <summary>Until when it was kept from running; null when it never was.</summary>
    public Instant? ResumedAt { get; private init; }

    /// <summary>Days by which it was made longer; null when it was not.</summary>
    public int? ExtendedBy { get; private init; }

    /// <summary>Whether its alarm was given.</summary>
    public bool HasWarned { get; init; }

    /// <summary>Whose turn it is: of a term that each party has for itself that party's.</summary>
    public string Actor => Party is "complainant" or "respondent" ? Party : Clock.Actor;

    /// <summary>Whether it brings the picture back.</summary>
    public bool IsRestoring => Clock.Fires?.Effect == Effect.MeasureEnds;

    /// <summary>When it may first have its effect.</summary>
    public Instant? OpensAt => Window?.Opens?.At;

    /// <summary>When it warns that nothing has happened yet, somebody's act or its own.</summary>
    public Instant? WarnsAt => Window?.Warns?.At;

    /// <summary>When it acts by itself: what fell due while it was kept from running, as soon as it goes on.</summary>
    public Instant? FiresAt => Fires is { } at && ResumedAt is { } resumed ? Instant.Max(at, resumed) : Fires;

    private Instant? Fires => Clock.Fires is not { } fires || (IsRestoring && Restoration == Restoration.Manual) ? null
        : fires.At == Regimes.FiresAt.Opening && !(IsRestoring && Restoration == Restoration.AtClosing) ? Window?.Opens?.At ?? Window?.Closes?.At
        : Window?.Closes?.At;

    /// <summary>When something happens to it next by itself; null when nothing will.</summary>
    public Instant? Next => Status != ClockStatus.Running ? null : IsWarningNext ? WarnsAt : Ends;

    /// <summary>Whether it warns before it acts or runs out.</summary>
    public bool IsWarningNext => !HasWarned && WarnsAt is { } warns && (Ends is not { } ends || warns < ends);

    /// <summary>When it acts or runs out.</summary>
    public Instant? Ends => FiresAt ?? Window?.Closes?.At;

    /// <summary>Whether it runs and its term is not over, though its end may not be recorded yet.</summary>
    public bool IsRunningAt(Instant at) => Status == ClockStatus.Running && !(Window?.Closes?.At <= at);

    /// <summary>Whether it is the term of a party or statement.</summary>
    public bool IsFor(string? party) => Party is null || party is null || Party == party;

    internal RunningClock End(ClockStatus status, Instant at, string? by) => this with { Status = status, EndedAt = at, EndedBy = by };

    internal RunningClock Resume(Instant at) => this with { Status = ClockStatus.Running, EndedAt = null, EndedBy = null, ResumedAt = at };

    /// <summary>Its end if it is made so many days longer.</summary>
    internal Edge Later(int days, RegimeSettings settings)
    {
        var (last, kind) = (Window!.Closes!.Day, Clock.Extension!.DayKind);
        var day = kind == DayKind.Calendar ? last.PlusDays(days) : settings.Calendar.Add(last, days, kind);
        return new Edge(day, settings.Zone.AtStartOfDay(day.PlusDays(1)).ToInstant());
    }

    internal RunningClock Extend(Edge end, int days) => this with { Window = Window?.Extend(end, Clock.Extension?.Evidence ?? Evidence.Confirmed), ExtendedBy = days };
}

/// <summary>Kinds of log entries.</summary>
public enum LogKind
{
    /// <summary>A fact that the pack has a step for.</summary>
    Step,

    /// <summary>A fact that only starts, meets or stops clocks.</summary>
    Recorded,

    /// <summary>A fact to which this regime attaches nothing.</summary>
    NotRegulated,

    /// <summary>A clock had its effect.</summary>
    Clock,

    /// <summary>The platform was warned.</summary>
    Warning,

    /// <summary>A clock ran out.</summary>
    Elapsed,
}

/// <summary>Why something was refused.</summary>
public sealed record Refusal(string Code, Words Text, bool Curable);

/// <summary>What happened, and by which rule.</summary>
/// <param name="Name">The fact, or the clock.</param>
public sealed record LogEntry(
    Instant At, LogKind Kind, string Name, bool IsAccepted, IReadOnlyList<Refusal> Refusals, string? Rule, string? Source, Words? Text, IReadOnlyList<Effect> Effects);

/// <summary>A procedure's state.</summary>
/// <param name="NoticeReceivedAt">First receipt of the notice, kept through its correction.</param>
/// <param name="MeasureSince">Since when the notice holds the picture down; null while it does not.</param>
/// <param name="OrderedSince">Since when a court's order does.</param>
/// <param name="HeldSince">Since when an action is pending, which holds down what is down.</param>
/// <param name="EndedAt">When it came back.</param>
/// <param name="EndedBy">By which rule.</param>
/// <param name="Accepted">Facts that were accepted, in order.</param>
public sealed record ProcedureState(
    NoticeStatus Notice, Instant? NoticeReceivedAt, Instant? MeasureSince, Instant? OrderedSince, Instant? HeldSince, Instant? EndedAt, string? EndedBy, bool AreNoticesBarred,
    IReadOnlyList<RunningClock> Clocks, IReadOnlyList<string> Accepted, IReadOnlyList<LogEntry> Entries)
{
    /// <summary>Before the first fact.</summary>
    public static readonly ProcedureState Initial = new(NoticeStatus.None, null, null, null, null, null, null, false, [], [], []);

    /// <summary>Since when the picture is down; null while it is up.</summary>
    public Instant? DownSince => MeasureSince is { } measure && OrderedSince is { } order ? Instant.Min(measure, order) : MeasureSince ?? OrderedSince;

    /// <summary>Whether the picture is down.</summary>
    public bool IsDown => DownSince is not null;

    /// <summary>Whether an action or order holds it down.</summary>
    public bool IsHeld => OrderedSince is not null || (MeasureSince is not null && HeldSince is not null);

    internal ProcedureState Log(LogEntry entry) => this with { Entries = [.. Entries, entry] };

    internal ProcedureState Replace(RunningClock clock, RunningClock with) => this with { Clocks = [.. Clocks.Select(known => ReferenceEquals(known, clock) ? with : known)] };
}
