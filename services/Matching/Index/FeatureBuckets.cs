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
        var descriptors = added.Descriptors;
        for (var number = 0; number < added.ReferenceCount; number++, recentFeatures++)
        {
            var descriptor = descriptors[number];
            for (var table = 0; table < FeatureTables.Count; table++)
            {
                ref var head = ref heads[table][FeatureTables.BucketOf(descriptor, table)];
                entries[table].Extend(recentFeatures);
                entries[table][recentFeatures] = (head, (uint)(picture << FeatureBits | number));
                Volatile.Write(ref head, recentFeatures + 1);
            }
        }
        recentPictures++;
    }

    /// <summary>The same with everything in arrays.</summary>
    /// <param name="recent">The pictures that came since the arrays were laid.</param>
    /// <param name="first">Number of the first of them in the segment.</param>
    /// <param name="isFull">Whether no other will come.</param>
    public FeatureBuckets Settle(IReadOnlyList<LocalFeatures> recent, int first, bool isFull)
    {
        var (settled, laid) = (new int[FeatureTables.Count][], new uint[FeatureTables.Count][]);
        var buckets = new ushort[recent.Sum(picture => picture.ReferenceCount)];
        for (var table = 0; table < FeatureTables.Count; table++)
        {
            // Sorted by counting: where each bucket ends, then what lies in it, oldest first.
            var (ends, at) = (new int[Buckets + 1], 0);
            foreach (var picture in recent)
            {
                var descriptors = picture.Descriptors;
                for (var number = 0; number < picture.ReferenceCount; number++)
                {
                    buckets[at] = (ushort)FeatureTables.BucketOf(descriptors[number], table);
                    ends[buckets[at++] + 1]++;
                }
            }
            var (old, before, all) = (features[table], starts[table], new uint[features[table].Length + buckets.Length]);
            for (var bucket = 0; bucket < Buckets; bucket++)
            {
                var length = before[bucket + 1] - before[bucket];
                if (length > 0) old.AsSpan(before[bucket], length).CopyTo(all.AsSpan(ends[bucket]));
                var added = ends[bucket + 1];
                ends[bucket + 1] = ends[bucket] + length + added;
                // For now where the next one goes.
                ends[bucket] += length;
            }
            at = 0;
            for (var number = 0; number < recent.Count; number++)
            {
                for (var feature = 0; feature < recent[number].ReferenceCount; feature++) all[ends[buckets[at++]]++] = (uint)(first + number << FeatureBits | feature);
            }
            // Each bucket has run up to the begin of the next.
            Array.Copy(ends, 0, ends, 1, Buckets);
            ends[0] = 0;
            (settled[table], laid[table]) = (ends, all);
        }
        return new FeatureBuckets(settled, laid, isFull ? [] : Tables(_ => new int[Buckets]), Math.Max(LeastRecent, (first + recent.Count) / 4));
    }

    /// <summary>Adds each feature that shares a bucket with the query, but for buckets that are too full to tell anything.</summary>
    /// <param name="pictures">So many pictures of the segment are looked at; the answer is as if there were no others.</param>
    public void Collect(LocalQuery query, int pictures, SharedBuckets shared)
    {
        var limit = (uint)pictures << FeatureBits;
        Span<uint> recent = stackalloc uint[FeatureTables.LongestBucket + 1];
        for (var feature = 0; feature < query.Descriptors.Length; feature++)
        {
            FetchAhead(query, feature);
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

    // Where a bucket starts is asked for some features before that is read, and then what lies there.
    private void FetchAhead(LocalQuery query, int feature)
    {
        const int ofStarts = 8, ofFeatures = 4;
        if (feature + ofStarts >= query.Descriptors.Length) return;
        var far = query.BucketsOf(feature + ofStarts);
        var near = query.BucketsOf(feature + ofFeatures);
        for (var table = 0; table < far.Length; table++)
        {
            Prefetch.Of(ref starts[table][far[table]]);
            var at = starts[table][near[table]];
            if (at < features[table].Length) Prefetch.Of(ref features[table][at]);
        }
    }

    private static T[] Tables<T>(Func<int, T> create) => [.. Enumerable.Range(0, FeatureTables.Count).Select(create)];

    // Never equal, so that a search gives the complement of the first place that is not below.
    private readonly struct FirstFrom(uint limit) : IComparable<uint>
    {
        public int CompareTo(uint other) => other < limit ? 1 : -1;
    }
}
