namespace ImageRights.Matching.Index;

/// <summary>The features of a picture that is looked for, as they are and as they look in a mirror, with their buckets: worked out once for all segments.</summary>
/// <remarks>The features as they are come first, in their order, and in the same order those in the mirror.</remarks>
internal sealed class LocalQuery
{
    private readonly int[] buckets;

    public LocalQuery(LocalFeatures picture)
    {
        Picture = picture;
        Descriptors = new Descriptor[2 * picture.Descriptors.Length];
        buckets = new int[Descriptors.Length * FeatureTables.Count];
        for (var number = 0; number < Descriptors.Length; number++)
        {
            var descriptor = picture.Descriptors[FeatureOf(number)];
            Descriptors[number] = number < MirroredFrom ? descriptor : descriptor.Mirrored;
            for (var table = 0; table < FeatureTables.Count; table++) buckets[number * FeatureTables.Count + table] = FeatureTables.BucketOf(Descriptors[number], table);
        }
    }

    public LocalFeatures Picture { get; }

    public Descriptor[] Descriptors { get; }

    /// <summary>Number of the first feature in the mirror.</summary>
    public int MirroredFrom => Descriptors.Length / 2;

    /// <summary>Number of the picture's feature.</summary>
    public int FeatureOf(int number) => number < MirroredFrom ? number : number - MirroredFrom;

    /// <summary>The bucket of a feature in each table that looks at all bits.</summary>
    public ReadOnlySpan<int> BucketsOf(int number) => buckets.AsSpan(number * FeatureTables.Count, FeatureTables.Count);
}
