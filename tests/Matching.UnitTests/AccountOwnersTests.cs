using ImageRights.Matching.Sellers;
using static ImageRights.Matching.UnitTests.Pictures;

namespace ImageRights.Matching.UnitTests;

public class AccountOwnersTests
{
    private static readonly SellerRecorded First = new("a", Hex(1), [Hex(11), Hex(12)], Noon);

    [Theory]
    [InlineData(1, 1, new int[0], "the same payout account")]
    [InlineData(1, 9, new[] { 12, 11, 13 }, "the same two devices")]
    [InlineData(2, 9, new[] { 12, 13 }, "one device may be a shop's")]
    [InlineData(2, 9, new[] { 12, 12 }, "one device, told twice")]
    [InlineData(2, null, new int[0], "nothing is known of it")]
    public void Accounts_are_one_owners_by_a_payout_or_by_two_devices(int owners, int? payout, int[] devices, string because)
    {
        var second = new SellerRecorded("b", payout is { } number ? Hex(number) : null, [.. devices.Select(Hex)], Noon);
        Of(First, second).CountOf(["a", "b"]).ShouldBe(owners, because);
        Of(second, First).CountOf(["b", "a"]).ShouldBe(owners, because);
    }

    [Fact]
    public void What_links_two_accounts_links_those_that_are_linked_to_them()
    {
        var owners = Of(First, new SellerRecorded("b", Hex(1), [Hex(21), Hex(22)], Noon), new SellerRecorded("c", null, [Hex(22), Hex(21)], Noon), new SellerRecorded("d", Hex(4), [Hex(11), Hex(21)], Noon));
        owners.CountOf(["a", "b", "c", "d", "unknown"]).ShouldBe(3, "d shares a device with each of two, and two with none");
        owners.CountOf(["a", "c"]).ShouldBe(2, "what links them does not have the picture");
        owners.CountOf([]).ShouldBe(0);
    }

    [Fact]
    public void The_last_word_of_an_account_is_what_holds()
    {
        var owners = Of(First, First with { AccountId = "b" });
        owners.CountOf(["a", "b"]).ShouldBe(1);
        owners.Put(SellerSignals.Of(new SellerRecorded("b", null, [], Noon)));
        owners.CountOf(["a", "b"]).ShouldBe(2, "it was erased");
    }

    [Fact]
    public void A_word_that_is_not_newer_says_nothing()
    {
        Seller.Decide(SellerState.Initial, First).ShouldBe([First]);
        var known = Seller.Evolve(SellerState.Initial, First);
        Seller.Decide(known, First with { PayoutHash = null }).ShouldBeEmpty();
        Seller.Decide(known, First with { AsOf = Noon.AddTicks(-1) }).ShouldBeEmpty();
        Seller.Decide(known, First with { AsOf = Noon.AddTicks(1) }).ShouldHaveSingleItem();
    }

    [Fact]
    public void They_are_counted_as_by_comparing_each_with_each()
    {
        var random = new Random(20260504);
        for (var round = 0; round < 200; round++)
        {
            var sellers = Enumerable.Range(0, random.Next(1, 12)).Select(number => new SellerRecorded(
                $"s{number}", random.Next(2) == 0 ? null : Hex(random.Next(8)), [.. Enumerable.Range(0, random.Next(5)).Select(_ => Hex(100 + random.Next(10)))], Noon)).ToList();
            var groups = sellers.Select((_, number) => number).ToArray();
            for (var repeat = 0; repeat < sellers.Count; repeat++)
            {
                for (var one = 0; one < sellers.Count; one++)
                {
                    for (var other = 0; other < sellers.Count; other++)
                    {
                        if (AreLinked(sellers[one], sellers[other])) groups[one] = groups[other] = Math.Min(groups[one], groups[other]);
                    }
                }
            }
            Of([.. sellers]).CountOf([.. sellers.Select(seller => seller.AccountId)]).ShouldBe(groups.Distinct().Count(), $"round {round}");
        }

        static bool AreLinked(SellerRecorded one, SellerRecorded other) =>
            one.PayoutHash is not null && one.PayoutHash == other.PayoutHash || one.DeviceHashes.Intersect(other.DeviceHashes).Count() >= 2;
    }

    private static AccountOwners Of(params SellerRecorded[] sellers)
    {
        var owners = new AccountOwners();
        foreach (var seller in sellers) owners.Put(SellerSignals.Of(seller));
        return owners;
    }

    private static string Hex(int number) => $"{number:x32}{0:x32}";
}
