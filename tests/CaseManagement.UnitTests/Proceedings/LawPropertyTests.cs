using FsCheck;
using FsCheck.Fluent;
using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Proceedings;
using ImageRights.CaseManagement.Projections;
using ImageRights.CaseManagement.Regimes;
using NodaTime;
using static ImageRights.CaseManagement.Cases.CaseCommand;
using static ImageRights.CaseManagement.Cases.CaseEvent;
using static ImageRights.CaseManagement.UnitTests.Proceedings.LawDeciderTests;
using static ImageRights.CaseManagement.UnitTests.Samples;
using Outcome = ImageRights.CaseManagement.Cases.Outcome;

namespace ImageRights.CaseManagement.UnitTests.Proceedings;

/// <summary>Properties of cases under law. A failure prints FsCheck's seed; give it to <see cref="Config.WithReplay(ulong, ulong)"/> to see it again.</summary>
public class LawPropertyTests
{
    private static readonly string[] Laws = ["us-dmca-512.v1", "eu-dsa.v1", "cn-ecl.v1", "cn-civil-code.v1", "cn-ricr.v1", "preset-meta.v1", "preset-ebay-vero.v1", "preset-alibaba-ipp.v1", "preset-taobao.v1"];

    private static readonly string[] Actors = [Respondent, Complainant, "author-weber", Reviewer, "reviewer-jo", "reviewer-ada", "stranger"];

    private static readonly Gen<(int Hours, Func<Act, CaseCommand> Command, string Actor)> Commands =
        from hours in Gen.Frequency((3, Gen.Choose(0, 12)), (2, Gen.Choose(12, 200)), (1, Gen.Choose(200, 3000)))
        from actor in Gen.Elements(Actors)
        from command in Gen.Frequency(
            (3, Gen.Constant<Func<Act, CaseCommand>>(act => new TakeDown("msr_1", act))),
            (1, Gen.Elements("DE", "FR").Select<string, Func<Act, CaseCommand>>(country => act => new TakeDown($"msr_{country}", act, new MeasureScope("Law", [country], false)))),
            (3, Gen.Constant<Func<Act, CaseCommand>>(act => new CounterNotice(act, Forms))),
            (1, Gen.Constant<Func<Act, CaseCommand>>(act => new CounterNotice(act, []))),
            (1, Gen.Constant<Func<Act, CaseCommand>>(act => new Dismiss(act))),
            (2, Gen.Constant<Func<Act, CaseCommand>>(act => new Reinstate(act))),
            (1, Gen.Constant<Func<Act, CaseCommand>>(act => new JoinComplaint("rpt_2", "author-weber", null, act))),
            (1, Gen.Elements(true, false).Select<bool, Func<Act, CaseCommand>>(stays => act => new Settle([Respondent, Complainant], 1m, "USD", stays, act))),
            (1, Gen.Elements(Enum.GetValues<Outcome>()).Select<Outcome, Func<Act, CaseCommand>>(outcome => act => new Close(outcome, act))),
            (1, from rule in Gen.Elements("CN-03", "EU-08", "US-06") from days in Gen.Choose(0, 30) select (Func<Act, CaseCommand>)(act => new Extend(rule, days, act))),
            (8, from step in Gen.Elements(Steps)
                from party in Gen.Elements<Speaker?>(Speaker.Complainant, Speaker.Respondent, null)
                from automated in Gen.Frequency((5, Gen.Constant(false)), (1, Gen.Constant(true)))
                select (Func<Act, CaseCommand>)(act => new TakeStep(step.Step, step.Fact, "msr_2", new Particulars("1", "Court", party), automated, act))))
        select (hours, command, actor);

