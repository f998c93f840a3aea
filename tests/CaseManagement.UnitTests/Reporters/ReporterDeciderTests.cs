using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Features.WatchingReporters;
using ImageRights.CaseManagement.Reporters;
using ImageRights.EventStore;
using ImageRights.TestKit;
using static ImageRights.CaseManagement.Reporters.ReporterEvent;
using static ImageRights.CaseManagement.UnitTests.Samples;
using Outcome = ImageRights.CaseManagement.Cases.Outcome;

namespace ImageRights.CaseManagement.UnitTests.Reporters;

public class ReporterDeciderTests
{
    private const string Rex = "rex";
    private static readonly ReporterPolicy Policy = ReporterPolicies.BuiltIn().Default;
    private static readonly MisuseFactors Found = new(6, 8, 1, 30, ["PriorityContradiction"], "", "");
    private static readonly Act Suspending = new("officer-weber", "Misuse", "Six complaints without ground.", Noon);
    private static readonly MisuseWarned Warned = new(Rex, Found, Noon.AddMonths(12), Noon.AddDays(-2));
    private static readonly SuspensionProposed Proposed = new(Rex, Found, Noon.AddDays(-1));
    private static readonly ReporterSuspended Suspended = new(Rex, Found with { Gravity = "A shop was down.", Intent = "A certificate was forged." }, Noon.AddDays(30), Suspending, Noon);

    private static Reporter Fold(params ReporterEvent[] facts) => facts.Aggregate(Reporter.Initial, Reporter.Evolve);

    private static IReadOnlyList<ReporterEvent> Assess(Reporter reporter, Tally tally, DateTimeOffset? at = null) => ReporterDecider.Assess(reporter, Rex, tally, Policy, at ?? Noon);

    private static Tally Trust(int decided, int upheld, int countered) => new(new Score(decided, upheld, countered), 0, 0, 0, 0, 0);

    private static Tally Misuse(int unfounded, int complaints, int since = 0) => new(new Score(complaints, complaints - unfounded, 0), unfounded, complaints, since, 0, 0);

    [Theory]
    [InlineData(1000, 900, 50, true)]
    [InlineData(1000, 899, 50, false)]
    [InlineData(1000, 900, 51, false)]
    [InlineData(20, 18, 1, true)]
    [InlineData(20, 18, 2, false)]
    [InlineData(20, 17, 0, false)]
    [InlineData(19, 19, 0, false)]
    [InlineData(0, 0, 0, false)]
    public void The_gates_are_exactly_90_and_5_percent(int decided, int upheld, int countered, bool isFast) =>
        Assess(Reporter.Initial, Trust(decided, upheld, countered)).OfType<FastLaneEntered>().Any().ShouldBe(isFast);

    [Fact]
    public void Who_falls_below_a_gate_leaves_at_once_and_stays_out_for_three_months()
    {
        var left = Assess(Fold(new FastLaneEntered(Rex, new Score(20, 20, 0), Noon)), Trust(21, 18, 0)).ShouldHaveSingleItem().ShouldBeOfType<FastLaneLeft>();
        left.ReadmissionFrom.ShouldBe(Noon.AddMonths(3));
        var outside = Fold(new FastLaneEntered(Rex, left.Score, Noon), left);
        Assess(outside, Trust(100, 100, 0), Noon.AddMonths(3).AddTicks(-1)).ShouldBeEmpty();
        Assess(outside, Trust(100, 100, 0), Noon.AddMonths(3)).ShouldHaveSingleItem().ShouldBeOfType<FastLaneEntered>();
    }

    [Theory]
    [InlineData(6, 8, true)]
    [InlineData(5, 6, false)]
    [InlineData(6, 9, false)]
    [InlineData(9, 12, true)]
    public void Six_without_ground_of_eight_are_warned_of(int unfounded, int complaints, bool isWarned) =>
        Assess(Reporter.Initial, Misuse(unfounded, complaints)).OfType<MisuseWarned>().Any().ShouldBe(isWarned);

