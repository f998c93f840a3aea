using System.Numerics;
using ImageRights.Fingerprint.Layout;

namespace ImageRights.Fingerprint.LocalFeatures;

/// <summary>A corner of a picture with what it looks like.</summary>
/// <param name="X">Pixels from the left, in the picture it was found in.</param>
/// <param name="Y">Pixels from the top.</param>
/// <param name="Level">Reduction at which it was found: 1.2 to this power.</param>
/// <param name="Angle">Direction from the corner to the centre of its brightness, in 1/256 of a turn.</param>
public readonly record struct LocalFeature(float X, float Y, byte Level, byte Angle, ulong D0, ulong D1, ulong D2, ulong D3);

/// <summary>
/// Oriented FAST corners with rotated binary descriptors (Rublee, Rabaud, Konolige and Bradski, "ORB", ICCV 2011), chosen evenly over the picture: the best corners of
/// the whole picture are those of a caption, and a thief adds captions.
/// </summary>
public static class Orb
{
    /// <summary>Ratio of one reduction to the next.</summary>
    public const double LevelRatio = 1.2;

    /// <summary>The first features of a picture are those that stand for it when others are compared with it.</summary>
    public const int ReferenceFeatures = 256;

    private const int MostFeatures = 512;
    private const int Levels = 8;
    private const int Pool = 3000;
    private const int Threshold = 7;
    private const int Margin = OrbPattern.Radius + 3;
    private const int ReferenceGrid = 8;
    private const int QueryGrid = 12;

    private static readonly (int X, int Y)[] Circle =
        [(0, -3), (1, -3), (2, -2), (3, -1), (3, 0), (3, 1), (2, 2), (1, 3), (0, 3), (-1, 3), (-2, 2), (-3, 1), (-3, 0), (-3, -1), (-2, -2), (-1, -3)];

    private readonly record struct Corner(int X, int Y, int Level, double Strength, double BaseX, double BaseY);

    /// <summary>Features of a picture, those that stand for it first.</summary>
    public static IReadOnlyList<LocalFeature> Extract(GreyPicture picture)
    {
        var levels = new List<GreyPicture> { picture };
        while (levels.Count < Levels)
        {
            var ratio = Math.Pow(LevelRatio, levels.Count);
            var (width, height) = ((int)Math.Round(picture.Width / ratio), (int)Math.Round(picture.Height / ratio));
            if (Math.Min(width, height) < 2 * Margin + 8) break;
            levels.Add(GreyPicture.Resize(levels[^1].Width, levels[^1].Height, levels[^1].Levels, width, height));
        }
        var corners = new List<Corner>();
        var share = (1 - 1 / LevelRatio) / (1 - Math.Pow(1 / LevelRatio, Levels));
        for (var level = 0; level < levels.Count; level++)
        {
            var quota = (int)(Pool * share * Math.Pow(LevelRatio, -level));
            // By cell already here: the corners of a caption are stronger than all others and would fill the quota.
            corners.AddRange(FindCorners(levels[level], level, picture)
                .GroupBy(corner => CellOf(corner, picture, QueryGrid))
                .SelectMany(cell => cell.OrderByDescending(corner => corner.Strength).Take(quota / (QueryGrid * QueryGrid) + 2)));
        }
        var chosen = new List<Corner>(MostFeatures);
        var taken = new HashSet<Corner>();
        Choose(corners, picture, ReferenceGrid, ReferenceFeatures, chosen, taken);
        Choose(corners, picture, QueryGrid, MostFeatures, chosen, taken);
        var soft = levels.Select(Blur).ToArray();
        return [.. chosen.Select(corner => Describe(corner, levels[corner.Level], soft[corner.Level]))];
    }

    // The best of every cell, then the second best of every cell, and so on.
    private static void Choose(List<Corner> corners, GreyPicture picture, int grid, int most, List<Corner> chosen, HashSet<Corner> taken)
    {
        var cells = corners.Where(corner => !taken.Contains(corner))
            .GroupBy(corner => CellOf(corner, picture, grid))
            .OrderBy(cell => cell.Key).Select(cell => cell.OrderByDescending(corner => corner.Strength).ToArray()).ToArray();
        for (var rank = 0; chosen.Count < most; rank++)
        {
            var any = false;
            foreach (var cell in cells)
            {
                if (rank >= cell.Length || chosen.Count >= most) continue;
                any = true;
                if (taken.Add(cell[rank])) chosen.Add(cell[rank]);
            }
            if (!any) return;
        }
    }

