using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ImageRights.Fingerprint.Layout;

namespace ImageRights.Fingerprint.LocalFeatures;

/// <summary>A corner of a picture with what it looks like.</summary>
/// <param name="X">Pixels from the left, in the picture it was found in.</param>
/// <param name="Y">Pixels from the top.</param>
/// <param name="Level">Reduction at which it was found: 1.2 to this power.</param>
/// <param name="Angle">Direction from the corner to the centre of its brightness, in 1/256 of a turn.</param>
/// <param name="Tests">Which of the tests of <see cref="OrbPattern"/> came out.</param>
/// <param name="Uncertain">Which came out most closely: the first to come out otherwise in a copy.</param>
public readonly record struct LocalFeature(float X, float Y, byte Level, byte Angle, TestBits Tests, TestBits Uncertain);

/// <summary>A bit for each of the 256 tests, the first the lowest of the first word.</summary>
public readonly record struct TestBits(ulong First, ulong Second, ulong Third, ulong Fourth);

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

    /// <summary>So many of a feature's tests are noted as uncertain.</summary>
    public const int UncertainTests = 24;

    private const int MostFeatures = 800;
    private const int Levels = 9;
    private const int Pool = 4000;
    private const int Margin = OrbPattern.Radius + 3;
    private const int ReferenceGrid = 8;
    private const int QueryGrid = 12;

    // So many of the features lie on these levels or coarser ones, where there are as many.
    private static readonly (int Level, double Part)[] CoarseParts = [(6, 0.2), (3, 0.5), (0, 1)];

    // In order of strength, downwards.
    private readonly record struct Corner(int X, int Y, int Level, double Strength, float BaseX, float BaseY) : IComparable<Corner>
    {
        public int CompareTo(Corner other) => Strength != other.Strength ? other.Strength.CompareTo(Strength) : Y != other.Y ? Y.CompareTo(other.Y) : X.CompareTo(other.X);
    }

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
        // Of equally strong ones the first stays first.
        corners = [.. corners.OrderByDescending(corner => corner.Strength)];
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
        var order = new long[found.Count];
        for (var i = 0; i < order.Length; i++)
        {
            // Cell, then strength downwards, then number.
            var (x, y, strength) = found[i];
            order[i] = (long)(y * QueryGrid / grey.Height * QueryGrid + x * QueryGrid / grey.Width) << 48 | (long)(ushort.MaxValue - strength) << 32 | (uint)i;
        }
        Array.Sort(order);
        for (var i = 0; i < order.Length;)
        {
            var cell = order[i] >> 48;
            var start = corners.Count;
            // The segment test ranks cheaply but coarsely: Harris and Stephens (1988) decides among twice as many as are wanted.
            for (var number = 0; i < order.Length && order[i] >> 48 == cell; i++, number++)
            {
                if (number >= 2 * most) continue;
                var (x, y, _) = found[(int)order[i]];
                corners.Add(new Corner(
                    x, y, level, Harris(grey.Levels, grey.Width, y * grey.Width + x), (float)((x + 0.5) * whole.Width / grey.Width - 0.5), (float)((y + 0.5) * whole.Height / grey.Height - 0.5)));
            }
            CollectionsMarshal.AsSpan(corners)[start..].Sort();
            if (corners.Count - start > most) corners.RemoveRange(start + most, corners.Count - start - most);
        }
    }

    // The best of every cell, then the second best of every cell, and so on. Corners come in order of strength, downwards.
    private static void Choose(List<Corner> corners, GreyPicture picture, int grid, int level, int most, List<int> chosen, bool[] taken)
    {
        var cells = Enumerable.Range(0, grid * grid).Select(_ => new List<int>()).ToArray();
        for (var number = 0; number < corners.Count; number++)
        {
            var corner = corners[number];
            if (!taken[number] && corner.Level >= level) cells[(int)(corner.BaseY * grid / picture.Height) * grid + (int)(corner.BaseX * grid / picture.Width)].Add(number);
        }
        for (var (rank, any) = (0, true); any && chosen.Count < most; rank++)
        {
            any = false;
            foreach (var cell in cells)
            {
                if (rank >= cell.Count || chosen.Count >= most) continue;
                any = taken[cell[rank]] = true;
                chosen.Add(cell[rank]);
            }
        }
    }

    // Over seven by seven pixels, a row at a time; the eighth pixel of a row is left out.
    private static double Harris(byte[] pixels, int width, int at)
    {
        var seven = Vector256.Create(-1, -1, -1, -1, -1, -1, -1, 0);
        var (xx, yy, xy) = (Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero);
        var (above, here) = (new Row(pixels, at - 4 * width), new Row(pixels, at - 3 * width));
        for (var dy = -3; dy <= 3; dy++)
        {
            var below = new Row(pixels, at + (dy + 1) * width);
            var ix = here.Across * 2 + above.Across + below.Across & seven;
            var iy = below.Along - above.Along & seven;
            xx += ix * ix;
            yy += iy * iy;
            xy += ix * iy;
            (above, here) = (here, below);
        }
        long a = Vector256.Sum(xx), b = Vector256.Sum(yy), c = Vector256.Sum(xy);
        return (double)a * b - (double)c * c - 0.04 * ((double)a + b) * ((double)a + b);
    }

    // Of eight pixels from three to the left on: the step from the left neighbour to the right one, and the two with the middle counted twice.
    private readonly struct Row
    {
        public Row(byte[] pixels, int at)
        {
            var (left, middle, right) = (Wide(pixels, at - 4), Wide(pixels, at - 3), Wide(pixels, at - 2));
            (Across, Along) = (right - left, left + middle * 2 + right);
        }

        public readonly Vector256<int> Across, Along;

        private static Vector256<int> Wide(byte[] pixels, int at) =>
            Vector256.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(MemoryMarshal.Read<ulong>(pixels.AsSpan(at))).AsByte()).ToVector256Unsafe()).AsInt32();
    }

    // Twice the binomial filter 1 4 6 4 1: about a Gaussian of 1.4 pixels.
    private static GreyPicture Blur(GreyPicture grey)
    {
        var (width, height) = (grey.Width, grey.Height);
        var (from, to, sums) = (grey.Levels, GC.AllocateUninitializedArray<byte>(grey.Levels.Length), new ushort[width + 4]);
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
            (from, to) = (to, pass == 0 ? GC.AllocateUninitializedArray<byte>(to.Length) : to);
        }
        return new GreyPicture(width, height, from);

        static Vector256<ushort> Wide(byte[] levels, int at) => Vector256.WidenLower(Vector128.Create(levels, at).ToVector256Unsafe());
    }

    private static LocalFeature Describe(in Corner corner, GreyPicture sharp, GreyPicture soft)
    {
        var angle = Direction(sharp, corner.X, corner.Y);
        var turns = angle / (2 * Math.PI);
        var direction = ((int)Math.Round(turns * OrbPattern.Directions) % OrbPattern.Directions + OrbPattern.Directions) % OrbPattern.Directions;
        // A copy with rows of one length, so that the places of the points need not be worked out for each width.
        Span<byte> patch = stackalloc byte[OrbPattern.PatchSide * OrbPattern.PatchSide];
        for (var y = 0; y < OrbPattern.PatchSide - 1; y++)
            soft.Levels.AsSpan((corner.Y - OrbPattern.Radius + y) * soft.Width + corner.X - OrbPattern.Radius, OrbPattern.PatchSide).CopyTo(patch[(y * OrbPattern.PatchSide)..]);
        var points = OrbPattern.Points.AsSpan(direction * OrbPattern.Tests, OrbPattern.Tests);
        Span<byte> firsts = stackalloc byte[OrbPattern.Tests], seconds = stackalloc byte[OrbPattern.Tests];
        for (var test = 0; test < points.Length; test++) (firsts[test], seconds[test]) = (patch[points[test].First], patch[points[test].Second]);
        Span<Vector256<byte>> margins = stackalloc Vector256<byte>[OrbPattern.Tests / Vector256<byte>.Count];
        Span<ulong> words = stackalloc ulong[OrbPattern.Tests / 64];
        words.Clear();
        for (var part = 0; part < margins.Length; part++)
        {
            var (first, second) = (Vector256.Create<byte>(firsts[(part * Vector256<byte>.Count)..]), Vector256.Create<byte>(seconds[(part * Vector256<byte>.Count)..]));
            words[part / 2] |= (ulong)Vector256.LessThan(first, second).ExtractMostSignificantBits() << part % 2 * 32;
            margins[part] = Vector256.Max(first, second) - Vector256.Min(first, second);
        }
        return new LocalFeature(
            (float)corner.BaseX, (float)corner.BaseY, (byte)corner.Level, (byte)((int)Math.Round(turns * 256) & 255), new TestBits(words[0], words[1], words[2], words[3]), Least(margins));
    }

    // The tests with the smallest differences; of equals the first.
    private static TestBits Least(ReadOnlySpan<Vector256<byte>> margins)
    {
        // The smallest difference that more than so many have, or a smaller one.
        var (limit, above) = (0, (int)byte.MaxValue);
        while (limit < above)
        {
            var middle = (limit + above) / 2;
            if (CountUpTo(margins, middle) > UncertainTests) above = middle;
            else limit = middle + 1;
        }
        var room = UncertainTests - (limit == 0 ? 0 : CountUpTo(margins, limit - 1));
        Span<ulong> words = stackalloc ulong[OrbPattern.Tests / 64];
        words.Clear();
        var bound = Vector256.Create((byte)limit);
        for (var part = 0; part < margins.Length; part++)
        {
            var least = Vector256.LessThan(margins[part], bound).ExtractMostSignificantBits();
            var equal = Vector256.Equals(margins[part], bound).ExtractMostSignificantBits();
            while (BitOperations.PopCount(equal) > room) equal ^= 1u << BitOperations.Log2(equal);
            least |= equal;
            room -= BitOperations.PopCount(equal);
            words[part / 2] |= (ulong)least << part % 2 * 32;
        }
        return new TestBits(words[0], words[1], words[2], words[3]);
    }

    private static int CountUpTo(ReadOnlySpan<Vector256<byte>> margins, int limit)
    {
        var (count, bound) = (0, Vector256.Create((byte)limit));
        foreach (var margin in margins) count += BitOperations.PopCount(Vector256.LessThanOrEqual(margin, bound).ExtractMostSignificantBits());
        return count;
    }

    // To the centre of brightness of the disc around the corner.
    private static double Direction(GreyPicture grey, int x, int y)
    {
        var (columns, more) = (Vector256<short>.Zero, Vector256<short>.Zero);
        var (moments, others) = (Vector256<short>.Zero, Vector256<short>.Zero);
        for (var dy = -OrbPattern.Radius; dy <= OrbPattern.Radius; dy++)
        {
            var row = Vector256.Create(grey.Levels, (y + dy) * grey.Width + x - OrbPattern.Radius) & Disc[dy + OrbPattern.Radius];
            var (left, right) = Vector256.Widen(row);
            // 31 x 255 and 255 x (1 + ... + 15) both fit 16 bits.
            columns += left.AsInt16();
            more += right.AsInt16();
            moments += left.AsInt16() * (short)dy;
            others += right.AsInt16() * (short)dy;
        }
        var across = Vector256<int>.Indices - Vector256.Create(OrbPattern.Radius);
        var (first, second) = Vector256.Widen(columns);
        var (third, fourth) = Vector256.Widen(more);
        var eight = Vector256.Create(Vector256<int>.Count);
        var mx = Vector256.Sum(first * across + second * (across + eight) + third * (across + eight + eight) + fourth * (across + eight + eight + eight));
        (first, second) = Vector256.Widen(moments);
        (third, fourth) = Vector256.Widen(others);
        return Math.Atan2(Vector256.Sum(first + second + third + fourth), mx);
    }

    // Which pixels of each row belong to it.
    private static readonly Vector256<byte>[] Disc = [.. Enumerable.Range(-OrbPattern.Radius, 2 * OrbPattern.Radius + 1).Select(dy =>
    {
        var reach = (int)Math.Sqrt(OrbPattern.Radius * OrbPattern.Radius - dy * dy);
        return Vector256.Create([.. Enumerable.Range(-OrbPattern.Radius, Vector256<byte>.Count).Select(dx => Math.Abs(dx) <= reach ? byte.MaxValue : byte.MinValue)]);
    })];
}
