namespace ImageRights.Matching.Index;

/// <summary>The smallest convex polygon around points.</summary>
internal sealed class ConvexHull
{
    private readonly List<(double X, double Y)> corners;

    private ConvexHull(List<(double X, double Y)> corners) => this.corners = corners;

    public double Area
    {
        get
        {
            double twice = 0;
            for (var i = 0; i < corners.Count; i++) twice += Cross((0, 0), corners[i], corners[(i + 1) % corners.Count]);
            return Math.Abs(twice) / 2;
        }
    }

    /// <summary>Andrew's monotone chain (1979).</summary>
    public static ConvexHull Of(IReadOnlyList<(double X, double Y)> points)
    {
        var sorted = points.Distinct().Order().ToList();
        if (sorted.Count < 3) return new ConvexHull([]);
        return new ConvexHull([.. Chain(sorted), .. Chain([.. Enumerable.Reverse(sorted)])]);

        static IEnumerable<(double X, double Y)> Chain(List<(double X, double Y)> from)
        {
            var chain = new List<(double X, double Y)>();
            foreach (var point in from)
            {
                while (chain.Count > 1 && Cross(chain[^2], chain[^1], point) <= 0) chain.RemoveAt(chain.Count - 1);
                chain.Add(point);
            }
            // The last point is the first of the other chain.
            return chain.SkipLast(1);
        }
    }

    public bool Contains(double x, double y)
    {
        for (var i = 0; i < corners.Count; i++)
        {
            if (Cross(corners[i], corners[(i + 1) % corners.Count], (x, y)) < 0) return false;
        }
        return corners.Count > 0;
    }

    private static double Cross((double X, double Y) origin, (double X, double Y) a, (double X, double Y) b) =>
        (a.X - origin.X) * (b.Y - origin.Y) - (a.Y - origin.Y) * (b.X - origin.X);
}
