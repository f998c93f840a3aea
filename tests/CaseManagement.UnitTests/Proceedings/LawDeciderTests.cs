using System.Text;
using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Proceedings;
using ImageRights.CaseManagement.Projections;
using ImageRights.CaseManagement.Regimes;
using ImageRights.TestKit;
using static ImageRights.CaseManagement.Cases.CaseCommand;
using static ImageRights.CaseManagement.Cases.CaseEvent;
using static ImageRights.CaseManagement.UnitTests.Samples;

namespace ImageRights.CaseManagement.UnitTests.Proceedings;

public class LawDeciderTests
{
    private static readonly string[] Packs = [.. Catalogue.Packs.Where(pack => pack.Steps.Any(step => step.On == "NoticeReceived")).Select(pack => pack.Id)];

    /// <summary>Every pack, every state that its cases reach, every step: taken, or exactly which code.</summary>
    [Fact]
    public void Every_step_in_every_state_of_every_law_is_taken_or_refused_with_its_code()
    {
        var table = new StringBuilder();
        foreach (var pack in Packs)
        {
            var reached = Reach(pack);
            foreach (var (status, state) in reached.OrderBy(pair => pair.Key))
            {
                foreach (var (name, command) in Commands(pack, state, 1_000))
                {
                    var decision = LawSamples.Rules.Decide(state, command);
                    table.AppendLine($"{pack} {status} {name}: {decision.Code ?? (decision.Events.Count == 0 ? "nothing" : string.Join(" ", decision.Events.Select(fact => fact.GetType().Name)))}");
                }
            }
        }
        Golden.Matches("steps.txt", table.ToString());
    }

    [Fact]
    public void The_states_of_all_laws_together_are_all_there_are()
    {
        var reached = Packs.SelectMany(pack => Reach(pack).Keys).ToHashSet();
        reached.ShouldBe(Enum.GetValues<CaseStatus>().Except([CaseStatus.None]), ignoreOrder: true);
    }

    [Fact]
    public void Every_step_is_taken_somewhere()
    {
        var taken = new HashSet<CaseStep>();
        foreach (var pack in Packs)
        {
            foreach (var state in Explore(pack)) foreach (var (_, command) in Commands(pack, state, 1_000)) if (LawSamples.Rules.Decide(state, command).Events.Count > 0) taken.Add(command.Step);
        }
        taken.ShouldBe(Enum.GetValues<CaseStep>().Except([CaseStep.Deadline]), ignoreOrder: true);
    }

    [Fact]
    public void What_is_offered_is_a_step_that_the_law_knows()
    {
        foreach (var pack in Packs)
        {
            foreach (var (status, state) in Reach(pack))
            {
                var view = state.History.Aggregate((CaseView?)null, (view, fact) => CaseView.Evolve(view, Id, (view?.Version ?? 0) + 1, fact))!;
                var known = Commands(pack, state, 1_000).Where(pair => LawSamples.Rules.Decide(state, pair.Command).Code is not ("Step_Not_Provided" or "Case_Already_Closed")).Select(pair => pair.Command.Step).ToHashSet();
                foreach (var role in Enum.GetValues<Role>())
                    foreach (var step in LawSteps.Next(view, Catalogue.Find(pack)!, role)) known.ShouldContain(step, $"{pack} {status} offers {step} to the {role}");
            }
        }
    }

