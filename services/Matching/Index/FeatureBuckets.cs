namespace ImageRights.Matching.Index;

/// <summary>Which features of a segment's pictures lie in which bucket: in packed tables for most pictures, in lists for those that came last. One writer, many readers without locks.</summary>
/// <remarks>The tables look at as many bits as there will be need of before they are laid anew. Where fewer pictures are looked at, as of an earlier version, several buckets side by side are one.</remarks>
internal sealed class FeatureBuckets
{
    /// <summary>Bits that number the features of a picture, of which no more are looked for; the number of the picture in its segment lies above them.</summary>
    public const int FeatureBits = 8;

    private const int LeastRecent = 64;

    // Whether a bucket is too full tells the one beyond those that it may have, at any version: who came first stands first.
    private const int MostLooked = FeatureTables.LongestBucket + 1;

    // Lists have few of the pictures, so that one is for several buckets side by side; which of them a feature is in stands above its number.
    private const int BesideBits = 4;
    private const int NumberBits = 24;
    private const int BesideMask = (1 << BesideBits) - 1;

    private static readonly BucketTable[] NoFeatures = Lay([], FeatureTables.LeastBits, new BucketSort.Room());

    private readonly int bits;
    private readonly BucketTable[] settled;
    private readonly FeatureTables.Table[] tables;

    // Newest first: where a list begins, less one, and what follows.
    private readonly int[][] heads;
    private readonly Column<(int Next, uint Feature)>[] entries = [.. Enumerable.Range(0, FeatureTables.Count).Select(_ => new Column<(int, uint)>())];
    private readonly int most;
    private int recentPictures, recentFeatures;

    /// <summary>Lays the pictures of a segment into tables.</summary>
    /// <param name="pictures">Those that it has, in order.</param>
    /// <param name="isFull">Whether no other will come.</param>
    /// <param name="room">Where to sort them; null: in memory of its own.</param>
    /// <param name="store">Where the tables of a full segment may be, and are kept if they are not; null: nowhere.</param>
    public FeatureBuckets(IReadOnlyList<LocalFeatures> pictures, bool isFull, BucketSort.Room? room = null, TableStore? store = null)
    {
        (Settled, most) = (pictures.Count, isFull ? 0 : Math.Max(LeastRecent, pictures.Count / 4));
        bits = FeatureTables.BitsAmong(Settled + most);
        tables = FeatureTables.LookingAt(bits);
        heads = [.. Enumerable.Range(0, isFull ? 0 : FeatureTables.Count).Select(_ => new int[1 << bits - BesideBits])];
        Key = isFull ? store?.KeyOf(pictures, bits, MostLooked) : null;
        settled = Settled == 0 ? NoFeatures : Key is null ? Laid() : store!.FindOrKeep(Key, bits, Laid);

        BucketTable[] Laid() => Lay(pictures, bits, room ?? new BucketSort.Room());
    }

    /// <summary>Pictures in tables.</summary>
    public int Settled { get; }

    /// <summary>Of the tables in their store; null when they are not there.</summary>
    public string? Key { get; }

    /// <summary>Whether another picture can be added.</summary>
    public bool HasRoom => recentPictures < most;

    /// <summary>Whether lists are so long that they are to be laid into tables, which are smaller and quicker to read.</summary>
    public bool IsUnsettled => recentPictures >= most / 4;

    /// <summary>Adds a picture.</summary>
    public void Add(LocalFeatures added)
    {
        var descriptors = added.Descriptors;
        var picture = Settled + recentPictures;
        for (var number = 0; number < CountOf(added); number++, recentFeatures++)
        {
            var descriptor = descriptors[number];
            for (var table = 0; table < FeatureTables.Count; table++)
            {
                var bucket = tables[table].BucketOf(descriptor);
                var (list, beside) = ListOf(bucket);
                ref var head = ref heads[table][list];
                entries[table].Extend(recentFeatures);
                entries[table][recentFeatures] = (head, beside | (uint)(picture << FeatureBits | number));
                Volatile.Write(ref head, recentFeatures + 1);
            }
        }
        recentPictures++;
    }

