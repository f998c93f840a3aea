using ImageRights.Matching.Index;
using ImageRights.Matching.Screening;
using static ImageRights.Matching.UnitTests.Pictures;

namespace ImageRights.Matching.UnitTests;

/// <summary>The same decoded picture is found under other bytes, however little there is to see in it.</summary>
public class SamePixelsTests
{
    private static readonly string Pixels = string.Concat(Enumerable.Repeat("0123456789abcdef", 4));
    private static readonly PdqHash Hash = RandomHash(new Random(1));
    private static readonly PdqHash Other = RandomHash(new Random(2));

    [Fact]
    public void The_same_picture_in_another_file_is_a_near_exact_match_even_if_its_hashes_say_nothing()
    {
        var tenant = IndexOf(Log(
            In(Work("w", "a", Hash, quality: 12), "file 1"), In(Work("others", "a", Hash, quality: 12), "file 2", new string('f', 64)), Work("earlier", "a", Hash, quality: 12))).For("t");
        var found = tenant.Find(Bank.Works, PictureQuery.Of(In(Upload("1", "b", Other, quality: 12), "file 3")), 31, tenant.Version).ShouldHaveSingleItem();
        (found.Id, found.Distance, found.IsCopy).ShouldBe(("w", 0, true));
        (found.Evidence!.Class, found.Evidence.Score, found.Evidence.UploadPercent, found.Evidence.ReferencePercent).ShouldBe((MatchClass.NearExact, 1.0, 100.0, 100.0));
    }

    [Fact]
    public void The_same_file_stays_an_exact_match() =>
        Find(IndexOf(Log(In(Upload("1", "a", Hash), "file 1"))).For("t"), "file 1").ShouldHaveSingleItem().Evidence!.Class.ShouldBe(MatchClass.Exact);

    [Fact]
    public void A_picture_without_any_structure_is_everybodys()
    {
        var tenant = IndexOf(Log(In(Upload("1", "a", Hash, quality: 0), "file 1"))).For("t");
        tenant.Find(Bank.Uploads, PictureQuery.Of(In(Upload("2", "b", Hash, quality: 0), "file 2")), 31, 1).ShouldBeEmpty();
        tenant.Find(Bank.Uploads, PictureQuery.Of(In(Upload("2", "b", Hash, quality: 0), "file 1")), 31, 1).ShouldHaveSingleItem();
    }

    [Fact]
    public void A_renewal_that_adds_the_hash_of_the_pixels_holds_from_its_version_on_and_takes_no_row()
    {
        var (first, second) = (In(Upload("1", "a", Hash, quality: 12), "file 1", luma: null), In(Upload("2", "a", Hash, quality: 12), "file 2", luma: null));
        var renewed = first with { LumaSha256 = Pixels, Version = 2 };
        var tenant = IndexOf(Log(
            first, second, new FingerprintRenewed(renewed), new FingerprintRenewed(second with { LumaSha256 = Pixels, Version = 2 }),
            new FingerprintRenewed(renewed with { Version = 3 }), new PictureWithdrawn("1", "a", Noon))).For("t");
        Find(tenant, "file 3", 2).ShouldBeEmpty();
        Find(tenant, "file 3", 3).Select(found => found.Id).ShouldBe(["1"]);
        Find(tenant, "file 3", 5).Select(found => found.Id).ShouldBe(["1", "2"]);
        Find(tenant, "file 3", 6).Select(found => found.Id).ShouldBe(["2"]);
    }

    [Fact]
    public void Of_a_picture_whose_pixels_came_out_otherwise_the_fingerprint_of_that_version_counts()
    {
        var first = In(Upload("1", "a", Hash, quality: 12), "file 1");
        var tenant = IndexOf(Log(first, new FingerprintRenewed(first with { Pdq = Other.ToString(), LumaSha256 = new string('e', 64), Version = 3 }))).For("t");
        Find(tenant, "file 2", 1).ShouldHaveSingleItem();
        Find(tenant, "file 2", 2).ShouldBeEmpty();
        tenant.Find(Bank.Uploads, PictureQuery.Of(first with { Sha256 = "file 2", LumaSha256 = new string('e', 64) }), 31, 2).ShouldHaveSingleItem().Id.ShouldBe("1");
    }

    [Theory]
    [InlineData("")]
    [InlineData("0123456789abcdef0123456789abcdef")]
    [InlineData("xyz3456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    public void What_is_no_hash_is_refused(string text) => Should.Throw<FormatException>(() => LumaLookup.KeyOf(text, 100));

    private static IReadOnlyList<Neighbour> Find(TenantIndex tenant, string file, long? version = null) =>
        tenant.Find(Bank.Uploads, PictureQuery.Of(In(Upload("query", "b", Other, quality: 12), file)), 31, version ?? tenant.Version);

    private static FingerprintRecorded In(FingerprintRecorded picture, string file, string? luma = "default") =>
        picture with { Sha256 = file, LumaSha256 = luma == "default" ? Pixels : luma };
}