    [Fact]
    public void A_complaint_is_offered_to_whom_it_is_open_and_an_outcome_where_a_body_was_called()
    {
        var offered = new HashSet<CaseStep>();
        foreach (var pack in Packs)
        {
            foreach (var state in Explore(pack))
            {
                var view = state.History.Aggregate((CaseView?)null, (view, fact) => CaseView.Evolve(view, Id, (view?.Version ?? 0) + 1, fact))!;
                Offered(state, view, Role.Complainant, CaseStep.Complaint, "ComplaintLodged", Complainant);
                Offered(state, view, Role.Respondent, CaseStep.Complaint, "ComplaintLodged", Respondent);
                Offered(state, view, Role.Reviewer, CaseStep.OutOfCourtOutcome, "OdsOutcomeRecorded", "clerk");
            }
        }
        offered.ShouldBe([CaseStep.Complaint, CaseStep.OutOfCourtOutcome], ignoreOrder: true);

        void Offered(CaseState state, CaseView view, Role role, CaseStep step, string fact, string actor)
        {
            if (!LawSteps.Next(view, Catalogue.Find(state.Regime)!, role).Contains(step)) return;
            Refused(state, Take(step, fact, actor)).ShouldBeNull($"{state.Regime} {state.Status} {role}");
            offered.Add(step);
        }

        static TakeStep Take(CaseStep step, string fact, string actor) => new(step, fact, "msr_9", new Particulars("R-1", "Body"), false, At(10, actor, "New."));
    }

    [Fact]
    public void The_third_attempt_is_the_last_and_each_has_its_window()
    {
        var state = Decide(Fold([Open("preset-alibaba-ipp.v1")]), new TakeDown("msr_1", At(1, Reviewer)));
        // Friday 20 November: three business days end with Wednesday.
        Refused(state, Counter(24 * 5.2, "first")).ShouldBe("Counter_Late");
        state = Decide(state, Counter(24 * 2, "first"));
        state = Decide(state, new TakeStep(CaseStep.CounterNoticeRejection, "CounterNoticeRejected", "msr_9", new Particulars(), false, At(24 * 3, "reviewer-jo")));
        state.Status.ShouldBe(CaseStatus.TakenDown);
        state = Decide(state, Counter(24 * 20, "second"));
        state = Decide(state, Counter(24 * 21, "third"));
        Refused(state, Counter(24 * 22, "fourth")).ShouldBe("Counter_Attempts_Exhausted");
        Refused(Decide(Fold([Open("preset-alibaba-ipp.v1")]), new TakeDown("msr_1", At(1, Reviewer))), Counter(24 * 60, "first")).ShouldBe("Counter_Late");
    }

    [Fact]
    public void Under_American_law_nobody_rejects_a_complete_objection_and_a_machine_rejects_none()
    {
        TakeStep Reject(bool automated) => new(CaseStep.CounterNoticeRejection, "CounterNoticeRejected", "msr_9", new Particulars(), automated, At(30, "reviewer-jo"));
        var american = Decide(Decide(Fold([Open("us-dmca-512.v1")]), new TakeDown("msr_1", At(1, Reviewer))), Counter(24, "first"));
        Refused(american, Reject(false)).ShouldBe("Step_Not_Provided");
        var chinese = Decide(Decide(Fold([Open("preset-alibaba-ipp.v1")]), new TakeDown("msr_1", At(1, Reviewer))), Counter(24, "first"));
        Refused(chinese, Reject(true)).ShouldBe("Review_By_Machine");
    }

    [Fact]
    public void A_court_that_orders_removal_takes_down_what_is_up_until_its_order_ends()
    {
        var state = Fold([Open("us-dmca-512.v1")]);
        state = Decide(state, Order("CourtOrderedRemoval", 2));
        (state.Status, state.ActiveMeasures.Count).ShouldBe((CaseStatus.LitigationHold, 1));
        Refused(state, new Reinstate(At(3, Reviewer))).ShouldBe("Litigation_Hold");
        state = Decide(state, Order("RemovalOrderEnded", 400));
        (state.Status, state.ActiveMeasures.Count).ShouldBe((CaseStatus.Reinstated, 0));

        static TakeStep Order(string fact, double hours) => new(CaseStep.CourtOrder, fact, "msr_7", new Particulars("1:26-cv-1", "S.D.N.Y."), false, At(hours, "clerk"));
    }

