using NodaTime;

namespace ImageRights.CaseManagement.Regimes;

/// <summary>The fold of a history under one pack. Pure: no clock, no store; time comes in with the facts. What a fact does, what a term is and what follows
/// from it are the pack's; this only carries them out.</summary>
public sealed class Procedure(RegimePack pack, RegimeSettings settings, IReadOnlyDictionary<string, RefusalCode> codes)
{
    private const string Effective = "NoticeEffective";

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
        return pack.Steps.FirstOrDefault(step => step.On == fact.Name) is { } step ? Take(state, step, fact) : Record(state, fact);
    }

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

    private ProcedureState Take(ProcedureState state, ProcedureStep step, Fact fact)
    {
        foreach (var need in step.Needs ?? [])
        {
            if (!Holds(state, need, step, fact)) return state.Log(Entry(fact, step, false, [need.Otherwise]));
        }
        if (step.Form is { } name)
        {
            var form = pack.Forms.Single(known => known.Name == name);
            var missing = Check(form, fact.Missing);
            if (missing.Count > 0) return Refuse(state, step, fact, form, [.. missing.Select(element => element.Code)]);
        }
        state = state with { Accepted = [.. state.Accepted, fact.Name] };
        state = state.Log(Entry(fact, step, true, []));
        foreach (var effect in step.Effects ?? []) state = Put(state, effect, fact.At, step.Rule, fact.Name);
        if (fact.Name == "NoticeReceived") state = state with { NoticeReceivedAt = state.NoticeReceivedAt ?? fact.At };
        state = Touch(state, fact.Name, fact.At);
        foreach (var raised in step.Raises ?? []) state = Touch(raised == Effective ? state with { Notice = NoticeStatus.Effective } : state, raised, fact.At);
        return state;
    }

    private ProcedureState Refuse(ProcedureState state, ProcedureStep step, Fact fact, NoticeForm form, IReadOnlyList<string> missing)
    {
        state = state.Log(Entry(fact, step, false, missing));
        // A notice is what cures and rejections are about; other deficient papers are simply not received.
        if (step.Raises?.Contains(Effective) != true || state.Notice == NoticeStatus.Deficient) return state;
        state = state with { NoticeReceivedAt = state.NoticeReceivedAt ?? fact.At };
        return IsToBeCured(form, fact.Missing)
            ? Touch(state with { Notice = NoticeStatus.Deficient }, "CorrectionRequested", fact.At)
            : Touch(state with { Notice = NoticeStatus.Rejected }, "NoticeRejected", fact.At);
    }

    private ProcedureState Record(ProcedureState state, Fact fact)
    {
        var isKnown = pack.Clocks.Any(clock => clock.StartsAt.Contains(fact.Name) || clock.StopsAt?.Contains(fact.Name) == true || clock.MetBy?.Contains(fact.Name) == true);
        state = state.Log(new LogEntry(fact.At, isKnown ? LogKind.Recorded : LogKind.NotRegulated, fact.Name, isKnown, [], null, null, null, []));
        return isKnown ? Touch(state with { Accepted = [.. state.Accepted, fact.Name] }, fact.Name, fact.At) : state;
    }

    private bool Holds(ProcedureState state, Need need, ProcedureStep step, Fact fact)
    {
        var earlier = state.Accepted.Count(name => name == step.On);
        if (need.Attempts is { } attempts && !attempts.Contains(earlier + 1)) return true;
        return need.That switch
        {
            Condition.NoticeEffective => state.Notice == NoticeStatus.Effective,
            Condition.MeasureActive => state.MeasureSince is not null,
            Condition.WindowOpened => !Restoring(state).Any(clock => clock.OpensAt > fact.At),
            Condition.NoHold => state.HeldSince is null,
            Condition.HoldActive => state.HeldSince is not null,
            Condition.ClockRunning => state.Clocks.Any(clock => clock.Status == ClockStatus.Running && need.Clocks!.Contains(clock.Clock.Id)),
            Condition.Accepted => state.Accepted.Any(need.Facts!.Contains),
            Condition.AttemptsLeft => earlier < need.Limit,
            Condition.NoticesNotBarred => !state.AreNoticesBarred,
            Condition.ByComplainant => fact.By is null or "complainant",
            Condition.ByPerson => fact.By is not "machine",
        };
    }

    private ProcedureState Touch(ProcedureState state, string name, Instant at)
    {
        state = state with
        {
            Clocks = [.. state.Clocks.Select(clock => clock.Status != ClockStatus.Running ? clock
                : clock.Clock.MetBy?.Contains(name) == true ? clock.End(ClockStatus.Met, at, name)
                : clock.Clock.StopsAt?.Contains(name) == true ? clock.End(ClockStatus.Stopped, at, name)
                : clock)],
        };
        foreach (var clock in pack.Clocks.Where(clock => clock.StartsAt.Contains(name) && (clock.Amount is not null || clock.Words is not null)))
        {
            // The first receipt starts a term that acts by itself; a second one does not start it anew.
            if (clock.Fires is not null && state.Clocks.Any(running => running.Clock.Id == clock.Id && running.Status == ClockStatus.Running)) continue;
            var started = new RunningClock(clock, at, Window.Of(clock, settings, at), settings.Restoration);
            if (started.IsRestoring && state.HeldSince is not null) started = started.End(ClockStatus.Stopped, at, nameof(Effect.Hold));
            state = state with { Clocks = [.. state.Clocks, started] };
        }
        return state;
    }

    private ProcedureState Act(ProcedureState state, RunningClock due)
    {
        var (clock, at) = (due.Clock, due.Next!.Value);
        ProcedureState Replace(RunningClock with) => state with { Clocks = [.. state.Clocks.Select(known => ReferenceEquals(known, due) ? with : known)] };
        if (!due.HasWarned && due.WarnsAt == at)
        {
            return Replace(due with { HasWarned = true }).Log(new LogEntry(at, LogKind.Warning, clock.Id, true, [], clock.Id, clock.Source, new Words(clock.Step, clock.Step), []));
        }
        if (due.FiresAt is not null)
        {
            var effect = clock.Fires!.Effect;
            return Put(
                Replace(due.End(ClockStatus.Fired, at, null)).Log(new LogEntry(at, LogKind.Clock, clock.Id, true, [], clock.Id, clock.Source, null, [effect])),
                effect, at, clock.Id, clock.Id);
        }
        return Replace(due.End(ClockStatus.Elapsed, at, null)).Log(new LogEntry(at, LogKind.Elapsed, clock.Id, true, [], clock.Id, clock.Source, null, []));
    }

    private static ProcedureState Put(ProcedureState state, Effect effect, Instant at, string rule, string cause) => effect switch
    {
        Effect.MeasureStarts => state with { MeasureSince = state.MeasureSince ?? at, EndedAt = null, EndedBy = null },
        Effect.MeasureEnds when state.MeasureSince is null => state,
        Effect.MeasureEnds => Stop(state, clock => clock.Clock.StopsAt is not null, at, cause) with { MeasureSince = null, HeldSince = null, EndedAt = at, EndedBy = rule },
        Effect.Hold => Stop(state, clock => clock.IsRestoring, at, cause) with { HeldSince = state.HeldSince ?? at },
        Effect.ReleaseHold => state with { HeldSince = null },
        Effect.StopClocks => Stop(state, clock => clock.IsRestoring, at, cause),
        Effect.BarNotices => state with { AreNoticesBarred = true },
        Effect.NoticeLapses => state with { Notice = NoticeStatus.Lapsed },
    };

    private static ProcedureState Stop(ProcedureState state, Func<RunningClock, bool> which, Instant at, string cause) =>
        state with { Clocks = [.. state.Clocks.Select(clock => clock.Status == ClockStatus.Running && which(clock) ? clock.End(ClockStatus.Stopped, at, cause) : clock)] };

    private static IEnumerable<RunningClock> Restoring(ProcedureState state) => state.Clocks.Where(clock => clock.Status == ClockStatus.Running && clock.IsRestoring);

    private LogEntry Entry(Fact fact, ProcedureStep step, bool isAccepted, IReadOnlyList<string> refusals) => new(
        fact.At, LogKind.Step, fact.Name, isAccepted, [.. refusals.Select(code => new Refusal(code, new Words(codes[code].En, codes[code].Zh), codes[code].Curable))],
        step.Rule, step.Source, step.Text, isAccepted ? step.Effects ?? [] : []);
}

