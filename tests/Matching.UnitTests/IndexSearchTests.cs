using System.Reflection;
using System.Text.Json;
using ImageRights.Matching.Index;
using ImageRights.Matching.Screening;
using static ImageRights.Matching.UnitTests.Pictures;

namespace ImageRights.Matching.UnitTests;

/// <summary>The index answers as a comparison of every pair would.</summary>
public class IndexSearchTests
{
    public static TheoryData<ScanKernel, int> KernelsAndSizes()
    {
        var data = new TheoryData<ScanKernel, int>();
        foreach (var kernel in Enum.GetValues<ScanKernel>().Where(HammingScan.IsSupported))
        {
            // Around the borders of a block of 8 and of a chunk of 2,048.
            foreach (var size in new[] { 0, 1, 7, 8, 9, 2047, 2048, 2049, 6000 }) data.Add(kernel, size);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(KernelsAndSizes))]
    public void Every_kernel_equals_brute_force_on_random_codes(ScanKernel kernel, int size)
    {
        var random = new Random(size + 17);
        var codes = Enumerable.Range(0, size).Select(_ => RandomHash(random)).ToArray();
        ShouldEqualBruteForce(kernel, codes, [.. Queries(codes, random)]);
    }

    [Theory]
    [MemberData(nameof(KernelsAndSizes))]
    public void Every_kernel_equals_brute_force_on_clustered_codes(ScanKernel kernel, int size)
    {
        var random = new Random(size + 71);
        var centres = Enumerable.Range(0, 20).Select(_ => RandomHash(random)).ToArray();
        var codes = Enumerable.Range(0, size).Select(_ => Near(centres[random.Next(centres.Length)], random.Next(0, 60), random)).ToArray();
        ShouldEqualBruteForce(kernel, codes, [.. Queries(centres, random)]);
    }

    [Fact]
    public void The_threshold_is_met_at_the_bit()
    {
        var hash = RandomHash(new Random(5));
        var index = IndexOf(Log(Upload("at", "a", Off(hash, 31)), Upload("beyond", "a", Off(hash, 32)))).For("t");
        index.Search(Bank.Uploads, [hash], 31, index.Version).Select(found => (found.Id, found.Distance)).ShouldBe([("at", 31)]);
        index.Search(Bank.Uploads, [hash], 256, index.Version).Count.ShouldBe(2);
        index.Search(Bank.Uploads, [hash], 0, index.Version).ShouldBeEmpty();
    }

    [Fact]
    public void Differences_in_the_last_words_alone_are_counted()
    {
        var hash = RandomHash(new Random(6));
        var index = IndexOf(Log(Upload("near", "a", Flip(hash, Enumerable.Range(200, 31))), Upload("far", "a", Flip(hash, Enumerable.Range(200, 32))))).For("t");
        foreach (var kernel in Enum.GetValues<ScanKernel>().Where(HammingScan.IsSupported))
            index.Search(Bank.Uploads, [hash], 31, index.Version, kernel).Select(found => found.Id).ShouldBe(["near"]);
    }

    [Fact]
    public void A_turned_or_mirrored_copy_is_found_with_the_way_it_was_turned()
    {
        // Hashes of real photographs of one bridge, turned and mirrored by the files' names.
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("ImageRights.Matching.UnitTests.Samples.turned-bridges.json")!;
        var pictures = JsonDocument.Parse(stream).RootElement.GetProperty("pictures").EnumerateArray()
            .Select(picture => picture.GetProperty("dihedrals").EnumerateArray().Select(hash => PdqHash.Parse(hash.GetString()!)).ToArray()).ToArray();
        pictures.Length.ShouldBe(8);
        for (var turned = 0; turned < 8; turned++)
        {
            var (original, copy) = (Work("w", "author", pictures[0][0], turned: pictures[0]), Upload("i", "seller", pictures[turned][0], turned: pictures[turned]));

            var works = IndexOf(Log(original)).For("t").Search(Bank.Works, Hashes(copy), 31, 1);
            var (verdict, matches) = Judgement.Judge("seller", Noon, works, [], (_, _, _) => null);
            verdict.ShouldBe(Verdict.Match);
            matches.ShouldHaveSingleItem().Transform.ShouldBe((Orientation)turned, "a new upload against a work");

            var uploads = IndexOf(Log(copy)).For("t").Search(Bank.Uploads, Hashes(original), 31, 1);
            Judgement.JudgeWork(original, [], uploads, (_, _, _) => null, new Thresholds("pdq/1", 31, 50, 1), Noon)
                .Copies.ShouldHaveSingleItem().Transform.ShouldBe((Orientation)turned, "a new work against an upload");
        }
    }

    [Fact]
    public void Of_equally_close_orientations_the_first_is_named()
    {
        var hash = RandomHash(new Random(7));
        var index = IndexOf(Log(Upload("i", "a", hash))).For("t");
        var query = Enumerable.Repeat(Off(hash, 3), 8).ToArray();
        index.Search(Bank.Uploads, query, 31, 1).ShouldHaveSingleItem().Turn.ShouldBe(Orientation.Original);
    }

    private static void ShouldEqualBruteForce(ScanKernel kernel, PdqHash[] codes, PdqHash[][] queries)
    {
        var index = IndexOf(Log(codes.Select((code, number) => Upload($"img_{number}", $"account {number % 7}", code)))).For("t");
        foreach (var query in queries)
        {
            foreach (var maxDistance in new[] { 0, 31, 60, 128 })
            {
                var expected = codes
                    .Select((code, number) => (Number: number, Best: query.Select((hash, turn) => (Distance: hash.DistanceTo(code), Turn: turn)).Min()))
                    .Where(pair => pair.Best.Distance <= maxDistance)
                    .Select(pair => ($"img_{pair.Number}", $"account {pair.Number % 7}", pair.Best.Distance, (Orientation)pair.Best.Turn));
                index.Search(Bank.Uploads, query, maxDistance, index.Version, kernel)
                    .Select(found => (found.Id, found.AccountId, found.Distance, found.Turn)).ShouldBe(expected);
            }
        }
    }

    private static IEnumerable<PdqHash[]> Queries(PdqHash[] near, Random random)
    {
        yield return [RandomHash(random)];
        for (var query = 0; query < 4; query++)
        {
            yield return
            [
                .. Enumerable.Range(0, query == 0 ? 1 : 8).Select(_ => near.Length == 0 || random.Next(3) == 0
                    ? RandomHash(random)
                    : Near(near[random.Next(near.Length)], random.Next(0, 40), random)),
            ];
        }
    }

    private static PdqHash Near(PdqHash hash, int flips, Random random) => Flip(hash, Enumerable.Range(0, flips).Select(_ => random.Next(256)).Distinct());
}
