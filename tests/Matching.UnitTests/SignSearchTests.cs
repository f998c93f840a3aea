using ImageRights.Matching.Index;
using ImageRights.Matching.Screening;
using static ImageRights.Matching.UnitTests.Pictures;
using static ImageRights.Matching.UnitTests.Signs;

namespace ImageRights.Matching.UnitTests;

/// <summary>Sign hashes are found as a comparison of every pair in every orientation would find them.</summary>
public class SignSearchTests
{
    public static TheoryData<ScanKernel, int> KernelsAndSizes() => IndexSearchTests.KernelsAndSizes();

    [Theory]
    [MemberData(nameof(KernelsAndSizes))]
    public void Every_kernel_equals_brute_force(ScanKernel kernel, int size)
    {
        var random = new Random(size + 5);
        var centres = Enumerable.Range(0, 12).Select(_ => RandomSign(random)).ToArray();
        var codes = Enumerable.Range(0, size).Select(_ => Near(RandomTurn(centres[random.Next(centres.Length)], random), random.Next(70), random)).ToArray();
        var index = IndexOf(Log(codes.Select((code, number) => Signed(Upload($"img_{number}", "a", RandomHash(random)), code)))).For("t");
        foreach (var centre in centres[..3])
        {
            foreach (var maxDistance in new[] { 0, 31, 56, 90 })
            {
                var expected = codes
                    .Select((code, number) => (Id: $"img_{number}", Best: BruteForce(centre, code)))
                    .Where(pair => pair.Best.Distance <= maxDistance)
                    .Select(pair => (pair.Id, pair.Best.Distance, pair.Best.Turn, pair.Best.IsInverted));
                index.Find(Bank.Uploads, QueryOf(centre), maxDistance, index.Version, kernel)
                    .Select(found => (found.Id, found.Distance, found.Turn, found.Evidence!.IsInverted)).ShouldBe(expected);
            }
        }
    }

    [Fact]
    public void A_bank_of_more_than_a_large_page_equals_brute_force()
    {
        var random = new Random(9);
        var (centre, bank, expected) = (RandomSign(random), new SignBank(), new List<SignHit>());
        for (var row = 0; row < HashPlane.ChunkRows + 1003; row++)
        {
            var code = row % 997 == 0 || row > HashPlane.ChunkRows + 990 ? Near(RandomTurn(centre, random), random.Next(80), random) : RandomSign(random);
            bank.Add(code, row, null);
            if (centre.NearestTo(code) is var (distance, turn, inverted) && distance <= 56) expected.Add(new SignHit(row, null, distance, turn, inverted));
        }
        expected.Count.ShouldBeGreaterThan(50);
        foreach (var kernel in Enum.GetValues<ScanKernel>().Where(HammingScan.IsSupported))
        {
            var hits = new List<SignHit>();
            bank.Search(centre, 56, 56, int.MaxValue, kernel, hits);
            hits.ShouldBe(expected);
        }
    }

    [Fact]
    public void A_region_of_the_upload_is_found_and_said_to_be_a_part_of_it()
    {
        var random = new Random(1);
        var (hash, whole) = (RandomSign(random), RandomSign(random));
        var index = IndexOf(Log(Signed(Work("w", "author", RandomHash(random)), hash))).For("t");
        var query = QueryOf(whole) with { Features = new FeatureSet(whole, [new HashedArea(new Area(0.25, 0.1, 0.5, 0.8), Near(hash, 7, random), false)]) };
        var found = index.Find(Bank.Works, query, 31, 1).ShouldHaveSingleItem();
        found.Evidence!.Class.ShouldBe(MatchClass.Composite);
        found.Evidence.UploadPercent.ShouldBe(40);
        found.Evidence.UploadArea.ShouldBe([new(0.25, 0.1), new(0.75, 0.1), new(0.75, 0.9), new(0.25, 0.9)]);
        found.Evidence.ReferencePercent.ShouldBe(100);
    }

    [Fact]
    public void The_trimmed_rectangle_stands_for_a_reference_and_its_other_regions_do_not()
    {
        var random = new Random(2);
        var (whole, inner, part) = (RandomSign(random), RandomSign(random), RandomSign(random));
        var work = Work("w", "author", RandomHash(random)) with
        {
            Features = new PictureFeatures(FeatureSet.Algorithm, Text(whole),
                [new PictureRegion(0.1, 0.1, 0.8, 0.8, Text(inner), true), new PictureRegion(0.1, 0.1, 0.4, 0.8, Text(part), false)], null),
        };
        var index = IndexOf(Log(work)).For("t");
        var found = index.Find(Bank.Works, QueryOf(inner), 31, 1).ShouldHaveSingleItem();
        (found.Evidence!.Class, found.Evidence.ReferencePercent).ShouldBe((MatchClass.Crop, 64));
        index.Find(Bank.Works, QueryOf(part), 31, 1).ShouldBeEmpty();
    }

