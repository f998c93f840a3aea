using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ImageRights.Matching.Index;

/// <summary>A feature that the query and a picture share.</summary>
/// <param name="Query">Number of the query's feature.</param>
/// <param name="Feature">Number of the picture's feature.</param>
/// <param name="Weight">How much it says.</param>
internal readonly record struct SharedFeature(int Query, int Feature, float Weight);

/// <summary>How well the features that two pictures share agree with each other.</summary>
internal static class SharedFeatures
{
    private const int MostProposals = 40;

    // In pixels of the features: a single pair fixes turn and size only roughly.
    private const float Tolerance = 30;

    private static (float Angle, float Scale) TurnOf(in Keypoint from, in Keypoint to, bool mirrored) =>
        (to.Angle - (mirrored ? MathF.PI - from.Angle : from.Angle), to.Scale / from.Scale);

    /// <summary>Weight of those that one of them explains. Turn and size alone agree by chance when there are many features; where a pair puts the picture agrees only when it is there.</summary>
    public static float Consensus(LocalFeatures query, LocalFeatures picture, ReadOnlySpan<SharedFeature> shared, bool mirrored)
    {
        var places = new (float X, float Y, float U, float V)[shared.Length];
        var asked = query.Keypoints;
        var known = picture.Keypoints;
        for (var at = 0; at < places.Length; at++)
        {
            var (from, to) = (asked[shared[at].Query], known[shared[at].Feature]);
            places[at] = (from.X, from.Y, to.X, to.Y);
        }
        var proposals = shared.Length <= MostProposals ? shared : Heaviest(shared);
        var (best, limit) = (Vector512<float>.Zero, Vector512.Create(Tolerance * Tolerance));
        // A lane for each proposal; those that are left over propose what nothing agrees with.
        Span<float> similarities = stackalloc float[6 * Vector512<float>.Count];
        for (var first = 0; first < proposals.Length; first += Vector512<float>.Count)
        {
            similarities.Fill(float.NaN);
            for (var lane = 0; lane < Math.Min(Vector512<float>.Count, proposals.Length - first); lane++)
                Propose(asked[proposals[first + lane].Query], known[proposals[first + lane].Feature], mirrored, similarities[lane..]);
            var (a, b, c) = (Row(similarities, 0), Row(similarities, 1), Row(similarities, 2));
            var (d, e, f) = (Row(similarities, 3), Row(similarities, 4), Row(similarities, 5));
            var sum = Vector512<float>.Zero;
            for (var at = 0; at < places.Length; at++)
            {
                ref readonly var place = ref places[at];
                var (px, py) = (Vector512.Create(place.X), Vector512.Create(place.Y));
                var (x, y) = (a * px + b * py + c - Vector512.Create(place.U), d * px + e * py + f - Vector512.Create(place.V));
                sum += Vector512.LessThanOrEqual(x * x + y * y, limit) & Vector512.Create(shared[at].Weight);
            }
            best = Vector512.Max(best, sum);
        }
        var most = 0f;
        for (var lane = 0; lane < Vector512<float>.Count; lane++) most = Math.Max(most, best[lane]);
        return most;

        static Vector512<float> Row(Span<float> similarities, int row) => Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(similarities), (nuint)(row * Vector512<float>.Count));
    }

    // Of equally heavy ones the first.
    private static SharedFeature[] Heaviest(ReadOnlySpan<SharedFeature> shared)
    {
        var weights = new float[(shared.Length + Vector512<float>.Count - 1) / Vector512<float>.Count * Vector512<float>.Count];
        for (var at = 0; at < shared.Length; at++) weights[at] = shared[at].Weight;
        // The least of them, bit by bit from the highest: numbers above zero are ordered as their bits are.
        var bits = 0u;
        for (var bit = 1u << 30; bit > 0; bit >>= 1)
        {
            if (CountFrom(weights, bits | bit) >= MostProposals) bits |= bit;
        }
        var (least, equal) = (BitConverter.UInt32BitsToSingle(bits), MostProposals - CountFrom(weights, bits + 1));
        var (heaviest, count) = (new SharedFeature[MostProposals], 0);
        foreach (var pair in shared)
        {
            if (pair.Weight > least || pair.Weight == least && equal-- > 0) heaviest[count++] = pair;
        }
        return heaviest;
    }

    private static int CountFrom(float[] weights, uint bits)
    {
        var (count, least) = (0, Vector512.Create(BitConverter.UInt32BitsToSingle(bits)));
        for (var at = 0; at < weights.Length; at += Vector512<float>.Count) count += BitOperations.PopCount(Vector512.GreaterThanOrEqual(Vector512.Create(weights, at), least).ExtractMostSignificantBits());
        return count;
    }

    // The similarity that lays the one feature on the other.
    private static void Propose(in Keypoint from, in Keypoint to, bool mirrored, Span<float> similarity)
    {
        var (angle, scale) = TurnOf(from, to, mirrored);
        var (sin, cos) = MathF.SinCos(angle);
        var side = mirrored ? -1 : 1;
        var (a, b, d, e) = (scale * cos * side, -scale * sin, scale * sin * side, scale * cos);
        ReadOnlySpan<float> six = [a, b, to.X - a * from.X - b * from.Y, d, e, to.Y - d * from.X - e * from.Y];
        for (var i = 0; i < six.Length; i++) similarity[i * Vector512<float>.Count] = six[i];
    }
}
