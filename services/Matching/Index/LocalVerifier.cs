using ImageRights.Matching.Screening;

namespace ImageRights.Matching.Index;

/// <summary>A picture laid over a reference.</summary>
/// <param name="Transform">From the picture to the reference, in the pixels of their features.</param>
/// <param name="Resemblance">How they resemble each other there.</param>
/// <param name="Blocks">What their pixels say.</param>
internal sealed record Alignment(Affine Transform, bool IsMirrored, bool IsInverted, Resemblance Resemblance, IReadOnlyList<Block> Blocks)
{
    private const int SceneInliers = 9;
    private const int SceneAlike = 6;

    /// <summary>Distance of the hashes in bits.</summary>
    public int Distance { get; init; } = 128;

    /// <summary>Where in the picture the features are that proposed the transform; none when hashes did.</summary>
    public IReadOnlyList<(double X, double Y)> Inliers { get; init; } = [];

    /// <summary>Blocks that show an account's backdrop and so are no part of the resemblance.</summary>
    public int Discounted { get; init; }

    /// <summary>What the score is computed of.</summary>
    public IReadOnlyDictionary<string, double> Measures => Resemblance.Measures(Distance);

    /// <summary>Probability that the picture is a copy, 0 to 1.</summary>
    public double Score => CopyModel.Current.Score(Measures);

    /// <summary>Whether the two show the same place or thing at least: so many corners do not agree by chance.</summary>
    public bool IsRelated => Resemblance.Inliers >= SceneInliers && Resemblance.Alike >= SceneAlike;
}

/// <summary>Lays one picture over another by their local features and compares what lies on what. The same two pictures always give the same answer: nothing is drawn at random.</summary>
internal static class LocalVerifier
{
    private const int Hypotheses = 150;
    private const int LeastInliers = 5;
    private const int LeastForAffine = 9;
    private const int MostRefined = 5;
    private const int Rounds = 6;
    private const double LeastAgreement = 2;

    // In pixels of the features.
    private const double Tolerance = 6;

    public static Alignment? Align(LocalFeatures picture, LocalFeatures reference, bool mirrored)
    {
        var pairs = FeaturePairs.Between(picture, reference, mirrored, HammingScan.Fastest);
        if (pairs.Count < 4) return null;
        var points = pairs.ConvertAll(pair =>
        {
            var (from, to) = (picture.Keypoints[pair.From], reference.Keypoints[pair.To]);
            return ((double)from.X, (double)from.Y, (double)to.X, (double)to.Y);
        });
        var coordinates = new PointPairs(points);
        var tolerance = 0.06 * Math.Max(reference.Width, reference.Height);
        var (found, most) = ((Affine?)null, 0.0);
        foreach (var proposal in Similarities(picture, reference, pairs, coordinates, mirrored, tolerance))
        {
            if (Refined(proposal, points, mirrored, tolerance) is not { } refined) continue;
            var agreement = coordinates.Agreement(refined, Tolerance * Tolerance);
            if (agreement > most) (found, most) = (refined, agreement);
        }
        if (found is not { } transform) return null;
        var scale = Math.Sqrt(Math.Abs(transform.Determinant));
        if (transform.Determinant < 0 != mirrored || scale is < 0.08 or > 12 || transform.Distortion() > 2.2) return null;
        var inliers = Inliers(points, transform, Tolerance, new (double X, double Y, double U, double V)[points.Count]).ToArray()
            .DistinctBy(point => ((int)point.U / 8, (int)point.V / 8)).DistinctBy(point => ((int)point.X / 8, (int)point.Y / 8)).Select(point => (point.X, point.Y)).ToList();
        return inliers.Count < LeastInliers ? null : Compare(picture, reference, transform, mirrored, false, inliers.Count) with { Inliers = inliers };
    }

    /// <summary>Compares the pixels under a transform.</summary>
    /// <param name="inliers">Features that proposed it; none when hashes did.</param>
    public static Alignment Compare(LocalFeatures picture, LocalFeatures reference, in Affine transform, bool mirrored, bool inverted, int inliers = 0)
    {
        var report = PixelComparison.Compare(picture, reference, transform, inverted);
        return new Alignment(report.Transform, mirrored, inverted, Resemblance.Of(inliers, report, picture, reference), report.Blocks);
    }

    /// <summary>The orientation that comes closest to the transform.</summary>
    public static Orientation TurnOf(Alignment alignment)
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

    // A pair of features determines a similarity by itself, through their directions and scales; every good pair is tried. The best few that lay the picture on different places, best first.
    private static List<Affine> Similarities(LocalFeatures picture, LocalFeatures reference, List<FeaturePair> pairs, PointPairs points, bool mirrored, double tolerance)
    {
        var tried = new List<(Affine Transform, double Agreement)>();
        for (var i = 0; i < Math.Min(Hypotheses, pairs.Count); i++)
        {
            var (from, to) = (picture.Keypoints[pairs[i].From], reference.Keypoints[pairs[i].To]);
            var scale = (double)to.Scale / from.Scale;
            var (sin, cos) = Math.SinCos(to.Angle - (mirrored ? Math.PI - from.Angle : from.Angle));
            var side = mirrored ? -1 : 1;
            var (a, b, d, e) = (scale * cos * side, -scale * sin, scale * sin * side, scale * cos);
            var transform = new Affine(a, b, to.X - a * from.X - b * from.Y, d, e, to.Y - d * from.X - e * from.Y);
            tried.Add((transform, points.Agreement(transform, tolerance * tolerance)));
        }
        var kept = new List<Affine>();
        foreach (var (transform, _) in tried.Where(one => one.Agreement > LeastAgreement).OrderByDescending(one => one.Agreement))
        {
            if (kept.Exists(other => AreNear(transform, other))) continue;
            kept.Add(transform);
            if (kept.Count == MostRefined) break;
        }
        return kept;

        bool AreNear(in Affine one, in Affine other)
        {
            var (x, y) = one.Apply(picture.Width / 2.0, picture.Height / 2.0);
            var (u, v) = other.Apply(picture.Width / 2.0, picture.Height / 2.0);
            return (x - u) * (x - u) + (y - v) * (y - v) < tolerance * tolerance && Math.Abs(one.A - other.A) + Math.Abs(one.B - other.B) < 0.2 * Math.Sqrt(Math.Abs(one.Determinant));
        }
    }

    // What agrees roughly corrects the transform, and so more and more exactly.
    private static Affine? Refined(Affine transform, List<(double X, double Y, double U, double V)> points, bool mirrored, double tolerance)
    {
        var room = new (double X, double Y, double U, double V)[points.Count];
        for (var round = 0; round < Rounds; round++)
        {
            var agreeing = Inliers(points, transform, tolerance, room);
            // A few points fit many an affine transform, and most of those are wrong.
            if ((agreeing.Length < LeastForAffine || round == 0 ? Affine.FitSimilarity(agreeing, mirrored) : Affine.Fit(agreeing)) is not { } better) return null;
            transform = better;
            tolerance = Math.Max(Tolerance, tolerance * 0.6);
        }
        return transform;
    }

    private static ReadOnlySpan<(double X, double Y, double U, double V)> Inliers(
        List<(double X, double Y, double U, double V)> points, in Affine transform, double tolerance, Span<(double X, double Y, double U, double V)> room)
    {
        var count = 0;
        foreach (var point in points)
        {
            var (x, y) = transform.Apply(point.X, point.Y);
            if ((x - point.U) * (x - point.U) + (y - point.V) * (y - point.V) <= tolerance * tolerance) room[count++] = point;
        }
        return room[..count];
    }
}
