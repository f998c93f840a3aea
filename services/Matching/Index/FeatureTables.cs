using System.Numerics;
using System.Runtime.Intrinsics.X86;

namespace ImageRights.Matching.Index;

/// <summary>Locality-sensitive hashing of descriptors: a table looks at 16 bits of a descriptor and so puts it into one of 65,536 buckets; alike descriptors often share one.</summary>
internal static class FeatureTables
{
    /// <summary>Tables that a feature stands in.</summary>
    public const int Count = 6;

    /// <summary>Bits of a descriptor that a table looks at.</summary>
    public const int Bits = 16;

    /// <summary>A bucket that holds more features describes what is in every picture and is passed over.</summary>
    public const int LongestBucket = 96;

    // Many tests come out the same in nearly every picture, and many as others do: buckets by such are few and full, and full ones are passed over. These are drawn from the 128
    // tests that come out most evenly, one after the other, each the one of 24 that depends least on those before it; counted over 171,000 features of photographs.
    private static readonly Descriptor[] Choice =
    [
        new(0x000020012000001C, 0x0000050000004100, 0x0000000000000010, 0x0008800A40000000),
        new(0x0000000210000210, 0x0005180A00000000, 0x8100000000000010, 0x0000820200000000),
        new(0x0800030014000008, 0x0401000000000090, 0x4800000220000008, 0x0000200000000000),
        new(0x0000000030000029, 0x0000080000000000, 0x0900004300001000, 0x0001040200000001),
        new(0x4000805000000000, 0x0000000000000000, 0x0800400004000008, 0x0405800240010010),
        new(0x0000005008040000, 0x0000000000004000, 0x0000001020040008, 0x00420000400C0300),
    ];

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
}