    [Fact]
    public void Two_measures_end_together_and_one_alone_leaves_the_other()
    {
        var state = Decide(Fold([Open("eu-dsa.v1")]), new TakeDown("msr_de", At(1, Reviewer), new MeasureScope("UrhG 97", ["DE"], false)));
        state = Decide(state, new TakeDown("msr_fr", At(2, Reviewer), new MeasureScope("CPI", ["FR"], false)));
        Refused(state, new TakeDown("msr_x", At(3, Reviewer), new MeasureScope("CPI", ["FR"], true))).ShouldBe("Case_Already_Taken_Down");
        var one = Decide(state, new Reinstate(At(4, Reviewer), "msr_de"));
        (one.Status, one.ActiveMeasures.Single().MeasureId).ShouldBe((CaseStatus.TakenDown, "msr_fr"));
        Decide(one, new Reinstate(At(5, "reviewer-jo"))).Status.ShouldBe(CaseStatus.Reinstated);
        Decide(state, new Reinstate(At(4, Reviewer))).Lift!.MeasureId.ShouldBe("msr_fr");
    }

    [Fact]
    public void The_reasons_are_stated_with_the_measure_and_so_are_not_late()
    {
        var state = Decide(Fold([Open("eu-dsa.v1")]), new TakeDown("msr_1", At(1, Reviewer)));
        var proceeding = Proceeding.Of(state.History, Catalogue).ShouldNotBeNull();
        proceeding.Clocks.Single(clock => clock.Clock.Id == "EU-04").Status.ShouldBe(ClockStatus.Met);
        CaseAgenda.ItemsOf(proceeding).ShouldNotContain(item => item.Rule == "EU-04");
    }

    [Fact]
    public void A_notice_is_acknowledged_by_its_receipt()
    {
        var clock = Proceeding.Of([Open("eu-dsa.v1")], Catalogue).ShouldNotBeNull().Clocks.Single(clock => clock.Clock.Id == "EU-01");
        (clock.Status, clock.EndedAt).ShouldBe((ClockStatus.Met, NodaTime.Instant.FromDateTimeOffset(Noon)));
    }

    [Fact]
    public void Each_statement_of_reasons_is_owed_to_the_database_until_it_is_said_to_have_that_one()
    {
        var state = Decide(Fold([Open("eu-dsa.v1")]), new TakeDown("msr_de", At(1, Reviewer), new MeasureScope("UrhG 97", ["DE"], false)));
        state = Decide(state, new TakeDown("msr_fr", At(2, Reviewer), new MeasureScope("CPI", ["FR"], false)));
        Owed(state).ShouldBe([("sor_de_1", ClockStatus.Running), ("sor_fr_1", ClockStatus.Running)]);
        Refused(state, Submit("sor_it_1", 5)).ShouldBe("Statement_Not_Owed");
        Refused(state, Submit("sor_fr_1", 5, submitted: 1.5)).ShouldBe("Arrival_Impossible", "before it was issued");
        Refused(state, Submit("sor_fr_1", 5, submitted: 6)).ShouldBe("Arrival_Impossible", "later than now");

        state = Decide(state, Submit("sor_fr_1", 5, submitted: 3));
        Owed(state).ShouldBe([("sor_de_1", ClockStatus.Running), ("sor_fr_1", ClockStatus.Met)]);
        Proceeding.Of(state.History, Catalogue)!.Clocks.Single(clock => clock.Party == "sor_fr_1").EndedAt.ShouldBe(NodaTime.Instant.FromDateTimeOffset(Noon.AddHours(3)));
        LawSamples.Rules.Decide(state, Submit("sor_fr_1", 9, submitted: 3)).ShouldSatisfyAllConditions(again => again.Code.ShouldBeNull(), again => again.Events.ShouldBeEmpty("it says the same again"));
        Refused(state, Submit("sor_fr_1", 9, submitted: 4)).ShouldBe("Statement_Not_Owed");

        // The duty outlives the case.
        state = Decide(Decide(state, new Reinstate(At(6, Reviewer))), new Close(Outcome.Reinstated, At(7, Reviewer)));
        Owed(Decide(state, Submit("sor_de_1", 8))).ShouldBe([("sor_de_1", ClockStatus.Met), ("sor_fr_1", ClockStatus.Met)]);

        Refused(Decide(Fold([Open("us-dmca-512.v1")]), new TakeDown("msr_1", At(1, Reviewer))), Submit("sor_1_1", 2)).ShouldBe("Step_Not_Provided");
        Owed(Decide(Fold([Open("eu-dsa.v1")]), new TakeStep(CaseStep.CourtOrder, "CourtOrderedRemoval", "msr_7", new Particulars("7 O 1/26", "LG Köln"), false, At(2, "clerk"))))
            .ShouldBeEmpty("what a court ordered is not owed (Article 17(5))");

        static TakeStep Submit(string statement, double hours, double? submitted = null) => new(
            CaseStep.StatementSubmission, "StatementSubmitted", "msr_9", new Particulars("8f6f2b7e", OccurredAt: submitted is { } at ? Noon.AddHours(at) : null, StatementId: statement), false, At(hours, "clerk"));
        static IEnumerable<(string?, ClockStatus)> Owed(CaseState state) => Proceeding.Of(state.History, Catalogue)!.Clocks.Where(clock => clock.Clock.Id == "EU-05").Select(clock => (clock.Party, clock.Status)).OrderBy(pair => pair.Party);
    }

