namespace ImageRights.Fingerprint.LocalFeatures;

/// <summary>Which pairs of points a descriptor compares, for 64 directions.</summary>
/// <remarks>Test 128 + i is test i mirrored on the direction of the feature. A mirrored picture therefore has the same descriptors with their halves exchanged, and
/// need not be described a second time.</remarks>
internal static class OrbPattern
{
    public const int Directions = 64;
    public const int Tests = 256;

    /// <summary>No point is farther from the middle, in pixels.</summary>
    public const int Radius = 15;

    private const double Spread = 6.2;

    /// <summary>Pixels in a row of the patch that holds all points; the middle is <see cref="Radius"/> from its left and top.</summary>
    public const int PatchSide = 2 * Radius + 2;

    /// <summary>By direction and test: where in the patch the two points are.</summary>
    public static readonly (ushort First, ushort Second)[] Points = Create();

    private static (ushort First, ushort Second)[] Create()
    {
        var state = 0x9E3779B97F4A7C15UL;
        var tests = new (double X, double Y)[Tests, 2];
        for (var test = 0; test < Tests / 2; test++)
        {
            do
            {
                tests[test, 0] = Point();
                tests[test, 1] = Point();
            }
            while (Math.Abs(tests[test, 0].X - tests[test, 1].X) + Math.Abs(tests[test, 0].Y - tests[test, 1].Y) < 4);
            for (var end = 0; end < 2; end++) tests[test + Tests / 2, end] = (tests[test, end].X, -tests[test, end].Y);
        }
        var points = new (ushort First, ushort Second)[Directions * Tests];
        for (var direction = 0; direction < Directions; direction++)
        {
            var (sin, cos) = Math.SinCos(direction * 2 * Math.PI / Directions);
            for (var test = 0; test < Tests; test++) points[direction * Tests + test] = (Turned(tests[test, 0], sin, cos), Turned(tests[test, 1], sin, cos));
        }
        return points;

        static ushort Turned((double X, double Y) point, double sin, double cos) => (ushort)(
            (Radius + (int)Math.Round(point.X * sin + point.Y * cos, MidpointRounding.AwayFromZero)) * PatchSide
            + Radius + (int)Math.Round(point.X * cos - point.Y * sin, MidpointRounding.AwayFromZero));

        (double X, double Y) Point()
        {
            while (true)
            {
                var (radius, angle) = (Spread * Math.Sqrt(-2 * Math.Log(1 - Next())), 2 * Math.PI * Next());
                if (radius < Radius - 0.75) return (radius * Math.Cos(angle), radius * Math.Sin(angle));
            }
        }

        // Splitmix64: the pattern is part of the format and must not depend on a library's generator.
        double Next()
        {
            state += 0x9E3779B97F4A7C15UL;
            var mixed = (state ^ state >> 30) * 0xBF58476D1CE4E5B9UL;
            mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBUL;
            return ((mixed ^ mixed >> 31) >> 11) * (1.0 / (1UL << 53));
        }
    }
}
