using ImageRights.CaseManagement.Cases;
using static ImageRights.CaseManagement.Cases.CaseCommand;
using static ImageRights.CaseManagement.Cases.CaseEvent;
using static ImageRights.CaseManagement.UnitTests.Samples;

namespace ImageRights.CaseManagement.UnitTests;

public class CaseDeciderTests
{
    [Fact]
    public void A_report_opens_a_case_under_the_house_regime() => Spec.Given().When(ToOpen).Then(Opened);

    [Fact]
    public void A_second_report_joins_with_its_author() => Spec.Given(Opened).When(ToJoin).Then(Joined);

    [Fact]
    public void The_first_complainant_with_an_account_becomes_the_one_that_others_hear_of()
    {
        var nameless = TheDispute with { ComplainantAccountId = null };
        Spec.Given(Opened with { Dispute = nameless, Act = By("rpt_1") }).When(ToJoin)
            .Then(Joined with { Dispute = TheDispute with { ComplainantAccountId = "author-weber" } });
    }

    [Fact]
    public void The_same_account_with_the_same_words_complains_once() =>
        CaseDecider.Decide(Fold([Opened]), new JoinComplaint("rpt_3", Complainant, null, By(Complainant) with { At = Noon.AddDays(1) })).Events.ShouldBeEmpty();

    [Fact]
    public void The_same_account_may_add_another_ground() =>
        CaseDecider.Decide(Fold([Opened]), new JoinComplaint("rpt_3", Complainant, null, By(Complainant, "My face is in it.", "Portrait"))).Events.Count.ShouldBe(1);

    [Fact]
    public void Two_reporters_without_accounts_are_two_even_with_the_same_words()
    {
        var first = Opened with { Dispute = TheDispute with { ComplainantAccountId = null }, Act = By("rpt_1") };
        CaseDecider.Decide(Fold([first]), new JoinComplaint("rpt_2", null, null, By("rpt_2"))).Events.Count.ShouldBe(1);
    }

    [Fact]
    public void A_finding_adds_nothing_for_an_account_that_complains_already() =>
        CaseDecider.Decide(Fold([Opened]), new JoinComplaint(null, Complainant, Evidence, By("screening", "Found."))).ShouldBeEquivalentTo(new Decision([]));

    [Fact]
    public void A_finding_for_somebody_else_joins() =>
        CaseDecider.Decide(Fold([Opened]), new JoinComplaint(null, "author-weber", Evidence, By("screening", "Found."))).Events.Count.ShouldBe(1);

    [Fact]
    public void Nobody_complains_of_his_own_picture()
    {
        Spec.Given().When(ToOpen with { Dispute = TheDispute with { ComplainantAccountId = Respondent } }).ThenRejected("Complainant_Is_Respondent");
        Spec.Given(Opened).When(ToJoin with { ComplainantAccountId = Respondent }).ThenRejected("Complainant_Is_Respondent");
    }

    [Fact]
    public void A_takedown_applies_a_measure() => Spec.Given(Opened).When(ToTakeDown).Then(Applied);

    [Fact]
    public void The_same_takedown_later_and_with_another_measure_id_is_the_same() =>
        CaseDecider.Decide(Fold([Opened, Applied]), new TakeDown("msr_other", By(Reviewer) with { At = Noon.AddMinutes(5) })).ShouldBeEquivalentTo(new Decision([]));

    [Theory]
    [InlineData(CaseStatus.CounterNoticed)]
    [InlineData(CaseStatus.Reinstated)]
    [InlineData(CaseStatus.Settled)]
    [InlineData(CaseStatus.Closed)]
    public void A_recorded_act_stays_recorded_whatever_came_after(CaseStatus status) =>
        CaseDecider.Decide(Fold(Histories[status]), ToTakeDown).ShouldBeEquivalentTo(new Decision([]));

    [Fact]
    public void A_dismissal_ends_the_case_in_the_same_breath() =>
        Spec.Given(Opened).When(ToDismiss).Then(Dismissed, new CaseClosed(TheDispute, Outcome.Dismissed, ToDismiss.Act));