    [Fact]
    public void Nobody_was_told_before_the_decision_that_he_was_told_of()
    {
        var down = Decide(Fold([Open("eu-dsa.v1")]), new TakeDown("msr_de", At(10, Reviewer), new MeasureScope("UrhG 97", ["DE"], false)));
        Refused(down, Tell(20, told: -24 * 365)).ShouldBe("Arrival_Impossible", "before the case was opened");
        Refused(down, Tell(20, told: 9)).ShouldBe("Arrival_Impossible", "before the measure");
        Refused(down, Tell(20, told: 21)).ShouldBe("Arrival_Impossible", "later than now");
        var told = Decide(down, Tell(20, told: 10));
        Decide(Decide(Fold([Open("eu-dsa.v1")]), new TakeDown("msr_1", At(10, Reviewer) with { At = Noon.AddHours(10).AddSeconds(40) })), Tell(20, told: 10)).Status.ShouldBe(CaseStatus.TakenDown, "in the same minute");
        Decide(told, Tell(21, told: 12)).History.OfType<InformedOfDecision>().Count().ShouldBe(2, "told again of the same");

        var wider = Decide(told, new TakeDown("msr_fr", At(30, Reviewer), new MeasureScope("CPI", ["FR"], false)));
        Refused(wider, Tell(40, told: 29)).ShouldBe("Arrival_Impossible", "of the second measure he was not told yet");
        Decide(wider, Tell(40, told: 30));
        Decide(wider, Tell(40, told: 12, Speaker.Complainant)).Status.ShouldBe(CaseStatus.TakenDown, "the other side was told of neither");

        static TakeStep Tell(double hours, double told, Speaker party = Speaker.Respondent) => new(
            CaseStep.Information, "InformedOfDecision", "msr_9", new Particulars(Party: party, OccurredAt: Noon.AddHours(told)), false, At(hours, "clerk"));
    }

    [Fact]
    public void A_body_received_nothing_before_the_case_or_later_than_now_and_decides_nothing_without_that()
    {
        foreach (var pack in Packs)
        {
            var down = Decide(Fold([Open(pack)]), new TakeDown("msr_1", At(1, Reviewer)));
            Refused(down, Refer(DateTimeOffset.MaxValue)).ShouldBe("Arrival_Impossible", pack);
            Refused(down, Refer(Noon.AddHours(-1))).ShouldBe("Arrival_Impossible", pack);
            Refused(down, Settled()).ShouldBe("Complaint_Not_Pending", pack);
            Decide(Decide(down, Refer(Noon.AddHours(2))), Settled());
        }

        static TakeStep Refer(DateTimeOffset received) => new(CaseStep.OutOfCourtReferral, "OdsComplaintReceived", "msr_9", new Particulars("R-1", "Body", OccurredAt: received), false, At(3, Respondent));
        static TakeStep Settled() => new(CaseStep.OutOfCourtOutcome, "OdsOutcomeRecorded", "msr_9", new Particulars("R-1", "Body", Outcome: "Upheld"), false, At(24, "clerk"));
    }

