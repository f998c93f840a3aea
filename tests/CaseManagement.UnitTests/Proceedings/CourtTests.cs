using ImageRights.CaseManagement.Cases;
using static ImageRights.CaseManagement.Cases.CaseCommand;
using static ImageRights.CaseManagement.Cases.CaseEvent;
using static ImageRights.CaseManagement.UnitTests.Proceedings.LawDeciderTests;
using static ImageRights.CaseManagement.UnitTests.Samples;

namespace ImageRights.CaseManagement.UnitTests.Proceedings;

/// <summary>What a court ordered is the court's to end; what a court is asked after the picture came back is a proceeding of its own.</summary>
public class CourtTests
{
    private const string American = "us-dmca-512.v1";

    [Theory]
    [InlineData(American)]
    [InlineData("eu-dsa.v1")]
    [InlineData("cn-ecl.v1")]
    [InlineData("cn-civil-code.v1")]
    [InlineData("cn-ricr.v1")]
    public void Neither_a_settlement_nor_a_retraction_lifts_what_a_court_ordered(string law)
    {
        var ordered = Decide(Down(law), Order("CourtOrderedRemoval", 2));
        ordered.ActiveMeasures.Count.ShouldBe(2, "the order is a measure of its own beside the platform's");

        var settled = Decide(ordered, new Settle([Respondent, Complainant], 10m, "USD", true, At(3, Reviewer)));
        settled.ActiveMeasures.ShouldHaveSingleItem().Cause.ShouldBe(nameof(CourtOrderedRemoval));
        settled.Status.ShouldBe(CaseStatus.LitigationHold);
        Decide(settled, Order("RemovalOrderEnded", 4)).Status.ShouldBe(CaseStatus.Settled);

        var retracted = Decide(ordered, Retraction(3));
        retracted.ActiveMeasures.ShouldHaveSingleItem().Cause.ShouldBe(nameof(CourtOrderedRemoval));
        retracted.Status.ShouldBe(CaseStatus.LitigationHold);
        Refused(retracted, new Reinstate(At(4, "reviewer-jo"))).ShouldBe("Litigation_Hold");
        Decide(retracted, Order("RemovalOrderEnded", 5)).Status.ShouldBe(CaseStatus.Reinstated);
    }

    [Fact]
    public void The_end_of_an_order_leaves_the_platforms_own_measure_and_the_clock_goes_on_where_the_order_kept_it()
    {
        var objected = Decide(Decide(Down(American), Counter(24, "Mine.")), Order("CourtOrderedRemoval", 48));
        var ended = Decide(objected, Order("RemovalOrderEnded", 24 * 40));
        (ended.Status, ended.ActiveMeasures.Single().Cause).ShouldBe((CaseStatus.CounterNoticed, null));
        var due = Projections.CaseAgenda.ItemsOf(CaseManagement.Proceedings.Proceeding.Of(ended.History, Catalogue)!).First(item => item.Kind == DueKind.Effect);
        (due.Rule, due.DueAt).ShouldBe(("US-06", Noon.AddHours(24 * 40)), "its ten business days are over, so nothing but the order held the picture down");
        Decide(ended, new RunDeadline(due.Rule, due.StartedAt, due.Kind, TimeSpan.FromSeconds(5), At(24 * 40, "clock"))).Status.ShouldBe(CaseStatus.Reinstated);

        var early = Decide(objected, Order("RemovalOrderEnded", 72));
        Refused(early, new Reinstate(At(73, "reviewer-jo"))).ShouldBe("Restoration_Too_Early");
    }

    [Fact]
    public void A_dismissed_action_does_not_end_an_order_and_an_ended_order_does_not_end_an_action()
    {
        var both = Decide(Decide(Down(American), Take(CaseStep.CourtAction, "CourtActionNotified", 2)), Order("CourtOrderedRemoval", 3));
        var dismissed = Decide(both, Take(CaseStep.CourtActionEnd, "CourtActionDismissed", 4));
        (dismissed.Status, dismissed.ActiveMeasures.Single().Cause).ShouldBe((CaseStatus.LitigationHold, nameof(CourtOrderedRemoval)));
        var ended = Decide(both, Order("RemovalOrderEnded", 4));
        (ended.Status, ended.ActiveMeasures.Single().Cause).ShouldBe((CaseStatus.LitigationHold, null));
        Decide(both, Order("CourtOrderedRestoration", 4)).ActiveMeasures.ShouldBeEmpty("a court that orders the picture back lifts whatever holds it");
    }

