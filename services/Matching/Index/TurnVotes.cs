using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ImageRights.Matching.Index;

/// <summary>Weight of shared features by how each says that the picture was turned and scaled.</summary>
internal sealed class TurnVotes
{
    private const int AngleBins = 12;
    private const int ScaleBins = 9;

    // Room behind the scales, so that a vector may begin at any of two.
    private const int Stride = 16;

    // The whole circle, and its first bins once more.
    private readonly float[] bins = new float[(AngleBins + 1) * Stride];

    private static readonly byte[] OfAngle = [.. Enumerable.Range(0, LocalFeatures.Angles).Select(angle => (byte)(angle * AngleBins / LocalFeatures.Angles * Stride))];

    private static readonly byte[] OfLevels = [.. Enumerable.Range(-LocalFeatures.MostLevel, 2 * LocalFeatures.MostLevel + 1)
        .Select(levels => (byte)Math.Clamp((int)Math.Floor(levels * Math.Log2(LocalFeatures.LevelRatio) * 1.5 + ScaleBins / 2.0), 0, ScaleBins - 1))];

    /// <summary>No votes.</summary>
    public void Clear() => Array.Clear(bins);

    /// <summary>Adds the vote of a pair of features.</summary>
    public void Add(FeatureTurn from, FeatureTurn to, bool mirrored, float weight) =>
        bins[OfAngle[(byte)(to.Angle - (mirrored ? LocalFeatures.Angles / 2 - from.Angle : from.Angle))] + OfLevels[to.Level - from.Level + LocalFeatures.MostLevel]] += weight;

    /// <summary>Weight of those that agree: votes of a bin and of its neighbours, for an angle near a bin's edge falls to both sides.</summary>
    public float Peak()
    {
        bins.AsSpan(0, Stride).CopyTo(bins.AsSpan(AngleBins * Stride));
        ref var votes = ref MemoryMarshal.GetArrayDataReference(bins);
        var best = Vector256<float>.Zero;
        for (nuint angle = 0; angle < AngleBins * Stride; angle += Stride)
        {
            // Windows of two by two; the last scale alone never holds more than with the one before it.
            best = Vector256.Max(best,
                Vector256.LoadUnsafe(ref votes, angle) + Vector256.LoadUnsafe(ref votes, angle + 1)
                + Vector256.LoadUnsafe(ref votes, angle + Stride) + Vector256.LoadUnsafe(ref votes, angle + Stride + 1));
        }
        var most = 0f;
        for (var lane = 0; lane < Vector256<float>.Count; lane++) most = Math.Max(most, best[lane]);
        return most;
    }
}
