using FsCheck;
using FsCheck.Fluent;
using ImageRights.CaseManagement.Regimes;
using NodaTime;
using NodaTime.Text;
using static ImageRights.CaseManagement.UnitTests.Regimes.HolidayCalendarTests;
using static ImageRights.CaseManagement.UnitTests.Regimes.RegimeCatalogueTests;

namespace ImageRights.CaseManagement.UnitTests.Regimes;

public class WindowTests
{
    [Theory]
    [InlineData("2026-11-20T09:00", "2026-12-07", "2026-12-09", "2026-12-11")] // Thanksgiving skipped
    [InlineData("2026-11-20T23:59", "2026-12-07", "2026-12-09", "2026-12-11")]
    [InlineData("2026-11-21T10:00", "2026-12-07", "2026-12-09", "2026-12-11")] // a Saturday
    [InlineData("2026-11-22T10:00", "2026-12-07", "2026-12-09", "2026-12-11")]
    [InlineData("2026-11-23T00:00", "2026-12-08", "2026-12-10", "2026-12-14")]
    [InlineData("2026-12-22T10:00", "2027-01-07", "2027-01-11", "2027-01-13")] // Christmas and New Year skipped
    [InlineData("2027-12-20T10:00", "2028-01-05", "2028-01-07", "2028-01-11")] // both are kept on the Friday before, one of them in the old year
    [InlineData("2026-10-23T10:00", "2026-11-06", "2026-11-10", "2026-11-13")] // the clocks go back, Veterans Day
    public void A_counter_notice_restores_between_the_ends_of_business_days_10_and_14(string received, string earliest, string alarm, string latest)
    {
        var window = Of("us-dmca-512", "US-06", received);
        window.Opens!.Day.ShouldBe(Day(earliest));
        window.Closes!.Day.ShouldBe(Day(latest));
        window.Warns!.Day.ShouldBe(Day(alarm));
        Local("us-dmca-512", window.Opens.At).ShouldBe(Day(earliest).PlusDays(1).AtMidnight());
        Local("us-dmca-512", window.Warns.At).ShouldBe(Day(alarm).AtMidnight());
        window.Doubts.Select(doubt => doubt.En).ShouldBe(["Section 512 does not define business day: the calendar is a setting."]);
    }

    [Fact]
    public void The_day_of_receipt_is_the_day_where_the_law_is()
    {
        // 23 November, 04:30 UTC, is still Sunday the 22nd in New York.
        var window = Window.Of(Clock("us-dmca-512", "US-06"), Settings("us-dmca-512"), Instant.FromUtc(2026, 11, 23, 4, 30))!;
        window.Opens!.Day.ShouldBe(Day("2026-12-07"));
        window.Opens.At.ShouldBe(Instant.FromUtc(2026, 12, 8, 5, 0));
    }

    [Theory]
    [InlineData("2026-09-28T10:00", Roll.Stay, "2026-10-13")] // across Golden Week
    [InlineData("2026-09-28T10:00", Roll.NextOpenDay, "2026-10-13")]
    [InlineData("2026-09-18T10:00", Roll.Stay, "2026-10-03")]
    [InlineData("2026-09-18T10:00", Roll.NextOpenDay, "2026-10-08")]
    [InlineData("2026-09-25T10:00", Roll.NextOpenDay, "2026-10-10")] // a Saturday on which China works
    [InlineData("2026-09-26T10:00", Roll.NextOpenDay, "2026-10-12")] // a Sunday on which it does not
    public void A_declaration_that_arrived_binds_for_fifteen_days(string arrived, Roll roll, string last)
    {
        var window = Of("cn-ecl", "CN-03", arrived, roll);
        window.Closes!.Day.ShouldBe(Day(last));
        window.Opens.ShouldBe(window.Closes);
        Local("cn-ecl", window.Closes.At).ShouldBe(Day(last).PlusDays(1).AtMidnight());
    }

    [Theory]
    [InlineData("2026-08-31T10:00", "2027-02-28")]
    [InlineData("2026-08-15T10:00", "2027-02-15")]
    [InlineData("2027-08-31T10:00", "2028-02-29")]
    public void A_complaint_may_be_lodged_for_six_months(string informed, string last) => Of("eu-dsa", "EU-06", informed).Closes!.Day.ShouldBe(Day(last));

    [Fact]
    public void A_last_day_on_a_Sunday_rolls_only_where_the_tenant_says_so()
    {
        Of("eu-dsa", "EU-06", "2026-08-31T10:00", Roll.NextOpenDay).Closes!.Day.ShouldBe(Day("2027-03-01"));
        Of("eu-dsa", "EU-06", "2026-08-31T10:00").Doubts.ShouldContain(doubt => doubt.En.Contains("rolls"));
        Of("eu-dsa", "EU-06", "2026-08-15T10:00").Doubts.ShouldNotContain(doubt => doubt.En.Contains("rolls"));
    }

