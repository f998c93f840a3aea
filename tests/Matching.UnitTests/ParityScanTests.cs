using ImageRights.Matching.Index;
using ImageRights.Matching.Screening;
using static ImageRights.Matching.UnitTests.Signs;

namespace ImageRights.Matching.UnitTests;

/// <summary>Hashes that are counted bit by bit, many at once, are found as if each was compared by itself.</summary>
public class ParityScanTests
{
    private const int Codes = 3 * ParityScan.BlockRows;

    // Every width, also those that this processor does in parts.
    public static TheoryData<ScanKernel> Kernels() => [.. Enum.GetValues<ScanKernel>()];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void What_is_within_a_distance_is_found_at_every_distance(ScanKernel kernel)
    {
        var random = new Random(31);
        foreach (var query in (SignHash[])[RandomSign(random), RandomSign(random), Symmetric(RandomSign(random)), default, new(ulong.MaxValue, 0, ulong.MaxValue, 0)])
        {
            var codes = Enumerable.Range(0, Codes).Select(number => number % 3 == 0 ? RandomSign(random) : Near(RandomTurn(query, random), random.Next(130), random)).ToArray();
            var (front, back) = Laid(codes);
            var turns = Turns(query);
            var distances = codes.Select(code => turns.ConvertAll(turn => turn.DistanceTo(Bits(code)))).ToArray();
            foreach (var (distance, inverted) in (ReadOnlySpan<(int, int)>)[(0, -1), (0, 0), (31, -1), (31, 31), (41, 41), (42, -1), (56, 31), (56, 56), (90, 20), (128, -1), (127, 128), (200, 150), (0, 256), (256, -1)])
            {
                var found = new List<int>();
                new ParityScan(query, distance, inverted).Find(kernel, front, back, found);
                found.ShouldBe(Enumerable.Range(0, Codes).Where(number => distances[number].Exists(each => each <= distance || 256 - each <= inverted)), $"{distance} and {inverted} from {query}");
            }
        }
    }

    [Fact]
    public void The_last_bit_counts()
    {
        var random = new Random(32);
        var query = RandomSign(random);
        for (var distance = 0; distance <= 64; distance++)
        {
            var code = Near(RandomTurn(query, random), distance, random);
            var exact = Turns(query).Min(turn => turn.DistanceTo(Bits(code)));
            var (front, back) = Laid([.. Enumerable.Repeat(code, ParityScan.BlockRows)]);
            FoundWithin(exact).ShouldBe(ParityScan.BlockRows);
            if (exact > 0) FoundWithin(exact - 1).ShouldBe(0);

            int FoundWithin(int maxDistance)
            {
                var found = new List<int>();
                new ParityScan(query, maxDistance, -1).Find(HammingScan.Fastest, front, back, found);
                return found.Count;
            }
        }
    }

    [Fact]
    public void A_hash_is_read_as_it_was_written_and_leaves_the_others_as_they_were()
    {
        var random = new Random(33);
        var codes = Enumerable.Range(0, Codes).Select(_ => RandomSign(random)).ToArray();
        var (front, back) = Laid(codes);
        codes[700] = RandomSign(random);
        ParityScan.Write(front, back, 700, codes[700]);
        Enumerable.Range(0, Codes).Select(number => ParityScan.Read(front, back, number)).ShouldBe(codes);
    }

    private static (ulong[] Front, ulong[] Back) Laid(SignHash[] codes)
    {
        var (front, back) = (new ulong[codes.Length / ParityScan.BlockRows * ParityScan.Stride], new ulong[codes.Length / ParityScan.BlockRows * ParityScan.Stride]);
        foreach (var (number, code) in codes.Index()) ParityScan.Write(front, back, number, code);
        return (front, back);
    }

    // Its own transpose: there is no plane where the two differ.
    private static SignHash Symmetric(SignHash hash)
    {
        var turned = hash.Transposed();
        return new(hash.EvenEven & turned.EvenEven, hash.EvenOdd, turned.OddEven, hash.OddOdd | turned.OddOdd);
    }

    private static List<PdqHash> Turns(SignHash query) => [.. Enum.GetValues<Orientation>().Select(turn => Bits(Turned(query, turn)))];
}