/// <summary>Something that happened, in words that every pack knows.</summary>
/// <param name="By">Who says so: complainant, respondent, platform, court, machine; null for whom it belongs to.</param>
/// <param name="Missing">Elements of the form that it lacks.</param>
public sealed record Fact(string Name, Instant At, string? By, IReadOnlyList<string> Missing);

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

    /// <summary>It ran out.</summary>
    Elapsed,
}

/// <summary>A clock that has started.</summary>
public sealed record RunningClock(Clock Clock, Instant StartedAt, Window? Window, Restoration Restoration)
{
    /// <summary>Where it stands.</summary>
    public ClockStatus Status { get; private init; } = ClockStatus.Running;

    /// <summary>When it ended; null while it runs.</summary>
    public Instant? EndedAt { get; private init; }

    /// <summary>Fact that ended it.</summary>
    public string? EndedBy { get; private init; }

    /// <summary>Whether its alarm was given.</summary>
    public bool HasWarned { get; init; }

    /// <summary>Whether it brings the picture back.</summary>
    public bool IsRestoring => Clock.Fires?.Effect == Effect.MeasureEnds;

    /// <summary>When it may first have its effect.</summary>
    public Instant? OpensAt => Window?.Opens?.At;

    /// <summary>When it warns; only somebody who has to act is warned.</summary>
    public Instant? WarnsAt => FiresAt is null ? Window?.Warns?.At : null;

