namespace ImageRights.Matching.Index;

/// <summary>Which features of a segment's pictures lie in which bucket: in packed tables for most pictures, in lists for those that came last. One writer, many readers without locks.</summary>
internal sealed class FeatureBuckets
{
    /// <summary>Bits that number the features of a picture, of which no more are looked for; the number of the picture in its segment lies above them.</summary>
    public const int FeatureBits = 8;

    private const int Buckets = 1 << FeatureTables.Bits;
    private const int LeastRecent = 64;

    // Whether a bucket is too full tells the one beyond those that it may have, at any version: who came first stands first.
    private const int MostLooked = FeatureTables.LongestBucket + 1;

    private static readonly BucketTable NoFeatures = new(new int[Buckets], [], MostLooked);

    private readonly BucketTable[] settled;

    // Newest first: where the list of a bucket begins, less one, and what follows.
    private readonly int[][] heads;
    private readonly Column<(int Next, uint Feature)>[] entries = Tables(_ => new Column<(int, uint)>());
    private readonly int settledPictures, most;
    private int recentPictures, recentFeatures;

    /// <summary>No features.</summary>
    public FeatureBuckets() : this(Tables(_ => NoFeatures), 0, isFull: false)
    {
    }

    private FeatureBuckets(BucketTable[] settled, int settledPictures, bool isFull) =>
        (this.settled, this.settledPictures, heads, most) = (settled, settledPictures, isFull ? [] : Tables(_ => new int[Buckets]), Math.Max(LeastRecent, settledPictures / 4));

    /// <summary>Whether lists have become long enough to be laid into tables, which are smaller and quicker to read.</summary>
    public bool IsUnsettled => recentPictures >= most;

    /// <summary>Adds a picture.</summary>
    /// <param name="picture">Its number in the segment.</param>
    public void Add(LocalFeatures added, int picture)
    {
        var descriptors = added.Descriptors;
        for (var number = 0; number < CountOf(added); number++, recentFeatures++)
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

    /// <summary>The same with everything in tables.</summary>
    /// <param name="recent">The pictures that came since the tables were laid.</param>
    /// <param name="isFull">Whether no other will come.</param>
    public FeatureBuckets Settle(IReadOnlyList<LocalFeatures> recent, bool isFull)
    {
        var tables = new BucketTable[FeatureTables.Count];
        var buckets = new ushort[recent.Sum(CountOf)];
        for (var table = 0; table < FeatureTables.Count; table++)
        {
            // Sorted by counting: where each bucket ends, then what lies in it, oldest first.
            var (ends, at, before) = (new int[Buckets + 1], 0, settled[table]);
            foreach (var picture in recent)
            {
                var descriptors = picture.Descriptors;
                for (var number = 0; number < CountOf(picture); number++)
                {
                    buckets[at] = (ushort)FeatureTables.BucketOf(descriptors[number], table);
                    ends[buckets[at++] + 1]++;
                }
            }
            var all = new uint[before.Length + buckets.Length];
            for (var bucket = 0; bucket < Buckets; bucket++)
            {
                var length = before.LengthOf(bucket);
                before.Read(bucket, all.AsSpan(ends[bucket], length));
                var added = ends[bucket + 1];
                ends[bucket + 1] = ends[bucket] + length + added;
                // For now where the next one goes.
                ends[bucket] += length;
            }
            at = 0;
            for (var number = 0; number < recent.Count; number++)
            {
                for (var feature = 0; feature < CountOf(recent[number]); feature++) all[ends[buckets[at++]]++] = (uint)(settledPictures + number << FeatureBits | feature);
            }
            // Each bucket has run up to the begin of the next.
            tables[table] = new BucketTable(ends.AsSpan(0, Buckets), all, MostLooked);
        }
        return new FeatureBuckets(tables, settledPictures + recent.Count, isFull);
    }

    /// <summary>Adds each feature that shares a bucket with the query, but for buckets that are too full to tell anything.</summary>
    /// <param name="pictures">So many pictures of the segment are looked at; the answer is as if there were no others.</param>
    public void Collect(LocalQuery query, int pictures, SharedBuckets shared)
    {
        Span<uint> found = stackalloc uint[MostLooked];
        for (var feature = 0; feature < query.Descriptors.Length; feature++)
        {
            FetchAhead(query, feature);
            var buckets = query.BucketsOf(feature);
            for (var table = 0; table < buckets.Length; table++)
            {
                var length = Find(table, buckets[table], pictures, found);
                if (length <= FeatureTables.LongestBucket) shared.Add(feature, found[..length]);
            }
        }
    }

    // The features of a bucket, and how many they are; more than fit are not looked for.
    private int Find(int table, int bucket, int pictures, Span<uint> found)
    {
        var (limit, length) = ((uint)pictures << FeatureBits, settled[table].LengthOf(bucket));
        if (length == found.Length && pictures >= settledPictures) return length;
        settled[table].Read(bucket, found[..length]);
        while (length > 0 && found[length - 1] >= limit) length--;
        if (heads.Length == 0) return length;
        for (var at = Volatile.Read(ref heads[table][bucket]); at != 0 && length < found.Length;)
        {
            (at, found[length]) = entries[table][at - 1];
            if (found[length] < limit) length++;
        }
        return length;
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
            if (heads.Length > 0) Prefetch.Of(ref heads[table][far[table]]);
            settled[table].FetchStart(far[table]);
            settled[table].Fetch(near[table]);
        }
    }

    private static int CountOf(LocalFeatures picture) => Math.Min(picture.ReferenceCount, 1 << FeatureBits);

    private static T[] Tables<T>(Func<int, T> create) => [.. Enumerable.Range(0, FeatureTables.Count).Select(create)];
}
