using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ImageRights.Matching.Index;

/// <summary>Finds the blocks of eight sign hashes of which one lies within a distance of any orientation of a picture or of its negative. Exact: it drops only what it can rule out.</summary>
/// <remarks>
/// Words lie eight to a block: OddOdd and EvenEven in <c>front</c>, EvenOdd and OddEven in <c>back</c>. No mirroring touches OddOdd, and the best that mirroring can do for EvenEven is
/// the smaller of its count and 64 less that; their sum bounds all four mirrorings from below. For unrelated pictures it is near 60, so at 31 bits <c>back</c> is seldom read.
/// A turned picture is asked for by its transpose. Bits are counted as in <see cref="HammingScan"/>.
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
        var count = front.Length / Stride;
        switch (kernel)
        {
            case ScanKernel.Vector512: Find512(front, back, queries, maxDistance, maxInverted, count, blocks); break;
            case ScanKernel.Vector256: Find256(front, back, queries, maxDistance, maxInverted, count, blocks); break;
            case ScanKernel.Scalar: FindScalar(front, back, queries, maxDistance, maxInverted, count, blocks); break;
        }
    }

    private static void FindScalar(ReadOnlySpan<ulong> front, ReadOnlySpan<ulong> back, ReadOnlySpan<SignHash> queries, long maxDistance, long maxInverted, int count, List<int> blocks)
    {
        for (var block = 0; block < count; block++)
        {
            if (HasNear(front.Slice(block * Stride, Stride), back.Slice(block * Stride, Stride), queries)) blocks.Add(block);
        }

        bool HasNear(ReadOnlySpan<ulong> oe, ReadOnlySpan<ulong> mn, ReadOnlySpan<SignHash> hashes)
        {
            foreach (ref readonly var hash in hashes)
            {
                for (var lane = 0; lane < Lanes; lane++)
                {
                    var o = BitOperations.PopCount(oe[lane] ^ hash.OddOdd);
                    var e = BitOperations.PopCount(oe[Lanes + lane] ^ hash.EvenEven);
                    var least = Math.Min(e, 64 - e);
                    if (o + least > maxDistance && 64 - o + least > maxInverted) continue;
                    var m = BitOperations.PopCount(mn[lane] ^ hash.EvenOdd);
                    var n = BitOperations.PopCount(mn[Lanes + lane] ^ hash.OddEven);
                    var (least3, most3) = Extremes(e, m, n);
                    if (o + least3 <= maxDistance || 256 - o - most3 <= maxInverted) return true;
                }
            }
            return false;
        }

        static (int Least, int Most) Extremes(int e, int m, int n)
        {
            var (a, b, c, d) = (e + m + n, 128 - e - m + n, 128 - e + m - n, 128 + e - m - n);
            return (Math.Min(Math.Min(a, b), Math.Min(c, d)), Math.Max(Math.Max(a, b), Math.Max(c, d)));
        }
    }

    private static void Find256(ReadOnlySpan<ulong> front, ReadOnlySpan<ulong> back, ReadOnlySpan<SignHash> queries, long maxDistance, long maxInverted, int count, List<int> blocks)
    {
        ref var oe = ref MemoryMarshal.GetReference(front);
        ref var mn = ref MemoryMarshal.GetReference(back);
        var (limit, inverted) = (Vector256.Create(maxDistance), Vector256.Create(maxInverted));
        var (word, half) = (Vector256.Create(64L), Vector256.Create(128L));
        for (var block = 0; block < count; block++)
        {
            var near = false;
            for (var part = 0; part < 2 && !near; part++)
            {
                var at = (nuint)(block * Stride + part * 4);
                var (os, es) = (Vector256.LoadUnsafe(ref oe, at), Vector256.LoadUnsafe(ref oe, at + Lanes));
                foreach (ref readonly var hash in queries)
                {
                    var o = Count256(os ^ Vector256.Create(hash.OddOdd));
                    var e = Count256(es ^ Vector256.Create(hash.EvenEven));
                    var least = Vector256.Min(e, word - e);
                    if (!Vector256.LessThanOrEqualAny(o + least, limit) && !Vector256.LessThanOrEqualAny(word - o + least, inverted)) continue;
                    var m = Count256(Vector256.LoadUnsafe(ref mn, at) ^ Vector256.Create(hash.EvenOdd));
                    var n = Count256(Vector256.LoadUnsafe(ref mn, at + Lanes) ^ Vector256.Create(hash.OddEven));
                    var (a, b, c, d) = (e + m + n, half - e - m + n, half - e + m - n, half + e - m - n);
                    near |= Vector256.LessThanOrEqualAny(o + Vector256.Min(Vector256.Min(a, b), Vector256.Min(c, d)), limit)
                        || Vector256.LessThanOrEqualAny(half + half - o - Vector256.Max(Vector256.Max(a, b), Vector256.Max(c, d)), inverted);
                }
            }
            if (near) blocks.Add(block);
        }
    }

    private static void Find512(ReadOnlySpan<ulong> front, ReadOnlySpan<ulong> back, ReadOnlySpan<SignHash> queries, long maxDistance, long maxInverted, int count, List<int> blocks)
    {
        ref var oe = ref MemoryMarshal.GetReference(front);
        ref var mn = ref MemoryMarshal.GetReference(back);
        var (limit, inverted) = (Vector512.Create(maxDistance), Vector512.Create(maxInverted));
        var (word, half) = (Vector512.Create(64L), Vector512.Create(128L));
        for (var block = 0; block < count; block++)
        {
            var at = (nuint)(block * Stride);
            var (os, es) = (Vector512.LoadUnsafe(ref oe, at), Vector512.LoadUnsafe(ref oe, at + Lanes));
            var near = false;
            foreach (ref readonly var hash in queries)
            {
                var o = Count512(os ^ Vector512.Create(hash.OddOdd));
                var e = Count512(es ^ Vector512.Create(hash.EvenEven));
                var least = Vector512.Min(e, word - e);
                if (!Vector512.LessThanOrEqualAny(o + least, limit) && !Vector512.LessThanOrEqualAny(word - o + least, inverted)) continue;
                var m = Count512(Vector512.LoadUnsafe(ref mn, at) ^ Vector512.Create(hash.EvenOdd));
                var n = Count512(Vector512.LoadUnsafe(ref mn, at + Lanes) ^ Vector512.Create(hash.OddEven));
                var (a, b, c, d) = (e + m + n, half - e - m + n, half - e + m - n, half + e - m - n);
                near |= Vector512.LessThanOrEqualAny(o + Vector512.Min(Vector512.Min(a, b), Vector512.Min(c, d)), limit)
                    || Vector512.LessThanOrEqualAny(half + half - o - Vector512.Max(Vector512.Max(a, b), Vector512.Max(c, d)), inverted);
            }
            if (near) blocks.Add(block);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<long> Count256(Vector256<ulong> bits)
    {
        var ofNibble = Vector256.Create(Vector128.Create((byte)0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
        var low = Vector256.Create((byte)0x0F);
        return Avx2.SumAbsoluteDifferences(
            Avx2.Shuffle(ofNibble, bits.AsByte() & low) + Avx2.Shuffle(ofNibble, (bits >>> 4).AsByte() & low), Vector256<byte>.Zero).AsInt64();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<long> Count512(Vector512<ulong> bits)
    {
        var ofNibble = Vector512.Create(Vector256.Create(Vector128.Create((byte)0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4)));
        var low = Vector512.Create((byte)0x0F);
        return Avx512BW.SumAbsoluteDifferences(
            Avx512BW.Shuffle(ofNibble, bits.AsByte() & low) + Avx512BW.Shuffle(ofNibble, (bits >>> 4).AsByte() & low), Vector512<byte>.Zero).AsInt64();
    }
}
