using ImageRights.Matching.Index;

namespace ImageRights.Matching.UnitTests;

/// <summary>What <see cref="BlockComparison"/> is to answer, worked out the plain way.</summary>
internal static class PlainBlockComparison
{
    private const int Side = 10;

    public static (int Compared, int Alike) Run(LocalFeatures picture, LocalFeatures reference, Affine transform, bool inverted)
    {
        var map = new Affine((double)reference.Width / reference.ThumbnailWidth, 0, 0, 0, (double)reference.Height / reference.ThumbnailHeight, 0)
            .Then(transform.Inverse())
            .Then(new Affine((double)picture.ThumbnailWidth / picture.Width, 0, 0, 0, (double)picture.ThumbnailHeight / picture.Height, 0));
        var (compared, alike) = (0, 0);
        for (var top = 0; top + Side <= reference.ThumbnailHeight; top += Side)
        {
            for (var left = 0; left + Side <= reference.ThumbnailWidth; left += Side)
            {
                var block = Pixels().Select(at => (double)reference.Levels[(top + at.Y) * reference.ThumbnailWidth + left + at.X]).ToArray();
                var contrast = Centre(block);
                if (contrast < 36) continue;
                var correlations = new List<double>();
                for (var shift = 0; shift < 9; shift++)
                {
                    var other = Pixels().Select(at => Sample(picture, map.Apply(left + at.X + shift % 3 - 1 + 0.5, top + at.Y + shift / 3 - 1 + 0.5))).ToArray();
                    if (other.Any(double.IsNaN)) continue;
                    var variance = Centre(other);
                    var product = 0.0;
                    for (var i = 0; i < block.Length; i++) product += block[i] * other[i];
                    correlations.Add((inverted ? -product : product) / block.Length / Math.Sqrt(contrast * Math.Max(variance, 1)));
                }
                if (correlations.Count == 0) continue;
                compared++;
                if (correlations.Max() > 0.6) alike++;
            }
        }
        return (compared, alike);
    }

    private static IEnumerable<(int X, int Y)> Pixels() => Enumerable.Range(0, Side * Side).Select(i => (i % Side, i / Side));

    private static double Centre(double[] values)
    {
        var mean = values.Sum() / values.Length;
        var squares = 0.0;
        for (var i = 0; i < values.Length; i++)
        {
            values[i] -= mean;
            squares += values[i] * values[i];
        }
        return squares / values.Length;
    }

    private static double Sample(LocalFeatures picture, (double X, double Y) at)
    {
        var (width, height, levels) = (picture.ThumbnailWidth, picture.ThumbnailHeight, picture.Levels);
        if (width < 2 || height < 2 || at.X < 0 || at.Y < 0 || at.X > width || at.Y > height) return double.NaN;
        var (u, v) = (Math.Clamp(at.X - 0.5, 0, width - 1.001), Math.Clamp(at.Y - 0.5, 0, height - 1.001));
        var (x, y) = ((int)u, (int)v);
        var (fx, fy) = (u - x, v - y);
        return (levels[y * width + x] * (1 - fx) + levels[y * width + x + 1] * fx) * (1 - fy) + (levels[(y + 1) * width + x] * (1 - fx) + levels[(y + 1) * width + x + 1] * fx) * fy;
    }
}