    private static int CellOf(Corner corner, GreyPicture picture, int grid) => (int)(corner.BaseY * grid / picture.Height) * grid + (int)(corner.BaseX * grid / picture.Width);

    private static List<Corner> FindCorners(GreyPicture grey, int level, GreyPicture whole)
    {
        var (width, height, pixels) = (grey.Width, grey.Height, grey.Levels);
        var corners = new List<Corner>();
        if (width <= 2 * Margin || height <= 2 * Margin) return corners;
        Span<int> offsets = stackalloc int[16];
        for (var i = 0; i < 16; i++) offsets[i] = Circle[i].Y * width + Circle[i].X;
        var scores = new int[width * height];
        for (var y = Margin - 1; y <= height - Margin; y++)
        {
            var x = Margin - 1;
            for (; x <= width - Margin - Vector<byte>.Count; x += Vector<byte>.Count)
            {
                // Nine in a row on a circle of sixteen hold at least two of its four compass points.
                var at = y * width + x;
                var centre = new Vector<byte>(pixels, at);
                var high = Vector.Min(centre, new Vector<byte>(255 - Threshold)) + new Vector<byte>(Threshold);
                var low = Vector.Max(centre, new Vector<byte>(Threshold)) - new Vector<byte>(Threshold);
                var (n, e) = (new Vector<byte>(pixels, at + offsets[0]), new Vector<byte>(pixels, at + offsets[4]));
                var (s, w) = (new Vector<byte>(pixels, at + offsets[8]), new Vector<byte>(pixels, at + offsets[12]));
                var (bn, be, bs, bw) = (Vector.GreaterThan(n, high), Vector.GreaterThan(e, high), Vector.GreaterThan(s, high), Vector.GreaterThan(w, high));
                var (dn, de, ds, dw) = (Vector.LessThan(n, low), Vector.LessThan(e, low), Vector.LessThan(s, low), Vector.LessThan(w, low));
                var candidates = ((bn | bs) & (be | bw)) | ((dn | ds) & (de | dw));
                if (candidates == Vector<byte>.Zero) continue;
                for (var lane = 0; lane < Vector<byte>.Count; lane++)
                {
                    if (candidates[lane] != 0) scores[at + lane] = Score(pixels, at + lane, offsets);
                }
            }
            for (; x <= width - Margin; x++) scores[y * width + x] = Score(pixels, y * width + x, offsets);
        }
        for (var y = Margin; y < height - Margin; y++)
        {
            for (var x = Margin; x < width - Margin; x++)
            {
                var at = y * width + x;
                var score = scores[at];
                if (score == 0 || score < scores[at - 1] || score <= scores[at + 1] || score < scores[at - width - 1] || score < scores[at - width] || score < scores[at - width + 1]
                    || score <= scores[at + width - 1] || score <= scores[at + width] || score <= scores[at + width + 1]) continue;
                corners.Add(new Corner(x, y, level, Harris(pixels, width, at), (x + 0.5) * whole.Width / width - 0.5, (y + 0.5) * whole.Height / height - 0.5));
            }
        }
        return corners;
    }

    // 0 unless nine neighbours in a row on the circle are all brighter or all darker.
    private static int Score(byte[] pixels, int at, ReadOnlySpan<int> offsets)
    {
        var centre = pixels[at];
        uint bright = 0, dark = 0;
        int above = 0, below = 0;
        for (var i = 0; i < 16; i++)
        {
            var difference = pixels[at + offsets[i]] - centre;
            if (difference > Threshold)
            {
                bright |= 1u << i;
                above += difference - Threshold;
            }
            else if (difference < -Threshold)
            {
                dark |= 1u << i;
                below -= difference + Threshold;
            }
        }
        return HasNine(bright) ? above : HasNine(dark) ? below : 0;

        static bool HasNine(uint mask)
        {
            if (BitOperations.PopCount(mask) < 9) return false;
            var twice = mask | mask << 16;
            var run = twice & twice >> 1;
            run &= run >> 2;
            run &= run >> 4;
            return (run & twice >> 8 & 0xFFFF) != 0;
        }
    }

