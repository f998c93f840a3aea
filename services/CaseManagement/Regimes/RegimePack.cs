using NodaTime;

namespace ImageRights.CaseManagement.Regimes;

/// <summary>How well a parameter is founded. Anything but <see cref="Confirmed"/> is shown as unconfirmed wherever the parameter is used.</summary>
public enum Evidence
{
    /// <summary>The named source was read.</summary>
    Confirmed,

    /// <summary>Only somebody's report of the source was read.</summary>
    Secondary,

    /// <summary>Said from general knowledge; no source was read.</summary>
    GeneralKnowledge,

    /// <summary>A choice of the product, no law and no platform's rule.</summary>
    ProductDefault,

    /// <summary>One article says so.</summary>
    Unverified,
}

/// <summary>What a pack is.</summary>
public enum PackKind
{
    /// <summary>A statute or regulation.</summary>
    Statute,

    /// <summary>A platform's published or reported practice.</summary>
    Preset,

    /// <summary>Service levels of the product.</summary>
    ProductDefault,
}

/// <summary>A text in both languages.</summary>
public sealed record Words(string En, string Zh)
{
    /// <summary>In one of them.</summary>
    /// <param name="language"><c>en</c> or <c>zh</c>.</param>
    public string In(string language) => language == "zh" ? Zh : En;

    /// <summary>That something is not certain because of what it is founded on.</summary>
    internal static Words Doubt(string what, string whatZh, Evidence evidence) => new($"{what} is {evidence}.", $"{whatZh}：{ZhOf(evidence)}。");

    /// <summary>In Chinese, how well something is founded.</summary>
    internal static string ZhOf(Evidence evidence) => evidence switch
    {
        Evidence.Confirmed => "已核对来源",
        Evidence.Secondary => "仅见于对来源的转述",
        Evidence.GeneralKnowledge => "依一般了解，未核对来源",
        Evidence.ProductDefault => "产品默认值",
        Evidence.Unverified => "仅有一篇文章提及，未经核实",
    };
}

/// <summary>A day and how well it is founded.</summary>
public sealed record FoundedDate(LocalDate Date, Evidence Evidence);

/// <summary>One procedure as data: its steps, clocks and forms. A case keeps the version that it began with, so a change of law is a new file.</summary>
/// <param name="Zone">IANA time zone in which days begin and end, until the tenant sets another.</param>
/// <param name="Calendar">Holiday calendar that its days are counted by, until the tenant sets another.</param>
/// <param name="SettingsEvidence">How well zone and calendar are founded.</param>
/// <param name="ConflictsWith">Packs whose rules contradict this one on the same facts; nobody merges them silently.</param>
/// <param name="Unconfirmed">What is not certain, in words.</param>
/// <param name="Sources">Where each source key of the pack was read.</param>
public sealed record RegimePack(
    string Name, int Version, Words Title, PackKind Kind, string Jurisdiction, FoundedDate EffectiveFrom, string Zone, string Calendar, Evidence SettingsEvidence,
    IReadOnlyList<NoticeForm> Forms, IReadOnlyList<Clock> Clocks, IReadOnlyList<ProcedureStep> Steps, IReadOnlyList<string> Unconfirmed,
    IReadOnlyDictionary<string, string> Sources, NoticeLimits? Limits = null, IReadOnlyList<string>? ConflictsWith = null)
{
    /// <summary>Name and version, as cases keep it.</summary>
    public string Id => $"{Name}.v{Version}";
}

/// <summary>Sizes of one notice.</summary>
/// <param name="Items">Pictures that one notice may name.</param>
public sealed record NoticeLimits(int Items, Evidence Evidence, string Source);

/// <summary>What a party must say, element by element.</summary>
/// <param name="Cure">When a deficient one is asked to be corrected; null when it is refused.</param>
public sealed record NoticeForm(string Name, IReadOnlyList<FormField> Fields, Cure? Cure = null);

