namespace ImageRights.Matching.Index;

/// <summary>A part of a bank's pictures with their features, so that buckets stay short as the bank grows. One writer, many readers without locks.</summary>
/// <param name="firstRow">Rows of the bank from here on, up to the first of the next segment, came while this was the last one.</param>
/// <param name="firstArrival">How many pictures had come to the bank before.</param>
internal sealed class LocalSegment(int firstRow, int firstArrival)
{
    /// <summary>A segment with so many pictures is full.</summary>
    public const int MostPictures = 4096;

    private readonly Column<(int Row, LocalFeatures Features)> pictures = new();
    private readonly Column<long> addedAt = new();
    private FeatureBuckets? buckets;
    private int count, settled;
    private long demotedAt = long.MaxValue;

    public int FirstRow => firstRow;

    public int FirstArrival => firstArrival;

    public int Pictures => Volatile.Read(ref count);

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
        var number = count;
        pictures.Extend(number);
        addedAt.Extend(number);
        (pictures[number], addedAt[number]) = ((row, picture), version);
        if (settle) (buckets ??= new FeatureBuckets()).Add(picture, number);
        Volatile.Write(ref count, number + 1);
        if (settle && (buckets!.IsUnsettled || count == MostPictures)) Settle();
    }

    /// <summary>Lays what came last into arrays.</summary>
    public void Settle()
    {
        if (settled == count) return;
        Volatile.Write(ref buckets, (buckets ?? new FeatureBuckets()).Settle([.. Enumerable.Range(settled, count - settled).Select(number => pictures[number].Features)], count == MostPictures));
        settled = count;
    }

    public (int Row, LocalFeatures Features) this[int picture] => pictures[picture];

    /// <summary>Notes what pictures that were here at a version share with the query; gives how many such pictures there are.</summary>
    public int Collect(LocalQuery query, long asOf, SharedBuckets shared)
    {
        var visible = PicturesAt(asOf);
        shared.Clear();
        Volatile.Read(ref buckets)?.Collect(query, visible, shared);
        shared.Sort();
        return visible;
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
