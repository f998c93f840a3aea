namespace ImageRights.Matching.Index;

/// <summary>How two aligned pictures resemble each other, as far as it tells a copy from another photograph of the same scene: the one has the same pixels also in its middle, and
/// to a fraction of a pixel; the other has a floor, a wall or a hanger in common.</summary>
/// <param name="Inliers">Local features that one transform explains.</param>
/// <param name="Compared">Blocks of the thumbnails with enough contrast.</param>
/// <param name="Alike">Those that correlate.</param>
/// <param name="Share">Of the compared blocks those that correlate, 0 to 1.</param>
/// <param name="StrongShare">Of the compared blocks those that are nearly the same, and just where the transform puts them.</param>
/// <param name="HullShare">The same as <paramref name="Share"/> within the convex hull of what is alike.</param>
/// <param name="HullPart">How much of either picture the hull covers, whichever it covers more of.</param>
/// <param name="CentreShare">The same as <paramref name="Share"/>, the middle of what overlaps counting most.</param>
/// <param name="Looseness">Of the alike blocks, pixels beside their place.</param>
/// <param name="ShiftGain">How much better the middle one of the alike blocks correlates when it is moved. Of a copy it is as good as nothing, also along an edge or in a pattern, where places are
/// uncertain; what a moved camera saw differently must be moved to be alike.</param>
internal sealed record Resemblance(
    int Inliers, int Compared, int Alike, double Share, double StrongShare, double HullShare, double HullPart, double CentreShare, double Looseness, double ShiftGain)
{
    private const double Strong = 0.85;

    // Fewer are alike by chance, and of so few compared their share is large and they lie just right.
    private const int LeastAlike = 4;

    // More is not more telling.
    private const double MostShiftGain = 0.03;

    public static Resemblance Of(int inliers, PixelReport report, LocalFeatures picture, LocalFeatures reference)
    {
        var alike = report.Blocks.Where(block => block.Correlation > PixelComparison.LeastCorrelation).ToList();
        var (compared, hull) = (report.Blocks.Count, HullOf(alike));
        if (alike.Count < LeastAlike) return new Resemblance(inliers, compared, alike.Count, 0, 0, 0, 0, 0, 1, MostShiftGain);
        var within = report.Blocks.Where(block => hull.Contains(block.Column + 0.5, block.Row + 0.5)).ToList();
        var area = hull.Area * PixelComparison.Side * PixelComparison.Side;
        var ofReference = area / (reference.ThumbnailWidth * reference.ThumbnailHeight);
        // Areas of the reference come to the picture through the transform backwards.
        var ofPicture = ofReference * reference.Width * reference.Height / Math.Max(1e-9, Math.Abs(report.Transform.Determinant) * picture.Width * picture.Height);
        return new Resemblance(
            inliers, compared, alike.Count, (double)alike.Count / compared, (double)report.Blocks.Count(block => block.CorrelationHere > Strong) / compared,
            within.Count == 0 ? 0 : (double)within.Count(block => block.Correlation > PixelComparison.LeastCorrelation) / within.Count,
            Math.Clamp(Math.Max(ofReference, ofPicture), 0, 1), CentreShareOf(report.Blocks), Math.Min(report.Looseness, 1.5), ShiftGainOf(alike));
    }

    /// <summary>What the score is computed of, each about 0 to 1.</summary>
    /// <param name="distance">Distance of the hashes in bits.</param>
    public IReadOnlyDictionary<string, double> Measures(int distance) => new SortedDictionary<string, double>(StringComparer.Ordinal)
    {
        ["inliers"] = Rounded(Math.Log(1 + Inliers) / 4),
        ["alike"] = Rounded(Math.Log(1 + Alike) / 4),
        ["share"] = Rounded(Share),
        ["strongShare"] = Rounded(StrongShare),
        ["hullShare"] = Rounded(HullShare),
        ["hullPart"] = Rounded(HullPart),
        ["centreShare"] = Rounded(CentreShare),
        ["looseness"] = Rounded(Looseness),
        ["shiftGain"] = Rounded(ShiftGain / MostShiftGain),
        ["hash"] = Rounded(Math.Max(0, 64 - distance) / 64.0),
    };

    private static double Rounded(double value) => Math.Round(value, 4);

    /// <summary>The hull of the blocks that correlate and have neighbours that do: one alone may be chance.</summary>
    public static ConvexHull HullOf(IReadOnlyList<Block> alike)
    {
        var places = alike.Select(block => (block.Column, block.Row)).ToHashSet();
        return ConvexHull.Of([.. places
            .Where(place => Enumerable.Range(0, 9).Count(at => places.Contains((place.Column + at % 3 - 1, place.Row + at / 3 - 1))) > 2)
            .SelectMany(place => new (double, double)[] { (place.Column, place.Row), (place.Column + 1, place.Row), (place.Column, place.Row + 1), (place.Column + 1, place.Row + 1) })]);
    }

    private static double ShiftGainOf(List<Block> alike) =>
        alike.Count == 0 ? MostShiftGain : Math.Min(MostShiftGain, alike.Select(block => block.ShiftGain).Order().ElementAt(alike.Count / 2));

    private static double CentreShareOf(IReadOnlyList<Block> blocks)
    {
        var (left, right) = (blocks.Min(block => block.Column), blocks.Max(block => block.Column));
        var (top, bottom) = (blocks.Min(block => block.Row), blocks.Max(block => block.Row));
        var (sum, alike) = (0.0, 0.0);
        foreach (var block in blocks)
        {
            var (x, y) = ((block.Column - (left + right) / 2.0) / Math.Max(1, right - left), (block.Row - (top + bottom) / 2.0) / Math.Max(1, bottom - top));
            var weight = Math.Exp(-8 * (x * x + y * y));
            sum += weight;
            if (block.Correlation > PixelComparison.LeastCorrelation) alike += weight;
        }
        return alike / sum;
    }
}
