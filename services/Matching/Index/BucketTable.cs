using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.Intrinsics.X86;

namespace ImageRights.Matching.Index;

/// <summary>The features of a full table of <see cref="FeatureTables"/>, by bucket and in order within a bucket. Nothing in it changes.</summary>
/// <remarks>How many lie in each bucket is written as so many ones and a zero behind them, as P. Elias (1974) and R. Fano (1971) do: a bucket begins where its number and that of the features before it
/// tell. There are about as many buckets as features, so that this takes two or three bits a feature.</remarks>
internal sealed class BucketTable
{
    private const int WordBits = 64;
    private const int NumberBytes = 3;

    // How many features lie before every 32nd bucket is kept, and the zeros are counted from there.
    private const int Group = 32;

    private readonly int[] groups;
    private readonly ulong[] marks;
    private readonly byte[] numbers;

    /// <summary>Packs a table.</summary>
    /// <param name="ends">Where each bucket ends, which begins where the one before ends.</param>
    /// <param name="features">Numbers of features, of 24 bits, growing within a bucket.</param>
    /// <param name="most">So many of a bucket are kept, the first.</param>
    public BucketTable(ReadOnlySpan<int> ends, ReadOnlySpan<uint> features, int most)
    {
        var begin = 0;
        foreach (var end in ends)
        {
            Length += Math.Min(end - begin, most);
            begin = end;
        }
        (groups, marks) = (new int[ends.Length / Group + 1], LargePages.Allocate<ulong>((Length + ends.Length) / WordBits + 1));
        // A number is read with the byte behind it.
        numbers = LargePages.Allocate<byte>(Length * NumberBytes + 1);
        Array.Clear(marks);
        (begin, var written) = (0, 0);
        for (var bucket = 0; bucket < ends.Length; bucket++)
        {
            if (bucket % Group == 0) groups[bucket / Group] = written;
            if (begin == ends[bucket]) continue;
            var kept = features[begin..Math.Min(begin + most, ends[bucket])];
            begin = ends[bucket];
            foreach (var feature in kept)
            {
                marks[(bucket + written) / WordBits] |= 1UL << bucket + written;
                BinaryPrimitives.WriteUInt16LittleEndian(numbers.AsSpan(written * NumberBytes), (ushort)feature);
                numbers[written++ * NumberBytes + 2] = (byte)(feature >> 16);
            }
        }
    }

    /// <summary>How many features there are.</summary>
    public int Length { get; }

    /// <summary>Which features lie in a bucket, to be <see cref="Read"/>.</summary>
    public Range Of(int bucket)
    {
        var group = bucket / Group;
        var begin = Behind(groups[group] + group * Group, bucket % Group);
        return (begin - bucket)..(Behind(begin, 1) - 1 - bucket);
    }

    /// <summary>Reads features, as many as there is room for, from the first of a bucket on.</summary>
    public void Read(int first, Span<uint> features)
    {
        var place = numbers.AsSpan(first * NumberBytes, features.Length * NumberBytes + 1);
        for (var at = 0; at < features.Length; at++) features[at] = BinaryPrimitives.ReadUInt32LittleEndian(place[(at * NumberBytes)..]) & (1 << 8 * NumberBytes) - 1;
    }

    /// <summary>Asks the memory for what tells where the marks of a bucket are.</summary>
    public void FetchGroup(int bucket) => Prefetch.Of(ref groups[bucket / Group]);

    /// <summary>Asks the memory for the marks of a bucket.</summary>
    public void FetchMarks(int bucket) => Prefetch.Of(ref marks[(groups[bucket / Group] + bucket) / WordBits]);

    /// <summary>Asks the memory for what lies in a bucket.</summary>
    public void Fetch(int bucket) => Prefetch.Of(ref numbers[Of(bucket).Start.Value * NumberBytes]);

    // The place behind so many zeros.
    private int Behind(int bit, int zeros)
    {
        if (zeros == 0) return bit;
        var (at, word) = (bit / WordBits, ~marks[bit / WordBits] >> bit << bit);
        for (int passed; (passed = BitOperations.PopCount(word)) < zeros; zeros -= passed) word = ~marks[++at];
        return at * WordBits + PlaceOf(word, zeros) + 1;
    }

    // Where a word has its so manieth one.
    private static int PlaceOf(ulong word, int one)
    {
        if (Bmi2.X64.IsSupported) return BitOperations.TrailingZeroCount(Bmi2.X64.ParallelBitDeposit(1UL << one - 1, word));
        while (--one > 0) word &= word - 1;
        return BitOperations.TrailingZeroCount(word);
    }
}
