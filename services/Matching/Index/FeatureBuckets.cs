namespace ImageRights.Matching.Index;

/// <summary>Which features of a segment's pictures lie in which bucket: in arrays for most pictures, in lists for those that came last. One writer, many readers without locks.</summary>
internal sealed class FeatureBuckets
{
    /// <summary>Bits that number the features of a picture; the number of the picture in its segment lies above them.</summary>
    public const int FeatureBits = 12;

    private const int Buckets = 1 << FeatureTables.Bits;
    private const int LeastRecent = 64;

    // The features of a table by bucket, and by picture within a bucket; where each bucket starts.
    private readonly int[][] starts;
    private readonly uint[][] features;

    // Newest first: where the list of a bucket begins, less one, and what follows.
    private readonly int[][] heads;
    private readonly Column<(int Next, uint Feature)>[] entries = [.. Enumerable.Range(0, FeatureTables.Count).Select(_ => new Column<(int, uint)>())];
    private readonly int most;
    private int recentPictures, recentFeatures;

    /// <summary>No features.</summary>
    public FeatureBuckets() : this(Tables(_ => new int[Buckets + 1]), Tables(_ => Array.Empty<uint>()), Tables(_ => new int[Buckets]), LeastRecent)
    {
    }

    private FeatureBuckets(int[][] starts, uint[][] features, int[][] heads, int most) => (this.starts, this.features, this.heads, this.most) = (starts, features, heads, most);

    /// <summary>Whether lists have become long enough to be laid into arrays, which are quicker to read.</summary>
    public bool IsUnsettled => recentPictures >= most;

    /// <summary>Adds a picture.</summary>
    /// <param name="picture">Its number in the segment.</param>
    public void Add(LocalFeatures added, int picture)
    {
        for (var number = 0; number < added.ReferenceCount; number++, recentFeatures++)
        {
            for (var table = 0; table < FeatureTables.Count; table++)
            {
                ref var head = ref heads[table][FeatureTables.BucketOf(added.Descriptors[number], table)];
                entries[table].Extend(recentFeatures);
                entries[table][recentFeatures] = (head, (uint)(picture << FeatureBits | number));
                Volatile.Write(ref head, recentFeatures + 1);
            }
        }
        recentPictures++;
    }

    /// <summary>The same with everything in arrays.</summary>
    /// <param name="pictures">Pictures in it.</param>
    /// <param name="isFull">Whether no other will come.</param>
    public FeatureBuckets Settle(int pictures, bool isFull)
    {
        var (settled, laid) = (Tables(_ => new int[Buckets + 1]), Tables(table => new uint[features[table].Length + recentFeatures]));
        for (var table = 0; table < FeatureTables.Count; table++)
        {
            var end = 0;
            for (var bucket = 0; bucket < Buckets; bucket++)
            {
                settled[table][bucket] = end;
                var before = features[table].AsSpan(starts[table][bucket]..starts[table][bucket + 1]);
                before.CopyTo(laid[table].AsSpan(end));
                end += before.Length;
                var first = end;
                for (var at = heads[table][bucket]; at != 0;) (at, laid[table][end++]) = entries[table][at - 1];
                laid[table].AsSpan(first..end).Reverse();
            }
            settled[table][Buckets] = end;
        }
        return new FeatureBuckets(settled, laid, isFull ? [] : Tables(_ => new int[Buckets]), Math.Max(LeastRecent, pictures / 4));
    }

    /// <summary>Adds each feature that shares a bucket with the query, but for buckets that are too full to tell anything.</summary>
    /// <param name="pictures">So many pictures of the segment are looked at; the answer is as if there were no others.</param>
    public void Collect(LocalQuery query, int pictures, SharedBuckets shared)
    {
        var limit = (uint)pictures << FeatureBits;
        Span<uint> recent = stackalloc uint[FeatureTables.LongestBucket + 1];
        for (var feature = 0; feature < query.Descriptors.Length; feature++)
        {
            var buckets = query.BucketsOf(feature);
            for (var table = 0; table < buckets.Length; table++)
            {
                var bucket = features[table].AsSpan(starts[table][buckets[table]]..starts[table][buckets[table] + 1]);
                if (bucket.Length > 0 && bucket[^1] >= limit) bucket = bucket[..~bucket.BinarySearch(new FirstFrom(limit))];
                var length = 0;
                if (heads.Length > 0)
                {
                    for (var at = Volatile.Read(ref heads[table][buckets[table]]); at != 0 && bucket.Length + length <= FeatureTables.LongestBucket;)
                    {
                        (at, recent[length]) = entries[table][at - 1];
                        if (recent[length] < limit) length++;
                    }
                }
                if (bucket.Length + length > FeatureTables.LongestBucket) continue;
                shared.Add(feature, bucket);
                shared.Add(feature, recent[..length]);
            }
        }
    }

    private static T[] Tables<T>(Func<int, T> create) => [.. Enumerable.Range(0, FeatureTables.Count).Select(create)];

    // Never equal, so that a search gives the complement of the first place that is not below.
    private readonly struct FirstFrom(uint limit) : IComparable<uint>
    {
        public int CompareTo(uint other) => other < limit ? 1 : -1;
    }
}