    private static readonly (CaseStep Step, string Fact)[] Steps =
    [
        (CaseStep.NoticeForwarding, "NoticeForwarded"), (CaseStep.Retraction, "NoticeRetracted"), (CaseStep.CounterNoticeForwarding, "CounterNoticeForwarded"),
        (CaseStep.CounterNoticeDelivery, "CounterNoticeDelivered"), (CaseStep.CounterNoticeRejection, "CounterNoticeRejected"), (CaseStep.CourtAction, "CourtActionNotified"),
        (CaseStep.CourtActionEnd, "CourtActionDismissed"), (CaseStep.AuthorityComplaint, "AuthorityComplaintNotified"), (CaseStep.CourtOrder, "CourtOrderedRemoval"),
        (CaseStep.CourtOrder, "CourtOrderedRestoration"), (CaseStep.CourtOrder, "RemovalOrderEnded"), (CaseStep.Information, "InformedOfDecision"), (CaseStep.Complaint, "ComplaintLodged"),
        (CaseStep.ComplaintDecision, "DecisionOverturned"), (CaseStep.ComplaintDecision, "DecisionConfirmed"), (CaseStep.OutOfCourtReferral, "OdsComplaintReceived"), (CaseStep.StatementSubmission, "StatementSubmitted"), (CaseStep.Upholding, "ComplaintUpheld"), (CaseStep.Appeal, "AppealFiled"),
    ];

    private static readonly Arbitrary<(string Law, (int Hours, Func<Act, CaseCommand> Command, string Actor)[] Steps)> Runs = Arb.From(
        from law in Gen.Elements(Laws)
        from length in Gen.Choose(1, 20)
        from steps in Commands.ArrayOf(length)
        select (law, steps),
        run => Enumerable.Range(0, run.steps.Length).Select(gone => (run.law, run.steps.Where((_, index) => index != gone).ToArray())));

    [Fact]
    public void No_sequence_reaches_a_forbidden_state_and_the_second_run_of_any_command_writes_nothing() => Holds((before, decision, after, command) =>
    {
        if (decision.Code is not null) decision.Events.ShouldBeEmpty();
        var again = LawSamples.Rules.Decide(after, command);
        again.Events.ShouldBeEmpty(command.ToString());
        if (decision.Code is null) again.Code.ShouldBeNull("what was done is no error when it is asked for again");
        // What is closed stays closed but for courts and complaints of the decision, and then it says so.
        if (before.Status == CaseStatus.Closed && after.Status != CaseStatus.Closed)
        {
            decision.Events[0].ShouldBeOfType<CaseReopened>();
            command.Step.ShouldBeOneOf(CaseStep.CourtOrder, CaseStep.CourtAction, CaseStep.AuthorityComplaint, CaseStep.Complaint);
        }
        // What a court ordered only the court ends.
        foreach (var lifted in decision.Events.OfType<MeasureLifted>().Where(lift => before.ActiveMeasures.Single(measure => measure.MeasureId == lift.MeasureId).IsOrdered))
            command.ShouldBeOfType<TakeStep>().Fact.ShouldBeOneOf("RemovalOrderEnded", "CourtOrderedRestoration");
        // Down means a measure, held means down, and what is closed is decided.
        if (after.Status is CaseStatus.TakenDown or CaseStatus.CounterNoticed or CaseStatus.LitigationHold) after.ActiveMeasures.ShouldNotBeEmpty();
        if (after.Status == CaseStatus.LitigationHold) after.IsHeld.ShouldBeTrue();
        if (after.Status is CaseStatus.Open or CaseStatus.Dismissed or CaseStatus.Reinstated) after.ActiveMeasures.ShouldBeEmpty();
        if (after.IsHeld) after.ActiveMeasures.ShouldNotBeEmpty();
        if (after.Closure is not null) after.OpenComplaints.ShouldBeEmpty();
        if (after.Closure?.Outcome == Outcome.Upheld) after.ActiveMeasures.ShouldNotBeEmpty();
        foreach (var lift in decision.Events.OfType<MeasureLifted>()) before.ActiveMeasures.ShouldContain(measure => measure.MeasureId == lift.MeasureId);
        // Nobody restores while a window is closed or a court holds.
        if (command is Reinstate && decision.Events.Count > 0)
        {
            before.IsHeld.ShouldBeFalse();
            Proceeding.Of(before.History, Catalogue)!.Law.Clocks.ShouldNotContain(clock => clock.Status == ClockStatus.Running && clock.IsRestoring && clock.OpensAt > Instant.FromDateTimeOffset(command.Act.At));
        }
        // A machine decides no complaint, nobody decides his own or reviews himself.
        foreach (var decided in decision.Events.Where(fact => fact is DecisionOverturned or DecisionConfirmed).Cast<CaseEvent.Step>())
        {
            decided.Speaker.ShouldBe(Speaker.Platform);
            before.History.Where(fact => fact is MeasureApplied { Cause: null } or MeasureLifted { Cause: null } or CaseDismissed).ShouldNotContain(fact => fact.Act.By == decided.Act.By);
        }
    });

