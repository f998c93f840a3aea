using System.Numerics;
using System.Runtime.Intrinsics;
using ImageRights.Fingerprint.Layout;

namespace ImageRights.Fingerprint.LocalFeatures;

/// <summary>Corners by the segment test FAST-9 (Rosten and Drummond, "Machine learning for high-speed corner detection", ECCV 2006): nine neighbours in a row on a circle of sixteen are
/// all brighter, or all darker, than the middle. The vectors compute what the scalar test does, bit for bit.</summary>
internal static class FastCorners
{
    /// <summary>By how much the neighbours must differ, in grey levels.</summary>
    public const int Threshold = 7;

    private const int CircleRadius = 3;

    private static readonly (int X, int Y)[] Circle =
        [(0, -3), (1, -3), (2, -2), (3, -1), (3, 0), (3, 1), (2, 2), (1, 3), (0, 3), (-1, 3), (-2, 2), (-3, 1), (-3, 0), (-3, -1), (-2, -2), (-1, -3)];

    /// <summary>The corners of a picture that are stronger than their eight neighbours, in the order of its rows.</summary>
    /// <param name="margin">Pixels at the border where no corner is looked for, at least 4.</param>
    public static List<(int X, int Y, int Strength)> Find(GreyPicture grey, int margin)
    {
        var corners = new List<(int X, int Y, int Strength)>();
        var (width, height, pixels) = (grey.Width, grey.Height, grey.Levels);
        if (width <= 2 * margin || height <= 2 * margin) return corners;
        Span<int> offsets = stackalloc int[16];
        for (var i = 0; i < 16; i++) offsets[i] = Circle[i].Y * width + Circle[i].X;
        Span<Vector256<byte>> brighter = stackalloc Vector256<byte>[16], darker = stackalloc Vector256<byte>[16];
        var (left, right) = (margin - 1, width - margin);
        // A row's corners are compared with those of the rows above and below it.
        var (above, here, below) = (new ushort[width], new ushort[width], new ushort[width]);
        for (var y = margin - 1; y <= height - margin; y++)
        {
            (above, here, below) = (here, below, above);
            Array.Clear(below);
            if (right - left + 1 < Vector256<byte>.Count)
            {
                for (var x = left; x <= right; x++) below[x] = (ushort)Score(pixels, y * width + x, offsets);
            }
            else
            {
                // The last step overlaps the one before it.
                for (var x = left; x <= right; x += Vector256<byte>.Count)
                {
                    x = Math.Min(x, right - Vector256<byte>.Count + 1);
                    Score(pixels, y * width + x, offsets, brighter, darker, below.AsSpan(x));
                }
            }
            if (y > margin) AddStrongest(above, here, below, y - 1, margin, corners);
        }
        return corners;
    }

    // Of equals the first one stands.
    private static void AddStrongest(ushort[] above, ushort[] here, ushort[] below, int y, int margin, List<(int X, int Y, int Strength)> corners)
    {
        var (x, end) = (margin, here.Length - margin);
        for (; x <= end - Vector256<ushort>.Count; x += Vector256<ushort>.Count)
        {
            var score = Vector256.Create(here, x);
            if (score == Vector256<ushort>.Zero) continue;
            var before = Max(Max(Vector256.Create(above, x - 1), Vector256.Create(above, x)), Max(Vector256.Create(above, x + 1), Vector256.Create(here, x - 1)));
            var after = Max(Max(Vector256.Create(below, x - 1), Vector256.Create(below, x)), Max(Vector256.Create(below, x + 1), Vector256.Create(here, x + 1)));
            for (var mask = (Vector256.GreaterThan(score, before) & Vector256.GreaterThanOrEqual(score, after)).ExtractMostSignificantBits(); mask != 0; mask &= mask - 1)
                corners.Add((x + BitOperations.TrailingZeroCount(mask), y, here[x + BitOperations.TrailingZeroCount(mask)]));
        }
        for (; x < end; x++)
        {
            if (here[x] > Math.Max(Math.Max(above[x - 1], above[x]), Math.Max(above[x + 1], here[x - 1]))
                && here[x] >= Math.Max(Math.Max(below[x - 1], below[x]), Math.Max(below[x + 1], here[x + 1]))) corners.Add((x, y, here[x]));
        }

        static Vector256<ushort> Max(Vector256<ushort> one, Vector256<ushort> other) => Vector256.Max(one, other);
    }

