using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Proceedings;
using ImageRights.CaseManagement.Regimes;
using NodaTime;
using static ImageRights.CaseManagement.Cases.CaseCommand;
using static ImageRights.CaseManagement.Cases.CaseEvent;
using static ImageRights.CaseManagement.UnitTests.Proceedings.LawDeciderTests;
using static ImageRights.CaseManagement.UnitTests.Samples;

namespace ImageRights.CaseManagement.UnitTests.Proceedings;

/// <summary>Terms that a law lets somebody make longer: once, for a reason, within a cap.</summary>
public class ExtensionTests
{
    [Fact]
    public void A_term_is_made_longer_once_and_within_its_cap_and_acts_at_its_new_end()
    {
        // Delivered on Monday 23 November: day 15 is Tuesday 8 December; twenty working days on it is Wednesday 6 January (1 January is a holiday).
        var state = Fold([Open("cn-ecl.v1"), Applied with { Act = At(1, Reviewer) }, Countered with { Act = At(2, Respondent), Elements = [] },
            new CounterNoticeDelivered(TheDispute, new Ground("CN-03", null), Speaker.Platform, new Particulars(Party: Speaker.Complainant), At(72, "clerk"))]);
        Refused(state, Extend("CN-03", 21, 100)).ShouldBe("Extension_Too_Long");
        Refused(state, Extend("CN-03", 0, 100)).ShouldBe("Extension_Too_Long");
        Refused(state, Extend("CN-01", 1, 100)).ShouldBe("Extension_Not_Provided");
        Refused(state, Extend("XX-99", 1, 100)).ShouldBe("Extension_Not_Provided");
        Refused(state, Extend("CN-03", 5, 24 * 40)).ShouldBe("Term_Not_Running", "what is over is not made longer");
        LawSamples.Rules.Decide(state, Extend("CN-03", 5, 100) with { Act = By("") }).Code.ShouldBe("Decision_Reason_Missing");

        var decision = LawSamples.Rules.Decide(state, Extend("CN-03", 20, 100));
        var extended = decision.Events.ShouldHaveSingleItem().ShouldBeOfType<DeadlineExtended>();
        (extended.Days, Day(extended.DueBefore), Day(extended.DueAt)).ShouldBe((20, new LocalDate(2026, 12, 8), new LocalDate(2027, 1, 6)));
        state = CaseState.Evolve(state, extended);
        LawSamples.Rules.Decide(state, Extend("CN-03", 20, 100)).ShouldSatisfyAllConditions(again => again.Code.ShouldBeNull(), again => again.Events.ShouldBeEmpty("the same act again writes nothing"));
        Refused(state, Extend("CN-03", 1, 101)).ShouldBe("Extension_Exhausted");

        Decision Run(DateTimeOffset at) => LawSamples.Rules.Decide(state, new RunDeadline("CN-03", Noon.AddHours(72), DueKind.Effect, TimeSpan.FromSeconds(5), new Act("clock", "Deadline", "Due.", at)));
        Run(extended.DueBefore).Events.ShouldBeEmpty();
        Run(extended.DueAt.AddTicks(-1)).Events.ShouldBeEmpty();
        Run(extended.DueAt).Events.OfType<MeasureLifted>().ShouldHaveSingleItem();
    }

    [Fact]
    public void An_out_of_court_body_has_ninety_days_and_ninety_more()
    {
        var state = Fold([Open("eu-dsa.v1"), Applied with { Act = At(1, Reviewer) },
            new OdsComplaintReceived(TheDispute, new Ground("EU-08", null), Speaker.Respondent, new Particulars(), At(2, Respondent))]);
        var extended = (DeadlineExtended)LawSamples.Rules.Decide(state, Extend("EU-08", 90, 24 * 80)).Events.Single();
        (extended.DueAt - extended.DueBefore).TotalDays.ShouldBe(90, 0.1, "but for the hour of daylight saving time");
        Refused(state, Extend("EU-08", 91, 24 * 80)).ShouldBe("Extension_Too_Long");
    }

    [Theory]
    [InlineData("us-tro.v1", "US-11", "TroEntered", 14, "2026-11-02T12:00:00Z", "2026-11-30")]
    [InlineData("eu-dsa.v1", "EU-08", "OdsComplaintReceived", 90, "2027-12-01T12:00:00Z", "2028-05-29")]
    public void A_simulation_makes_a_term_longer_and_says_so(string pack, string rule, string starts, int days, string at, string lastDay)
    {
        var (regime, began) = (Catalogue.Find(pack)!, NodaTime.Text.InstantPattern.General.Parse(at).Value);
        var procedure = new Procedure(regime, Catalogue.SettingsOf(regime), Catalogue.Codes);
        Fact[] facts = [new(starts, began, null, []), new("TermExtended", began + Duration.FromDays(1), null, []) { Rule = rule, Days = days }, new("TermExtended", began + Duration.FromDays(2), null, []) { Rule = rule, Days = 1 }];
        var state = procedure.Run(facts, began + Duration.FromDays(3));
        var clock = state.Clocks.Single(clock => clock.Clock.Id == rule);
        (clock.ExtendedBy, clock.Window!.Closes!.Day).ShouldBe((days, NodaTime.Text.LocalDatePattern.Iso.Parse(lastDay).Value));
        state.Entries.Last().Refusals.ShouldHaveSingleItem().Code.ShouldBe("Extension_Exhausted");
    }

    private static Extend Extend(string rule, int days, double hours) => new(rule, days, At(hours, Reviewer, "The notary asked for time."));

    private static LocalDate Day(DateTimeOffset end) => (Instant.FromDateTimeOffset(end) - Duration.Epsilon).InZone(DateTimeZoneProviders.Tzdb["Asia/Shanghai"]).Date;

    private static string? Refused(CaseState state, CaseCommand command) => LawSamples.Rules.Decide(state, command).Code;
}
