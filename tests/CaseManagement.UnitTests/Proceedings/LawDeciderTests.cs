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
