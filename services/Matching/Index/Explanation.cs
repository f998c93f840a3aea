using ImageRights.Matching.Screening;

namespace ImageRights.Matching.Index;

/// <summary>Puts into words how two pictures were recognised as the same.</summary>
internal static class Explanation
{
    private const double WholePercent = 90;
    private const int MostOverlays = 8;

    // A new background leaves the middle as it was, and little else.
    private const double ForegroundShare = 0.7;
    private const double BackgroundShare = 0.65;

    private const double Unlike = 0.3;
    private const int LeastOverlayBlocks = 2;

    /// <summary>The two are the same file.</summary>
    public static Evidence OfSameBytes() => new(
        FeatureSet.Algorithm, MatchClass.Exact, false, CornersOf(null, Orientation.Original), CornersOf(null, Orientation.Original), 100, 100, 0, null, null, null, 1);

    /// <summary>The two are the same picture, in another file.</summary>
    public static Evidence OfSamePixels() => OfSameBytes() with { Class = MatchClass.NearExact };

    /// <param name="hit">The hash of the reference that agreed.</param>
    /// <param name="part">The rectangle of the upload whose hash agreed; null: the whole.</param>
    public static Evidence OfHash(SignHit hit, Area? part)
    {
        var (uploadPercent, referencePercent) = (PercentOf(part), PercentOf(hit.Area));
        var kind = uploadPercent < WholePercent ? MatchClass.Composite : referencePercent < WholePercent ? MatchClass.Crop : MatchClass.NearExact;
        // The corners in the order in which the turn takes them, so that corner i of the one is corner i of the other.
        return new Evidence(
            FeatureSet.Algorithm, kind, hit.IsInverted, CornersOf(part, Orientation.Original), CornersOf(hit.Area, hit.Turn), uploadPercent, referencePercent, hit.Distance,
            null, null, null, CopyModel.ScoreOfHash(hit.Distance));
    }

    /// <summary>What hashes recognised, with what the pixels add.</summary>
    public static Evidence WithPixels(Evidence evidence, Alignment alignment, LocalFeatures picture, LocalFeatures reference) => evidence with
    {
        BlocksCompared = alignment.Resemblance.Compared,
        BlocksAlike = alignment.Resemblance.Alike,
        Score = Math.Max(evidence.Score ?? 0, alignment.Score),
        Overlays = Overlays(alignment, picture, reference),
        Measures = alignment.Measures,
    };

    /// <summary>What was recognised when the two were laid over each other.</summary>
    /// <param name="isCopy">Whether that makes it one.</param>
    public static Evidence OfAlignment(Alignment alignment, LocalFeatures picture, LocalFeatures reference, bool isCopy)
    {
        var (transform, back, resemblance) = (alignment.Transform, alignment.Transform.Inverse(), alignment.Resemblance);
        (double X, double Y)[] corners = [(0, 0), (picture.Width, 0), (picture.Width, picture.Height), (0, picture.Height)];
        var inReference = Clip([.. corners.Select(corner => transform.Apply(corner.X, corner.Y))], reference.Width, reference.Height);
        var inPicture = inReference.ConvertAll(point => back.Apply(point.X, point.Y));
        var (uploadPercent, referencePercent) = (Percent(inPicture, picture.Width, picture.Height), Percent(inReference, reference.Width, reference.Height));
        var kind = !isCopy ? MatchClass.SameScene
            : uploadPercent < WholePercent || referencePercent < WholePercent ? uploadPercent < referencePercent ? MatchClass.Composite : MatchClass.Crop
            : resemblance.HullShare >= ForegroundShare && resemblance.Share < BackgroundShare ? MatchClass.BackgroundChanged
            : MatchClass.NearExact;
        return new Evidence(
            FeatureSet.Algorithm, kind, alignment.IsInverted, Fractions(inPicture, picture.Width, picture.Height), Fractions(inReference, reference.Width, reference.Height),
            uploadPercent, referencePercent, null, resemblance.Inliers, resemblance.Compared, resemblance.Alike,
            alignment.Score, isCopy ? Overlays(alignment, picture, reference) : null, alignment.Measures,
            alignment.Discounted == 0 ? null : alignment.Discounted);
    }

