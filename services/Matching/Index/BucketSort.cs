using System.Runtime.CompilerServices;

namespace ImageRights.Matching.Index;

/// <summary>Sorts the features of pictures into the buckets of all tables.</summary>
/// <remarks>By the upper bits of the bucket first and then by the lower ones of each part, so that places that are written in no order lie in the processor's cache: there are
/// millions of features, and a place in memory takes longer to reach than everything else. Each step keeps the order, so that features of a bucket stay in the order of the pictures.
/// The methods that loop over all features run once in a start, and are compiled for it at once.</remarks>
internal sealed class BucketSort
{
    // A part of 65,536 pictures, 8 bytes a feature, is 64 KB.
    private const int LowerBits = 13;

    private readonly IReadOnlyList<LocalFeatures> pictures;
    private readonly int bits;
    private readonly Room room;
    private readonly int[][] parts;
    private readonly BucketTable.Builder table;

    /// <summary>Finds the buckets.</summary>
    /// <param name="pictures">In order.</param>
    /// <param name="bits">Bits of a bucket's number.</param>
    /// <param name="most">So many of a bucket are kept, the first.</param>
    /// <param name="room">Where to sort.</param>
    public BucketSort(IReadOnlyList<LocalFeatures> pictures, int bits, int most, Room room)
    {
        (this.pictures, this.bits, this.room) = (pictures, bits, room);
        var features = pictures.Sum(FeatureBuckets.CountOf);
        room.Make(features);
        parts = [.. Enumerable.Range(0, FeatureTables.Count).Select(_ => new int[1 << bits - LowerBits])];
        table = new BucketTable.Builder(1 << bits, features, most, room.Numbers);
        FindBuckets();
    }

    /// <summary>The features of a table, packed.</summary>
    public BucketTable Lay(int number)
    {
        SortIntoParts(room.Buckets[number], parts[number], room.Sorted);
        // Each part has run up to the begin of the next.
        var begin = 0;
        foreach (var end in parts[number])
        {
            AddPart(room.Sorted.AsSpan(begin..end));
            begin = end;
        }
        return table.Build();
    }

    // Notes the buckets of each feature, and where the parts of the tables begin. Features are read once for all tables.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FindBuckets()
    {
        var at = 0;
        var buckets = room.Buckets;
        var tables = FeatureTables.LookingAt(bits);
        foreach (var picture in pictures)
        {
            var descriptors = picture.Descriptors;
            var count = FeatureBuckets.CountOf(picture);
            for (var feature = 0; feature < count; feature++, at++)
            {
                var descriptor = descriptors[feature];
                for (var number = 0; number < tables.Length; number++)
                {
                    var bucket = tables[number].BucketOf(descriptor);
                    parts[number][bucket >> LowerBits]++;
                    buckets[number][at] = bucket;
                }
            }
        }
        foreach (var starts in parts)
        {
            var begin = 0;
            foreach (ref var start in starts.AsSpan()) (start, begin) = (begin, begin + start);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SortIntoParts(int[] buckets, int[] starts, ulong[] sorted)
    {
        var at = 0;
        for (var picture = 0; picture < pictures.Count; picture++)
        {
            var count = FeatureBuckets.CountOf(pictures[picture]);
            for (var feature = 0; feature < count; feature++)
            {
                var bucket = buckets[at++];
                sorted[starts[bucket >> LowerBits]++] = (ulong)bucket << 32 | (uint)(picture << FeatureBuckets.FeatureBits | feature);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddPart(ReadOnlySpan<ulong> part)
    {
        const int lower = (1 << LowerBits) - 1;
        Span<int> counts = stackalloc int[1 << LowerBits];
        counts.Clear();
        foreach (var feature in part) counts[(int)(feature >> 32) & lower]++;
        table.Add(counts);
        foreach (var feature in part) table.Put((int)(feature >> 32) & lower, (uint)feature);
    }

    /// <summary>Memory to sort in, which one sort after the other may use: what the system gives, it clears first.</summary>
    public sealed class Room
    {
        /// <summary>By table, the buckets of all features.</summary>
        public int[][] Buckets { get; private set; } = [.. Enumerable.Repeat<int[]>([], FeatureTables.Count)];

        /// <summary>Buckets with their features.</summary>
        public ulong[] Sorted { get; private set; } = [];

        /// <summary>Bytes of a table.</summary>
        public byte[] Numbers { get; private set; } = [];

        /// <summary>Makes it large enough.</summary>
        public void Make(int features)
        {
            if (features <= Sorted.Length) return;
            Buckets = [.. Buckets.Select(_ => LargePages.Allocate<int>(features))];
            (Sorted, Numbers) = (LargePages.Allocate<ulong>(features), LargePages.Allocate<byte>(features * BucketTable.NumberBytes));
        }
    }
}