    [Fact]
    public void What_two_courts_ordered_ends_with_the_last_of_their_orders()
    {
        static TakeStep Of(string docket, string fact, double hours) => new(CaseStep.CourtOrder, fact, $"msr_{hours}", new Particulars(docket, "Court"), false, At(hours, "clerk"));
        var both = Decide(Decide(Fold([Open(American)]), Of("1:26-cv-1", "CourtOrderedRemoval", 2)), Of("1:26-cv-2", "CourtOrderedRemoval", 3));
        Refused(both, Of("1:26-cv-3", "RemovalOrderEnded", 4)).ShouldBe("Order_Unknown");

        var one = Decide(both, Of("1:26-cv-1", "RemovalOrderEnded", 4));
        (one.Status, one.ActiveMeasures.Single().Cause).ShouldBe((CaseStatus.LitigationHold, nameof(CourtOrderedRemoval)), "the other court's order holds");
        Refused(one, Of("1:26-cv-1", "RemovalOrderEnded", 5)).ShouldBeNull("it has ended, and is not said twice");
        var letters = new Features.Informing.Correspondence(Catalogue, CaseManagement.Messages.MessageBook.BuiltIn()).Of("case_1", one.History);
        letters.ShouldAllBe(letter => letter.Values.Fact == "OneOrderEnded");
        letters.Count.ShouldBe(2);

        Decide(one, Of("1:26-cv-2", "RemovalOrderEnded", 6)).ActiveMeasures.ShouldBeEmpty();
    }

    [Fact]
    public void The_hold_of_two_actions_ends_with_the_last_of_them()
    {
        static TakeStep Of(CaseStep step, string docket, string fact, double hours) => new(step, fact, $"msr_{hours}", new Particulars(docket, "Court"), false, At(hours, "clerk"));
        static TakeStep Ended(string docket, double hours) => Of(CaseStep.CourtActionEnd, docket, "CourtActionDismissed", hours);
        var sued = Decide(Down(American), Of(CaseStep.CourtAction, "1", "CourtActionNotified", 2));
        Refused(sued, Ended("2", 3)).ShouldBe("Action_Unknown");

        var both = Decide(sued, Of(CaseStep.CourtAction, "2", "CourtActionNotified", 4));
        View(both).PendingActions.ShouldBe(["1", "2"]);
        Refused(both, Ended("3", 5)).ShouldBe("Action_Unknown");
        var one = Decide(both, Ended("1", 5));
        (one.Status, one.ActiveMeasures.Count).ShouldBe((CaseStatus.LitigationHold, 1), "the other action holds");
        Refused(one, new Reinstate(At(6, "reviewer-jo"))).ShouldBe("Litigation_Hold");
        (View(one).IsActionPending, View(one).PendingActions.Single()).ShouldBe((true, "2"));
        new Features.Informing.Correspondence(Catalogue, CaseManagement.Messages.MessageBook.BuiltIn()).Of("case_1", one.History).Select(letter => letter.Values.Fact).ShouldBe(["OneActionEnded", "OneActionEnded"]);

        var none = Decide(one, Ended("2", 7));
        (none.Status, none.ActiveMeasures.Count).ShouldBe((CaseStatus.Reinstated, 0));
        (View(none).IsActionPending, View(none).PendingActions.Count).ShouldBe((false, 0));
        Refused(none, Ended("3", 8)).ShouldBe("Hold_Not_Active");
    }

    [Fact]
    public void Against_an_order_alone_there_is_no_counter_notice()
    {
        var ordered = Decide(Fold([Open(American)]), Order("CourtOrderedRemoval", 2));
        Refused(ordered, Counter(3, "Mine.")).ShouldBe("Litigation_Hold");
    }

    [Fact]
    public void An_action_after_the_restoration_is_taken_in_and_takes_nothing_down_by_itself()
    {
        var sued = Decide(Restored(American), Take(CaseStep.CourtAction, "CourtActionNotified", 24 * 30));
        (sued.Status, sued.ActiveMeasures.Count).ShouldBe((CaseStatus.Reinstated, 0));

        var again = Decide(sued, new TakeDown("msr_again", At(24 * 31, "reviewer-jo"), new MeasureScope("17 USC 502", null, false)));
        (again.Status, again.ActiveMeasures.Single().Scope!.LegalBasis).ShouldBe((CaseStatus.LitigationHold, "17 USC 502"), "the action that is pending holds it");
        Refused(again, new Reinstate(At(24 * 32, "reviewer-ada"))).ShouldBe("Litigation_Hold");
        Decide(again, Take(CaseStep.CourtActionEnd, "CourtActionDismissed", 24 * 33)).Status.ShouldBe(CaseStatus.Reinstated);

        Refused(Restored(American), new TakeDown("msr_again", At(24 * 31, "reviewer-jo"))).ShouldBe("Measure_Already_Lifted", "without an action nothing is new");
    }

    [Fact]
    public void A_tenant_can_choose_that_an_action_after_the_restoration_takes_the_picture_down_again()
    {
        var chosen = Open(American) with { Settings = new ChosenSettings(null, null, null, null, OnAction: "TakeDown") };
        var sued = Decide(Restored(chosen), Take(CaseStep.CourtAction, "CourtActionNotified", 24 * 30));
        (sued.Status, sued.ActiveMeasures.Single().Cause).ShouldBe((CaseStatus.LitigationHold, nameof(CourtActionNotified)));
        Decide(sued, Take(CaseStep.CourtActionEnd, "CourtActionDismissed", 24 * 33)).Status.ShouldBe(CaseStatus.Reinstated);
    }

