using System.Runtime.Intrinsics;

namespace ImageRights.Matching.Index;

/// <summary>A smooth bend of a picture: what a point shows lies beside it, by a polynomial of the third degree in its coordinates.</summary>
internal sealed class Bend
{
    /// <summary>Unknowns along each axis: of 1, x, y and their products of two and three.</summary>
    public const int Terms = 10;
    private const int PointsPerTerm = 3;
    private const double Outlier = 1.5;
    private const int Rounds = 2;

    private readonly double centreX, centreY;
    private readonly double[] alongX, alongY;

    private Bend(double centreX, double centreY, double[] alongX, double[] alongY) => (this.centreX, this.centreY, this.alongX, this.alongY) = (centreX, centreY, alongX, alongY);

    /// <summary>Fewer places do not determine one.</summary>
    public const int LeastPoints = PointsPerTerm * Terms;

    /// <summary>No bend, of a picture with that centre.</summary>
    public static Bend None(double centreX, double centreY) => new(centreX, centreY, new double[Terms], new double[Terms]);

    /// <summary>Where what a point shows lies.</summary>
    public (double X, double Y) Apply(double px, double py)
    {
        var (x, y) = Apply(Vector512.Create(px), py);
        return (x[0], y[0]);
    }

    /// <summary>The same for eight points of a row.</summary>
    public (Vector512<double> X, Vector512<double> Y) Apply(Vector512<double> px, double py)
    {
        var (x, y) = ((px - Vector512.Create(centreX)) / Unit, (py - centreY) / Unit);
        return (px + Along(alongX, x, y), Vector512.Create(py) + Along(alongY, x, y));
    }

    /// <summary>The bend that puts places where they were found, by least squares; null when they do not determine one.</summary>
    public Bend? Corrected(IReadOnlyList<Warp.Displacement> places)
    {
        var targets = places.Select(place =>
        {
            var (x, y) = Apply(place.X + place.ShiftX, place.Y + place.ShiftY);
            return (place.X, place.Y, ShiftX: x - place.X, ShiftY: y - place.Y);
        }).ToList();
        var (bend, fitting) = ((Bend?)null, targets);
        for (var round = 0; round < Rounds; round++)
        {
            if (fitting.Count < LeastPoints || Fit(fitting) is not { } better) return bend;
            bend = better;
            fitting = targets.FindAll(place =>
            {
                var (x, y) = better.Apply(place.X, place.Y);
                var (dx, dy) = (x - place.X - place.ShiftX, y - place.Y - place.ShiftY);
                return dx * dx + dy * dy <= Outlier * Outlier;
            });
        }
        return bend;
    }

    private double Unit => Math.Max(centreX, centreY);

    private Bend? Fit(List<(double X, double Y, double ShiftX, double ShiftY)> places)
    {
        var normal = new double[Terms, Terms + 2];
        foreach (var (px, py, shiftX, shiftY) in places)
        {
            var (x, y) = ((px - centreX) / Unit, (py - centreY) / Unit);
            ReadOnlySpan<double> terms = [1, x, y, x * x, x * y, y * y, x * x * x, x * x * y, x * y * y, y * y * y];
            for (var i = 0; i < Terms; i++)
            {
                for (var j = 0; j < Terms; j++) normal[i, j] += terms[i] * terms[j];
                normal[i, Terms] += terms[i] * shiftX;
                normal[i, Terms + 1] += terms[i] * shiftY;
            }
        }
        return NormalEquations.Solve(normal, Terms)
            ? new Bend(centreX, centreY, [.. Enumerable.Range(0, Terms).Select(i => normal[i, Terms])], [.. Enumerable.Range(0, Terms).Select(i => normal[i, Terms + 1])])
            : null;
    }

    private static Vector512<double> Along(double[] factors, Vector512<double> x, double y)
    {
        var constant = factors[0] + y * (factors[2] + y * (factors[5] + y * factors[9]));
        var linear = factors[1] + y * (factors[4] + y * factors[8]);
        var square = factors[3] + y * factors[7];
        return Vector512.Create(constant) + x * (Vector512.Create(linear) + x * (Vector512.Create(square) + x * factors[6]));
    }
}
