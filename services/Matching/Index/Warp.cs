using System.Runtime.Intrinsics;

namespace ImageRights.Matching.Index;

/// <summary>Where points of one picture lie in another under a perspective: u = C + (A x + B y) / (1 + G x + H y), v = F + (D x + E y) / (1 + G x + H y), with x and y counted from a centre.</summary>
internal readonly record struct Warp(double CentreX, double CentreY, double A, double B, double C, double D, double E, double F, double G, double H)
{
    private const int LeastPoints = 6;
    private const int LeastForPerspective = 16;
    private const int Rounds = 2;
    private const double MostPerspective = 0.6;
    private const double Outlier = 1.5;

    /// <summary>A place that was found beside where it was expected.</summary>
    /// <param name="X">Where it is in the one picture.</param>
    /// <param name="Y">Where it is in the one picture.</param>
    /// <param name="ShiftX">The point of the same picture whose counterpart it looks like lies so much to the right.</param>
    /// <param name="ShiftY">And so much below.</param>
    public readonly record struct Displacement(double X, double Y, double ShiftX, double ShiftY);

    public static Warp Of(in Affine map, double centreX, double centreY)
    {
        var (c, f) = map.Apply(centreX, centreY);
        return new Warp(centreX, centreY, map.A, map.B, c, map.D, map.E, f, 0, 0);
    }

    public (double U, double V) Apply(double px, double py)
    {
        var (x, y) = (px - CentreX, py - CentreY);
        var depth = 1 + G * x + H * y;
        return (C + (A * x + B * y) / depth, F + (D * x + E * y) / depth);
    }

    /// <summary>The same for eight points.</summary>
    public (Vector512<double> U, Vector512<double> V) Apply(Vector512<double> px, Vector512<double> py)
    {
        var (x, y) = (px - Vector512.Create(CentreX), py - Vector512.Create(CentreY));
        var depth = Vector512<double>.One + G * x + H * y;
        return (Vector512.Create(C) + (A * x + B * y) / depth, Vector512.Create(F) + (D * x + E * y) / depth);
    }

    /// <summary>The transform without its perspective.</summary>
    public Affine AsAffine() => new(A, B, C - A * CentreX - B * CentreY, D, E, F - D * CentreX - E * CentreY);

    /// <summary>The warp that puts places where they were found, by least squares; null when they do not determine one.</summary>
    public Warp? Corrected(List<Displacement> places)
    {
        var (warp, fitting, before) = ((Warp?)null, places, this);
        for (var round = 0; round < Rounds; round++)
        {
            if (fitting.Count < LeastPoints || Fit(fitting) is not { } better) return warp;
            warp = better;
            fitting = places.FindAll(place => better.ErrorOf(place, before) <= Outlier);
        }
        return warp;
    }

    // In pixels of the one picture, where its scale is about the same in all directions.
    private double ErrorOf(in Displacement place, in Warp before)
    {
        var (u, v) = before.Apply(place.X + place.ShiftX, place.Y + place.ShiftY);
        var (fu, fv) = Apply(place.X, place.Y);
        return Math.Sqrt(((u - fu) * (u - fu) + (v - fv) * (v - fv)) / Math.Max(1e-9, Math.Abs(A * E - B * D)));
    }

    private Warp? Fit(List<Displacement> places)
    {
        const int most = 8;
        var unknowns = places.Count >= LeastForPerspective ? most : 6;
        // In units of the centre's distance the unknowns are of one size.
        var unit = Math.Max(CentreX, CentreY);
        var normal = new double[unknowns, unknowns + 1];
        Span<double> alongU = stackalloc double[most], alongV = stackalloc double[most];
        foreach (var place in places)
        {
            var (u, v) = Apply(place.X + place.ShiftX, place.Y + place.ShiftY);
            (u, v) = (u - C, v - F);
            var (x, y) = ((place.X - CentreX) / unit, (place.Y - CentreY) / unit);
            alongU.Clear();
            alongV.Clear();
            (alongU[0], alongU[1], alongU[2], alongU[6], alongU[7]) = (x, y, 1, -u * x, -u * y);
            (alongV[3], alongV[4], alongV[5], alongV[6], alongV[7]) = (x, y, 1, -v * x, -v * y);
            for (var i = 0; i < unknowns; i++)
            {
                for (var j = 0; j < unknowns; j++) normal[i, j] += alongU[i] * alongU[j] + alongV[i] * alongV[j];
                normal[i, unknowns] += alongU[i] * u + alongV[i] * v;
            }
        }
        if (!NormalEquations.Solve(normal, unknowns)) return null;
        var (g, h) = unknowns == most ? (normal[6, unknowns], normal[7, unknowns]) : (0, 0);
        // Seen from so near that the picture would turn over within the reference.
        if (Math.Abs(g) + Math.Abs(h) > MostPerspective) return null;
        var (shiftU, shiftV) = (normal[2, unknowns], normal[5, unknowns]);
        return new Warp(
            CentreX, CentreY, (normal[0, unknowns] - shiftU * g) / unit, (normal[1, unknowns] - shiftU * h) / unit, C + shiftU,
            (normal[3, unknowns] - shiftV * g) / unit, (normal[4, unknowns] - shiftV * h) / unit, F + shiftV, g / unit, h / unit);
    }
}