    [Theory]
    [InlineData(Respondent)]
    [InlineData(Complainant)]
    public void Under_every_law_and_under_none_a_party_decides_nothing_that_the_desk_decides(string party)
    {
        foreach (var opened in Packs.Select(Open).Append(Opened))
        {
            var open = Fold([opened]);
            Refused(open, new TakeDown("msr_1", At(1, party))).ShouldBe("Review_By_Party", opened.Regime);
            Refused(open, new Dismiss(At(1, party))).ShouldBe("Review_By_Party", opened.Regime);
            Refused(Decide(open, new TakeDown("msr_1", At(1, Reviewer))), new Reinstate(At(2, party))).ShouldBe("Review_By_Party", opened.Regime);
        }
        var objected = Decide(Decide(Fold([Open("preset-alibaba-ipp.v1")]), new TakeDown("msr_1", At(1, Reviewer))), Counter(24, "first"));
        Refused(objected, new TakeStep(CaseStep.CounterNoticeRejection, "CounterNoticeRejected", "msr_9", new Particulars(), false, At(30, party))).ShouldBe("Review_By_Party");
        Refused(Fold([Open("cn-ricr.v1")]), new TakeStep(CaseStep.Upholding, "ComplaintUpheld", "msr_9", new Particulars(), false, At(1, party))).ShouldBe("Review_By_Party");
    }

    internal static CaseOpened Open(string regime) => Opened with { Regime = regime, Notice = new NoticeReference("ntc_1", Noon, Noon, []), Act = By(Complainant) };

    internal static Act At(double hours, string actor, string statement = "As the file shows.") => By(actor, statement) with { At = Noon.AddHours(hours) };

    internal static CounterNotice Counter(double hours, string statement) => new(At(hours, Respondent, statement), Forms);

    /// <summary>Names of all elements of all forms, so that an objection is complete everywhere.</summary>
    internal static readonly string[] Forms = [.. Catalogue.Packs.SelectMany(pack => pack.Forms).SelectMany(form => form.Fields).Select(field => field.Name).Distinct()];

    private static CaseState Decide(CaseState state, CaseCommand command)
    {
        var decision = LawSamples.Rules.Decide(state, command);
        decision.Code.ShouldBeNull();
        decision.Events.ShouldNotBeEmpty();
        return decision.Events.Aggregate(state, CaseState.Evolve);
    }

    private static string? Refused(CaseState state, CaseCommand command) => LawSamples.Rules.Decide(state, command).Code;

    private static Dictionary<CaseStatus, CaseState> Reach(string pack) => Explore(pack).GroupBy(state => state.Status).ToDictionary(group => group.Key, group => group.First());

    /// <summary>States that three steps reach, each kind once.</summary>
    private static IReadOnlyList<CaseState> Explore(string pack)
    {
        var states = new List<CaseState> { Fold([Open(pack)]) };
        var known = new HashSet<string>();
        var frontier = new Queue<(CaseState State, int Depth)>([(states[0], 0)]);
        while (frontier.TryDequeue(out var next))
        {
            if (next.Depth == 4) continue;
            foreach (var (_, command) in Commands(pack, next.State, next.Depth + 1))
            {
                var decision = LawSamples.Rules.Decide(next.State, command);
                if (decision.Events.Count == 0) continue;
                var after = decision.Events.Aggregate(next.State, CaseState.Evolve);
                if (!known.Add($"{after.Status} {after.IsHeld} {after.ActiveMeasures.Count} {after.CounterNotice is null} {after.OpenComplaints.Count} {after.History.OfType<InformedOfDecision>().Count()} {after.History.OfType<OdsComplaintReceived>().Any()}")) continue;
                states.Add(after);
                frontier.Enqueue((after, next.Depth + 1));
            }
        }
        return states;
    }

