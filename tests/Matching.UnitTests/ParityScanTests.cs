using System.Numerics;
using ImageRights.Matching.Index;

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
        foreach (var query in (SignHash[])[Draw(random), Draw(random), Symmetric(Draw(random)), default, new(ulong.MaxValue, 0, ulong.MaxValue, 0)])
        {
            var codes = Enumerable.Range(0, Codes).Select(number => number % 3 == 0 ? Draw(random) : Near(query, random.Next(130), random)).ToArray();
            var (front, back) = Laid(codes);
            foreach (var (distance, inverted) in (ReadOnlySpan<(int, int)>)[(0, -1), (0, 0), (31, -1), (31, 31), (41, 41), (42, -1), (56, 31), (56, 56), (90, 20), (128, -1), (127, 128), (200, 150), (0, 256), (256, -1)])
            {
                var found = new List<int>();
                new ParityScan(query, distance, inverted).Find(kernel, front, back, found);
                found.ShouldBe(Enumerable.Range(0, Codes).Where(number => Distances(query, codes[number]).Any(each => each <= distance || 256 - each <= inverted)), $"{distance} and {inverted} from {query}");
            }
        }
    }

    [Fact]
    public void The_last_bit_counts()
    {
        var random = new Random(32);
        var query = Draw(random);
        for (var distance = 0; distance <= 64; distance++)
        {
            var code = Near(query, distance, random);
            var exact = Distances(query, code).Min();
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
        var codes = Enumerable.Range(0, Codes).Select(_ => Draw(random)).ToArray();
        var (front, back) = Laid(codes);
        codes[700] = Draw(random);
        ParityScan.Write(front, back, 700, codes[700]);
        Enumerable.Range(0, Codes).Select(number => ParityScan.Read(front, back, number)).ShouldBe(codes);
    }

    private static (ulong[] Front, ulong[] Back) Laid(SignHash[] codes)
    {
        var (front, back) = (new ulong[codes.Length / ParityScan.BlockRows * ParityScan.Stride], new ulong[codes.Length / ParityScan.BlockRows * ParityScan.Stride]);
        foreach (var (number, code) in codes.Index()) ParityScan.Write(front, back, number, code);
        return (front, back);
    }

    private static SignHash Draw(Random random) => new((ulong)random.NextInt64(long.MinValue, long.MaxValue), (ulong)random.NextInt64(long.MinValue, long.MaxValue), (ulong)random.NextInt64(long.MinValue, long.MaxValue), (ulong)random.NextInt64(long.MinValue, long.MaxValue));

    // Its own transpose: there is no plane where the two differ.
    private static SignHash Symmetric(SignHash hash)
    {
        var turned = hash.Transposed();
        return new(hash.EvenEven & turned.EvenEven, hash.EvenOdd, turned.OddEven, hash.OddOdd | turned.OddOdd);
    }

    private static SignHash Near(SignHash query, int flips, Random random)
    {
        var turns = Turns(query).ToArray();
        var turn = turns[random.Next(turns.Length)];
        if (random.Next(4) == 0) turn = new(~turn.EvenEven, ~turn.EvenOdd, ~turn.OddEven, ~turn.OddOdd);
        ulong[] words = [turn.EvenEven, turn.EvenOdd, turn.OddEven, turn.OddOdd];
        for (; flips > 0; flips--) words[random.Next(4)] ^= 1UL << random.Next(64);
        return new(words[0], words[1], words[2], words[3]);
    }

    private static IEnumerable<int> Distances(SignHash query, SignHash code) => Turns(query).Select(turn =>
        BitOperations.PopCount(turn.EvenEven ^ code.EvenEven) + BitOperations.PopCount(turn.EvenOdd ^ code.EvenOdd) + BitOperations.PopCount(turn.OddEven ^ code.OddEven) + BitOperations.PopCount(turn.OddOdd ^ code.OddOdd));

    // All eight orientations, as SignHash says what mirroring and transposing do.
    private static IEnumerable<SignHash> Turns(SignHash query) => new[] { query, query.Transposed() }.SelectMany(hash => new SignHash[]
    {
        hash, new(~hash.EvenEven, ~hash.EvenOdd, hash.OddEven, hash.OddOdd), new(~hash.EvenEven, hash.EvenOdd, ~hash.OddEven, hash.OddOdd), new(hash.EvenEven, ~hash.EvenOdd, ~hash.OddEven, hash.OddOdd),
    });
}
