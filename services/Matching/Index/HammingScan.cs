using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ImageRights.Matching.Index;

/// <summary>Instructions that a scan uses; all give the same answer.</summary>
public enum ScanKernel
{
    /// <summary>One code after the other with the processor's population count.</summary>
    Scalar,

    /// <summary>AVX2: four codes at once.</summary>
    Vector256,

    /// <summary>AVX-512BW: eight codes at once.</summary>
    Vector512,
}

/// <summary>Finds the blocks of eight codes of which one lies within a distance of any of the query's hashes. Exact: it compares every code.</summary>
/// <remarks>
/// Codes lie word by word, eight to a block: words A and B of the block in <c>front</c> (16 numbers), C and D in <c>back</c>. Half of a distance is a lower bound of it,
/// and unrelated pictures differ by about 64 of the front's 128 bits; so nearly every block is done with after its front, and <c>back</c> is seldom read at all.
/// .NET 10 has no VPOPCNTDQ intrinsic: bits are counted by nibble with vpshufb and added up with vpsadbw (Muła, Kurz, Lemire, arXiv 1611.07612).
/// </remarks>
public static class HammingScan
{
    /// <summary>Codes in a block.</summary>
    public const int Lanes = 8;

    /// <summary>Numbers in a block of one half.</summary>
    public const int Stride = 2 * Lanes;

    /// <summary>The widest kernel that this processor has.</summary>
    public static readonly ScanKernel Fastest =
        Avx512BW.IsSupported ? ScanKernel.Vector512 : Avx2.IsSupported ? ScanKernel.Vector256 : ScanKernel.Scalar;

