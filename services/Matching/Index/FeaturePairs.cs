using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ImageRights.Matching.Index;

/// <summary>Features of a picture and of a reference that look alike.</summary>
internal readonly record struct FeaturePair(int From, int To, int Distance);

/// <summary>Pairs the features of two pictures by brute force: no table misses a pair that the alignment could use.</summary>
internal static class FeaturePairs
{
    private const int Words = 4;
    private const int Block = HammingScan.Lanes;

    // Distance above, number of the feature below: the least of such keys is the nearest feature, and of equally near ones the first.
    private const int NumberBits = 16;
    private const long NoFeature = (DescriptorPlanes.MostBits + 1L) << NumberBits;

    /// <summary>For each feature of the picture the closest of the reference, and each of the reference once; the closest pairs first.</summary>
    public static List<FeaturePair> Between(LocalFeatures picture, LocalFeatures reference, bool mirrored, ScanKernel kernel)
    {
        var nearest = kernel switch
        {
            ScanKernel.Vector512 => picture.Planes.NearestIn(reference, mirrored),
            ScanKernel.Vector256 => NearestIn<Four>(picture, reference, mirrored),
            ScanKernel.Vector128 => NearestIn<Two>(picture, reference, mirrored),
            ScanKernel.Scalar => NearestIn<One>(picture, reference, mirrored),
        };
        var bestOf = new FeaturePair[reference.ReferenceCount];
        Array.Fill(bestOf, new FeaturePair(-1, -1, int.MaxValue));
        for (var from = 0; from < nearest.Length; from++)
        {
            var (distance, to) = nearest[from];
            if (distance <= DescriptorPlanes.MostBits && distance < bestOf[to].Distance) bestOf[to] = new FeaturePair(from, to, distance);
        }
        var pairs = new List<FeaturePair>(bestOf.Length);
        foreach (var pair in bestOf)
        {
            if (pair.From >= 0) pairs.Add(pair);
        }
        pairs.Sort(static (one, other) => one.Distance != other.Distance ? one.Distance - other.Distance : one.To - other.To);
        return pairs;
    }

    private static (int Distance, int Number)[] NearestIn<TLanes>(LocalFeatures picture, LocalFeatures reference, bool mirrored) where TLanes : struct, ILanes<TLanes>
    {
        var count = reference.ReferenceCount;
        var room = (count + Block - 1) / Block * Block;
        var (words, keys) = (new ulong[room * Words], new ulong[room]);
        // Word by word, eight features to a block.
        var known = reference.Descriptors;
        for (var to = 0; to < count; to++)
        {
            var descriptor = known[to];
            var at = to / Block * Block * Words + to % Block;
            (words[at], words[at + Block], words[at + 2 * Block], words[at + 3 * Block]) = (descriptor.A, descriptor.B, descriptor.C, descriptor.D);
        }
        for (var to = 0; to < keys.Length; to++) keys[to] = to < count ? (ulong)to : NoFeature;
        var asked = picture.Descriptors;
        var nearest = new (int Distance, int Number)[asked.Length];
        for (var from = 0; from < nearest.Length; from++)
        {
            var key = Nearest<TLanes>(words, keys, mirrored ? asked[from].Mirrored : asked[from]);
            nearest[from] = ((int)(key >> NumberBits), (int)(key & ((1 << NumberBits) - 1)));
        }
        return nearest;
    }

    // Most of a comparison's time: its first form, not optimised, takes forty times as long, and the first pictures after a start would wait for it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static long Nearest<TLanes>(ReadOnlySpan<ulong> words, ReadOnlySpan<ulong> keys, in Descriptor descriptor) where TLanes : struct, ILanes<TLanes>
    {
        var (a, b, c, d) = (TLanes.Repeat((long)descriptor.A), TLanes.Repeat((long)descriptor.B), TLanes.Repeat((long)descriptor.C), TLanes.Repeat((long)descriptor.D));
        ref var word = ref MemoryMarshal.GetReference(words);
        ref var key = ref MemoryMarshal.GetReference(keys);
        var least = TLanes.Repeat(NoFeature);
        for (var block = 0; block < keys.Length; block += Block)
        {
            for (var lane = 0; lane < Block; lane += TLanes.Width)
            {
                var at = (nuint)(block * Words + lane);
                var distance = TLanes.CountBits(
                    TLanes.Load(in word, at) ^ a, TLanes.Load(in word, at + Block) ^ b, TLanes.Load(in word, at + 2 * Block) ^ c, TLanes.Load(in word, at + 3 * Block) ^ d);
                least = TLanes.Min(least, (distance << NumberBits) + TLanes.Load(in key, (nuint)(block + lane)));
            }
        }
        return TLanes.Least(least);
    }
}
