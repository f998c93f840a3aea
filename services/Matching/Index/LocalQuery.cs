using System.Buffers;

namespace ImageRights.Matching.Index;

/// <summary>A bucket that is looked into.</summary>
/// <param name="Feature">Number of the query's feature that may have its like there.</param>
/// <param name="IsOwn">Whether the feature itself lies there; else it would if an uncertain test had come out otherwise.</param>
/// <param name="Bucket">Of several side by side the first.</param>
internal readonly record struct Probe(short Feature, byte Table, bool IsOwn, int Bucket);

/// <summary>Buckets to look into, in the order of the features, and of each feature in each table its own first.</summary>
internal readonly struct ProbeList(Probe[] room, int count) : IDisposable
{
    public int Count => count;

    public Probe this[int number] => room[number];

    public void Dispose() => ArrayPool<Probe>.Shared.Return(room);
}

/// <summary>The features of a picture that is looked for, as they are and as they look in a mirror, with their buckets: worked out once for all segments.</summary>
/// <remarks>
/// The features as they are come first, in their order, and in the same order those in the mirror. Beside the bucket of a feature those are looked into in which it would lie if one of its
/// uncertain tests came out otherwise: what a thief adds turns such tests first (query-directed probing: Q. Lv, W. Josephson, Z. Wang, M. Charikar, K. Li, VLDB 2007).
/// </remarks>
internal sealed class LocalQuery
{
    private readonly (int Bucket, int Uncertain)[] buckets;

    public LocalQuery(LocalFeatures picture)
    {
        Picture = picture;
        Descriptors = new Descriptor[2 * picture.Descriptors.Length];
        buckets = new (int, int)[Descriptors.Length * FeatureTables.Count];
        var tables = FeatureTables.LookingAt(FeatureTables.MostBits);
        for (var number = 0; number < Descriptors.Length; number++)
        {
            var (descriptor, uncertain) = (picture.Descriptors[FeatureOf(number)], picture.UncertainTestsOf(FeatureOf(number)));
            if (number >= MirroredFrom) (descriptor, uncertain) = (descriptor.Mirrored, uncertain.Mirrored);
            Descriptors[number] = descriptor;
            for (var table = 0; table < FeatureTables.Count; table++)
                buckets[number * FeatureTables.Count + table] = (tables[table].BucketOf(descriptor), tables[table].BucketOf(uncertain));
        }
    }

    public LocalFeatures Picture { get; }

    public Descriptor[] Descriptors { get; }

    /// <summary>Number of the first feature in the mirror.</summary>
    public int MirroredFrom => Descriptors.Length / 2;

    /// <summary>Number of the picture's feature.</summary>
    public int FeatureOf(int number) => number < MirroredFrom ? number : number - MirroredFrom;

    /// <summary>The buckets to look into.</summary>
    /// <param name="bits">Bits that the tables look at.</param>
    /// <param name="beside">The last bits that make no difference: so many buckets side by side, as a power of two, are one.</param>
    public ProbeList Probes(int bits, int beside)
    {
        var (drop, count) = (FeatureTables.MostBits - bits + beside, 0);
        var probes = ArrayPool<Probe>.Shared.Rent(buckets.Length * (bits + 1));
        for (var at = 0; at < buckets.Length; at++)
        {
            var (feature, table) = ((short)(at / FeatureTables.Count), (byte)(at % FeatureTables.Count));
            var (bucket, uncertain) = (buckets[at].Bucket >> drop << beside, buckets[at].Uncertain >> drop << beside);
            probes[count++] = new Probe(feature, table, IsOwn: true, bucket);
            for (; uncertain != 0; uncertain &= uncertain - 1) probes[count++] = new Probe(feature, table, IsOwn: false, bucket ^ uncertain & -uncertain);
        }
        return new ProbeList(probes, count);
    }
}
