using ImageRights.Matching.Screening;

namespace ImageRights.Matching.Index;

/// <summary>What a picture and a reference have in common after they were laid over each other.</summary>
/// <param name="Transform">From the picture to the reference, in the pixels of their features.</param>
/// <param name="Inliers">Features that the transform explains.</param>
/// <param name="Compared">Blocks of the thumbnails with enough contrast to be compared.</param>
/// <param name="Alike">Those that correlate.</param>
/// <param name="IsNearHash">Whether the hashes of the two proposed the transform.</param>
internal readonly record struct Alignment(Affine Transform, bool IsMirrored, int Inliers, int Compared, int Alike, bool IsNearHash = false)
{
    /// <summary>Whether that makes the picture a copy. Two photographs of one scene share corners; a copy also has the same pixels nearly everywhere, and the fewer its
    /// agreeing features are, the more of them.</summary>
    public bool IsCopy => IsNearHash
        ? Alike >= 10 && Share >= 0.5
        : Inliers >= 6 && Alike >= (Inliers < 8 ? 12 : 6) && Share >= LeastShare && Share + 0.03 * (Inliers - 6) >= 0.87;

    private double Share => Compared == 0 ? 0 : (double)Alike / Compared;

    private const double LeastShare = 0.25;
}

/// <summary>Lays one picture over another by their local features and compares what lies on what. The same two pictures always give the same answer: nothing is drawn at random.</summary>
internal static class LocalVerifier
{
    private const int Hypotheses = 60;

    public static Alignment? Align(LocalFeatures picture, LocalFeatures reference, bool mirrored)
    {
        var pairs = FeaturePairs.Between(picture, reference, mirrored, HammingScan.Fastest);
        if (pairs.Count < 4) return null;
        var points = pairs.ConvertAll(pair =>
        {
            var (from, to) = (picture.Keypoints[pair.From], reference.Keypoints[pair.To]);
            return ((double)from.X, (double)from.Y, (double)to.X, (double)to.Y);
        });
        var tolerance = 0.03 * Math.Max(reference.Width, reference.Height);
        if (BestSimilarity(picture, reference, pairs, points, mirrored, tolerance) is not { } transform) return null;
        for (var round = 0; round < 4; round++)
        {
            tolerance = Math.Max(6, tolerance * 0.8);
            if (Affine.Fit(Inliers(points, transform, tolerance)) is not { } better) return null;
            transform = better;
        }
        var scale = Math.Sqrt(Math.Abs(transform.Determinant));
        if (transform.Determinant < 0 != mirrored || scale is < 0.08 or > 12 || transform.Distortion() > 2.2) return null;
        var inliers = Inliers(points, transform, tolerance)
            .DistinctBy(point => ((int)point.U / 8, (int)point.V / 8)).DistinctBy(point => ((int)point.X / 8, (int)point.Y / 8)).Count();
        var (compared, alike) = BlockComparison.Run(picture, reference, transform, inverted: false);
        return new Alignment(transform, mirrored, inliers, compared, alike);
    }

    /// <summary>Compares the pixels under a transform that something else than features proposed.</summary>
    public static Alignment Compare(LocalFeatures picture, LocalFeatures reference, in Affine transform, bool mirrored, bool inverted)
    {
        var (compared, alike) = BlockComparison.Run(picture, reference, transform, inverted);
        return new Alignment(transform, mirrored, 0, compared, alike, true);
    }

    /// <summary>What was recognised, as polygons in both pictures.</summary>
    public static Evidence Explain(in Alignment alignment, LocalFeatures picture, LocalFeatures reference)
    {
        var back = alignment.Transform.Inverse();
        var transform = alignment.Transform;
        (double X, double Y)[] corners = [(0, 0), (picture.Width, 0), (picture.Width, picture.Height), (0, picture.Height)];
        var inReference = Clip([.. corners.Select(corner => transform.Apply(corner.X, corner.Y))], reference.Width, reference.Height);
        var inPicture = inReference.ConvertAll(point => back.Apply(point.X, point.Y));
        var (uploadPercent, referencePercent) = (Percent(inPicture, picture.Width, picture.Height), Percent(inReference, reference.Width, reference.Height));
        var kind = uploadPercent >= 90 && referencePercent >= 90 ? MatchClass.NearExact : uploadPercent < referencePercent ? MatchClass.Composite : MatchClass.Crop;
        return new Evidence(
            FeatureSet.Algorithm, kind, false, Fractions(inPicture, picture.Width, picture.Height), Fractions(inReference, reference.Width, reference.Height),
            uploadPercent, referencePercent, null, alignment.Inliers, alignment.Compared, alignment.Alike);
    }

