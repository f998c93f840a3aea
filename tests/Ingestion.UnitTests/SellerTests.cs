using ImageRights.Ingestion.Sellers;
using ImageRights.TestKit;
using static ImageRights.Ingestion.UnitTests.Facts;

namespace ImageRights.Ingestion.UnitTests;

public class SellerTests
{
    private static readonly DeciderSpec<SellerState, SellerCommand> Sellers = new(SellerState.Initial, Seller.Evolve, (state, command) =>
        Seller.Decide(state, command) is var decision ? (decision.Events, decision.Code) : default);

    private static readonly SellerCommand.Report Report = new(
        Reported.AccountId, Reported.Country, Reported.Language, Reported.PayoutHash, Reported.DeviceHashes, Reported.HasEmail, Reported.AsOf, Reported.ReportedAt);

    [Fact]
    public void An_account_is_reported() => Sellers.Given().When(Report).Then(Reported);

    [Fact]
    public void A_later_word_replaces_an_earlier_one() =>
        Sellers.Given(Reported).When(Report with { Country = null, AsOf = Noon.AddMinutes(1) }).Then(Reported with { Country = null, AsOf = Noon.AddMinutes(1) });

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_word_that_is_not_newer_says_nothing(int minutes) => Sellers.Given(Reported).When(Report with { Country = "DE", AsOf = Noon.AddMinutes(minutes) }).Then();

    [Fact]
    public void Name_and_address_are_erased_once()
    {
        Sellers.Given(Reported).When(new SellerCommand.EraseContact(ContactErased.ErasedAt)).Then(ContactErased);
        Sellers.Given(Reported, ContactErased).When(new SellerCommand.EraseContact(ContactErased.ErasedAt)).Then();
        Sellers.Given().When(new SellerCommand.EraseContact(Noon)).ThenRejected("Seller_Not_Found");
    }

    [Fact]
    public void An_erasure_is_newer_than_what_was_known_and_what_is_told_of_the_time_before_it_says_nothing()
    {
        Sellers.Given(Reported).When(new SellerCommand.EraseContact(Noon.AddSeconds(-1))).Then(ContactErased with { ErasedAt = Noon.AddTicks(1) });
        Sellers.Given(Reported, ContactErased).When(Report with { AsOf = ContactErased.ErasedAt }).Then();
        Sellers.Given(Reported, ContactErased).When(Report with { AsOf = Noon.AddDays(1) }).Then(Reported with { AsOf = Noon.AddDays(1) });
    }
}