    /// <summary>When it acts by itself.</summary>
    public Instant? FiresAt => Clock.Fires is not { } fires || (IsRestoring && Restoration == Restoration.Manual) ? null
        : fires.At == Regimes.FiresAt.Opening ? Window?.Opens?.At ?? Window?.Closes?.At
        : Window?.Closes?.At;

    /// <summary>When something happens to it next by itself; null when nothing will.</summary>
    public Instant? Next => Status != ClockStatus.Running ? null : !HasWarned && WarnsAt is { } warns ? warns : FiresAt ?? Window?.Closes?.At;

    internal RunningClock End(ClockStatus status, Instant at, string? by) => this with { Status = status, EndedAt = at, EndedBy = by };
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
/// <param name="MeasureSince">Since when the picture is down; null while it is up.</param>
/// <param name="HeldSince">Since when an action or order holds it down.</param>
/// <param name="EndedAt">When it came back.</param>
/// <param name="EndedBy">By which rule.</param>
/// <param name="Accepted">Facts that were accepted, in order.</param>
public sealed record ProcedureState(
    NoticeStatus Notice, Instant? NoticeReceivedAt, Instant? MeasureSince, Instant? HeldSince, Instant? EndedAt, string? EndedBy, bool AreNoticesBarred,
    IReadOnlyList<RunningClock> Clocks, IReadOnlyList<string> Accepted, IReadOnlyList<LogEntry> Entries)
{
    /// <summary>Before the first fact.</summary>
    public static readonly ProcedureState Initial = new(NoticeStatus.None, null, null, null, null, null, false, [], [], []);

    internal ProcedureState Log(LogEntry entry) => this with { Entries = [.. Entries, entry] };
}