    /// <summary>The orientation that comes closest to the transform.</summary>
    public static Orientation TurnOf(in Alignment alignment)
    {
        var transform = alignment.Transform;
        // Where the picture's x axis goes, in quarter turns clockwise on the screen.
        var quarters = ((int)Math.Round(Math.Atan2(transform.D, transform.A) / (Math.PI / 2)) + 4) % 4;
        return (alignment.IsMirrored, quarters) switch
        {
            (false, 0) => Orientation.Original,
            (false, 1) => Orientation.Rotate270,
            (false, 2) => Orientation.Rotate180,
            (false, _) => Orientation.Rotate90,
            (true, 0) => Orientation.FlipX,
            (true, 1) => Orientation.FlipPlus1,
            (true, 2) => Orientation.FlipY,
            (true, _) => Orientation.FlipMinus1,
        };
    }

    // A pair of features determines a similarity by itself, through their directions and scales; every good pair is tried.
    private static Affine? BestSimilarity(
        LocalFeatures picture, LocalFeatures reference, List<FeaturePair> pairs, List<(double X, double Y, double U, double V)> points, bool mirrored, double tolerance)
    {
        var (best, most) = ((Affine?)null, 3);
        for (var i = 0; i < Math.Min(Hypotheses, pairs.Count); i++)
        {
            var (from, to) = (picture.Keypoints[pairs[i].From], reference.Keypoints[pairs[i].To]);
            var scale = (double)to.Scale / from.Scale;
            var (sin, cos) = Math.SinCos(to.Angle - (mirrored ? Math.PI - from.Angle : from.Angle));
            var side = mirrored ? -1 : 1;
            var (a, b, d, e) = (scale * cos * side, -scale * sin, scale * sin * side, scale * cos);
            var transform = new Affine(a, b, to.X - a * from.X - b * from.Y, d, e, to.Y - d * from.X - e * from.Y);
            var count = 0;
            foreach (var (x, y, u, v) in points)
            {
                var (px, py) = transform.Apply(x, y);
                if ((px - u) * (px - u) + (py - v) * (py - v) <= 4 * tolerance * tolerance) count++;
            }
            if (count > most) (best, most) = (transform, count);
        }
        return best;
    }

    private static List<(double X, double Y, double U, double V)> Inliers(List<(double X, double Y, double U, double V)> points, Affine transform, double tolerance) =>
        points.FindAll(point =>
        {
            var (x, y) = transform.Apply(point.X, point.Y);
            return (x - point.U) * (x - point.U) + (y - point.V) * (y - point.V) <= tolerance * tolerance;
        });

    // Sutherland and Hodgman (1974): one side of the picture after the other.
    private static List<(double X, double Y)> Clip(List<(double X, double Y)> polygon, double width, double height)
    {
        foreach (var inside in (Func<(double X, double Y), double>[])[p => p.X, p => width - p.X, p => p.Y, p => height - p.Y])
        {
            var result = new List<(double X, double Y)>();
            for (var i = 0; i < polygon.Count; i++)
            {
                var (from, to) = (polygon[i], polygon[(i + 1) % polygon.Count]);
                var (here, there) = (inside(from), inside(to));
                if (here >= 0) result.Add(from);
                if (here >= 0 != there >= 0)
                {
                    var part = here / (here - there);
                    result.Add((from.X + part * (to.X - from.X), from.Y + part * (to.Y - from.Y)));
                }
            }
            polygon = result;
        }
        return polygon;
    }

    private static double Percent(List<(double X, double Y)> polygon, double width, double height)
    {
        double twice = 0;
        for (var i = 0; i < polygon.Count; i++)
        {
            var (from, to) = (polygon[i], polygon[(i + 1) % polygon.Count]);
            twice += from.X * to.Y - to.X * from.Y;
        }
        return Math.Round(Math.Clamp(50 * Math.Abs(twice) / (width * height), 0, 100), 1);
    }

    private static List<Corner> Fractions(List<(double X, double Y)> polygon, double width, double height) =>
        polygon.ConvertAll(point => new Corner(Math.Round(Math.Clamp(point.X / width, 0, 1), 4), Math.Round(Math.Clamp(point.Y / height, 0, 1), 4)));
}