    [Theory]
    [InlineData("2027-03-13T10:00", "2027-03-15T11:00")] // spring forward: an hour that the clock does not show
    [InlineData("2026-10-31T10:00", "2026-11-02T09:00")] // fall back: an hour that it shows twice
    [InlineData("2026-11-20T10:00", "2026-11-22T10:00")]
    public void Hours_are_elapsed_time_and_not_the_clock_on_the_wall(string received, string until) =>
        Local("us-take-it-down", Of("us-take-it-down", "US-12", received).Closes!.At).ShouldBe(LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm").Parse(until).Value);

    [Fact]
    public void A_day_that_begins_late_because_of_summer_time_begins_when_it_begins()
    {
        // Cairo has no 00:00 on 24 April 2026.
        var settings = Settings("cn-ecl") with { Zone = DateTimeZoneProviders.Tzdb["Africa/Cairo"] };
        var start = settings.Zone.AtLeniently(new LocalDateTime(2026, 4, 8, 12, 0)).ToInstant();
        Window.Of(Clock("cn-ecl", "CN-03"), settings, start)!.Closes!.At.InZone(settings.Zone).LocalDateTime.ShouldBe(new LocalDateTime(2026, 4, 24, 1, 0));
    }

    [Fact]
    public void What_is_not_confirmed_says_so()
    {
        Of("preset-amazon", "PP-AMZ-1", "2026-11-20T10:00").Doubts.ShouldContain(doubt => doubt.En.Contains("does not say which days"));
        Of("cn-civil-code", "CN-08", "2026-11-20T10:00").Doubts.ShouldContain(new Words("CN-08 is ProductDefault.", "CN-08：产品默认值。"));
        Of("preset-taobao", "PP-TB-2", "2026-12-30T10:00").Doubts.ShouldContain(doubt => doubt.En.Contains("2027"));
        Of("cn-ecl", "CN-03", "2026-09-28T10:00").Doubts.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("preset-taobao", "PP-TB-2", "2026-09-30T10:00", "2026-10-12")] // 8, 9, 10 (a Saturday that is worked), 12 October
    [InlineData("preset-alibaba-ipp", "PP-ALI-1", "2026-09-30T10:00", "2026-10-12")] // business days leave that Saturday out: 8, 9, 12
    [InlineData("preset-github", "PP-GH-2", "2026-11-20T10:00", "2026-12-04")]
    [InlineData("preset-taobao", "PP-TB-4", "2028-02-29T10:00", "2030-02-28")]
    [InlineData("preset-youtube", "PP-YT-4", "2026-11-20T10:00", "2027-02-18")]
    public void Presets_count_in_their_own_days(string pack, string clock, string start, string last) => Of(pack, clock, start).Closes!.Day.ShouldBe(Day(last));

    [Theory]
    [InlineData("2024-02-29T10:00", "2024-08-29")]
    [InlineData("2027-12-31T23:59:59", "2028-06-30")]
    [InlineData("2099-08-31T10:00", "2100-02-28")] // 2100 is no leap year
    [InlineData("2026-03-29T02:30:00", "2026-09-29")] // an hour that Brussels skips
    [InlineData("2026-10-25T02:30:00", "2027-04-25")] // an hour that it has twice
    public void Six_months_end_on_the_same_day_of_the_month_or_its_last_in_any_year(string informed, string last)
    {
        var zone = NodaTime.DateTimeZoneProviders.Tzdb["Europe/Brussels"];
        var text = informed.Length == 16 ? $"{informed}:00" : informed;
        var start = NodaTime.Text.LocalDateTimePattern.GeneralIso.Parse(text).Value.InZoneLeniently(zone).ToInstant();
        var pack = Samples.Catalogue.Find("eu-dsa")!;
        var window = Window.Of(pack.Clocks.Single(clock => clock.Id == "EU-06"), Samples.Catalogue.SettingsOf(pack), start)!;
        window.Closes!.Day.ShouldBe(NodaTime.Text.LocalDatePattern.Iso.Parse(last).Value);
        window.Closes.At.InZone(zone).LocalDateTime.ShouldBe(window.Closes.Day.PlusDays(1).AtMidnight());
    }

    [Fact]
    public void A_later_start_never_closes_earlier_and_a_window_opens_before_it_closes()
    {
        var starts =
            from pack in Gen.Elements(Catalogue.Packs.ToArray())
            from clock in Gen.Elements(pack.Clocks.ToArray())
            from minute in Gen.Choose(0, 15 * 365 * 24 * 60)
            from later in Gen.Choose(0, 10_000)
            from roll in Gen.Elements(Enum.GetValues<Roll>())
            select (pack, clock, Start: Instant.FromUtc(2024, 1, 1, 0, 0) + Duration.FromMinutes(minute), later, roll);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Arb.From(starts), given =>
        {
            var settings = Catalogue.SettingsOf(given.pack) with { Clocks = new Dictionary<string, ClockSettings> { [given.clock.Id] = new(null, given.clock.Roll is null ? Roll.Stay : given.roll) } };
            if (Window.Of(given.clock, settings, given.Start) is not { } window) return;
            var after = Window.Of(given.clock, settings, given.Start + Duration.FromMinutes(given.later))!;
            foreach (var (edge, next) in new[] { (window.Opens, after.Opens), (window.Closes, after.Closes) })
            {
                if (edge is null) continue;
                (edge.At >= given.Start).ShouldBeTrue();
                (next!.At >= edge.At).ShouldBeTrue();
                if (given.clock.DayKind is DayKind.Business or DayKind.Working) settings.Calendar.IsOpen(edge.Day, given.clock.DayKind).ShouldBeTrue();
            }
            if (window is { Opens: { } opens, Closes: { } closes }) (opens.At <= closes.At).ShouldBeTrue();
        }));
    }

    private static Window Of(string pack, string clock, string local, Roll? roll = null)
    {
        var settings = Settings(pack);
        if (roll is { } chosen) settings = settings with { Clocks = new Dictionary<string, ClockSettings> { [clock] = new(null, chosen) } };
        var start = LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm").Parse(local).Value.InZoneStrictly(settings.Zone).ToInstant();
        return Window.Of(Clock(pack, clock), settings, start)!;
    }

    private static Clock Clock(string pack, string clock) => Catalogue.Find(pack)!.Clocks.Single(known => known.Id == clock);

    private static RegimeSettings Settings(string pack) => Catalogue.SettingsOf(Catalogue.Find(pack)!);

    private static LocalDateTime Local(string pack, Instant at) => at.InZone(Settings(pack).Zone).LocalDateTime;
}