    /// <summary>From a picture to a reference, in the pixels of their features, when the rectangles whose hashes agree lie on each other.</summary>
    public static Affine TransformOf(in SignHit hit, Area? part, LocalFeatures picture, LocalFeatures reference)
    {
        var from = part ?? new Area(0, 0, 1, 1);
        var to = hit.Area ?? new Area(0, 0, 1, 1);
        var turn = hit.Turn;
        var (origin, right, down) = (Map(0, 0), Map(1, 0), Map(0, 1));
        var (a, d) = ((right.X - origin.X) / picture.Width, (right.Y - origin.Y) / picture.Width);
        var (b, e) = ((down.X - origin.X) / picture.Height, (down.Y - origin.Y) / picture.Height);
        return new Affine(a, b, origin.X, d, e, origin.Y);

        (double X, double Y) Map(double x, double y)
        {
            var (u, v) = Turned(((x - from.Left) / from.Width, (y - from.Top) / from.Height), turn);
            return ((to.Left + u * to.Width) * reference.Width, (to.Top + v * to.Height) * reference.Height);
        }
    }

    private static double PercentOf(Area? area) => area is null ? 100 : Math.Round(area.Width * area.Height * 100, 1);

    private static List<Corner> CornersOf(Area? area, Orientation turn)
    {
        var (left, top, width, height) = area is null ? (0, 0, 1, 1) : (area.Left, area.Top, area.Width, area.Height);
        return [.. new[] { (0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0) }.Select(corner => Turned(corner, turn)).Select(corner => new Corner(left + corner.X * width, top + corner.Y * height))];
    }

    // Where a point of the picture comes to lie when it is turned that way.
    private static (double X, double Y) Turned((double X, double Y) point, Orientation turn) => turn switch
    {
        Orientation.Original => point,
        Orientation.Rotate90 => (point.Y, 1 - point.X),
        Orientation.Rotate180 => (1 - point.X, 1 - point.Y),
        Orientation.Rotate270 => (1 - point.Y, point.X),
        Orientation.FlipX => (point.X, 1 - point.Y),
        Orientation.FlipY => (1 - point.X, point.Y),
        Orientation.FlipPlus1 => (point.Y, point.X),
        Orientation.FlipMinus1 => (1 - point.Y, 1 - point.X),
    };

    // What lies on the picture and not on the reference: blocks amid what is alike that are not, as rectangles of the picture.
    private static List<Area> Overlays(Alignment alignment, LocalFeatures picture, LocalFeatures reference)
    {
        var hull = Resemblance.HullOf([.. alignment.Blocks.Where(block => block.Correlation > PixelComparison.LeastCorrelation)]);
        var open = alignment.Blocks.Where(block => block.Correlation < Unlike && hull.Contains(block.Column + 0.5, block.Row + 0.5)).Select(block => (block.Column, block.Row)).ToHashSet();
        var back = alignment.Transform.Inverse();
        var overlays = new List<Area>();
        foreach (var start in alignment.Blocks.Select(block => (block.Column, block.Row)))
        {
            if (!open.Remove(start)) continue;
            var (region, next) = (new List<(int Column, int Row)> { start }, 0);
            for (; next < region.Count; next++)
            {
                var (column, row) = region[next];
                foreach (var neighbour in new[] { (column - 1, row), (column + 1, row), (column, row - 1), (column, row + 1) })
                {
                    if (open.Remove(neighbour)) region.Add(neighbour);
                }
            }
            if (region.Count >= LeastOverlayBlocks) overlays.Add(AreaOf(region));
        }
        return [.. overlays.OrderByDescending(area => area.Width * area.Height).Take(MostOverlays)];

        Area AreaOf(List<(int Column, int Row)> region)
        {
            var corners = region.SelectMany(block => new[] { (0, 0), (1, 0), (0, 1), (1, 1) }.Select(corner => back.Apply(
                (double)(block.Column + corner.Item1) * PixelComparison.Side * reference.Width / reference.ThumbnailWidth,
                (double)(block.Row + corner.Item2) * PixelComparison.Side * reference.Height / reference.ThumbnailHeight))).ToList();
            var (left, right) = (Part(corners.Min(corner => corner.X) / picture.Width), Part(corners.Max(corner => corner.X) / picture.Width));
            var (top, bottom) = (Part(corners.Min(corner => corner.Y) / picture.Height), Part(corners.Max(corner => corner.Y) / picture.Height));
            return new Area(left, top, Math.Round(right - left, 4), Math.Round(bottom - top, 4));
        }
    }

    private static double Part(double fraction) => Math.Round(Math.Clamp(fraction, 0, 1), 4);

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
        polygon.ConvertAll(point => new Corner(Part(point.X / width), Part(point.Y / height)));
}