    [Fact]
    public void The_respondent_objects_to_a_measure() => Spec.Given(Opened, Applied).When(ToObject).Then(Countered);

    [Theory]
    [InlineData(Complainant)]
    [InlineData(Reviewer)]
    [InlineData("stranger")]
    public void Nobody_else_objects(string actor) => Spec.Given(Opened, Applied).When(ToObject with { Act = By(actor) }).ThenRejected("Counter_Not_Respondent");

    [Fact]
    public void A_reinstatement_lifts_the_measure_that_was_applied()
    {
        Spec.Given(Opened, Applied, Countered).When(ToReinstate).Then(Lifted);
        Spec.Given(Opened, Applied).When(ToReinstate).Then(Lifted);
    }

    [Fact]
    public void A_settlement_keeps_the_picture_down_unless_it_may_stay()
    {
        Spec.Given(Opened, Applied).When(ToSettle).Then(Settled);
        Spec.Given(Opened, Applied, Countered).When(ToSettle with { ImageStays = true })
            .Then(Settled with { ImageStays = true }, new MeasureLifted(TheDispute, Measure, ToSettle.Act));
    }

    [Theory]
    [InlineData("Settle_Parties_Missing")]
    [InlineData("Settle_Parties_Missing", Respondent)]
    [InlineData("Settle_Parties_Missing", Complainant)]
    [InlineData("Settle_Parties_Missing", Respondent, "stranger")]
    [InlineData("Settle_Not_A_Party", Respondent, Complainant, "stranger")]
    public void A_settlement_needs_its_parties_and_nobody_else(string code, params string[] agreedBy) =>
        Spec.Given(Opened, Applied).When(ToSettle with { AgreedBy = agreedBy }).ThenRejected(code);

    [Fact]
    public void A_settlement_needs_every_complainant_with_an_account()
    {
        Spec.Given(Opened, Joined, Applied).When(ToSettle).ThenRejected("Settle_Parties_Missing");
        CaseDecider.Decide(Fold([Opened, Joined, Applied]), ToSettle with { AgreedBy = [Respondent, Complainant, "author-weber"] }).Code.ShouldBeNull();
    }

    [Fact]
    public void A_case_without_an_account_on_the_complaining_side_cannot_settle()
    {
        var nameless = TheDispute with { ComplainantAccountId = null };
        Spec.Given(Opened with { Dispute = nameless }, Applied with { Dispute = nameless }).When(ToSettle with { AgreedBy = [Respondent] }).ThenRejected("Settle_Parties_Missing");
    }

    [Theory]
    [InlineData("usd")]
    [InlineData("XAU")]
    [InlineData("")]
    public void A_settlement_is_in_money(string currency) =>
        Spec.Given(Opened, Applied).When(ToSettle with { Currency = currency }).ThenRejected("Settle_Currency_Unknown");

