namespace ImageRights.Matching.Index;

/// <summary>x' = A x + B y + C, y' = D x + E y + F.</summary>
internal readonly record struct Affine(double A, double B, double C, double D, double E, double F)
{
    public double Determinant => A * E - B * D;

    public (double X, double Y) Apply(double x, double y) => (A * x + B * y + C, D * x + E * y + F);

    /// <summary>First this, then the other.</summary>
    public Affine Then(in Affine next) => new(
        next.A * A + next.B * D, next.A * B + next.B * E, next.A * C + next.B * F + next.C,
        next.D * A + next.E * D, next.D * B + next.E * E, next.D * C + next.E * F + next.F);

    public Affine Inverse()
    {
        var scale = 1 / Determinant;
        var (a, b, d, e) = (E * scale, -B * scale, -D * scale, A * scale);
        return new Affine(a, b, -(a * C + b * F), d, e, -(d * C + e * F));
    }

    /// <summary>How much longer one direction becomes than another: 1 for a similarity.</summary>
    public double Distortion()
    {
        var (sum, determinant) = (A * A + B * B + D * D + E * E, Determinant);
        var root = Math.Sqrt(Math.Max(0, sum * sum / 4 - determinant * determinant));
        return Math.Sqrt((sum / 2 + root) / Math.Max(1e-12, sum / 2 - root));
    }

    /// <summary>The turn, size and place with the least squares of errors, in the mirror or not; steadier than <see cref="Fit"/> where points are few. Null when they do not determine one.</summary>
    public static Affine? FitSimilarity(ReadOnlySpan<(double X, double Y, double U, double V)> points, bool mirrored)
    {
        if (points.Length < 2) return null;
        var side = mirrored ? -1 : 1;
        var (mx, my, mu, mv) = MeanOf(points);
        mx *= side;
        double squares = 0, along = 0, across = 0;
        foreach (var (px, py, pu, pv) in points)
        {
            var (x, y, u, v) = (side * px - mx, py - my, pu - mu, pv - mv);
            squares += x * x + y * y;
            along += x * u + y * v;
            across += x * v - y * u;
        }
        if (squares < 1e-6) return null;
        var (a, b) = (along / squares, across / squares);
        return new Affine(side * a, -b, mu - a * mx + b * my, side * b, a, mv - b * mx - a * my);
    }

    /// <summary>The transform with the least squares of errors; null when the points do not determine one.</summary>
    public static Affine? Fit(ReadOnlySpan<(double X, double Y, double U, double V)> points)
    {
        if (points.Length < 3) return null;
        var (mx, my, mu, mv) = MeanOf(points);
        double xx = 0, xy = 0, yy = 0, xu = 0, yu = 0, xv = 0, yv = 0;
        foreach (var (px, py, pu, pv) in points)
        {
            var (x, y, u, v) = (px - mx, py - my, pu - mu, pv - mv);
            xx += x * x;
            xy += x * y;
            yy += y * y;
            xu += x * u;
            yu += y * u;
            xv += x * v;
            yv += y * v;
        }
        var determinant = xx * yy - xy * xy;
        if (determinant < 1e-6 * Math.Max(1, xx * yy)) return null;
        var (a, b) = ((xu * yy - yu * xy) / determinant, (yu * xx - xu * xy) / determinant);
        var (d, e) = ((xv * yy - yv * xy) / determinant, (yv * xx - xv * xy) / determinant);
        return new Affine(a, b, mu - a * mx - b * my, d, e, mv - d * mx - e * my);
    }

    private static (double X, double Y, double U, double V) MeanOf(ReadOnlySpan<(double X, double Y, double U, double V)> points)
    {
        double x = 0, y = 0, u = 0, v = 0;
        foreach (var point in points)
        {
            x += point.X;
            y += point.Y;
            u += point.U;
            v += point.V;
        }
        return (x / points.Length, y / points.Length, u / points.Length, v / points.Length);
    }
}
