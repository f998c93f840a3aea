using ImageRights.CaseManagement.Regimes;
using NodaTime;
using NodaTime.Text;

namespace ImageRights.CaseManagement.Features.Simulating;

/// <summary>The outcomes of one history, side by side.</summary>
public sealed record Simulation(IReadOnlyList<SimulatedRun> Runs);

/// <summary>An instant as it reads where the law counts it.</summary>
/// <param name="Local">Local date and time with its offset.</param>
/// <param name="Zone">IANA time zone.</param>
public sealed record Moment(string Local, string Zone, DateTimeOffset Utc)
{
    private static readonly OffsetDateTimePattern Pattern = OffsetDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm:ss;FFFo<+HH:mm>");

    internal static Moment? Of(Instant? at, DateTimeZone zone) =>
        at is not { } instant ? null : new Moment(Pattern.Format(instant.InZone(zone).ToOffsetDateTime()), zone.Id, instant.ToDateTimeOffset());
}

/// <summary>Where the picture stands.</summary>
public enum ItemStatus
{
    /// <summary>It is shown.</summary>
    Live,

    /// <summary>A measure holds it down.</summary>
    Down,

    /// <summary>It is down while an action or order lasts.</summary>
    HeldDown,
}

/// <summary>How a history ends under a regime.</summary>
/// <param name="Since">Since when it is down.</param>
/// <param name="RestoredAt">When it came back.</param>
/// <param name="RestoredBy">Rule that brought it back.</param>
/// <param name="NoticeReceivedAt">First receipt of the notice, kept through its correction.</param>
public sealed record SimulatedOutcome(ItemStatus Item, Moment? Since, Moment? RestoredAt, string? RestoredBy, NoticeStatus Notice, Moment? NoticeReceivedAt, bool AreNoticesBarred);

/// <summary>A deadline: what, who, by when, by which rule, and what happens otherwise.</summary>
/// <param name="OpensOn">Last local day before it may be done; it may be done from <paramref name="NotBefore"/>.</param>
/// <param name="LastDay">Last local day on which it can be done; it is over at <paramref name="NotAfter"/>.</param>
/// <param name="Term">The source's words where there is no number.</param>
/// <param name="Confirmed">Whether rule and calendar are confirmed for these dates.</param>
/// <param name="Doubts">Why not, when they are not; and what is a setting.</param>
/// <param name="Extension">By how much it can be made longer; null where it cannot.</param>
public sealed record SimulatedDeadline(
    string Rule, string Step, string Actor, ClockStatus Status, Moment StartedAt, string? OpensOn, Moment? NotBefore, string? AlarmOn, string? LastDay, Moment? NotAfter, string? Term,
    Moment? EndedAt, string? EndedBy, string WhenMet, string WhenMissed, string Source, Evidence Evidence, bool Confirmed, IReadOnlyList<string> Doubts, SimulatedExtension? Extension)
{
    /// <summary>What the letters to the parties say of it; null for a term that concerns none of them, and in simulations.</summary>
    public PlainTerm? InPlainWords { get; init; }

    /// <summary>A started clock as it reads where the law counts it, in the reader's language.</summary>
    internal static SimulatedDeadline Of(RunningClock running, DateTimeZone zone, string language)
    {
        Moment? At(Instant? instant) => Moment.Of(instant, zone);
        var (clock, window, texts) = (running.Clock, running.Window, running.Clock.In(language));
        return new SimulatedDeadline(
            clock.Id, texts.Step, running.Actor, running.Status, At(running.StartedAt)!, Day(window?.Opens), At(window?.Opens?.At), Day(window?.Warns), Day(window?.Closes), At(window?.Closes?.At),
            texts.Words, At(running.EndedAt), running.EndedBy, texts.WhenMet, texts.WhenMissed, texts.Source!, clock.Evidence,
            window is null ? clock.Evidence == Evidence.Confirmed : window.Doubts.Count == 0, [.. window?.Doubts.Select(doubt => doubt.In(language)) ?? []],
            clock.Extension is not { } extension ? null : new SimulatedExtension(extension.Max, extension.DayKind, running.ExtendedBy, extension.Evidence, extension.Source));
    }

    private static string? Day(Edge? edge) => edge is null ? null : LocalDatePattern.Iso.Format(edge.Day);
}

/// <summary>A term in the words of the letters about it.</summary>
/// <param name="Otherwise">What follows when it passes.</param>
public sealed record PlainTerm(string What, string Otherwise);

/// <summary>By how much a term can be made longer, once and for a reason.</summary>
/// <param name="MostDays">At most so many.</param>
/// <param name="DayKind">Which days.</param>
/// <param name="Given">By how many it was; null when it was not.</param>
public sealed record SimulatedExtension(int MostDays, DayKind DayKind, int? Given, Evidence Evidence, string Source);

/// <summary>One entry of what happened.</summary>
public sealed record SimulatedEntry(
    Moment At, LogKind Kind, string Name, bool Accepted, IReadOnlyList<Refusal> Refusals, string? Rule, string? Source, Words? Text, IReadOnlyList<Effect> Effects);

/// <summary>One history under one regime.</summary>
/// <param name="Regime">Name and version of the pack.</param>
/// <param name="Unconfirmed">What in the pack is not certain.</param>
/// <param name="ConflictsWith">Packs whose rules contradict this one on the same facts.</param>
public sealed record SimulatedRun(
    string Regime, Words Title, string Zone, string Calendar, SimulatedOutcome Outcome, IReadOnlyList<SimulatedDeadline> Deadlines, IReadOnlyList<SimulatedEntry> Timeline,
    IReadOnlyList<string> Unconfirmed, IReadOnlyList<string> ConflictsWith)
{
    /// <summary>The run of a pack as it is answered.</summary>
    /// <param name="language">What its deadlines are told in: <c>en</c> or <c>zh</c>.</param>
    public static SimulatedRun Of(RegimePack pack, RegimeSettings settings, ProcedureState state, string language)
    {
        Moment? At(Instant? instant) => Moment.Of(instant, settings.Zone);
        var item = !state.IsDown ? ItemStatus.Live : state.IsHeld ? ItemStatus.HeldDown : ItemStatus.Down;
        return new SimulatedRun(
            pack.Id, pack.Title, settings.Zone.Id, settings.Calendar.Name,
            new SimulatedOutcome(item, At(state.DownSince), At(state.EndedAt), state.EndedBy, state.Notice, At(state.NoticeReceivedAt), state.AreNoticesBarred),
            [.. state.Clocks.Select(running => SimulatedDeadline.Of(running, settings.Zone, language))],
            [.. state.Entries.Select(entry => new SimulatedEntry(
                At(entry.At)!, entry.Kind, entry.Name, entry.IsAccepted, entry.Refusals, entry.Rule, entry.Source, entry.Text ?? Text(pack, entry), entry.Effects))],
            pack.Unconfirmed, pack.ConflictsWith ?? []);
    }

    private static Words? Text(RegimePack pack, LogEntry entry) =>
        entry.Kind == LogKind.NotRegulated ? new Words("This regime attaches nothing to this fact.", "该制度对此事实未作规定。")
        : pack.Clocks.FirstOrDefault(clock => clock.Id == entry.Rule) is not { } clock ? null
        : entry.Kind == LogKind.Elapsed ? new Words($"{clock.Step}: the term has run out. {clock.WhenMissed}", $"{clock.Zh.Step}：期限届满。{clock.Zh.WhenMissed}")
        : new Words($"{clock.Step}: the term does its effect.", $"{clock.Zh.Step}：期限生效。");
}
