using System.Buffers;

namespace ImageRights.Matching.Index;

/// <summary>Sorts the features of pictures into the buckets of a table.</summary>
/// <remarks>By the upper bits of the bucket first and then by the lower ones of each part, so that places that are written in no order lie in the processor's cache: there are
/// millions of features, and a place in memory takes longer to reach than everything else. Each step keeps the order, so that features of a bucket stay in the order of the pictures.</remarks>
internal sealed class BucketSort : IDisposable
{
    // A part of 65,536 pictures, 8 bytes a feature, is 32 KB.
    private const int LowerBits = 12;

    private readonly IReadOnlyList<LocalFeatures> pictures;
    private readonly int bits;
    private readonly int[] counts, ends, buckets;
    private readonly ulong[] parts;
    private readonly uint[] sorted;

    /// <summary>Makes room for the features.</summary>
    /// <param name="pictures">In order.</param>
    /// <param name="bits">Bits of a bucket's number.</param>
    public BucketSort(IReadOnlyList<LocalFeatures> pictures, int bits)
    {
        (this.pictures, this.bits) = (pictures, bits);
        (counts, ends) = ([.. pictures.Select(FeatureBuckets.CountOf)], ArrayPool<int>.Shared.Rent(1 << bits));
        var features = counts.Sum();
        (buckets, parts, sorted) = (ArrayPool<int>.Shared.Rent(features), ArrayPool<ulong>.Shared.Rent(features), ArrayPool<uint>.Shared.Rent(features));
    }

    /// <summary>The features of a table, packed.</summary>
    /// <param name="most">So many of a bucket are kept, the first.</param>
    public BucketTable Lay(int table, int most)
    {
        var starts = FindBuckets(table);
        SortIntoParts(starts);
        // Each part has run up to the begin of the next.
        for (var part = 0; part < starts.Length; part++) SortPart(part, part == 0 ? 0 : starts[part - 1], starts[part]);
        return new BucketTable(ends.AsSpan(0, 1 << bits), sorted, most);
    }

    public void Dispose()
    {
        ArrayPool<int>.Shared.Return(ends);
        ArrayPool<int>.Shared.Return(buckets);
        ArrayPool<ulong>.Shared.Return(parts);
        ArrayPool<uint>.Shared.Return(sorted);
    }

    // Notes the bucket of each feature, and gives where each part begins.
    private int[] FindBuckets(int table)
    {
        var (starts, at) = (new int[1 << bits - LowerBits], 0);
        for (var picture = 0; picture < counts.Length; picture++)
        {
            var descriptors = pictures[picture].Descriptors;
            for (var feature = 0; feature < counts[picture]; feature++)
            {
                var bucket = FeatureTables.BucketOf(descriptors[feature], table, bits);
                starts[bucket >> LowerBits]++;
                buckets[at++] = bucket;
            }
        }
        var begin = 0;
        foreach (ref var start in starts.AsSpan()) (start, begin) = (begin, begin + start);
        return starts;
    }

    private void SortIntoParts(int[] starts)
    {
        var at = 0;
        for (var picture = 0; picture < counts.Length; picture++)
        {
            for (var feature = 0; feature < counts[picture]; feature++)
            {
                var bucket = buckets[at++];
                parts[starts[bucket >> LowerBits]++] = (ulong)bucket << 32 | (uint)(picture << FeatureBuckets.FeatureBits | feature);
            }
        }
    }

    private void SortPart(int part, int begin, int end)
    {
        const int lower = (1 << LowerBits) - 1;
        Span<int> places = stackalloc int[1 << LowerBits];
        places.Clear();
        var features = parts.AsSpan(begin..end);
        foreach (var feature in features) places[(int)(feature >> 32) & lower]++;
        foreach (ref var place in places) (place, begin) = (begin, begin + place);
        foreach (var feature in features) sorted[places[(int)(feature >> 32) & lower]++] = (uint)feature;
        places.CopyTo(ends.AsSpan(part << LowerBits));
    }
}
