namespace ImageRights.Matching.Index;

/// <summary>A part of a bank's pictures with their features, so that buckets stay short as the bank grows. One writer, many readers without locks.</summary>
/// <param name="firstRow">Rows of the bank from here on, up to the first of the next segment, came while this was the last one.</param>
/// <param name="firstArrival">How many pictures had come to the bank before.</param>
/// <param name="most">So many pictures make it full.</param>
/// <param name="store">Where the tables are kept when it is; null: nowhere.</param>
internal sealed class LocalSegment(int firstRow, int firstArrival, int most, TableStore? store = null)
{
    /// <summary>Fewer pictures has none but the last.</summary>
    public const int LeastPictures = 4096;

    /// <summary>More pictures has none.</summary>
    public const int MostPictures = FeatureTables.FewPictures << FeatureTables.MostBits - FeatureTables.LeastBits;

    private readonly Column<(int Row, LocalFeatures Features)> pictures = new();
    private readonly Column<long> addedAt = new();
    private readonly Lock gate = new();
    private FeatureBuckets? buckets;
    private Task laying = Task.CompletedTask;
    private bool isLaying;
    private int count;
    private long demotedAt = long.MaxValue;

    public int FirstRow => firstRow;

    public int FirstArrival => firstArrival;

    public int Pictures => Volatile.Read(ref count);

    public bool IsFull => Pictures == most;

    /// <summary>Version from which on it is not searched.</summary>
    public long DemotedAt
    {
        get => Volatile.Read(ref demotedAt);
        set => Volatile.Write(ref demotedAt, value);
    }

    /// <summary>Adds a picture; pictures come in the order of the versions that they make.</summary>
    /// <param name="settle">Whether it is to be found at once; else when <see cref="Settle"/> is called, which is quicker for many.</param>
    public void Add(LocalFeatures picture, int row, long version, bool settle = true)
    {
        if (settle && buckets?.HasRoom == false) laying.Wait();
        lock (gate)
        {
            var number = count;
            pictures.Extend(number);
            addedAt.Extend(number);
            (pictures[number], addedAt[number]) = ((row, picture), version);
            if (settle) (buckets ??= new FeatureBuckets([], isFull: false)).Add(picture);
            Volatile.Write(ref count, number + 1);
            if (!settle || isLaying || !IsFull && !buckets!.IsUnsettled) return;
            // Laying a large segment takes seconds, in which others are added and found.
            (isLaying, laying) = (true, Task.Run(() => Lay(new BucketSort.Room())));
        }
    }

    /// <summary>Lays everything into tables.</summary>
    public void Settle(BucketSort.Room room)
    {
        laying.Wait();
        if (buckets?.Settled != count) Lay(room);
    }

    /// <summary>Gives up what is kept of its tables: it will not be searched again.</summary>
    public void Forget()
    {
        laying.Wait();
        if (buckets?.Key is { } key) store!.Forget(key);
    }

    private void Lay(BucketSort.Room room)
    {
        for (; ; )
        {
            var known = Pictures;
            var laid = new FeatureBuckets([.. Enumerable.Range(0, known).Select(number => pictures[number].Features)], known == most, room, store);
            lock (gate)
            {
                for (var number = known; number < count; number++) laid.Add(pictures[number].Features);
                Volatile.Write(ref buckets, laid);
                if (IsFull && known < count) continue;
                isLaying = false;
                return;
            }
        }
    }

    public (int Row, LocalFeatures Features) this[int picture] => pictures[picture];

    /// <summary>Notes what pictures that were here at a version share with the query.</summary>
    public void Collect(LocalQuery query, long asOf, SharedBuckets shared)
    {
        var visible = PicturesAt(asOf);
        shared.Clear(visible);
        Volatile.Read(ref buckets)?.Collect(query, visible, shared);
        shared.Sort();
    }

    private int PicturesAt(long asOf)
    {
        var (low, high) = (0, Pictures);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (addedAt[middle] <= asOf) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
