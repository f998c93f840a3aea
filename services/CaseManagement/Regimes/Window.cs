using NodaTime;

namespace ImageRights.CaseManagement.Regimes;

/// <summary>An edge of a window.</summary>
/// <param name="Day">The local day that it is named by.</param>
/// <param name="At">The first instant beyond it: for a term in days, the start of the local day after.</param>
public sealed record Edge(LocalDate Day, Instant At);

/// <summary>When a clock that has started opens, warns and closes.</summary>
/// <param name="Opens">Not before this; null when it is open from the start.</param>
/// <param name="Closes">Not after this; null when it never closes.</param>
/// <param name="Warns">When the platform is warned; <see cref="Edge.At"/> is the start of the day.</param>
/// <param name="Doubts">Why the dates are not certain; empty when they are.</param>
public sealed record Window(Edge? Opens, Edge? Closes, Edge? Warns, IReadOnlyList<Words> Doubts)
{
    /// <summary>Computes the window of a clock from its start. The local day of the start is day 0.</summary>
    /// <param name="settings">What the tenant chose.</param>
    /// <returns>Null for a duty without a number.</returns>
    public static Window? Of(Clock clock, RegimeSettings settings, Instant start)
    {
        if (clock.Amount is not { } amount) return null;
        var chosen = settings.Of(clock);
        var opens = chosen.Days is { } days && amount.Min is not null ? days : amount.Min;
        var closes = chosen.Days ?? amount.Max;
        Edge? End(int? count) => count is { } given ? Count(clock, given, chosen.Roll, settings, start) : null;
        var warns = clock.Alarm is { } alarm && End(alarm.Amount) is { } day ? day with { At = settings.Zone.AtStartOfDay(day.Day).ToInstant() } : null;
        var (first, last) = (End(opens), End(closes));
        return new Window(first, last, warns, [.. FindDoubts(clock, chosen, settings, start, last ?? first)]);
    }

    /// <summary>The window with a later end; where it opens at its end, it opens later too.</summary>
    /// <param name="evidence">How well it is founded that the term can be made longer.</param>
    internal Window Extend(Edge end, Evidence evidence) => this with
    {
        Opens = Opens is not null && Opens == Closes ? end : Opens, Closes = end,
        Doubts = evidence == Evidence.Confirmed ? Doubts : [.. Doubts, Words.Doubt("That the term can be made longer", "期限可以延长", evidence)],
    };

    private static Edge Count(Clock clock, int count, Roll roll, RegimeSettings settings, Instant start)
    {
        var day = start.InZone(settings.Zone).Date;
        switch (clock.DayKind)
        {
            case DayKind.AtOnce:
                return new Edge(day, start);
            case DayKind.Elapsed:
                var at = start + (clock.Unit == PeriodUnit.Seconds ? Duration.FromSeconds(count) : Duration.FromHours(count));
                return new Edge(at.InZone(settings.Zone).Date, at);
            case DayKind.Business or DayKind.Working:
                day = settings.Calendar.Add(day, count, clock.DayKind);
                break;
            case DayKind.Calendar or DayKind.Unspecified:
                day = day.Plus(clock.Unit switch
                {
                    PeriodUnit.Days => Period.FromDays(count),
                    PeriodUnit.Weeks => Period.FromWeeks(count),
                    PeriodUnit.Months => Period.FromMonths(count),
                    PeriodUnit.Years => Period.FromYears(count),
                    PeriodUnit.None or PeriodUnit.Seconds or PeriodUnit.Hours => throw new InvalidDataException($"{clock.Id} counts days in {clock.Unit}."),
                });
                // Who works on a make-up day does not have the day off, so the term does not roll over it.
                if (roll == Roll.NextOpenDay) day = settings.Calendar.FirstOpen(day, DayKind.Working);
                break;
            case DayKind.None:
                throw new InvalidDataException($"{clock.Id} has an amount of nothing.");
        }
        return new Edge(day, settings.Zone.AtStartOfDay(day.PlusDays(1)).ToInstant());
    }

    private static IEnumerable<Words> FindDoubts(Clock clock, ClockSettings chosen, RegimeSettings settings, Instant start, Edge? last)
    {
        if (clock.Evidence != Evidence.Confirmed) yield return Words.Doubt(clock.Id, clock.Id, clock.Evidence);
        if (clock.DayKind == DayKind.Unspecified) yield return new($"The source of {clock.Id} does not say which days; every day is counted.", $"{clock.Id} 的来源未说明以何种日计算；此处逐日计算。");
        if (clock.Note is not null) yield return new(clock.Note, clock.Zh.Note!);
        if (clock.Roll is { } option && last is not null && clock.DayKind == DayKind.Calendar && (chosen.Roll == Roll.NextOpenDay || !settings.Calendar.IsOpen(last.Day, DayKind.Working)))
            yield return new(
                $"Whether the last day rolls to the next open day is a setting ({chosen.Roll}); its source is {option.Evidence}.",
                $"期限最后一日是否顺延至其后第一个工作日为可设定项（{(chosen.Roll == Roll.NextOpenDay ? "顺延" : "不顺延")}）；其依据：{Words.ZhOf(option.Evidence)}。");
        var countsDays = clock.DayKind is DayKind.Business or DayKind.Working || (clock.DayKind == DayKind.Calendar && chosen.Roll == Roll.NextOpenDay);
        if (!countsDays || last is null) yield break;
        foreach (var doubt in settings.Calendar.Doubts(start.InZone(settings.Zone).Date, last.Day)) yield return doubt;
    }
}

/// <summary>What a tenant chose for a clock.</summary>
/// <param name="Days">Amount in the clock's unit, where the pack leaves it open; null for the pack's.</param>
public sealed record ClockSettings(int? Days, Roll Roll);

/// <summary>How a platform restores.</summary>
public enum Restoration
{
    /// <summary>The clock brings the picture back by itself.</summary>
    Automatic,

    /// <summary>Somebody must do it within the window.</summary>
    Manual,

    /// <summary>Somebody may do it within the window; at its end the clock does.</summary>
    AtClosing,
}

/// <summary>What an action that becomes known after the restoration does by itself.</summary>
public enum OnAction
{
    /// <summary>Nothing; a person may take the picture down anew.</summary>
    Leave,

    /// <summary>It takes the picture down again.</summary>
    TakeDown,
}

/// <summary>A pack's settings with the tenant's choices put in.</summary>
public sealed record RegimeSettings(
    DateTimeZone Zone, HolidayCalendar Calendar, IReadOnlyDictionary<string, ClockSettings> Clocks, Restoration Restoration = Restoration.Automatic, OnAction OnAction = OnAction.Leave)
{
    /// <summary>What holds for a clock.</summary>
    public ClockSettings Of(Clock clock) => Clocks.GetValueOrDefault(clock.Id) ?? new ClockSettings(null, clock.Roll?.Default ?? Roll.Stay);
}
