namespace ImageRights.Matching.Index;

/// <summary>The features of a picture that is looked for, as they are and as they look in a mirror, with their buckets: worked out once for all segments.</summary>
/// <remarks>Feature i of the picture is number 2 i here, and 2 i + 1 in the mirror.</remarks>
internal sealed class LocalQuery
{
    private readonly ushort[] buckets;

    public LocalQuery(LocalFeatures picture)
    {
        Picture = picture;
        Descriptors = new Descriptor[2 * picture.Descriptors.Length];
        buckets = new ushort[Descriptors.Length * FeatureTables.Count];
        for (var number = 0; number < Descriptors.Length; number++)
        {
            var descriptor = picture.Descriptors[number >> 1];
            Descriptors[number] = IsMirrored(number) ? descriptor.Mirrored : descriptor;
            for (var table = 0; table < FeatureTables.Count; table++) buckets[number * FeatureTables.Count + table] = (ushort)FeatureTables.BucketOf(Descriptors[number], table);
        }
    }

    public LocalFeatures Picture { get; }

    public Descriptor[] Descriptors { get; }

    public static bool IsMirrored(int number) => (number & 1) != 0;

    /// <summary>The bucket of a feature in each table.</summary>
    public ReadOnlySpan<ushort> BucketsOf(int number) => buckets.AsSpan(number * FeatureTables.Count, FeatureTables.Count);
}
