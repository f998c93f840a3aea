using System.Runtime.Intrinsics;
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

    private const int MostFeatures = 800;
    private const int Levels = 9;
    private const int Pool = 4000;
    private const int Margin = OrbPattern.Radius + 3;
    private const int ReferenceGrid = 8;
    private const int QueryGrid = 12;

    // So many of the features lie on these levels or coarser ones, where there are as many.
    private static readonly (int Level, double Part)[] CoarseParts = [(6, 0.2), (3, 0.5), (0, 1)];

    private readonly record struct Corner(int X, int Y, int Level, double Strength, float BaseX, float BaseY);

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
            AddCorners(levels[level], level, picture, (int)(Pool * share * Math.Pow(LevelRatio, -level)) / (QueryGrid * QueryGrid) + 2, corners);
        var chosen = new List<int>(MostFeatures);
        var taken = new bool[corners.Count];
        // Coarse corners first: the fine ones are more and stronger, and of a picture that is shown small they are gone.
        foreach (var (level, part) in CoarseParts) Choose(corners, picture, ReferenceGrid, level, (int)(ReferenceFeatures * part), chosen, taken);
        foreach (var (level, part) in CoarseParts) Choose(corners, picture, QueryGrid, level, ReferenceFeatures + (int)((MostFeatures - ReferenceFeatures) * part), chosen, taken);
        var soft = new GreyPicture?[levels.Count];
        return [.. chosen.Select(number => corners[number]).Select(corner => Describe(corner, levels[corner.Level], soft[corner.Level] ??= Blur(levels[corner.Level])))];
    }

    // By cell: the corners of a caption are stronger than all others and would take every place.
    private static void AddCorners(GreyPicture grey, int level, GreyPicture whole, int most, List<Corner> corners)
    {
        var found = FastCorners.Find(grey, Margin);
        var keys = new int[found.Count];
        for (var i = 0; i < keys.Length; i++)
            // Cell, then strength downwards; the sort is stable in effect because the number is the last digit.
            keys[i] = found[i].Y * QueryGrid / grey.Height * QueryGrid + found[i].X * QueryGrid / grey.Width;
        var order = new int[found.Count];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        Array.Sort(order, (a, b) => keys[a] != keys[b] ? keys[a].CompareTo(keys[b]) : found[a].Strength != found[b].Strength ? found[b].Strength.CompareTo(found[a].Strength) : a.CompareTo(b));
        var first = corners.Count;
        for (var i = 0; i < order.Length;)
        {
            var cell = keys[order[i]];
            var start = corners.Count;
            // The segment test ranks cheaply but coarsely: Harris and Stephens (1988) decides among twice as many as are wanted.
            for (var number = 0; i < order.Length && keys[order[i]] == cell; i++, number++)
            {
                if (number >= 2 * most) continue;
                var (x, y, _) = found[order[i]];
                corners.Add(new Corner(
                    x, y, level, Harris(grey.Levels, grey.Width, y * grey.Width + x), (float)((x + 0.5) * whole.Width / grey.Width - 0.5), (float)((y + 0.5) * whole.Height / grey.Height - 0.5)));
            }
            corners.Sort(start, corners.Count - start, ByStrength);
            if (corners.Count - start > most) corners.RemoveRange(start + most, corners.Count - start - most);
        }
    }

    private static readonly Comparer<Corner> ByStrength = Comparer<Corner>.Create((a, b) =>
        a.Strength != b.Strength ? b.Strength.CompareTo(a.Strength) : a.Y != b.Y ? a.Y.CompareTo(b.Y) : a.X.CompareTo(b.X));

    // The best of every cell, then the second best of every cell, and so on.
    private static void Choose(List<Corner> corners, GreyPicture picture, int grid, int level, int most, List<int> chosen, bool[] taken)
    {
        var cells = new List<int>[grid * grid];
        for (var number = 0; number < corners.Count; number++)
        {
            if (taken[number] || corners[number].Level < level) continue;
            var corner = corners[number];
            (cells[(int)(corner.BaseY * grid / picture.Height) * grid + (int)(corner.BaseX * grid / picture.Width)] ??= []).Add(number);
        }
        foreach (var cell in cells) cell?.Sort((a, b) => corners[a].Strength != corners[b].Strength ? corners[b].Strength.CompareTo(corners[a].Strength) : a.CompareTo(b));
        for (var rank = 0; chosen.Count < most; rank++)
        {
            var any = false;
            foreach (var cell in cells)
            {
                if (cell is null || rank >= cell.Count || chosen.Count >= most) continue;
                any = true;
                taken[cell[rank]] = true;
                chosen.Add(cell[rank]);
            }
            if (!any) return;
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
        var (from, to, sums) = (grey.Levels, new byte[grey.Levels.Length], new ushort[width + 4]);
        for (var pass = 0; pass < 2; pass++)
        {
            for (var y = 0; y < height; y++)
            {
                var (a, b, c) = (Math.Max(y - 2, 0) * width, Math.Max(y - 1, 0) * width, y * width);
                var (d, e) = (Math.Min(y + 1, height - 1) * width, Math.Min(y + 2, height - 1) * width);
                var x = 0;
                for (; x <= width - Vector128<byte>.Count; x += Vector128<byte>.Count)
                {
                    var sum = Wide(from, a + x) + Wide(from, e + x) + ((Wide(from, b + x) + Wide(from, d + x)) << 2) + Wide(from, c + x) * 6;
                    sum.CopyTo(sums.AsSpan(x + 2));
                }
                for (; x < width; x++) sums[x + 2] = (ushort)(from[a + x] + from[e + x] + 4 * (from[b + x] + from[d + x]) + 6 * from[c + x]);
                (sums[0], sums[1]) = (sums[2], sums[2]);
                (sums[width + 2], sums[width + 3]) = (sums[width + 1], sums[width + 1]);
                var line = to.AsSpan(y * width, width);
                x = 0;
                for (; x <= width - Vector256<ushort>.Count; x += Vector256<ushort>.Count)
                {
                    var (l2, l1, m, r1, r2) = (Vector256.Create(sums, x), Vector256.Create(sums, x + 1), Vector256.Create(sums, x + 2), Vector256.Create(sums, x + 3), Vector256.Create(sums, x + 4));
                    // 255 * 16 * 16 + 128 still fits 16 bits.
                    var sum = (l2 + r2 + ((l1 + r1) << 2) + m * 6 + Vector256.Create((ushort)128)) >> 8;
                    Vector128.Narrow(sum.GetLower(), sum.GetUpper()).CopyTo(line[x..]);
                }
                for (; x < width; x++) line[x] = (byte)((sums[x] + sums[x + 4] + 4 * (sums[x + 1] + sums[x + 3]) + 6 * sums[x + 2] + 128) >> 8);
            }
            (from, to) = (to, pass == 0 ? new byte[to.Length] : to);
        }
        return new GreyPicture(width, height, from);

        static Vector256<ushort> Wide(byte[] levels, int at) => Vector256.WidenLower(Vector128.Create(levels, at).ToVector256Unsafe());
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
