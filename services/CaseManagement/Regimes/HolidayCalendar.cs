using NodaTime;

namespace ImageRights.CaseManagement.Regimes;

/// <summary>What becomes of a holiday by rule that falls on a weekend.</summary>
public enum Observance
{
    /// <summary>It stays where it is.</summary>
    None,

    /// <summary>Saturday is observed on the Friday before, Sunday on the Monday after.</summary>
    NearestWeekday,
}

/// <summary>Which church's Easter.</summary>
public enum EasterRite
{
    /// <summary>Gregorian computus.</summary>
    Western,

    /// <summary>Julian computus, in Gregorian dates.</summary>
    Orthodox,
}

/// <summary>A holiday that returns every year: a fixed day; the nth such weekday of a month, from the end when negative;
/// the first such weekday on or after a day; or a number of days from Easter Sunday.</summary>
/// <param name="Since">First year in which it is a holiday.</param>
public sealed record HolidayRule(
    string Name, int? Month = null, int? Day = null, IsoDayOfWeek? Weekday = null, int? Nth = null, int? Easter = null, EasterRite Rite = EasterRite.Western, int? Since = null);

/// <summary>Consecutive days off.</summary>
public sealed record HolidaySpan(string Name, LocalDate From, LocalDate To);

/// <summary>One year's published arrangement.</summary>
/// <param name="Workdays">Weekend days that are worked.</param>
public sealed record CalendarYear(int Year, Evidence Evidence, string Source, IReadOnlyList<HolidaySpan> Holidays, IReadOnlyList<LocalDate> Workdays);

/// <summary>The days of a jurisdiction, as data. Pure: the same day has the same answer everywhere and always.</summary>
/// <param name="IsPublishedByYear">Whether only the listed years are certain, because an authority arranges each year anew.</param>
public sealed record HolidayCalendar(
    string Name, Words Title, string Jurisdiction, IReadOnlyList<IsoDayOfWeek> Weekend, Observance Observance, Evidence Evidence, string Source,
    bool IsPublishedByYear, IReadOnlyList<HolidayRule> Rules, IReadOnlyList<CalendarYear> Years, string? Note = null)
{
    /// <summary>Whether people work on the day; only <see cref="DayKind.Working"/> counts weekend days that make up for a holiday.</summary>
    public bool IsOpen(LocalDate day, DayKind kind) =>
        (!Weekend.Contains(day.DayOfWeek) && HolidayOn(day) is null) || (kind == DayKind.Working && IsMadeUp(day));

    /// <summary>The open day that is <paramref name="count"/> open days after <paramref name="day"/>, which itself is not counted.</summary>
    public LocalDate Add(LocalDate day, int count, DayKind kind)
    {
        for (; count > 0; count--) day = FirstOpen(day.PlusDays(1), kind);
        return day;
    }

    /// <summary>The day, or the first open one after it.</summary>
    public LocalDate FirstOpen(LocalDate day, DayKind kind)
    {
        while (!IsOpen(day, kind)) day = day.PlusDays(1);
        return day;
    }

    /// <summary>Name of the holiday that is kept on the day.</summary>
    public string? HolidayOn(LocalDate day) =>
        Years.Where(year => year.Year == day.Year).SelectMany(year => year.Holidays).FirstOrDefault(span => span.From <= day && day <= span.To)?.Name
        // A holiday of next year's first day may be kept on this year's last.
        ?? Rules.FirstOrDefault(rule => Observed(rule, day.Year) == day || Observed(rule, day.Year + 1) == day)?.Name;

    /// <summary>Why what is counted between two days is not certain; empty when it is.</summary>
    public IEnumerable<Words> Doubts(LocalDate from, LocalDate to)
    {
        if (Evidence is not Evidence.Confirmed) yield return Words.Doubt($"Calendar {Name}", $"日历 {Name}", Evidence);
        if (!IsPublishedByYear) yield break;
        for (var year = from.Year; year <= to.Year; year++)
        {
            if (Years.FirstOrDefault(listed => listed.Year == year) is not { Evidence: Evidence.Confirmed })
                yield return new($"Calendar {Name} has no confirmed arrangement for {year}.", $"日历 {Name} 没有已核对的 {year} 年放假安排。");
        }
    }

    private bool IsMadeUp(LocalDate day) => Years.Any(year => year.Year == day.Year && year.Workdays.Contains(day));

    private LocalDate? Observed(HolidayRule rule, int year) => rule.Since > year ? null : (On(rule, year), Observance) switch
    {
        ({ DayOfWeek: IsoDayOfWeek.Saturday } day, Observance.NearestWeekday) => day.PlusDays(-1),
        ({ DayOfWeek: IsoDayOfWeek.Sunday } day, Observance.NearestWeekday) => day.PlusDays(1),
        var (day, _) => day,
    };

    private static LocalDate On(HolidayRule rule, int year) => rule switch
    {
        { Easter: { } offset } => EasterSunday(year, rule.Rite).PlusDays(offset),
        { Month: { } month, Day: { } day, Weekday: { } weekday } => new LocalDate(year, month, day).PlusDays(-1).Next(weekday),
        { Month: { } month, Day: { } day } => new LocalDate(year, month, day),
        { Month: { } month, Weekday: { } weekday, Nth: > 0 and var nth } => new LocalDate(year, month, 1).PlusDays(-1).Next(weekday).PlusWeeks(nth - 1),
        { Month: { } month, Weekday: { } weekday, Nth: < 0 and var nth } => new LocalDate(year, month, 1).PlusMonths(1).Previous(weekday).PlusWeeks(nth + 1),
        _ => throw new InvalidDataException($"The holiday rule {rule.Name} names no day."),
    };

    private static LocalDate EasterSunday(int year, EasterRite rite)
    {
        if (rite == EasterRite.Orthodox)
        {
            // Meeus, Astronomical Algorithms, chapter 8: Julian Easter.
            var moon = ((19 * (year % 19)) + 15) % 30;
            var month = moon + (((2 * (year % 4)) + (4 * (year % 7)) - moon + 34) % 7) + 114;
            return new LocalDate(year, month / 31, (month % 31) + 1, CalendarSystem.Julian).WithCalendar(CalendarSystem.Iso);
        }
        // The same chapter: Gregorian Easter.
        var (golden, century, rest) = (year % 19, year / 100, year % 100);
        var epact = ((19 * golden) + century - (century / 4) - ((century - ((century + 8) / 25) + 1) / 3) + 15) % 30;
        var weekday = (32 + (2 * (century % 4)) + (2 * (rest / 4)) - epact - (rest % 4)) % 7;
        var late = (golden + (11 * epact) + (22 * weekday)) / 451;
        var position = epact + weekday - (7 * late) + 114;
        return new LocalDate(year, position / 31, (position % 31) + 1);
    }
}