    /// <summary>Adds to <paramref name="blocks"/> the number of each block that holds a code within <paramref name="maxDistance"/>, ascending.</summary>
    /// <param name="kernel">Instructions; must be supported.</param>
    /// <param name="front">Words A and B.</param>
    /// <param name="back">Words C and D, as long as <paramref name="front"/>.</param>
    /// <param name="query">One hash or several.</param>
    /// <param name="maxDistance">Largest distance, 0 to 256.</param>
    /// <param name="blocks">Result.</param>
    public static void FindBlocks(
        ScanKernel kernel, ReadOnlySpan<ulong> front, ReadOnlySpan<ulong> back, ReadOnlySpan<PdqHash> query, int maxDistance, List<int> blocks)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(back.Length, front.Length);
        var count = front.Length / Stride;
        switch (kernel)
        {
            case ScanKernel.Vector512: Find512(front, back, query, maxDistance, count, blocks); break;
            case ScanKernel.Vector256: Find256(front, back, query, maxDistance, count, blocks); break;
            case ScanKernel.Scalar: FindScalar(front, back, query, maxDistance, count, blocks); break;
        }
    }

    private static void FindScalar(ReadOnlySpan<ulong> front, ReadOnlySpan<ulong> back, ReadOnlySpan<PdqHash> query, int maxDistance, int count, List<int> blocks)
    {
        for (var block = 0; block < count; block++)
        {
            if (HasNear(front.Slice(block * Stride, Stride), back.Slice(block * Stride, Stride), query)) blocks.Add(block);
        }

        bool HasNear(ReadOnlySpan<ulong> ab, ReadOnlySpan<ulong> cd, ReadOnlySpan<PdqHash> hashes)
        {
            foreach (ref readonly var hash in hashes)
            {
                for (var lane = 0; lane < Lanes; lane++)
                {
                    var distance = BitOperations.PopCount(ab[lane] ^ hash.A) + BitOperations.PopCount(ab[Lanes + lane] ^ hash.B);
                    if (distance > maxDistance) continue;
                    distance += BitOperations.PopCount(cd[lane] ^ hash.C) + BitOperations.PopCount(cd[Lanes + lane] ^ hash.D);
                    if (distance <= maxDistance) return true;
                }
            }
            return false;
        }
    }

    private static void Find256(ReadOnlySpan<ulong> front, ReadOnlySpan<ulong> back, ReadOnlySpan<PdqHash> query, int maxDistance, int count, List<int> blocks)
    {
        ref var ab = ref MemoryMarshal.GetReference(front);
        ref var cd = ref MemoryMarshal.GetReference(back);
        var limit = Vector256.Create((ulong)maxDistance);
        for (var block = 0; block < count; block++)
        {
            for (var half = 0; half < 2; half++)
            {
                var at = (nuint)(block * Stride + half * 4);
                var a = Vector256.LoadUnsafe(ref ab, at);
                var b = Vector256.LoadUnsafe(ref ab, at + Lanes);
                var least = Vector256<ulong>.AllBitsSet;
                foreach (ref readonly var hash in query)
                    least = Vector256.Min(least, Sum256(BitCounts256(a ^ Vector256.Create(hash.A)) + BitCounts256(b ^ Vector256.Create(hash.B))));
                if (!Vector256.LessThanOrEqualAny(least, limit)) continue;
                var c = Vector256.LoadUnsafe(ref cd, at);
                var d = Vector256.LoadUnsafe(ref cd, at + Lanes);
                least = Vector256<ulong>.AllBitsSet;
                foreach (ref readonly var hash in query)
                {
                    least = Vector256.Min(least, Sum256(
                        BitCounts256(a ^ Vector256.Create(hash.A)) + BitCounts256(b ^ Vector256.Create(hash.B)) +
                        BitCounts256(c ^ Vector256.Create(hash.C)) + BitCounts256(d ^ Vector256.Create(hash.D))));
                }
                if (!Vector256.LessThanOrEqualAny(least, limit)) continue;
                blocks.Add(block);
                break;
            }
        }
    }

    private static void Find512(ReadOnlySpan<ulong> front, ReadOnlySpan<ulong> back, ReadOnlySpan<PdqHash> query, int maxDistance, int count, List<int> blocks)
    {
        ref var ab = ref MemoryMarshal.GetReference(front);
        ref var cd = ref MemoryMarshal.GetReference(back);
        var limit = Vector512.Create((ulong)maxDistance);
        for (var block = 0; block < count; block++)
        {
            var at = (nuint)(block * Stride);
            var a = Vector512.LoadUnsafe(ref ab, at);
            var b = Vector512.LoadUnsafe(ref ab, at + Lanes);
            var least = Vector512<ulong>.AllBitsSet;
            foreach (ref readonly var hash in query)
                least = Vector512.Min(least, Sum512(BitCounts512(a ^ Vector512.Create(hash.A)) + BitCounts512(b ^ Vector512.Create(hash.B))));
            if (!Vector512.LessThanOrEqualAny(least, limit)) continue;
            var c = Vector512.LoadUnsafe(ref cd, at);
            var d = Vector512.LoadUnsafe(ref cd, at + Lanes);
            least = Vector512<ulong>.AllBitsSet;
            foreach (ref readonly var hash in query)
            {
                least = Vector512.Min(least, Sum512(
                    BitCounts512(a ^ Vector512.Create(hash.A)) + BitCounts512(b ^ Vector512.Create(hash.B)) +
                    BitCounts512(c ^ Vector512.Create(hash.C)) + BitCounts512(d ^ Vector512.Create(hash.D))));
            }
            if (Vector512.LessThanOrEqualAny(least, limit)) blocks.Add(block);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> BitCounts256(Vector256<ulong> bits)
    {
        var ofNibble = Vector256.Create(Vector128.Create((byte)0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
        var low = Vector256.Create((byte)0x0F);
        return Avx2.Shuffle(ofNibble, bits.AsByte() & low) + Avx2.Shuffle(ofNibble, (bits >>> 4).AsByte() & low);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> BitCounts512(Vector512<ulong> bits)
    {
        var ofNibble = Vector512.Create(Vector256.Create(Vector128.Create((byte)0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4)));
        var low = Vector512.Create((byte)0x0F);
        return Avx512BW.Shuffle(ofNibble, bits.AsByte() & low) + Avx512BW.Shuffle(ofNibble, (bits >>> 4).AsByte() & low);
    }

    // A byte holds at most 4 x 8 = 32, so the eight bytes of a lane add up without overflow.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Sum256(Vector256<byte> counts) => Avx2.SumAbsoluteDifferences(counts, Vector256<byte>.Zero).AsUInt64();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Sum512(Vector512<byte> counts) => Avx512BW.SumAbsoluteDifferences(counts, Vector512<byte>.Zero).AsUInt64();
}
