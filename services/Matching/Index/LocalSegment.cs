namespace ImageRights.Matching.Index;

/// <summary>A part of a bank's pictures with their features, so that buckets stay short as the bank grows. One writer, many readers without locks.</summary>
internal sealed class LocalSegment
{
    /// <summary>A segment with so many pictures is full.</summary>
    public const int MostPictures = 4096;

    private readonly Column<(int Row, LocalFeatures Features)> pictures = new();
    private FeatureBuckets buckets = new();
    private int count, settled;

    public int Pictures => Volatile.Read(ref count);

    /// <summary>Adds a picture; pictures come in the order of their rows.</summary>
    /// <param name="settle">Whether it is to be found at once; else when <see cref="Settle"/> is called, which is quicker for many.</param>
    public void Add(LocalFeatures picture, int row, bool settle = true)
    {
        var number = count;
        pictures.Extend(number);
        pictures[number] = (row, picture);
        if (settle) buckets.Add(picture, number);
        Volatile.Write(ref count, number + 1);
        if (settle && buckets.IsUnsettled || count == MostPictures) Settle();
    }

    /// <summary>Lays what came last into arrays.</summary>
    public void Settle()
    {
        if (settled == count) return;
        Volatile.Write(ref buckets, buckets.Settle([.. Enumerable.Range(settled, count - settled).Select(number => pictures[number].Features)], settled, count == MostPictures));
        settled = count;
    }

    public (int Row, LocalFeatures Features) this[int picture] => pictures[picture];

    /// <summary>Notes what pictures of rows before <paramref name="rowsThen"/> share with the query; gives how many such pictures there are.</summary>
    public int Collect(LocalQuery query, int rowsThen, SharedBuckets shared)
    {
        var visible = PicturesBefore(rowsThen);
        shared.Clear();
        Volatile.Read(ref buckets).Collect(query, visible, shared);
        shared.Sort();
        return visible;
    }

    private int PicturesBefore(int row)
    {
        var (low, high) = (0, Pictures);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (pictures[middle].Row < row) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