    /// <summary>Everything that can be asked, an hour after the last.</summary>
    private static IEnumerable<(string Name, CaseCommand Command)> Commands(string pack, CaseState state, int hour)
    {
        Act By(string actor) => At(hour, actor, $"In hour {hour}.");
        yield return ("report", new JoinComplaint("rpt_9", "author-kim", null, By("author-kim")));
        yield return ("takedown", new TakeDown("msr_1", By("reviewer-jo")));
        yield return ("dismissal", new Dismiss(By("reviewer-jo")));
        yield return ("counter-notice", new CounterNotice(By(Respondent), Forms));
        yield return ("empty counter-notice", new CounterNotice(By(Respondent), []));
        yield return ("reinstatement", new Reinstate(By("reviewer-jo")));
        yield return ("settlement", new Settle([Respondent, .. state.Complaints.Select(complaint => complaint.AccountId).OfType<string>()], 10m, "USD", true, By("reviewer-jo")));
        foreach (var rule in (string[])["EU-08", "CN-03"]) yield return ($"extension {rule}", new Extend(rule, 1, By("clerk")));
        foreach (var outcome in Enum.GetValues<Outcome>()) yield return ($"closure {outcome}", new Close(outcome, By("reviewer-jo")));
        foreach (var (step, fact, actor, party) in Steps)
            yield return (fact, new TakeStep(step, fact, "msr_2", new Particulars("1", "Court", party, StatementId: step == CaseStep.StatementSubmission ? "sor_1_1" : null), false, By(actor)));
    }

    private static readonly (CaseStep Step, string Fact, string Actor, Speaker? Party)[] Steps =
    [
        (CaseStep.NoticeForwarding, "NoticeForwarded", "clerk", null),
        (CaseStep.Retraction, "NoticeRetracted", Complainant, null),
        (CaseStep.CounterNoticeForwarding, "CounterNoticeForwarded", "clerk", null),
        (CaseStep.CounterNoticeDelivery, "CounterNoticeDelivered", "clerk", null),
        (CaseStep.CounterNoticeRejection, "CounterNoticeRejected", "reviewer-jo", null),
        (CaseStep.CourtAction, "CourtActionNotified", Complainant, null),
        (CaseStep.CourtActionEnd, "CourtActionDismissed", "clerk", null),
        (CaseStep.AuthorityComplaint, "AuthorityComplaintNotified", Complainant, null),
        (CaseStep.CourtOrder, "CourtOrderedRemoval", "clerk", null),
        (CaseStep.CourtOrder, "CourtOrderedRestoration", "clerk", null),
        (CaseStep.CourtOrder, "RemovalOrderEnded", "clerk", null),
        (CaseStep.Information, "InformedOfDecision", "clerk", Speaker.Respondent),
        (CaseStep.Complaint, "ComplaintLodged", Respondent, null),
        (CaseStep.ComplaintDecision, "DecisionOverturned", "reviewer-ada", Speaker.Respondent),
        (CaseStep.ComplaintDecision, "DecisionConfirmed", "reviewer-ada", Speaker.Respondent),
        (CaseStep.OutOfCourtReferral, "OdsComplaintReceived", Respondent, null),
        (CaseStep.OutOfCourtOutcome, "OdsOutcomeRecorded", "clerk", null),
        (CaseStep.StatementSubmission, "StatementSubmitted", "clerk", null),
        (CaseStep.Upholding, "ComplaintUpheld", "reviewer-jo", null),
        (CaseStep.Appeal, "AppealFiled", Respondent, null),
        (CaseStep.Objection, "DisputeFiled", Respondent, null),
        (CaseStep.Change, "ChangeReported", Respondent, null),
    ];
}