    // Of each of 32 pixels, as the scalar test scores it.
    private static void Score(byte[] pixels, int at, ReadOnlySpan<int> offsets, Span<Vector256<byte>> brighter, Span<Vector256<byte>> darker, Span<ushort> scores)
    {
        var centre = Vector256.Create(pixels, at);
        var high = Vector256.Min(centre, Vector256.Create((byte)(255 - Threshold))) + Vector256.Create((byte)Threshold);
        var low = Vector256.Max(centre, Vector256.Create((byte)Threshold)) - Vector256.Create((byte)Threshold);
        var (n, e) = (Vector256.Create(pixels, at + offsets[0]), Vector256.Create(pixels, at + offsets[4]));
        var (s, w) = (Vector256.Create(pixels, at + offsets[8]), Vector256.Create(pixels, at + offsets[12]));
        // Nine in a row hold at least two compass points that are neighbours.
        var bright = (Above(n, high) | Above(s, high)) & (Above(e, high) | Above(w, high));
        var dark = (Above(low, n) | Above(low, s)) & (Above(low, e) | Above(low, w));
        if ((bright | dark) == Vector256<byte>.Zero) return;
        // By how much each neighbour is brighter, or darker, than it must be to count.
        for (var i = 0; i < 16; i++)
        {
            var neighbour = Vector256.Create(pixels, at + offsets[i]);
            (brighter[i], darker[i]) = (Vector256.SubtractSaturate(neighbour, high), Vector256.SubtractSaturate(low, neighbour));
        }
        bright = NineInARow(brighter);
        dark = Vector256.AndNot(NineInARow(darker), bright);
        if ((bright | dark) == Vector256<byte>.Zero) return;
        var (even, odd) = (Vector256<ushort>.Zero, Vector256<ushort>.Zero);
        for (var i = 0; i < 16; i++)
        {
            var excess = (brighter[i] & bright | darker[i] & dark).AsUInt16();
            even += excess & Vector256.Create((ushort)byte.MaxValue);
            odd += excess >> 8;
        }
        (Vector256.WidenLower(even) | Vector256.WidenLower(odd) << 16).AsUInt16().CopyTo(scores);
        (Vector256.WidenUpper(even) | Vector256.WidenUpper(odd) << 16).AsUInt16().CopyTo(scores[Vector256<ushort>.Count..]);
    }

    private static Vector256<byte> Above(Vector256<byte> one, Vector256<byte> other) => Vector256.GreaterThan(one, other);

    // Where nine in a row are not 0: of eight from each second place on, the least, with the one before them or the one behind them.
    private static Vector256<byte> NineInARow(ReadOnlySpan<Vector256<byte>> excess)
    {
        var (two1, two3, two5, two7) = (Min(excess[1], excess[2]), Min(excess[3], excess[4]), Min(excess[5], excess[6]), Min(excess[7], excess[8]));
        var (two9, two11, two13, two15) = (Min(excess[9], excess[10]), Min(excess[11], excess[12]), Min(excess[13], excess[14]), Min(excess[15], excess[0]));
        var (four1, four3, four5, four7) = (Min(two1, two3), Min(two3, two5), Min(two5, two7), Min(two7, two9));
        var (four9, four11, four13, four15) = (Min(two9, two11), Min(two11, two13), Min(two13, two15), Min(two15, two1));
        var nine = Max(
            Max(Max(Nine(excess, four1, four5, 0), Nine(excess, four3, four7, 2)), Max(Nine(excess, four5, four9, 4), Nine(excess, four7, four11, 6))),
            Max(Max(Nine(excess, four9, four13, 8), Nine(excess, four11, four15, 10)), Max(Nine(excess, four13, four1, 12), Nine(excess, four15, four3, 14))));
        return ~Vector256.Equals(nine, Vector256<byte>.Zero);
    }

    private static Vector256<byte> Nine(ReadOnlySpan<Vector256<byte>> excess, Vector256<byte> four, Vector256<byte> next, int before) =>
        Min(Min(four, next), Max(excess[before], excess[(before + 9) & 15]));

    private static Vector256<byte> Min(Vector256<byte> one, Vector256<byte> other) => Vector256.Min(one, other);

    private static Vector256<byte> Max(Vector256<byte> one, Vector256<byte> other) => Vector256.Max(one, other);

    // 0 unless it is a corner.
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
}
