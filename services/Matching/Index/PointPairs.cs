using System.Runtime.Intrinsics;

namespace ImageRights.Matching.Index;

/// <summary>Points of two pictures that belong together, coordinate by coordinate.</summary>
internal sealed class PointPairs
{
    private static readonly int Lanes = Vector256<double>.Count;

    private readonly double[] x, y, u, v;

    public PointPairs(List<(double X, double Y, double U, double V)> points)
    {
        var room = (points.Count + Lanes - 1) / Lanes * Lanes;
        (x, y, u, v) = (new double[room], new double[room], new double[room], new double[room]);
        for (var i = 0; i < points.Count; i++) (x[i], y[i], u[i], v[i]) = points[i];
        // Those that fill up the last vector lie nowhere.
        u.AsSpan(points.Count).Fill(double.NaN);
    }

    /// <summary>How well a transform lays them on each other: each counts the more, the nearer it comes, up to one.</summary>
    /// <param name="limit">Square of how far apart they may be to count at all.</param>
    public double Agreement(in Affine transform, double limit)
    {
        var (a, b, c) = (Vector256.Create(transform.A), Vector256.Create(transform.B), Vector256.Create(transform.C));
        var (d, e, f) = (Vector256.Create(transform.D), Vector256.Create(transform.E), Vector256.Create(transform.F));
        var (sums, limits) = (Vector256<double>.Zero, Vector256.Create(limit));
        for (var i = 0; i < x.Length; i += Lanes)
        {
            var (px, py) = (Vector256.Create(x, i), Vector256.Create(y, i));
            var (errorX, errorY) = (a * px + b * py + c - Vector256.Create(u, i), d * px + e * py + f - Vector256.Create(v, i));
            var left = limits - (errorX * errorX + errorY * errorY);
            sums += left & Vector256.GreaterThan(left, Vector256<double>.Zero);
        }
        return (sums[0] + sums[1] + (sums[2] + sums[3])) / limit;
    }
}
