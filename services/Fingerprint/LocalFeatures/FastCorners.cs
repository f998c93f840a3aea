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
        var scores = new ushort[width * height];
        var found = new List<int>();
        var (left, right) = (margin - 1, width - margin);
        for (var y = margin - 1; y <= height - margin; y++)
        {
            var x = left;
            for (; x <= right - Vector256<byte>.Count + 1; x += Vector256<byte>.Count)
            {
                var at = y * width + x;
                for (var mask = CornersOf(pixels, at, offsets).ExtractMostSignificantBits(); mask != 0; mask &= mask - 1)
                {
                    var corner = at + BitOperations.TrailingZeroCount(mask);
                    scores[corner] = (ushort)Score(pixels, corner, offsets);
                    found.Add(corner);
                }
            }
            for (; x <= right; x++)
            {
                var at = y * width + x;
                if (Score(pixels, at, offsets) is var score and > 0)
                {
                    scores[at] = (ushort)score;
                    found.Add(at);
                }
            }
        }
        foreach (var at in found)
        {
            var (x, y, score) = (at % width, at / width, scores[at]);
            if (x < margin || y < margin || x >= width - margin || y >= height - margin) continue;
            // Of equals the first one stands.
            if (score < scores[at + 1] || score < scores[at + width - 1] || score < scores[at + width] || score < scores[at + width + 1]
                || score <= scores[at - 1] || score <= scores[at - width - 1] || score <= scores[at - width] || score <= scores[at - width + 1]) continue;
            corners.Add((x, y, score));
        }
        return corners;
    }

    private static Vector256<byte> CornersOf(byte[] pixels, int at, ReadOnlySpan<int> offsets)
    {
        var centre = Vector256.Create(pixels, at);
        var high = Vector256.Min(centre, Vector256.Create((byte)(255 - Threshold))) + Vector256.Create((byte)Threshold);
        var low = Vector256.Max(centre, Vector256.Create((byte)Threshold)) - Vector256.Create((byte)Threshold);
        var (n, e) = (Vector256.Create(pixels, at + offsets[0]), Vector256.Create(pixels, at + offsets[4]));
        var (s, w) = (Vector256.Create(pixels, at + offsets[8]), Vector256.Create(pixels, at + offsets[12]));
        // Nine in a row hold at least two compass points that are neighbours.
        var bright = (Above(n, high) | Above(s, high)) & (Above(e, high) | Above(w, high));
        var dark = (Above(low, n) | Above(low, s)) & (Above(low, e) | Above(low, w));
        if ((bright | dark) == Vector256<byte>.Zero) return Vector256<byte>.Zero;
        Span<Vector256<byte>> circle = stackalloc Vector256<byte>[16], test = stackalloc Vector256<byte>[16];
        for (var i = 0; i < 16; i++) circle[i] = Vector256.Create(pixels, at + offsets[i]);
        var corners = Vector256<byte>.Zero;
        if (bright != Vector256<byte>.Zero)
        {
            for (var i = 0; i < 16; i++) test[i] = Above(circle[i], high);
            corners = NineInARow(test);
        }
        if (dark != Vector256<byte>.Zero)
        {
            for (var i = 0; i < 16; i++) test[i] = Above(low, circle[i]);
            corners |= NineInARow(test);
        }
        return corners;
    }

    private static Vector256<byte> Above(Vector256<byte> one, Vector256<byte> other) => Vector256.GreaterThan(one, other);

    private static Vector256<byte> NineInARow(ReadOnlySpan<Vector256<byte>> test)
    {
        Span<Vector256<byte>> two = stackalloc Vector256<byte>[16], four = stackalloc Vector256<byte>[16];
        for (var i = 0; i < 16; i++) two[i] = test[i] & test[(i + 1) & 15];
        for (var i = 0; i < 16; i++) four[i] = two[i] & two[(i + 2) & 15];
        var nine = Vector256<byte>.Zero;
        for (var i = 0; i < 16; i++) nine |= four[i] & four[(i + 4) & 15] & test[(i + 8) & 15];
        return nine;
    }

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