    [Fact]
    public void A_warning_has_the_factors_that_numbers_tell()
    {
        var warned = Assess(Fold(new SignalRaised(Rex, "Doc_Forged", "case_1", Noon), new SignalRaised(Rex, "Doc_Forged", "case_2", Noon)), new Tally(new Score(8, 2, 0), 6, 8, 0, 2, 30.5)).ShouldHaveSingleItem().ShouldBeOfType<MisuseWarned>();
        (warned.Factors.Unfounded, warned.Factors.Complaints, warned.Factors.Percent(), warned.Factors.WronglyDown, warned.Factors.HoursDown).ShouldBe((6, 8, 75, 2, 30.5));
        warned.Factors.Signals.ShouldBe(["Doc_Forged"]);
        warned.StandsUntil.ShouldBe(Noon.AddMonths(12));
    }

    [Fact]
    public void Only_who_goes_on_after_the_warning_is_proposed_for_suspension_and_once()
    {
        Assess(Fold(Warned), Misuse(6, 8)).ShouldBeEmpty();
        Assess(Fold(Warned), Misuse(7, 9, since: 1)).ShouldHaveSingleItem().ShouldBeOfType<SuspensionProposed>();
        Assess(Fold(Warned, Proposed), Misuse(8, 10, since: 2)).ShouldBeEmpty();
        Assess(Fold(Warned), Misuse(7, 9, since: 1), Warned.StandsUntil).ShouldHaveSingleItem().ShouldBeOfType<MisuseWarned>("a warning that no longer stands is given again");
    }

    [Fact]
    public void Nobody_is_suspended_without_warning_without_going_on_without_factors_or_without_an_end()
    {
        ReporterDecision Decide(Reporter reporter, string gravity = "A shop was down.", string intent = "Forged.", int days = 30) =>
            ReporterDecider.Suspend(reporter, Rex, gravity, intent, Noon.AddDays(days), Policy, Suspending);
        Decide(Reporter.Initial).Code.ShouldBe(ReporterCodes.NotWarned);
        Decide(Fold(Warned with { StandsUntil = Noon }, Proposed)).Code.ShouldBe(ReporterCodes.NotWarned);
        Decide(Fold(Warned)).Code.ShouldBe(ReporterCodes.NotProposed);
        Decide(Fold(Warned, Proposed), gravity: " ").Code.ShouldBe(ReporterCodes.FactorsMissing);
        Decide(Fold(Warned, Proposed), intent: "").Code.ShouldBe(ReporterCodes.FactorsMissing);
        Decide(Fold(Warned, Proposed), days: 0).Code.ShouldBe(ReporterCodes.TooLong);
        Decide(Fold(Warned, Proposed), days: 181).Code.ShouldBe(ReporterCodes.TooLong);
        var suspended = Decide(Fold(Warned, Proposed)).Events.ShouldHaveSingleItem().ShouldBeOfType<ReporterSuspended>();
        suspended.Factors.Gravity.ShouldNotBeEmpty();
        suspended.Factors.Intent.ShouldNotBeEmpty();
        suspended.Factors.Unfounded.ShouldBe(6);
        Decide(Fold(Warned, Proposed, suspended)).Events.ShouldBeEmpty("the same act again");
        ReporterDecider.Suspend(Fold(Warned, Proposed, suspended), Rex, "x", "y", Noon.AddDays(9), Policy, Suspending with { By = "another" }).Code.ShouldBe(ReporterCodes.AlreadySuspended);
    }

    [Fact]
    public void A_suspension_ends_by_itself_and_by_an_appeal_that_another_person_decides()
    {
        var reporter = Fold(Warned, Proposed, Suspended);
        reporter.IsSuspended(Suspended.Until.AddTicks(-1)).ShouldBeTrue();
        reporter.IsSuspended(Suspended.Until).ShouldBeFalse();
        var appeal = new Act(Rex, "Appeal", "I am the author.", Noon.AddDays(1));
        ReporterDecider.Appeal(reporter, Rex, appeal with { By = "friend" }).Code.ShouldBe(ReporterCodes.AppealNotByReporter);
        ReporterDecider.DecideAppeal(reporter, Rex, true, Suspending with { By = "jo" }).Code.ShouldBe(ReporterCodes.AppealNotPending);
        var appealed = ReporterDecider.Appeal(reporter, Rex, appeal).Events.ShouldHaveSingleItem();
        reporter = Reporter.Evolve(reporter, appealed);
        ReporterDecider.Appeal(reporter, Rex, appeal with { At = Noon.AddDays(2) }).Events.ShouldBeEmpty();
        ReporterDecider.Appeal(reporter, Rex, appeal with { Statement = "Again." }).Code.ShouldBe(ReporterCodes.AppealLodged);
        ReporterDecider.DecideAppeal(reporter, Rex, true, Suspending).Code.ShouldBe(ReporterCodes.SamePerson);
        Reporter.Evolve(reporter, ReporterDecider.DecideAppeal(reporter, Rex, false, Suspending with { By = "jo" }).Events.Single()).IsSuspended(Noon.AddDays(1)).ShouldBeTrue();
        Reporter.Evolve(reporter, ReporterDecider.DecideAppeal(reporter, Rex, true, Suspending with { By = "jo" }).Events.Single()).IsSuspended(Noon.AddDays(1)).ShouldBeFalse();
    }