/// <summary>One element of a form.</summary>
/// <param name="Code">Code when it is missing; null when its absence has no consequence.</param>
/// <param name="IsLocation">Whether it is answered by the exact places of the pictures.</param>
public sealed record FormField(string Name, string Meaning, Words Example, string? Code = null, bool IsLocation = false);

/// <summary>The duty to ask for a correction.</summary>
/// <param name="WhenPresent">Elements without which there is nothing to correct.</param>
public sealed record Cure(IReadOnlyList<string> WhenPresent, string Source);

/// <summary>How an amount is counted.</summary>
public enum DayKind
{
    /// <summary>There is nothing to count.</summary>
    None,

    /// <summary>Elapsed time to the second.</summary>
    Elapsed,

    /// <summary>At the start event itself.</summary>
    AtOnce,

    /// <summary>Every day counts.</summary>
    Calendar,

    /// <summary>The source does not say; every day is counted and the result is unconfirmed.</summary>
    Unspecified,

    /// <summary>Days that are neither weekend nor holiday.</summary>
    Business,

    /// <summary>Business days and the weekend days that are worked to make up for a holiday.</summary>
    Working,
}

/// <summary>Units of an amount.</summary>
public enum PeriodUnit
{
    /// <summary>A duty without a number.</summary>
    None,

    /// <summary>Seconds.</summary>
    Seconds,

    /// <summary>Hours.</summary>
    Hours,

    /// <summary>Days.</summary>
    Days,

    /// <summary>Weeks.</summary>
    Weeks,

    /// <summary>Months; a day that the month does not have is its last.</summary>
    Months,

    /// <summary>Years.</summary>
    Years,
}

/// <summary>An amount in the clock's unit.</summary>
/// <param name="Min">When the window opens; null when it is open from the start.</param>
/// <param name="Max">When it closes; null when it never does.</param>
/// <param name="Configurable">Whether the tenant sets the number because the source gives none.</param>
public sealed record Amount(int? Min = null, int? Max = null, bool Configurable = false);

/// <summary>What becomes of a last day on which nobody works.</summary>
public enum Roll
{
    /// <summary>It stays the last day.</summary>
    Stay,

    /// <summary>The first open day after it becomes the last day.</summary>
    NextOpenDay,
}

/// <summary>A choice between roll rules that the tenant makes.</summary>
public sealed record RollOption(Roll Default, Evidence Evidence, string Source);

/// <summary>An earlier day on which the platform is warned, in the clock's unit.</summary>
public sealed record AlarmDay(int Amount, Evidence Evidence);

/// <summary>The moment at which a clock acts.</summary>
public enum FiresAt
{
    /// <summary>When the window opens.</summary>
    Opening,

    /// <summary>When it closes.</summary>
    Closing,
}

/// <summary>What a clock does by itself, and when.</summary>
public sealed record Firing(FiresAt At, Effect Effect);

/// <summary>By how much a term can be made longer, once and for a reason.</summary>
/// <param name="Max">At most so many days beyond the last.</param>
/// <param name="DayKind">Which days.</param>
public sealed record Extension(int Max, DayKind DayKind, Evidence Evidence, string Source);

/// <summary>A term: from a fact, for an amount, with what follows.</summary>
/// <param name="Id">Identity of the rule.</param>
/// <param name="StartsAt">Facts that start it.</param>
/// <param name="Words">The term in the source's words where it has no number.</param>
/// <param name="StopsAt">Facts that end it without its effect.</param>
/// <param name="MetBy">Facts that fulfil it.</param>
/// <param name="Source">Keys of the pack's sources.</param>
/// <param name="Zh">The same in Chinese.</param>
public sealed record Clock(
    string Id, string Step, string Actor, IReadOnlyList<string> StartsAt, PeriodUnit Unit, DayKind DayKind, string WhenMet, string WhenMissed, string Class,
    Evidence Evidence, string Source, ClockTexts Zh, Amount? Amount = null, string? Words = null, RollOption? Roll = null, AlarmDay? Alarm = null,
    IReadOnlyList<string>? StopsAt = null, IReadOnlyList<string>? MetBy = null, Firing? Fires = null, string? Note = null, Extension? Extension = null)
{
    /// <summary>What the clock says in words.</summary>
    /// <param name="language"><c>en</c> or <c>zh</c>.</param>
    public ClockTexts In(string language) => language == "zh" ? Zh with { Source = Zh.Source ?? Source } : new ClockTexts(Step, WhenMet, WhenMissed, Words, Note, Source);
}