    [Fact]
    public void The_read_model_and_the_law_never_disagree_with_the_state_that_decides() => Holds((_, _, after, _) =>
    {
        var view = after.History.Aggregate((CaseView?)null, (current, fact) => CaseView.Evolve(current, Id, (current?.Version ?? 0) + 1, fact))!;
        view.State.ShouldBe(after.Status);
        view.IsHeld.ShouldBe(after.IsHeld);
        view.Measures.Select(measure => measure.MeasureId).ShouldBe(after.ActiveMeasures.Select(measure => measure.MeasureId));
        var law = Proceeding.Of(after.History, Catalogue)!.Law;
        (law.MeasureSince is not null).ShouldBe(after.ActiveMeasures.Any(measure => !measure.IsOrdered), "the pack's own state says the same of the picture");
        (law.OrderedSince is not null).ShouldBe(after.ActiveMeasures.Any(measure => measure.IsOrdered));
        law.IsHeld.ShouldBe(after.IsHeld);
        (law.HeldSince is not null).ShouldBe(view.IsActionPending);
    });

    [Fact]
    public void A_case_ends_up_where_the_simulation_of_its_facts_does() => Holds((_, _, after, command) =>
    {
        var proceeding = Proceeding.Of(after.History, Catalogue)!;
        if (after.Settlement is not null || after.History.OfType<NoticeForwarded>().Any()) return;
        // A term that ran out during a hold is due at the instant the hold ends: the service runs it next, the simulation has run it already.
        if (CaseAgenda.ItemsOf(proceeding).Any(item => item.DueAt <= command.Act.At)) return;
        var facts = after.History.SelectMany(Proceeding.Facts).Prepend(new Fact("NoticeReceived", Instant.FromDateTimeOffset(Noon), "complainant", []));
        var simulated = new Procedure(proceeding.Pack, proceeding.Settings, Catalogue.Codes).Run(facts, Instant.FromDateTimeOffset(command.Act.At));
        simulated.IsDown.ShouldBe(after.ActiveMeasures.Count > 0);
        simulated.IsHeld.ShouldBe(after.IsHeld);
        if (after.ActiveMeasures.Count == 0 && after.Lift is { Cause: { } cause } lift && proceeding.Pack.Clocks.Any(clock => clock.Id == cause))
            simulated.EndedAt.ShouldBe(Instant.FromDateTimeOffset(lift.Act.At));
    });

