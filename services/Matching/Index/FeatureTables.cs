using System.Numerics;
using System.Runtime.Intrinsics.X86;

namespace ImageRights.Matching.Index;

/// <summary>Locality-sensitive hashing of descriptors: a table looks at 16 bits of a descriptor and so puts it into one of 65,536 buckets; alike descriptors often share one.</summary>
internal static class FeatureTables
{
    /// <summary>Tables that a feature stands in.</summary>
    public const int Count = 8;

    /// <summary>Bits of a descriptor that a table looks at.</summary>
    public const int Bits = 16;

    /// <summary>A bucket that holds more features describes what is in every picture and is passed over.</summary>
    public const int LongestBucket = 150;

    private static readonly Descriptor[] Choice = [.. Enumerable.Range(0, Count).Select(ChooseBits)];

    /// <summary>Where the descriptor lies in a table.</summary>
    public static int BucketOf(in Descriptor descriptor, int table)
    {
        ref readonly var choice = ref Choice[table];
        var bucket = Extract(descriptor.A, choice.A);
        bucket = bucket << BitOperations.PopCount(choice.B) | Extract(descriptor.B, choice.B);
        bucket = bucket << BitOperations.PopCount(choice.C) | Extract(descriptor.C, choice.C);
        return (int)(bucket << BitOperations.PopCount(choice.D) | Extract(descriptor.D, choice.D));
    }

    // The chosen bits of a word, side by side.
    private static ulong Extract(ulong word, ulong choice)
    {
        if (Bmi2.X64.IsSupported) return Bmi2.X64.ParallelBitExtract(word, choice);
        var (bits, at) = (0UL, 0);
        for (; choice != 0; choice &= choice - 1) bits |= (word >> BitOperations.TrailingZeroCount(choice) & 1) << at++;
        return bits;
    }

    private static Descriptor ChooseBits(int table)
    {
        // The tables are drawn one after the other.
        var state = 0x2545F4914F6CDD1DUL;
        Span<ulong> chosen = stackalloc ulong[4];
        for (var drawn = 0; drawn <= table; drawn++)
        {
            chosen.Clear();
            for (var taken = 0; taken < Bits;)
            {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                var bit = (byte)(state >> 32);
                if ((chosen[bit >> 6] >> (bit & 63) & 1) != 0) continue;
                chosen[bit >> 6] |= 1UL << (bit & 63);
                taken++;
            }
        }
        return new Descriptor(chosen[0], chosen[1], chosen[2], chosen[3]);
    }
}