/// <summary>What a clock says in words.</summary>
/// <param name="Words">The term where it has no number; null where it has one.</param>
/// <param name="Source">Keys of the pack's sources; null where they stand without words.</param>
public sealed record ClockTexts(string Step, string WhenMet, string WhenMissed, string? Words = null, string? Note = null, string? Source = null);

/// <summary>Effects on the picture and the procedure. The list is closed: packs choose from it.</summary>
public enum Effect
{
    /// <summary>The picture goes down.</summary>
    MeasureStarts,

    /// <summary>The picture returns as far as the notice held it down.</summary>
    MeasureEnds,

    /// <summary>The picture goes down because a court says so; only the court ends that. Clocks that would bring the picture back stand still.</summary>
    OrderStarts,

    /// <summary>What the court ordered ends.</summary>
    OrderEnds,

    /// <summary>A picture that is down stays down until the hold is released; clocks that would bring it back stand still.</summary>
    Hold,

    /// <summary>The hold ends; clocks that it kept from running go on.</summary>
    ReleaseHold,

    /// <summary>Clocks that would bring the picture back stop.</summary>
    StopClocks,

    /// <summary>The same notice cannot be given again.</summary>
    BarNotices,

    /// <summary>A deficient notice that was not corrected is of no effect.</summary>
    NoticeLapses,
}

/// <summary>Conditions of a step. The list is closed: packs choose from it.</summary>
public enum Condition
{
    /// <summary>An effective notice was received.</summary>
    NoticeEffective,

    /// <summary>The picture is down.</summary>
    MeasureActive,

    /// <summary>No clock that would bring the picture back is still before its opening.</summary>
    WindowOpened,

    /// <summary>No action or order holds the picture down.</summary>
    NoHold,

    /// <summary>An action is pending.</summary>
    HoldActive,

    /// <summary>A court's order holds the picture down.</summary>
    OrderActive,

    /// <summary>One of the named clocks is running.</summary>
    ClockRunning,

    /// <summary>One of the named facts was accepted before.</summary>
    Accepted,

    /// <summary>Fewer such facts than the limit were accepted before.</summary>
    AttemptsLeft,

    /// <summary>Notices are not barred.</summary>
    NoticesNotBarred,

    /// <summary>The complainant himself says it.</summary>
    ByComplainant,

    /// <summary>A person says it, not a machine.</summary>
    ByPerson,
}

/// <summary>One condition of a step.</summary>
/// <param name="Otherwise">Code of the refusal.</param>
/// <param name="Attempts">Attempts to which the condition applies, from 1; null for all.</param>
public sealed record Need(
    Condition That, string Otherwise, IReadOnlyList<string>? Clocks = null, IReadOnlyList<string>? Facts = null, int? Limit = null, IReadOnlyList<int>? Attempts = null);

/// <summary>What a fact does under this regime.</summary>
/// <param name="On">The fact.</param>
/// <param name="Rule">Identity of the rule.</param>
/// <param name="Form">Form that it must satisfy.</param>
/// <param name="Raises">Facts that follow from it at the same moment.</param>
public sealed record ProcedureStep(
    string On, string Rule, Words Text, string? Form = null, IReadOnlyList<Need>? Needs = null, IReadOnlyList<Effect>? Effects = null,
    IReadOnlyList<string>? Raises = null, string? Source = null);

/// <summary>A code with which an element or a step is refused.</summary>
/// <param name="Curable">Whether it can be put right by filing again or correcting.</param>
/// <param name="Basis">The rule it rests on.</param>
public sealed record RefusalCode(string En, string Zh, bool Curable, string Basis);