    /// <summary>Adds each feature that shares a bucket with the query, or one next to its own (<see cref="LocalQuery.Probes"/>), but for buckets that are too full to tell anything.</summary>
    /// <param name="pictures">So many pictures of the segment are looked at; the answer is as if there were no others.</param>
    public void Collect(LocalQuery query, int pictures, SharedBuckets shared)
    {
        Span<uint> found = stackalloc uint[MostLooked];
        var beside = Math.Max(0, bits - FeatureTables.BitsAmong(pictures));
        using var probes = query.Probes(bits, beside);
        var isFull = false;
        for (var at = 0; at < probes.Count; at++)
        {
            FetchAhead(probes, at);
            var ((feature, table, isOwn, first), length) = (probes[at], 0);
            // What lies next to a full bucket tells hardly more.
            if (isFull && !isOwn) continue;
            for (var bucket = first; bucket < first + (1 << beside) && length < found.Length; bucket++) length += Find(table, bucket, pictures, found[length..]);
            var tooMany = length > FeatureTables.LongestBucket;
            if (isOwn) isFull = tooMany;
            if (!tooMany) shared.Add(feature, found[..length]);
        }
    }

    // The features of a bucket, and how many they are; more than fit are not looked for.
    private int Find(int table, int bucket, int pictures, Span<uint> found)
    {
        var (first, length) = settled[table].Of(bucket).GetOffsetAndLength(settled[table].Length);
        length = Math.Min(length, found.Length);
        if (length == found.Length && pictures >= Settled) return length;
        settled[table].Read(first, found[..length]);
        var limit = (uint)pictures << FeatureBits;
        while (length > 0 && found[length - 1] >= limit) length--;
        if (heads.Length == 0) return length;
        var (list, beside) = ListOf(bucket);
        for (var at = Volatile.Read(ref heads[table][list]); at != 0 && length < found.Length;)
        {
            (at, found[length]) = entries[table][at - 1];
            // In another bucket the number becomes too large.
            found[length] ^= beside;
            if (found[length] < limit) length++;
        }
        return length;
    }

    // Full buckets lie side by side, and are not to share a list: an odd factor puts all buckets elsewhere and no two to one place.
    private (int List, uint Beside) ListOf(int bucket)
    {
        var place = (int)(bucket * 0x9E3779B1u & (1u << bits) - 1);
        return (place >> BesideBits, (uint)(place & BesideMask) << NumberBits);
    }

    // What tells where a bucket is is asked for some probes before it is read, and then what lies there.
    private void FetchAhead(ProbeList probes, int at)
    {
        const int step = 16;
        if (at + 3 * step >= probes.Count) return;
        var (_, table, _, bucket) = probes[at + 3 * step];
        if (heads.Length > 0) Prefetch.Of(ref heads[table][ListOf(bucket).List]);
        settled[table].FetchGroup(bucket);
        (_, table, _, bucket) = probes[at + 2 * step];
        settled[table].FetchMarks(bucket);
        if (heads.Length > 0 && heads[table][ListOf(bucket).List] is > 0 and var head) Prefetch.Of(ref entries[table][head - 1]);
        (_, table, _, bucket) = probes[at + step];
        settled[table].Fetch(bucket);
    }

    private static BucketTable[] Lay(IReadOnlyList<LocalFeatures> pictures, int bits, BucketSort.Room room)
    {
        var sort = new BucketSort(pictures, bits, MostLooked, room);
        return [.. Enumerable.Range(0, FeatureTables.Count).Select(sort.Lay)];
    }

    /// <summary>So many of a picture's features are looked for, the first.</summary>
    public static int CountOf(LocalFeatures picture) => Math.Min(picture.ReferenceCount, 1 << FeatureBits);
}