    [Fact]
    public void Whatever_comes_the_second_run_writes_nothing_and_no_suspension_is_without_a_warning()
    {
        var tallies = Gen.Choose(0, 12).SelectMany(_ => Gen.Choose(0, 8), (unfounded, more) => (unfounded, more)).Select(pair => Misuse(pair.unfounded, pair.unfounded + pair.more, since: pair.more % 3));
        var steps = Gen.Choose(0, 3).SelectMany(_ => tallies, (kind, tally) => (kind, tally)).SelectMany(_ => Gen.Choose(0, 400), (step, days) => (step.kind, step.tally, days)).ListOf(30);
        Prop.ForAll(steps.ToArbitrary(), sequence =>
        {
            var (reporter, history, day) = (Reporter.Initial, new List<ReporterEvent>(), 0);
            foreach (var (kind, tally, days) in sequence)
            {
                day += days % 40;
                var at = Noon.AddDays(day);
                IReadOnlyList<ReporterEvent> Run(Reporter state) => kind switch
                {
                    // What was filed before the warning is not filed after it.
                    0 => ReporterDecider.Assess(state, Rex, state.Warning?.At == at ? tally with { UnfoundedSinceWarning = 0 } : tally, Policy, at),
                    1 => ReporterDecider.Suspend(state, Rex, "g", "i", at.AddDays(10), Policy, Suspending with { At = at, Statement = $"{day}" }).Events,
                    2 => ReporterDecider.Appeal(state, Rex, new Act(Rex, "Appeal", $"{day}", at)).Events,
                    _ => ReporterDecider.Signal(state, Rex, "Doc_Forged", $"case_{day}", at),
                };
                var facts = Run(reporter);
                history.AddRange(facts);
                reporter = facts.Aggregate(reporter, Reporter.Evolve);
                if (Run(reporter).Count > 0) return false;
            }
            return history.Select((fact, index) => fact is not ReporterSuspended || history.Take(index).OfType<MisuseWarned>().Any()).All(holds => holds);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void New_reporters_have_limits_by_hour_and_day_and_are_told_when_to_come_back()
    {
        var limits = new NewcomerLimits(10, PerHour: 10, PerDay: 15, SampleEvery: 3, "ProductDefault");
        Admission Decide(int items, params Filed[] filed) => Admission.Decide(Reporter.Initial, isTrusted: false, isNew: true, isLinked: false, filed, filed.Length, items, limits, Noon);
        Decide(10).Code.ShouldBeNull();
        Decide(11).ShouldBe(new Admission(Lane.Ordinary, ReporterCodes.RateLimited, DateTimeOffset.MaxValue));
        Decide(1, new Filed(Noon.AddMinutes(-59), 10)).ShouldBe(new Admission(Lane.Ordinary, ReporterCodes.RateLimited, Noon.AddMinutes(1)));
        Decide(1, new Filed(Noon.AddMinutes(-60), 10)).Code.ShouldBeNull("an hour is over");
        Decide(6, new Filed(Noon.AddHours(-23), 10)).RetryAt.ShouldBe(Noon.AddHours(1));
        Decide(5, new Filed(Noon.AddHours(-23), 10)).Code.ShouldBeNull();
        Decide(4, new Filed(Noon.AddMinutes(-50), 4), new Filed(Noon.AddMinutes(-10), 6)).RetryAt.ShouldBe(Noon.AddMinutes(10), "the older four make room");
    }

    [Fact]
    public void One_complaint_of_so_many_of_a_new_reporter_is_looked_at_by_a_person()
    {
        var limits = new NewcomerLimits(10, 100, 100, SampleEvery: 3, "ProductDefault");
        Enumerable.Range(0, 7).Select(ordinal => Admission.Decide(Reporter.Initial, false, true, false, [], ordinal, 1, limits, Noon).Lane == Lane.Sampled).ShouldBe([true, false, false, true, false, false, true]);
        Admission.Decide(Fold(new FastLaneEntered(Rex, new Score(20, 20, 0), Noon)), false, false, false, [], 0, 500, limits, Noon).ShouldBe(new Admission(Lane.Fast));
        Admission.Decide(Fold(new FastLaneEntered(Rex, new Score(20, 20, 0), Noon)), false, false, isLinked: true, [], 0, 500, limits, Noon).Code.ShouldBe(ReporterCodes.RateLimited, "accounts that belong together share their limit");
        Admission.Decide(Reporter.Initial, isTrusted: true, true, false, [], 0, 500, limits, Noon).ShouldBe(new Admission(Lane.Fast), "the authority trusts him");
        Admission.Decide(Fold(Warned, Proposed, Suspended), false, false, false, [], 0, 1, limits, Noon.AddDays(1)).ShouldBe(new Admission(Lane.Ordinary, ReporterCodes.Suspended, Suspended.Until));
    }

    [Fact]
    public void Outcomes_are_read_from_the_facts_of_cases_and_a_replay_counts_the_same()
    {
        CaseEvent[][] histories =
        [
            [Opened, Joined, Applied], [Opened, Joined, Dismissed, Closed(Outcome.Dismissed)],
            [Opened, Joined, Applied, Countered, Lifted with { Act = Lifted.Act with { At = Noon.AddHours(30) } }], [Opened, Joined, Applied, Settled], [Opened],
        ];
        var outcomes = histories.Select((history, index) => CaseOutcomes.Of($"case_{index}", history)).ToList();
        outcomes.Select(each => each[0].Result).ShouldBe([ComplaintResult.Upheld, ComplaintResult.Unfounded, ComplaintResult.Countered, ComplaintResult.Settled, ComplaintResult.Open]);
        outcomes[0].Select(each => each.AccountId).ShouldBe([Complainant, "author-weber"]);
        outcomes[2][0].HoursDown.ShouldBe(30);
        var tally = ComplaintOutcome.Count(outcomes.Select(each => each[0]), Reporter.Initial, Policy, Noon.AddDays(2));
        tally.ShouldBe(new Tally(new Score(3, 1, 1), 1, 3, 0, 1, 30));
        ComplaintOutcome.Count(outcomes.Select(each => each[0]), Reporter.Initial, Policy, Noon.AddMonths(4)).Score.Decided.ShouldBe(0, "the window has moved on");
    }

    [Fact]
    public void Objections_and_complaints_of_decisions_without_ground_count_as_complaints_without_ground_do()
    {
        CaseEvent Law<T>() => Proceedings.LawSamples.All.OfType<T>().Cast<CaseEvent>().Single();
        CaseEvent Lodged(Speaker by, string actor) => Proceedings.LawSamples.All.OfType<CaseEvent.ComplaintLodged>().Single() with { Speaker = by, Act = By(actor) };
        CaseEvent Confirmed(Speaker party) => Proceedings.LawSamples.All.OfType<CaseEvent.DecisionConfirmed>().Single() with { Particulars = new Particulars(Party: party) };
        CaseEvent Overturned(Speaker party) => Proceedings.LawSamples.All.OfType<CaseEvent.DecisionOverturned>().Single() with { Particulars = new Particulars(Party: party) };
        IReadOnlyList<ComplaintOutcome> Objections(params CaseEvent[] history) => [.. CaseOutcomes.Of("case_1", history).Where(each => each.IsObjection)];

        var rejected = Objections(Opened, Applied, Countered, Law<CaseEvent.CounterNoticeRejected>(), Countered, Lifted);
        rejected.Select(each => (each.AccountId, each.Result)).ShouldBe([(Respondent, ComplaintResult.Unfounded), (Respondent, ComplaintResult.Upheld)]);
        rejected.Select(each => each.Id).Distinct().Count().ShouldBe(2, "each attempt is a row of its own");
        Objections(Opened, Applied, Countered, Law<CaseEvent.CourtOrderedRemoval>()).ShouldHaveSingleItem().Result.ShouldBe(ComplaintResult.Unfounded, "the court has said so");
        Objections(Opened, Applied, Countered, Settled).ShouldHaveSingleItem().Result.ShouldBe(ComplaintResult.Settled);
        Objections(Opened, Applied, Countered).ShouldHaveSingleItem().Result.ShouldBe(ComplaintResult.Open);
        Objections(Opened, Applied, Lodged(Speaker.Respondent, Respondent), Confirmed(Speaker.Respondent)).ShouldHaveSingleItem().Result.ShouldBe(ComplaintResult.Unfounded);
        Objections(Opened, Dismissed, Lodged(Speaker.Complainant, Complainant), Overturned(Speaker.Complainant)).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            each => each.AccountId.ShouldBe(Complainant), each => each.Result.ShouldBe(ComplaintResult.Upheld));

        // Six of eight, whether notices or objections; but no objection makes a reporter trusted.
        var outcomes = Enumerable.Range(0, 8).Select(number => new ComplaintOutcome($"case_{number}", Rex, Noon, Noon, number < 6 ? ComplaintResult.Unfounded : ComplaintResult.Upheld, 0, IsObjection: number % 2 == 0));
        var tally = ComplaintOutcome.Count(outcomes, Reporter.Initial, Policy, Noon);
        (tally.Unfounded, tally.Complaints, tally.Score).ShouldBe((6, 8, new Score(4, 1, 0)));
        Assess(Reporter.Initial, tally).ShouldHaveSingleItem().ShouldBeOfType<MisuseWarned>();
    }

    [Fact]
    public void The_end_of_what_a_court_ordered_is_no_reproach_to_who_complained()
    {
        var ordered = Applied with { MeasureId = "msr_court", Cause = nameof(CaseEvent.CourtOrderedRemoval) };
        var outcome = CaseOutcomes.Of("case_1", [Opened, ordered, Lifted with { MeasureId = "msr_court", Cause = nameof(CaseEvent.RemovalOrderEnded) }]).ShouldHaveSingleItem();
        (outcome.Result, outcome.HoursDown).ShouldBe((ComplaintResult.Upheld, 0));
    }

    [Fact]
    public void Policies_are_data_for_each_tenant_and_checked()
    {
        var policies = ReporterPolicies.BuiltIn();
        policies.Of("anybody").ShouldBe(policies.Default);
        (policies.Default.Trust.UpheldPercent, policies.Default.Trust.CounteredPercent, policies.Default.Trust.Months).ShouldBe((90, 5, 3));
        var own = JsonSerializer.Serialize(policies with { Tenants = new Dictionary<string, ReporterPolicy> { ["shop"] = policies.Default with { Newcomers = policies.Default.Newcomers with { PerHour = 3 } } } }, JsonSerializerOptions.Web);
        ReporterPolicies.Parse(own).Of("shop").Newcomers.PerHour.ShouldBe(3);
        Should.Throw<InvalidDataException>(() => ReporterPolicies.Parse(own.Replace("\"perHour\":3", "\"perHour\":0")));
        Should.Throw<InvalidDataException>(() => ReporterPolicies.Parse("{}"));
    }

    [Fact]
    public void Stored_JSON_stays_as_it_is_and_is_folded()
    {
        ReporterEvent[] facts =
        [
            new FastLaneEntered(Rex, new Score(20, 19, 1), Noon), new FastLaneLeft(Rex, new Score(21, 18, 1), Noon.AddMonths(3), Noon), new SignalRaised(Rex, "Doc_Forged", "case_1", Noon), Warned, Proposed, Suspended,
            new SuspensionAppealed(Rex, new Act(Rex, "Appeal", "I am the author.", Noon), Noon), new SuspensionConfirmed(Rex, Suspending, Noon), new SuspensionLifted(Rex, Suspending, Noon),
        ];
        facts.Select(fact => fact.GetType()).ShouldBe(typeof(ReporterEvent).GetNestedTypes(), ignoreOrder: true);
        var view = (ReporterView?)null;
        foreach (var fact in facts)
        {
            Golden.Matches($"events/{Registered().Events.Mapped[fact.GetType()]}.json", Json(fact));
            Json(JsonSerializer.Deserialize(Json(fact), fact.GetType(), StoreOptions.Json)!).ShouldBe(Json(fact));
            view = ReporterView.Evolve(view, Record(fact));
            ReporterView.States.ShouldContain(view!.State);
        }
    }

    private static RecordedEvent Record(ReporterEvent fact) => new(Guid.Empty, 1, 1, $"reporter-{Rex}", 1, fact, "", Noon, "*DEFAULT*", null, null, null, null);
}
