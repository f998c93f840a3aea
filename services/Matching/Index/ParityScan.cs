using System.Runtime.CompilerServices;
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

    // 4 KB: what the memory needs to answer is read meanwhile.
    private const int Ahead = 512;

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
        var (plain, turned) = (new Words<TLanes>(queries[0]), new Words<TLanes>(queries[1]));
        var (limit, inverted, word) = (TLanes.Repeat(maxDistance), TLanes.Repeat(maxInverted), TLanes.Repeat(64));
        var wasRead = false;
        for (var block = 0; block < front.Length / Stride; block++)
        {
            // Where the back of one block had to be read, that of the next will be.
            var ahead = Math.Min(block * Stride + Ahead, front.Length - Stride);
            Fetch(ref Unsafe.Add(ref oe, ahead));
            if (wasRead) Fetch(ref Unsafe.Add(ref mn, ahead));
            wasRead = false;
            var near = false;
            for (var lane = 0; lane < Lanes && !near; lane += TLanes.Width)
            {
                var at = (nuint)(block * Stride + lane);
                var (os, es) = (TLanes.Load(in oe, at), TLanes.Load(in oe, at + Lanes));
                var (o, e) = (TLanes.CountBits(os ^ plain.O), TLanes.CountBits(es ^ plain.E));
                var (turnedO, turnedE) = (TLanes.CountBits(os ^ turned.O), TLanes.CountBits(es ^ turned.E));
                var (least, turnedLeast) = (TLanes.Min(e, word - e), TLanes.Min(turnedE, word - turnedE));
                if (!TLanes.AnyAtMost(TLanes.Min(o + least, turnedO + turnedLeast), limit)
                    && (maxInverted < 0 || !TLanes.AnyAtMost(word - TLanes.Max(o - least, turnedO - turnedLeast), inverted))) continue;
                wasRead = true;
                var (ms, ns) = (TLanes.Load(in mn, at), TLanes.Load(in mn, at + Lanes));
                near = plain.IsNear(o, e, ms, ns, limit, inverted) || turned.IsNear(turnedO, turnedE, ms, ns, limit, inverted);
            }
            if (near) blocks.Add(block);
        }

        static void Fetch(ref ulong words)
        {
            Prefetch.Of(ref words);
            Prefetch.Of(ref Unsafe.Add(ref words, Lanes));
        }
    }

    // A query's words, each as often as there are lanes.
    private readonly struct Words<TLanes>(SignHash hash) where TLanes : struct, ILanes<TLanes>
    {
        public readonly TLanes O = TLanes.Repeat((long)hash.OddOdd), E = TLanes.Repeat((long)hash.EvenEven);
        private readonly TLanes m = TLanes.Repeat((long)hash.EvenOdd), n = TLanes.Repeat((long)hash.OddEven), half = TLanes.Repeat(128);

        // Whether a mirroring lies within the limit, given the counts of the front.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool IsNear(TLanes o, TLanes e, TLanes ms, TLanes ns, TLanes limit, TLanes inverted)
        {
            var (first, second) = (TLanes.CountBits(ms ^ m), TLanes.CountBits(ns ^ n));
            var (sum, difference) = (first + second, first - second);
            var (a, b, c, d) = (e + sum, half - e - difference, half - e + difference, half + e - sum);
            return TLanes.AnyAtMost(o + TLanes.Min(TLanes.Min(a, b), TLanes.Min(c, d)), limit)
                || TLanes.AnyAtMost(half + half - o - TLanes.Max(TLanes.Max(a, b), TLanes.Max(c, d)), inverted);
        }
    }
}