    [Theory]
    [InlineData("-0.01", "USD", false)]
    [InlineData("0", "USD", true)]
    [InlineData("0.01", "USD", true)]
    [InlineData("0.001", "USD", false)]
    [InlineData("4800.10", "EUR", true)]
    [InlineData("4800.5", "JPY", false)]
    [InlineData("4800.0", "JPY", true)]
    [InlineData("1.234", "KWD", true)]
    [InlineData("1.2345", "KWD", false)]
    [InlineData("1000000000000", "CNY", true)]
    [InlineData("1000000000000.01", "CNY", false)]
    public void An_amount_can_be_paid_in_its_currency(string amount, string currency, bool payable)
    {
        var settle = ToSettle with { Amount = decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture), Currency = currency };
        CaseDecider.Decide(Fold([Opened, Applied]), settle).Code.ShouldBe(payable ? null : "Settle_Amount_Invalid");
    }

    [Theory]
    [InlineData(CaseStatus.TakenDown, Outcome.Upheld)]
    [InlineData(CaseStatus.Reinstated, Outcome.Reinstated)]
    [InlineData(CaseStatus.Settled, Outcome.Settled)]
    public void A_case_closes_with_the_outcome_that_it_reached_and_no_other(CaseStatus status, Outcome reached)
    {
        Spec.Given([.. Histories[status]]).When(ToClose(reached)).Then(Closed(reached));
        foreach (var other in Enum.GetValues<Outcome>().Where(outcome => outcome != reached))
            Spec.Given([.. Histories[status]]).When(ToClose(other)).ThenRejected("Close_Outcome_Not_Reached");
    }

    [Theory]
    [InlineData("", "Copyright", "Because.")]
    [InlineData(Reviewer, " ", "Because.")]
    [InlineData(Reviewer, "Copyright", "")]
    public void A_decision_says_who_and_why(string actor, string reason, string statement)
    {
        var act = new Act(actor, reason, statement, Noon);
        Spec.Given().When(ToOpen with { Act = act }).ThenRejected("Decision_Reason_Missing");
        Spec.Given(Opened).When(ToJoin with { Act = act }).ThenRejected("Decision_Reason_Missing");
        Spec.Given(Opened).When(ToTakeDown with { Act = act }).ThenRejected("Decision_Reason_Missing");
        Spec.Given(Opened).When(new Dismiss(act)).ThenRejected("Decision_Reason_Missing");
        Spec.Given(Opened, Applied).When(new CounterNotice(act)).ThenRejected("Decision_Reason_Missing");
        Spec.Given(Opened, Applied).When(new Reinstate(act)).ThenRejected("Decision_Reason_Missing");
        Spec.Given(Opened, Applied).When(ToSettle with { Act = act }).ThenRejected("Decision_Reason_Missing");
        Spec.Given(Opened, Applied).When(new Close(Outcome.Upheld, act)).ThenRejected("Decision_Reason_Missing");
    }

    [Fact]
    public void Who_complained_takes_his_complaint_back_and_nobody_else_with_or_without_an_account()
    {
        var guest = Joined with { ReportId = "rpt_guest", ComplainantAccountId = null, Act = By("rpt_guest") };
        CaseCommand.TakeStep Back(string who) => new(CaseStep.Retraction, nameof(CaseEvent.NoticeRetracted), "", new Particulars(), false, By(who, "I was wrong."));
        Decision Decide(string who, params CaseEvent[] history) => CaseDecider.Decide(Fold(history), Back(who));

        Decide("stranger", Opened, guest).Code.ShouldBe("Retraction_Not_By_Complainant");
        Decide(Respondent, Opened, guest).Code.ShouldBe("Retraction_Not_By_Complainant");
        var withdrew = Decide("rpt_guest", Opened, guest).Events.ShouldHaveSingleItem().ShouldBeOfType<CaseEvent.ComplainantWithdrew>();
        Decide("rpt_guest", Opened, guest, withdrew).ShouldSatisfyAllConditions(again => again.Code.ShouldBeNull(), again => again.Events.ShouldBeEmpty());
        Decide(Complainant, Opened, guest, withdrew).Events.Select(fact => fact.GetType()).ShouldBe([typeof(CaseEvent.NoticeRetracted), typeof(CaseEvent.CaseClosed)]);
        Fold([Opened, Applied, .. Decide(Complainant, Opened, Applied).Events]).Status.ShouldBe(CaseStatus.Reinstated);
        Decide(Complainant, Opened, Applied, Lifted).Code.ShouldBe("Step_Not_Provided");
    }

    [Fact]
    public void A_measure_that_is_not_there_is_not_lifted() => Spec
        .Given(Opened, Applied)
        .When(ToReinstate with { MeasureId = "msr_nope" })
        .ThenRejected("Case_Not_Taken_Down");

    [Fact]
    public void A_measure_can_be_lifted_by_its_name() => Spec
        .Given(Opened, Applied)
        .When(ToReinstate with { MeasureId = Measure })
        .Then(Lifted);
}
