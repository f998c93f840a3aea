using FsCheck;
using FsCheck.Fluent;
using ImageRights.CaseManagement.Regimes;
using NodaTime;
using NodaTime.Text;
using static ImageRights.CaseManagement.UnitTests.Regimes.RegimeCatalogueTests;

namespace ImageRights.CaseManagement.UnitTests.Regimes;

public class HolidayCalendarTests
{
    // opm.gov, Federal Holidays, for each year.
    [Theory]
    [InlineData(2026, "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25")]
    [InlineData(2027, "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31")]
    [InlineData(2028, "01-17 02-21 05-29 06-19 07-04 09-04 10-09 11-10 11-23 12-25")]
    public void Federal_holidays_are_kept_on_these_days(int year, string days) => Holidays("us-federal", year).ShouldBe(days);

    [Theory]
    [InlineData("eu-de", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 10-03 12-25 12-26")]
    [InlineData("eu-fr", 2027, "01-01 03-29 05-01 05-06 05-08 05-17 07-14 08-15 11-01 11-11 12-25")]
    [InlineData("eu-pt", 2026, "01-01 04-03 04-05 04-25 05-01 06-04 06-10 08-15 10-05 11-01 12-01 12-08 12-25")]
    [InlineData("eu-gr", 2026, "01-01 01-06 02-23 03-25 04-10 04-12 04-13 05-01 06-01 08-15 10-28 12-25 12-26")]
    [InlineData("eu-fi", 2026, "01-01 01-06 04-03 04-05 04-06 05-01 05-14 05-24 06-20 10-31 12-06 12-25 12-26")]
    public void Member_states_holidays_are_on_these_days(string calendar, int year, string days) => Holidays(calendar, year).ShouldBe(days);

    [Theory]
    [InlineData("2026-09-20", true)] // Sunday, made up for National Day
    [InlineData("2026-10-10", true)] // Saturday, likewise
    [InlineData("2026-10-07", false)]
    [InlineData("2026-10-08", true)]
    [InlineData("2026-02-14", true)] // Saturday, made up for the Spring Festival
    [InlineData("2026-02-23", false)]
    [InlineData("2025-10-08", false)]
    [InlineData("2025-10-11", true)]
    [InlineData("2026-10-11", false)] // a Sunday like any other
    public void The_State_Councils_arrangement_says_who_works(string day, bool works)
    {
        var calendar = Catalogue.Calendars["cn-state-council"];
        calendar.IsOpen(Day(day), DayKind.Working).ShouldBe(works);
        if (Day(day).DayOfWeek is IsoDayOfWeek.Saturday or IsoDayOfWeek.Sunday) calendar.IsOpen(Day(day), DayKind.Business).ShouldBeFalse();
    }

    [Fact]
    public void Every_make_up_workday_is_a_weekend_day_of_its_year_and_no_holiday()
    {
        foreach (var year in Catalogue.Calendars["cn-state-council"].Years)
        {
            foreach (var day in year.Workdays)
            {
                day.Year.ShouldBe(year.Year);
                day.DayOfWeek.ShouldBeOneOf(IsoDayOfWeek.Saturday, IsoDayOfWeek.Sunday);
                year.Holidays.ShouldAllBe(span => day < span.From || day > span.To);
            }
            foreach (var span in year.Holidays) (span.From <= span.To && span.From.Year == year.Year && span.To.Year == year.Year).ShouldBeTrue(span.Name);
        }
    }

    [Fact]
    public void A_year_without_a_published_arrangement_is_doubtful_and_a_published_one_is_not()
    {
        var calendar = Catalogue.Calendars["cn-state-council"];
        calendar.Doubts(Day("2025-01-01"), Day("2026-12-31")).ShouldBeEmpty();
        calendar.Doubts(Day("2026-12-30"), Day("2027-01-05")).ShouldBe([new Words("Calendar cn-state-council has no confirmed arrangement for 2027.", "日历 cn-state-council 没有已核对的 2027 年放假安排。")]);
        calendar.Doubts(Day("2031-01-01"), Day("2031-01-05")).ShouldHaveSingleItem();
        Catalogue.Calendars["us-federal"].Doubts(Day("2026-01-01"), Day("2040-01-01")).ShouldBeEmpty();
    }

    [Fact]
    public void Lunar_holidays_of_years_to_come_are_where_the_lunisolar_calendar_has_them()
    {
        var lunar = new System.Globalization.ChineseLunisolarCalendar();
        foreach (var year in Catalogue.Calendars["cn-state-council"].Years)
        {
            // The leap month moves the later months by one.
            var leap = lunar.GetLeapMonth(year.Year);
            int Month(int number) => leap > 0 && number >= leap ? number + 1 : number;
            foreach (var (month, day) in new[] { (1, 1), (5, 5), (8, 15) })
            {
                var date = LocalDate.FromDateTime(lunar.ToDateTime(year.Year, Month(month), day, 0, 0, 0, 0));
                year.Holidays.ShouldContain(span => span.From <= date && date <= span.To, $"{date}");
            }
        }
    }

    private static readonly Gen<(HolidayCalendar Calendar, DayKind Kind, LocalDate Day, int Count)> Counts =
        from calendar in Gen.Elements(Catalogue.Calendars.Values.ToArray())
        from kind in Gen.Elements(DayKind.Business, DayKind.Working)
        from offset in Gen.Choose(0, 20 * 365)
        from count in Gen.Choose(1, 40)
        select (calendar, kind, new LocalDate(2020, 1, 1).PlusDays(offset), count);

    [Fact]
    public void Counting_lands_on_an_open_day_after_so_many_open_days() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(Arb.From(Counts), given =>
    {
        var (calendar, kind, day, count) = given;
        var last = calendar.Add(day, count, kind);
        calendar.IsOpen(last, kind).ShouldBeTrue();
        Enumerable.Range(1, Period.Between(day, last, PeriodUnits.Days).Days).Count(passed => calendar.IsOpen(day.PlusDays(passed), kind)).ShouldBe(count);
    }));

    [Fact]
    public void Counting_is_monotone_in_the_start_and_strictly_in_the_count() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(Arb.From(Counts), given =>
    {
        var (calendar, kind, day, count) = given;
        (calendar.Add(day.PlusDays(1), count, kind) >= calendar.Add(day, count, kind)).ShouldBeTrue();
        (calendar.Add(day, count + 1, kind) > calendar.Add(day, count, kind)).ShouldBeTrue();
        calendar.Add(calendar.Add(day, count, kind), 3, kind).ShouldBe(calendar.Add(day, count + 3, kind));
    }));

    internal static LocalDate Day(string day) => LocalDatePattern.Iso.Parse(day).Value;

    private static string Holidays(string calendar, int year) => string.Join(' ', Enumerable.Range(0, 366).Select(offset => new LocalDate(year, 1, 1).PlusDays(offset))
        .Where(day => day.Year == year && Catalogue.Calendars[calendar].HolidayOn(day) is not null).Select(day => $"{day.Month:00}-{day.Day:00}"));
}
