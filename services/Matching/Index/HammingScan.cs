using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace ImageRights.Matching.Index;

/// <summary>Instructions that a scan uses; all give the same answer.</summary>
public enum ScanKernel
{
    /// <summary>One code after the other with the processor's population count.</summary>
    Scalar,

    /// <summary>NEON or SSSE3: two codes at once.</summary>
    Vector128,

    /// <summary>AVX2: four codes at once.</summary>
    Vector256,

    /// <summary>AVX-512BW: eight codes at once.</summary>
    Vector512,
}

/// <summary>Finds the blocks of eight codes of which one lies within a distance of any of the query's hashes. Exact: it compares every code.</summary>
/// <remarks>
/// Codes lie word by word, eight to a block: words A and B of the block in <c>front</c> (16 numbers), C and D in <c>back</c>. Half of a distance is a lower bound of it,
/// and unrelated pictures differ by about 64 of the front's 128 bits; so nearly every block is done with after its front, and <c>back</c> is seldom read at all.
/// </remarks>
public static class HammingScan
{
    /// <summary>Codes in a block.</summary>
    public const int Lanes = 8;

    /// <summary>Numbers in a block of one half.</summary>
    public const int Stride = 2 * Lanes;

    /// <summary>The widest kernel that this processor has.</summary>
    public static readonly ScanKernel Fastest = Enum.GetValues<ScanKernel>().Where(IsSupported).Max();

    /// <summary>Whether this processor has the kernel's instructions.</summary>
    public static bool IsSupported(ScanKernel kernel) => kernel switch
    {
        ScanKernel.Vector512 => Avx512BW.IsSupported,
        ScanKernel.Vector256 => Avx2.IsSupported,
        ScanKernel.Vector128 => Two.IsSupported,
        ScanKernel.Scalar => true,
    };

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
        switch (kernel)
        {
            case ScanKernel.Vector512: FindBlocks<Eight>(front, back, query, maxDistance, blocks); break;
            case ScanKernel.Vector256: FindBlocks<Four>(front, back, query, maxDistance, blocks); break;
            case ScanKernel.Vector128: FindBlocks<Two>(front, back, query, maxDistance, blocks); break;
            case ScanKernel.Scalar: FindBlocks<One>(front, back, query, maxDistance, blocks); break;
        }
    }

    private static void FindBlocks<TLanes>(ReadOnlySpan<ulong> front, ReadOnlySpan<ulong> back, ReadOnlySpan<PdqHash> query, int maxDistance, List<int> blocks)
        where TLanes : struct, ILanes<TLanes>
    {
        ref var ab = ref MemoryMarshal.GetReference(front);
        ref var cd = ref MemoryMarshal.GetReference(back);
        var limit = TLanes.Repeat(maxDistance);
        for (var block = 0; block < front.Length / Stride; block++)
        {
            for (var lane = 0; lane < Lanes; lane += TLanes.Width)
            {
                var at = (nuint)(block * Stride + lane);
                var (a, b) = (TLanes.Load(in ab, at), TLanes.Load(in ab, at + Lanes));
                var least = TLanes.Repeat(int.MaxValue);
                foreach (ref readonly var hash in query) least = TLanes.Min(least, TLanes.CountBits(a ^ Repeat(hash.A), b ^ Repeat(hash.B)));
                if (!TLanes.AnyAtMost(least, limit)) continue;
                var (c, d) = (TLanes.Load(in cd, at), TLanes.Load(in cd, at + Lanes));
                least = TLanes.Repeat(int.MaxValue);
                foreach (ref readonly var hash in query)
                    least = TLanes.Min(least, TLanes.CountBits(a ^ Repeat(hash.A), b ^ Repeat(hash.B), c ^ Repeat(hash.C), d ^ Repeat(hash.D)));
                if (!TLanes.AnyAtMost(least, limit)) continue;
                blocks.Add(block);
                break;
            }
        }

        static TLanes Repeat(ulong word) => TLanes.Repeat((long)word);
    }
}
