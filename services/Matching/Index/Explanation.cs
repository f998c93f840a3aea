using ImageRights.Matching.Screening;

namespace ImageRights.Matching.Index;

/// <summary>Puts into words how two pictures were recognised as the same.</summary>
internal static class Explanation
{
    private const double WholePercent = 90;

    /// <param name="hit">The hash of the reference that agreed.</param>
    /// <param name="part">The rectangle of the upload whose hash agreed; null: the whole.</param>
    /// <param name="sameBytes">Whether the two are the same file.</param>
    public static Evidence OfHash(SignHit hit, Area? part, bool sameBytes)
    {
        var (uploadPercent, referencePercent) = (PercentOf(part), PercentOf(hit.Area));
        var kind = sameBytes ? MatchClass.Exact : uploadPercent < WholePercent ? MatchClass.Composite : referencePercent < WholePercent ? MatchClass.Crop : MatchClass.NearExact;
        // The corners in the order in which the turn takes them, so that corner i of the one is corner i of the other.
        return new Evidence(
            FeatureSet.Algorithm, kind, hit.IsInverted, CornersOf(part, Orientation.Original), CornersOf(hit.Area, hit.Turn), uploadPercent, referencePercent, hit.Distance, null, null, null);
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
}
