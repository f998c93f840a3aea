using ImageRights.Ingestion.Settlements;
using ImageRights.TestKit;
using static ImageRights.Ingestion.UnitTests.Facts;

namespace ImageRights.Ingestion.UnitTests;

public class SettlementTests
{
    private static readonly DeciderSpec<SettlementState, SettlementCommand> Settlements = new(SettlementState.Initial, Settlement.Evolve, (state, command) =>
        Settlement.Decide(state, command) is var decision ? (decision.Events, decision.Code) : default);

    private static readonly SettlementCommand.Pay Pay = new(
        Paid.SettlementId, Paid.CaseId, Paid.PayerAccountId, Paid.PayeeAccountId, Paid.Amount, Paid.Currency, Paid.PaidAt, Paid.RecordedAt);

    private static readonly SettlementCommand.Withdraw Withdraw = new(CalledOff.SettlementId, CalledOff.CaseId, CalledOff.ReasonCode, CalledOff.WithdrawnAt, CalledOff.RecordedAt);

    [Fact]
    public void It_is_paid_and_withdrawn()
    {
        Settlements.Given().When(Pay).Then(Paid);
        Settlements.Given(Paid).When(Withdraw).Then(CalledOff);
    }

    [Fact]
    public void It_can_be_called_off_before_any_money_was_seen_and_is_not_paid_then()
    {
        Settlements.Given().When(Withdraw).Then(CalledOff);
        Settlements.Given(CalledOff).When(Pay).ThenRejected("Settlement_Withdrawn");
    }

    [Fact]
    public void A_payment_that_comes_after_its_own_withdrawal_was_heard_changes_nothing() => Settlements.Given(Paid, CalledOff).When(Pay).Then();

    [Fact]
    public void Other_particulars_under_the_same_id_are_refused()
    {
        Settlements.Given(Paid).When(Pay with { Amount = 1 }).ThenRejected("Settlement_Differs");
        Settlements.Given(Paid).When(Pay with { Currency = "USD" }).ThenRejected("Settlement_Differs");
        Settlements.Given(Paid).When(Withdraw with { CaseId = "case_2" }).ThenRejected("Settlement_Differs");
    }
}