    [Theory]
    [InlineData("us-dmca-512.v1", "America/New_York", 10)]
    [InlineData("cn-ecl.v1", "Asia/Shanghai", 15)]
    public void Whatever_the_day_the_picture_returns_at_the_start_of_the_day_after_the_last_and_not_before(string law, string zoneId, int days)
    {
        var zone = DateTimeZoneProviders.Tzdb[zoneId];
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(400), Prop.ForAll(Arb.From(Gen.Choose(0, 15 * 366 * 24 * 60)), minutes =>
        {
            var received = Instant.FromUtc(2021, 1, 1, 5, 0) + Duration.FromMinutes(minutes);
            var expected = Straight(received.InZone(zone).Date, days, isBusiness: law.StartsWith("us", StringComparison.Ordinal)).PlusDays(1).AtStartOfDayInZone(zone).ToInstant();
            var at = received.ToDateTimeOffset();
            var state = Fold([
                Open(law) with { Notice = new NoticeReference("ntc_1", at.AddDays(-2), at.AddDays(-2), []) },
                Applied with { Act = By(Reviewer) with { At = at.AddDays(-1) } },
                Countered with { Act = Countered.Act with { At = at }, Elements = [] },
                new CounterNoticeDelivered(TheDispute, new Ground("CN-03", null), Speaker.Platform, new Particulars(Party: Speaker.Complainant), By("clerk") with { At = at })]);
            var clock = Proceeding.Of(state.History, Catalogue)!.Clocks.Single(clock => clock.IsRestoring && clock.Status == ClockStatus.Running);
            Decision Run(Instant when) => LawSamples.Rules.Decide(state, new RunDeadline(clock.Clock.Id, at, DueKind.Effect, TimeSpan.FromSeconds(5), new Act("clock", "Deadline", "Due.", when.ToDateTimeOffset())));
            Run(expected - Duration.FromTicks(1)).Events.ShouldBeEmpty("a moment before");
            Run(expected).Events.OfType<MeasureLifted>().Count().ShouldBe(1);
            LawSamples.Rules.Decide(state, new Reinstate(By("reviewer-jo") with { At = (expected - Duration.FromTicks(1)).ToDateTimeOffset() })).Code.ShouldBe("Restoration_Too_Early");
        }));
    }

    /// <summary>The same by counting days on one's fingers, without the product's calendars.</summary>
    private static LocalDate Straight(LocalDate day, int count, bool isBusiness)
    {
        while (count > 0)
        {
            day = day.PlusDays(1);
            if (!isBusiness || !(IsWeekend(day) || IsFederalHoliday(day))) count--;
        }
        return day;
    }

    private static bool IsWeekend(LocalDate day) => day.DayOfWeek is IsoDayOfWeek.Saturday or IsoDayOfWeek.Sunday;

    /// <summary>5 USC 6103: of fixed days the Friday before a Saturday and the Monday after a Sunday.</summary>
    private static bool IsFederalHoliday(LocalDate day)
    {
        bool Nth(int month, IsoDayOfWeek weekday, int nth) => day.Month == month && day.DayOfWeek == weekday && (day.Day - 1) / 7 == nth - 1;
        bool Fixed(int month, int date) =>
            IsDate(day, month, date) || (day.DayOfWeek == IsoDayOfWeek.Friday && IsDate(day.PlusDays(1), month, date)) || (day.DayOfWeek == IsoDayOfWeek.Monday && IsDate(day.PlusDays(-1), month, date));
        var lastMondayOfMay = day.Month == 5 && day.DayOfWeek == IsoDayOfWeek.Monday && day.PlusDays(7).Month == 6;
        return Fixed(1, 1) || Nth(1, IsoDayOfWeek.Monday, 3) || Nth(2, IsoDayOfWeek.Monday, 3) || lastMondayOfMay || Fixed(6, 19) || Fixed(7, 4) || Nth(9, IsoDayOfWeek.Monday, 1)
            || Nth(10, IsoDayOfWeek.Monday, 2) || Fixed(11, 11) || Nth(11, IsoDayOfWeek.Thursday, 4) || Fixed(12, 25);

        static bool IsDate(LocalDate day, int month, int date) => day.Month == month && day.Day == date;
    }

    /// <summary>Runs a sequence with every term run when it is due, as the service does.</summary>
    private static void Holds(Action<CaseState, Decision, CaseState, CaseCommand> property) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(400).WithEndSize(400), Prop.ForAll(Runs, run =>
        {
            var (state, now) = (Fold([Open(run.Law)]), Noon);
            foreach (var (hours, command, actor) in run.Steps)
            {
                now = now.AddHours(hours).AddMinutes(1);
                while (state.Status != CaseStatus.Closed && CaseAgenda.ItemsOf(Proceeding.Of(state.History, Catalogue)!).FirstOrDefault() is { } due && due.DueAt <= now)
                    Take(new RunDeadline(due.Rule, due.StartedAt, due.Kind, TimeSpan.FromSeconds(5), new Act("clock", "Deadline", "Due.", due.DueAt)));
                Take(command(new Act(actor, "Reason", $"At {now:O}.", now)));
            }

            void Take(CaseCommand command)
            {
                var decision = LawSamples.Rules.Decide(state, command);
                var after = decision.Events.Aggregate(state, CaseState.Evolve);
                property(state, decision, after, command);
                state = after;
            }
        }));
}
