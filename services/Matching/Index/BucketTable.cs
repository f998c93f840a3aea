using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace ImageRights.Matching.Index;

/// <summary>The features of a full table of <see cref="FeatureTables"/>, by bucket and in order within a bucket. Nothing in it changes.</summary>
/// <remarks>How many lie in each bucket is written as so many ones and a zero behind them, as P. Elias (1974) and R. Fano (1971) do: a bucket begins where its number and that of the features before it
/// tell. There are about as many buckets as features, so that this takes two or three bits a feature.</remarks>
internal sealed class BucketTable
{
    /// <summary>Bytes of a feature's number.</summary>
    public const int NumberBytes = 3;

    private const int WordBits = 64;

    // How many features lie before every 32nd bucket is kept, and the zeros are counted from there.
    private const int Group = 32;

    private readonly int[] groups;
    private readonly ulong[] marks;
    private readonly byte[] numbers;

    /// <summary>A table of so many features, whose <see cref="Visit">parts</see> are to be filled.</summary>
    /// <param name="buckets">Its buckets.</param>
    public BucketTable(int buckets, int length)
    {
        Length = length;
        // A number is read with the byte behind it.
        (groups, marks, numbers) = (new int[buckets / Group + 1], LargePages.Allocate<ulong>((length + buckets) / WordBits + 1), LargePages.Allocate<byte>(length * NumberBytes + 1));
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

    /// <summary>Shows the memory that it is in, part by part, to be written down or read again: in the machine's own order of bytes.</summary>
    public void Visit(Action<Span<byte>> visit)
    {
        visit(MemoryMarshal.AsBytes(groups.AsSpan()));
        visit(MemoryMarshal.AsBytes(marks.AsSpan()));
        visit(numbers);
    }

    /// <summary>Bytes of all parts together.</summary>
    public static long BytesOf(int buckets, int length) => (buckets / Group + 1) * (long)sizeof(int) + ((length + (long)buckets) / WordBits + 1) * sizeof(ulong) + length * (long)NumberBytes + 1;

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

    /// <summary>Packs tables, one after the other.</summary>
    /// <param name="buckets">Buckets of a table.</param>
    /// <param name="features">A table has no more.</param>
    /// <param name="most">So many of a bucket are kept, the first.</param>
    /// <param name="numbers">Room for the numbers of so many features.</param>
    public sealed class Builder(int buckets, int features, int most, byte[] numbers)
    {
        private readonly ulong[] marks = new ulong[(features + buckets) / WordBits + 1];
        private readonly int[] groups = new int[buckets / Group + 1];
        private (int Next, int End)[] places = [];
        private int bucket, written;

        /// <summary>Adds the next buckets, whose features are <see cref="Put"/> before others are added.</summary>
        /// <param name="counts">How many features lie in each.</param>
        public void Add(ReadOnlySpan<int> counts)
        {
            if (places.Length < counts.Length) places = new (int, int)[counts.Length];
            for (var number = 0; number < counts.Length; number++, bucket++)
            {
                if (bucket % Group == 0) groups[bucket / Group] = written;
                var kept = Math.Min(counts[number], most);
                places[number] = (written, written + kept);
                Mark(bucket + written, kept);
                written += kept;
            }
        }

        /// <summary>Puts a feature behind those of its bucket.</summary>
        /// <param name="number">Of the bucket among those that were added last.</param>
        /// <param name="feature">A number of 24 bits, above those that lie in the bucket.</param>
        public void Put(int number, uint feature)
        {
            ref var place = ref places[number];
            if (place.Next == place.End) return;
            var at = numbers.AsSpan(place.Next++ * NumberBytes, NumberBytes);
            BinaryPrimitives.WriteUInt16LittleEndian(at, (ushort)feature);
            at[2] = (byte)(feature >> 16);
        }

        /// <summary>The table. The next one begins.</summary>
        public BucketTable Build()
        {
            var table = new BucketTable(bucket, written);
            groups.CopyTo(table.groups, 0);
            marks.AsSpan(0, table.marks.Length).CopyTo(table.marks);
            numbers.AsSpan(0, written * NumberBytes).CopyTo(table.numbers);
            Array.Clear(marks);
            (bucket, written) = (0, 0);
            return table;
        }

        private void Mark(int at, int ones)
        {
            while (ones > 0)
            {
                var here = Math.Min(ones, WordBits - at % WordBits);
                marks[at / WordBits] |= ulong.MaxValue >> WordBits - here << at % WordBits;
                (at, ones) = (at + here, ones - here);
            }
        }
    }
}
