using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace ImageRights.Matching.Index;

/// <summary>The features of a full table of <see cref="FeatureTables"/>, by bucket and in order within a bucket, in few bits each. Nothing in it changes.</summary>
/// <remarks>
/// As P. Elias (1974) and R. Fano (1971) write sorted numbers: the lower bits as they are; of what lies above only by how much it grows from one to the next, a zero for each step and then a one.
/// The bits of a bucket begin where its number and that of the features before it tell.
/// </remarks>
internal sealed class BucketTable
{
    // Steps that the numbers of a bucket can take above their lower bits.
    private const int Steps = 16;
    private const int WordBits = 64;

    // Where every 32nd bucket begins, and how far from there each does.
    private const int Group = 32;

    private readonly int lowBits;
    private readonly int[] groups;
    private readonly ushort[] starts;
    private readonly byte[] low;
    private readonly ulong[] high;

    /// <summary>Packs a table.</summary>
    /// <param name="ends">Where each bucket ends, which begins where the one before ends.</param>
    /// <param name="features">Numbers of features, growing within a bucket.</param>
    /// <param name="lowBits">Bits of a number that are written as they are; at most 4 more has the largest.</param>
    /// <param name="most">So many of a bucket are kept, the first; at most 2,047, which 16 bits number in 32 buckets.</param>
    public BucketTable(ReadOnlySpan<int> ends, ReadOnlySpan<uint> features, int lowBits, int most)
    {
        (this.lowBits, groups, starts) = (lowBits, new int[ends.Length / Group + 1], new ushort[ends.Length + 1]);
        for (var bucket = 0; bucket <= ends.Length; bucket++)
        {
            if (bucket % Group == 0) groups[bucket / Group] = Length;
            starts[bucket] = (ushort)(Length - groups[bucket / Group]);
            if (bucket < ends.Length) Length += Math.Min(ends[bucket] - BeginOf(bucket, ends), most);
        }
        // A number is read with all that lie in eight bytes.
        low = LargePages.Allocate<byte>((int)((long)Length * lowBits / 8) + sizeof(ulong));
        high = LargePages.Allocate<ulong>((Length + Steps * ends.Length) / WordBits + 1);
        Array.Clear(high);
        var (at, word, filled, written) = (0, 0UL, 0, 0);
        for (var bucket = 0; bucket < ends.Length; bucket++)
        {
            foreach (var feature in features.Slice(BeginOf(bucket, ends), LengthOf(bucket)))
            {
                var bit = Steps * bucket + at++ + (int)(feature >> lowBits);
                high[bit / WordBits] |= 1UL << bit;
                var lowest = (ulong)(feature & (1u << lowBits) - 1);
                word |= lowest << filled;
                if ((filled += lowBits) < WordBits) continue;
                filled -= WordBits;
                BinaryPrimitives.WriteUInt64LittleEndian(low.AsSpan(written), word);
                (word, written) = (lowest >> lowBits - filled, written + sizeof(ulong));
            }
        }
        BinaryPrimitives.WriteUInt64LittleEndian(low.AsSpan(written), word);

        static int BeginOf(int bucket, ReadOnlySpan<int> ends) => bucket == 0 ? 0 : ends[bucket - 1];
    }

    /// <summary>How many features there are.</summary>
    public int Length { get; }

    /// <summary>How many features lie in a bucket.</summary>
    public int LengthOf(int bucket) => StartOf(bucket + 1) - StartOf(bucket);

    /// <summary>Reads as many of a bucket's features as there is room for; the bucket must have them.</summary>
    public void Read(int bucket, Span<uint> features)
    {
        var first = StartOf(bucket);
        var bit = first + Steps * bucket;
        var (word, left, next) = (high[bit / WordBits] >> bit, WordBits - bit % WordBits, bit / WordBits + 1);
        var (above, place, mask) = (0u, (long)first * lowBits, (1u << lowBits) - 1);
        for (var at = 0; at < features.Length; at++, place += lowBits)
        {
            while (word == 0)
            {
                above += (uint)left;
                (word, left) = (high[next++], WordBits);
            }
            var steps = BitOperations.TrailingZeroCount(word);
            above += (uint)steps;
            // In two, for a shift by all of them would be none.
            word = word >> steps >> 1;
            left -= steps + 1;
            features[at] = above << lowBits | (uint)(BinaryPrimitives.ReadUInt64LittleEndian(low.AsSpan((int)(place / 8))) >> (int)(place % 8)) & mask;
        }
    }

    /// <summary>Asks the memory for what tells where a bucket is.</summary>
    public void FetchStart(int bucket) => Prefetch.Of(ref starts[bucket]);

    /// <summary>Asks the memory for what lies in a bucket.</summary>
    public void Fetch(int bucket)
    {
        var at = StartOf(bucket);
        Prefetch.Of(ref high[(at + Steps * bucket) / WordBits]);
        Prefetch.Of(ref low[(int)((long)at * lowBits / 8)]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int StartOf(int bucket) => groups[bucket / Group] + starts[bucket];
}
