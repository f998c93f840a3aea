using System.Buffers;

namespace ImageRights.Matching.Index;

/// <summary>Features of a segment that share a bucket with one of the query's.</summary>
internal sealed class SharedBuckets : IDisposable
{
    private const int QueryBits = 13;
    private const int FeatureMask = (1 << FeatureBuckets.FeatureBits) - 1;
    private const int QueryMask = (1 << QueryBits) - 1;

    private readonly int[] ends = ArrayPool<int>.Shared.Rent(LocalSegment.MostPictures);
    private readonly int[] sharing = ArrayPool<int>.Shared.Rent(LocalSegment.MostPictures);
    private int pictures, sharingCount;
    private ulong[] found = ArrayPool<ulong>.Shared.Rent(1 << 16);
    private uint[] byPicture = [];
    private int count;

    /// <summary>How many there are.</summary>
    public int Count => count;

    /// <summary>Begins anew.</summary>
    /// <param name="among">Pictures of the segment.</param>
    public void Clear(int among)
    {
        (pictures, count) = (among, 0);
        Array.Clear(ends, 0, among);
    }

    /// <summary>Notes the features of a bucket that the query's feature lies in.</summary>
    public void Add(int queryFeature, ReadOnlySpan<uint> bucket)
    {
        if (count + bucket.Length > found.Length)
        {
            var larger = ArrayPool<ulong>.Shared.Rent(2 * (count + bucket.Length));
            found.AsSpan(0, count).CopyTo(larger);
            ArrayPool<ulong>.Shared.Return(found);
            found = larger;
        }
        foreach (var feature in bucket)
        {
            ends[feature >> FeatureBuckets.FeatureBits]++;
            found[count++] = (ulong)feature << QueryBits | (uint)queryFeature;
        }
    }

    /// <summary>Pictures that share anything, once sorted.</summary>
    public ReadOnlySpan<int> Pictures => sharing.AsSpan(0, sharingCount);

    /// <summary>Sorts by picture, and leaves the order as it is within a picture: that of the query's features.</summary>
    public void Sort()
    {
        if (byPicture.Length < count)
        {
            if (byPicture.Length > 0) ArrayPool<uint>.Shared.Return(byPicture);
            byPicture = ArrayPool<uint>.Shared.Rent(count);
        }
        (sharingCount, var start) = (0, 0);
        for (var picture = 0; picture < pictures; picture++)
        {
            if (ends[picture] > 0) sharing[sharingCount++] = picture;
            (start, ends[picture]) = (start + ends[picture], start);
        }
        for (var at = 0; at < count; at++) byPicture[ends[found[at] >> QueryBits + FeatureBuckets.FeatureBits]++] = (uint)found[at] & ((1u << QueryBits + FeatureBuckets.FeatureBits) - 1);
    }

    /// <summary>What a picture shares, in the order of the query's features.</summary>
    public ReadOnlySpan<uint> Of(int picture)
    {
        var start = picture == 0 ? 0 : ends[picture - 1];
        return byPicture.AsSpan(start, ends[picture] - start);
    }

    /// <summary>The number of the query's feature and that of the picture's.</summary>
    public static (int Query, int Feature) Read(uint shared) => ((int)shared & QueryMask, (int)(shared >> QueryBits) & FeatureMask);

    public void Dispose()
    {
        ArrayPool<int>.Shared.Return(ends);
        ArrayPool<int>.Shared.Return(sharing);
        ArrayPool<ulong>.Shared.Return(found);
        if (byPicture.Length > 0) ArrayPool<uint>.Shared.Return(byPicture);
    }
}