    [Fact]
    public void An_action_or_an_order_opens_a_closed_case_again()
    {
        var closed = Decide(Restored(American), new Close(Outcome.Reinstated, At(24 * 20, Reviewer)));
        var ordered = Decide(closed, Order("CourtOrderedRemoval", 24 * 30));
        ordered.History.OfType<CaseReopened>().ShouldHaveSingleItem().Cause.ShouldBe(nameof(CourtOrderedRemoval));
        (ordered.Status, ordered.Closure).ShouldBe((CaseStatus.LitigationHold, null));
        var sued = Decide(closed, Take(CaseStep.CourtAction, "CourtActionNotified", 24 * 30));
        sued.Status.ShouldBe(CaseStatus.Reinstated);
        Refused(closed, Counter(24 * 30, "Again.")).ShouldBe("Case_Already_Closed");
        Refused(closed, Order("RemovalOrderEnded", 24 * 30)).ShouldBe("Hold_Not_Active", "what is refused opens nothing");
    }

    [Theory]
    [InlineData("Respondent")]
    [InlineData("Complainant")]
    public void Within_its_term_a_complaint_opens_a_closed_case_again_for_both_sides(string side)
    {
        var party = Enum.Parse<Speaker>(side);
        var actor = party == Speaker.Respondent ? Respondent : Complainant;
        var decided = party == Speaker.Respondent
            ? Decide(Down("eu-dsa.v1"), new Close(Outcome.Upheld, At(3, Reviewer)))
            : Decide(Decide(Fold([Open("eu-dsa.v1")]), new Dismiss(At(2, Reviewer))), new Close(Outcome.Dismissed, At(3, Reviewer)));
        decided.Status.ShouldBe(CaseStatus.Closed);
        Refused(decided, Complaint(24 * 190)).ShouldBe("Complaint_Out_Of_Time", "six months from the decision, of which the party was told at once");
        var told = Decide(decided, new TakeStep(CaseStep.Information, "InformedOfDecision", "msr_9", new Particulars(Party: party), false, At(24 * 10, "clerk")));
        told.Status.ShouldBe(CaseStatus.Closed, "that somebody was told again changes nothing");
        Decide(told, Complaint(24 * 190)).OpenComplaints.Count.ShouldBe(1, "the time runs from the last time that the party was told");

        Refused(told, Complaint(24 * 200)).ShouldBe("Complaint_Out_Of_Time");
        var complained = Decide(told, Complaint(24 * 100));
        (complained.Status, complained.OpenComplaints.Count).ShouldBe((party == Speaker.Respondent ? CaseStatus.TakenDown : CaseStatus.Dismissed, 1));
        Refused(complained, new Close(Outcome.Upheld, At(24 * 100, "reviewer-jo"))).ShouldBe("Complaint_Open");
        var overturned = Decide(complained, new TakeStep(CaseStep.ComplaintDecision, "DecisionOverturned", "msr_9", new Particulars(Party: party), false, At(24 * 101, "reviewer-ada")));
        overturned.Status.ShouldBe(party == Speaker.Respondent ? CaseStatus.Reinstated : CaseStatus.Open);
        if (party == Speaker.Respondent) Decide(overturned, new Close(Outcome.Reinstated, At(24 * 102, Reviewer))).Status.ShouldBe(CaseStatus.Closed);

        TakeStep Complaint(double hours) => new(CaseStep.Complaint, "ComplaintLodged", "msr_9", new Particulars(), false, At(hours, actor));
    }

    private static Projections.CaseView View(CaseState state) =>
        state.History.Aggregate((Projections.CaseView?)null, (view, fact) => Projections.CaseView.Evolve(view, Id, (view?.Version ?? 0) + 1, fact))!;

    private static CaseState Down(string law) => Decide(Fold([Open(law)]), new TakeDown("msr_1", At(1, Reviewer)));

    private static CaseState Restored(string law) => Restored(Open(law));

    private static CaseState Restored(CaseOpened opened) => Decide(Decide(Fold([opened]), new TakeDown("msr_1", At(1, Reviewer))), Retraction(2));

    private static TakeStep Retraction(double hours) => new(CaseStep.Retraction, "NoticeRetracted", "msr_9", new Particulars(), false, At(hours, Complainant));

    private static TakeStep Order(string fact, double hours) => Take(CaseStep.CourtOrder, fact, hours);

    private static TakeStep Take(CaseStep step, string fact, double hours) => new(step, fact, $"msr_{fact}", new Particulars("1:26-cv-1", "S.D.N.Y."), false, At(hours, "clerk"));

    private static CaseState Decide(CaseState state, CaseCommand command)
    {
        var decision = LawSamples.Rules.Decide(state, command);
        decision.Code.ShouldBeNull();
        decision.Events.ShouldNotBeEmpty();
        LawSamples.Rules.Decide(decision.Events.Aggregate(state, CaseState.Evolve), command).Events.ShouldBeEmpty("the second run of any command writes nothing");
        return decision.Events.Aggregate(state, CaseState.Evolve);
    }

    private static string? Refused(CaseState state, CaseCommand command) => LawSamples.Rules.Decide(state, command).Code;
}
