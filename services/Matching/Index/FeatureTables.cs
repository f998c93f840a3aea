using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace ImageRights.Matching.Index;

/// <summary>Locality-sensitive hashing of descriptors: a table looks at some bits of a descriptor and so puts it into a bucket; alike descriptors often share one. The more pictures there are, the more
/// bits are looked at, so that buckets stay as long (an LSH forest: M. Bawa, T. Condie, P. Ganesan, WWW 2005).</summary>
internal static class FeatureTables
{
    /// <summary>Tables that a feature stands in.</summary>
    public const int Count = 4;

    /// <summary>Bits of a descriptor that a table looks at among few pictures.</summary>
    public const int LeastBits = 16;

    /// <summary>Bits that it looks at among as many as a segment may have.</summary>
    public const int MostBits = 24;

    /// <summary>So many pictures are few.</summary>
    public const int FewPictures = 256;

    /// <summary>A bucket that holds more features describes what is in every picture and is passed over.</summary>
    public const int LongestBucket = 32;

    // Many tests come out the same in nearly every picture, and many as others do: buckets by such are few and full, and full ones are passed over. These are drawn from the 128
    // tests that come out most evenly, one after the other, each the one of 24 that depends least on those before it; counted over 171,000 features of photographs.
    private static readonly Descriptor[] Choice =
    [
        new(0x000020012000001C, 0x0000050000004100, 0x0000000000000010, 0x0008800A40000000),
        new(0x0000000210000210, 0x0005180A00000000, 0x8100000000000010, 0x0000820200000000),
        new(0x0800030014000008, 0x0401000000000090, 0x4800000220000008, 0x0000200000000000),
        new(0x0000000030000029, 0x0000080000000000, 0x0900004300001000, 0x0001040200000001),
    ];

    // What is looked at besides, where there are more pictures: each the one that parts most what those before it leave together.
    private static readonly Descriptor[] Further =
    [
        new(0x0000001008000000, 0x0001004000000000, 0x0000801000000008, 0x0002000000000000),
        new(0x0000000000000000, 0x8800000000000000, 0x0000020000040008, 0x0000000840000010),
        new(0x0000004000000000, 0x0008000A40000000, 0x0000000000000000, 0x8000000800000020),
        new(0x0000800000000000, 0x0002800800000020, 0x0000000000000000, 0x0800100800000000),
    ];

    /// <summary>Bits that are looked at among so many pictures: one more among twice as many.</summary>
    public static int BitsAmong(int pictures) => pictures <= FewPictures ? LeastBits : LeastBits + 1 + BitOperations.Log2((uint)(pictures - 1) / FewPictures);

    /// <summary>The tables, where they look at so many bits.</summary>
    public static Table[] LookingAt(int bits) => [.. Enumerable.Range(0, Count).Select(number => new Table(number, bits))];

    /// <summary>Which bits they look at: tables that look at others are others.</summary>
    public static ReadOnlySpan<byte> Bits => MemoryMarshal.AsBytes<Descriptor>((Descriptor[])[.. Choice, .. Further]);

    /// <summary>A table that looks at so many bits: the first of all.</summary>
    public readonly struct Table
    {
        private readonly Descriptor choice, further;
        private readonly (byte A, byte B, byte C, byte D) choiceAt, furtherAt;
        private readonly int dropped;

        public Table(int number, int bits)
        {
            (choice, further, dropped) = (Choice[number], Further[number], MostBits - bits);
            furtherAt = PlacesOf(further, 0);
            choiceAt = PlacesOf(choice, furtherAt.A + BitOperations.PopCount(further.A));
        }

        /// <summary>Where the descriptor lies.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int BucketOf(in Descriptor descriptor) => (int)((
            Extract(descriptor.A, choice.A) << choiceAt.A | Extract(descriptor.B, choice.B) << choiceAt.B | Extract(descriptor.C, choice.C) << choiceAt.C | Extract(descriptor.D, choice.D) << choiceAt.D
            | Extract(descriptor.A, further.A) << furtherAt.A | Extract(descriptor.B, further.B) << furtherAt.B | Extract(descriptor.C, further.C) << furtherAt.C | Extract(descriptor.D, further.D) << furtherAt.D)
            >> dropped);

        // Where the bits of each word begin, those of the last one lowest.
        private static (byte A, byte B, byte C, byte D) PlacesOf(in Descriptor choice, int last)
        {
            var third = last + BitOperations.PopCount(choice.D);
            var second = third + BitOperations.PopCount(choice.C);
            return ((byte)(second + BitOperations.PopCount(choice.B)), (byte)second, (byte)third, (byte)last);
        }
    }

    // The chosen bits of a word, side by side.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Extract(ulong word, ulong choice)
    {
        if (Bmi2.X64.IsSupported) return Bmi2.X64.ParallelBitExtract(word, choice);
        var (bits, at) = (0UL, 0);
        for (; choice != 0; choice &= choice - 1) bits |= (word >> BitOperations.TrailingZeroCount(choice) & 1) << at++;
        return bits;
    }
}