    private static double Harris(byte[] pixels, int width, int at)
    {
        long xx = 0, yy = 0, xy = 0;
        for (var dy = -3; dy <= 3; dy++)
        {
            for (var dx = -3; dx <= 3; dx++)
            {
                var p = at + dy * width + dx;
                var ix = 2 * (pixels[p + 1] - pixels[p - 1]) + pixels[p - width + 1] - pixels[p - width - 1] + pixels[p + width + 1] - pixels[p + width - 1];
                var iy = 2 * (pixels[p + width] - pixels[p - width]) + pixels[p + width - 1] - pixels[p - width - 1] + pixels[p + width + 1] - pixels[p - width + 1];
                xx += ix * ix;
                yy += iy * iy;
                xy += ix * iy;
            }
        }
        return (double)xx * yy - (double)xy * xy - 0.04 * ((double)xx + yy) * ((double)xx + yy);
    }

    // Twice the binomial filter 1 4 6 4 1: about a Gaussian of 1.4 pixels.
    private static GreyPicture Blur(GreyPicture grey)
    {
        var (width, height) = (grey.Width, grey.Height);
        var (from, to, sums) = (grey.Levels, new byte[grey.Levels.Length], new ushort[width]);
        for (var pass = 0; pass < 2; pass++)
        {
            for (var y = 0; y < height; y++)
            {
                var (a, b, c) = (Math.Max(y - 2, 0) * width, Math.Max(y - 1, 0) * width, y * width);
                var (d, e) = (Math.Min(y + 1, height - 1) * width, Math.Min(y + 2, height - 1) * width);
                for (var x = 0; x < width; x++) sums[x] = (ushort)(from[a + x] + from[e + x] + 4 * (from[b + x] + from[d + x]) + 6 * from[c + x]);
                for (var x = 0; x < width; x++)
                {
                    var (l2, l1, r1, r2) = (sums[Math.Max(x - 2, 0)], sums[Math.Max(x - 1, 0)], sums[Math.Min(x + 1, width - 1)], sums[Math.Min(x + 2, width - 1)]);
                    to[c + x] = (byte)((l2 + r2 + 4 * (l1 + r1) + 6 * sums[x] + 128) >> 8);
                }
            }
            (from, to) = (to, pass == 0 ? new byte[to.Length] : to);
        }
        return new GreyPicture(width, height, from);
    }

    private static LocalFeature Describe(Corner corner, GreyPicture sharp, GreyPicture soft)
    {
        var angle = Direction(sharp, corner.X, corner.Y);
        var turns = angle / (2 * Math.PI);
        var direction = ((int)Math.Round(turns * OrbPattern.Directions) % OrbPattern.Directions + OrbPattern.Directions) % OrbPattern.Directions;
        var points = OrbPattern.Points.AsSpan(direction * OrbPattern.Tests * 4, OrbPattern.Tests * 4);
        Span<ulong> words = stackalloc ulong[4];
        var (at, width, pixels) = (corner.Y * soft.Width + corner.X, soft.Width, soft.Levels);
        for (var test = 0; test < OrbPattern.Tests; test++)
        {
            var first = pixels[at + points[test * 4 + 1] * width + points[test * 4]];
            var second = pixels[at + points[test * 4 + 3] * width + points[test * 4 + 2]];
            if (first < second) words[test >> 6] |= 1UL << (test & 63);
        }
        return new LocalFeature((float)corner.BaseX, (float)corner.BaseY, (byte)corner.Level, (byte)((int)Math.Round(turns * 256) & 255), words[0], words[1], words[2], words[3]);
    }

    private static double Direction(GreyPicture grey, int x, int y)
    {
        int mx = 0, my = 0;
        for (var dy = -OrbPattern.Radius; dy <= OrbPattern.Radius; dy++)
        {
            var reach = (int)Math.Sqrt(OrbPattern.Radius * OrbPattern.Radius - dy * dy);
            var row = grey.Levels.AsSpan((y + dy) * grey.Width + x - reach, 2 * reach + 1);
            var sum = 0;
            for (var i = 0; i < row.Length; i++)
            {
                mx += (i - reach) * row[i];
                sum += row[i];
            }
            my += dy * sum;
        }
        return Math.Atan2(my, mx);
    }
}
