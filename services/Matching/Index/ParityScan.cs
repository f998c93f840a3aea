using System.Runtime.InteropServices;

namespace ImageRights.Matching.Index;

/// <summary>Finds the blocks of eight sign hashes of which one lies within a distance of any orientation of a picture or of its negative. Exact: it drops only what it can rule out.</summary>
/// <remarks>
/// Words lie eight to a block: OddOdd and EvenEven in <c>front</c>, EvenOdd and OddEven in <c>back</c>. No mirroring touches OddOdd, and the best that mirroring can do for EvenEven is
/// the smaller of its count and 64 less that; their sum bounds all four mirrorings from below. For unrelated pictures it is near 60, so at 31 bits <c>back</c> is seldom read.
/// A turned picture is asked for by its transpose.
/// </remarks>
public static class ParityScan
{
    private const int Lanes = HammingScan.Lanes;
    private const int Stride = HammingScan.Stride;

    /// <summary>Adds to <paramref name="blocks"/> the number of each block that holds such a code, ascending.</summary>
    /// <param name="kernel">Instructions; must be supported.</param>
    /// <param name="front">Words OddOdd and EvenEven.</param>
    /// <param name="back">Words EvenOdd and OddEven, as long as <paramref name="front"/>.</param>
    /// <param name="query">The picture as it is.</param>
    /// <param name="maxDistance">Largest distance of the picture, 0 to 256.</param>
    /// <param name="maxInverted">Largest distance of its negative; -1: none is looked for.</param>
    /// <param name="blocks">Result.</param>
    public static void FindBlocks(ScanKernel kernel, ReadOnlySpan<ulong> front, ReadOnlySpan<ulong> back, SignHash query, int maxDistance, int maxInverted, List<int> blocks)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(back.Length, front.Length);
        ReadOnlySpan<SignHash> queries = [query, query.Transposed()];
        switch (kernel)
        {
            case ScanKernel.Vector512: FindBlocks<Eight>(front, back, queries, maxDistance, maxInverted, blocks); break;
            case ScanKernel.Vector256: FindBlocks<Four>(front, back, queries, maxDistance, maxInverted, blocks); break;
            case ScanKernel.Vector128: FindBlocks<Two>(front, back, queries, maxDistance, maxInverted, blocks); break;
            case ScanKernel.Scalar: FindBlocks<One>(front, back, queries, maxDistance, maxInverted, blocks); break;
        }
    }

    private static void FindBlocks<TLanes>(ReadOnlySpan<ulong> front, ReadOnlySpan<ulong> back, ReadOnlySpan<SignHash> queries, int maxDistance, int maxInverted, List<int> blocks)
        where TLanes : struct, ILanes<TLanes>
    {
        ref var oe = ref MemoryMarshal.GetReference(front);
        ref var mn = ref MemoryMarshal.GetReference(back);
        var (limit, inverted) = (TLanes.Repeat(maxDistance), TLanes.Repeat(maxInverted));
        var (word, half) = (TLanes.Repeat(64), TLanes.Repeat(128));
        for (var block = 0; block < front.Length / Stride; block++)
        {
            var near = false;
            for (var lane = 0; lane < Lanes && !near; lane += TLanes.Width)
            {
                var at = (nuint)(block * Stride + lane);
                var (os, es) = (TLanes.Load(in oe, at), TLanes.Load(in oe, at + Lanes));
                foreach (ref readonly var hash in queries)
                {
                    var o = TLanes.CountBits(os ^ Repeat(hash.OddOdd));
                    var e = TLanes.CountBits(es ^ Repeat(hash.EvenEven));
                    var least = TLanes.Min(e, word - e);
                    if (!TLanes.AnyAtMost(o + least, limit) && !TLanes.AnyAtMost(word - o + least, inverted)) continue;
                    var m = TLanes.CountBits(TLanes.Load(in mn, at) ^ Repeat(hash.EvenOdd));
                    var n = TLanes.CountBits(TLanes.Load(in mn, at + Lanes) ^ Repeat(hash.OddEven));
                    var (a, b, c, d) = (e + m + n, half - e - m + n, half - e + m - n, half + e - m - n);
                    near |= TLanes.AnyAtMost(o + TLanes.Min(TLanes.Min(a, b), TLanes.Min(c, d)), limit)
                        || TLanes.AnyAtMost(half + half - o - TLanes.Max(TLanes.Max(a, b), TLanes.Max(c, d)), inverted);
                }
            }
            if (near) blocks.Add(block);
        }

        static TLanes Repeat(ulong word) => TLanes.Repeat((long)word);
    }
}