    [Fact]
    public void The_closest_of_several_hashes_of_a_picture_counts_and_it_is_listed_once()
    {
        var random = new Random(3);
        var hash = RandomSign(random);
        var index = IndexOf(Log(Signed(Upload("1", "a", RandomHash(random)), hash))).For("t");
        var query = QueryOf(Near(hash, 12, random)) with
        {
            Features = new FeatureSet(Near(hash, 12, random), [new HashedArea(new Area(0, 0, 1, 0.95), hash, true)]),
        };
        index.Find(Bank.Uploads, query, 31, 1).ShouldHaveSingleItem().Distance.ShouldBe(0);
    }

    [Fact]
    public void Pictures_without_sign_hashes_are_compared_by_pdq_both_ways()
    {
        var random = new Random(4);
        var (pdq, sign) = (RandomHash(random), RandomSign(random));
        var signed = IndexOf(Log(Signed(Upload("new", "a", pdq), sign), Upload("old", "a", pdq))).For("t");
        signed.Find(Bank.Uploads, new PictureQuery([pdq], 100, null, null), 31, 2).Select(found => found.Id).ShouldBe(["new", "old"]);
        var query = new PictureQuery([pdq], 100, new FeatureSet(RandomSign(random), []), null);
        signed.Find(Bank.Uploads, query, 31, 2).Select(found => found.Id).ShouldBe(["old"], "two pictures with sign hashes are compared by these alone");
    }

    [Fact]
    public void Withdrawn_and_later_pictures_are_not_found()
    {
        var random = new Random(6);
        var hash = RandomSign(random);
        var index = IndexOf(Log(Signed(Upload("1", "a", RandomHash(random)), hash), Signed(Upload("2", "a", RandomHash(random)), hash), new PictureWithdrawn("1", "a", Noon))).For("t");
        Found(0).ShouldBeEmpty();
        Found(1).ShouldBe(["1"]);
        Found(2).ShouldBe(["1", "2"]);
        Found(3).ShouldBe(["2"]);

        IEnumerable<string> Found(long asOf) => index.Find(Bank.Uploads, QueryOf(hash), 31, asOf).Select(found => found.Id);
    }

    [Fact]
    public void The_same_bytes_are_exact()
    {
        var hash = RandomSign(new Random(7));
        var index = IndexOf(Log(Signed(Upload("1", "a", RandomHash(new Random(8))), hash))).For("t");
        index.Find(Bank.Uploads, QueryOf(hash) with { Sha256 = "5a" }, 31, 1)[0].Evidence!.Class.ShouldBe(MatchClass.Exact);
        index.Find(Bank.Uploads, QueryOf(hash) with { Sha256 = "5b" }, 31, 1)[0].Evidence!.Class.ShouldBe(MatchClass.NearExact);
    }

    [Fact]
    public void Exchanging_the_roles_twice_gives_the_same_evidence()
    {
        var evidence = new Evidence("eye/1", MatchClass.Composite, false, [new(0, 0)], [new(1, 1)], 40, 100, 3, null, null, null);
        evidence.Swapped().ShouldBe(evidence with { Class = MatchClass.Crop, UploadArea = evidence.ReferenceArea, ReferenceArea = evidence.UploadArea, UploadPercent = 100, ReferencePercent = 40 });
        evidence.Swapped().Swapped().ShouldBe(evidence);
    }

    private static FingerprintRecorded Signed(FingerprintRecorded picture, SignHash hash) =>
        picture with { Features = new PictureFeatures(FeatureSet.Algorithm, Text(hash), [], null) };

    private static PictureQuery QueryOf(SignHash hash) => new([default], 100, new FeatureSet(hash, []), null);

    private static (int Distance, Orientation Turn, bool IsInverted) BruteForce(SignHash query, SignHash code) =>
        new[] { false, true }.SelectMany(inverted => Enum.GetValues<Orientation>().Select(turn => (
                Distance: Bits(Turned(inverted ? Negative(query) : query, turn)).DistanceTo(Bits(code)), Turn: turn, IsInverted: inverted)))
            .MinBy(candidate => candidate.Distance);
}
