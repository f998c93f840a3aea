using System.Runtime.Intrinsics;

namespace ImageRights.Fingerprint.Layout;

/// <summary>Grey levels of a picture, rows from the top.</summary>
public sealed class GreyPicture(int width, int height, byte[] levels)
{
    public int Width { get; } = width;

    public int Height { get; } = height;

    public byte[] Levels { get; } = levels;

    /// <summary>The picture reduced, never enlarged, so that no side is longer than <paramref name="maxSide"/>; each pixel is the mean of those it stands for.</summary>
    public static GreyPicture Reduce(int width, int height, ReadOnlySpan<byte> luma, int maxSide)
    {
        if (width <= maxSide && height <= maxSide) return new GreyPicture(width, height, luma.ToArray());
        var scale = (double)maxSide / Math.Max(width, height);
        return Resize(width, height, luma, Math.Max(1, (int)Math.Round(width * scale)), Math.Max(1, (int)Math.Round(height * scale)));
    }

    /// <summary>The picture reduced or enlarged so that its longest side is <paramref name="side"/>, but not enlarged more than <paramref name="mostScale"/> times.</summary>
    public static GreyPicture Fit(int width, int height, ReadOnlySpan<byte> luma, int side, double mostScale)
    {
        var scale = Math.Min((double)side / Math.Max(width, height), mostScale);
        return scale <= 1
            ? Reduce(width, height, luma, side)
            : Enlarge(width, height, luma, (int)Math.Round(width * scale), (int)Math.Round(height * scale));
    }

    // Bilinear, in 1/256 of a pixel.
    private static GreyPicture Enlarge(int width, int height, ReadOnlySpan<byte> luma, int newWidth, int newHeight)
    {
        var levels = new byte[newWidth * newHeight];
        var columns = new (int Left, int Right, int Part)[newWidth];
        for (var x = 0; x < newWidth; x++) columns[x] = Between(x, width, newWidth);
        for (var y = 0; y < newHeight; y++)
        {
            var (top, bottom, part) = Between(y, height, newHeight);
            var upper = luma.Slice(top * width, width);
            var lower = luma.Slice(bottom * width, width);
            var line = levels.AsSpan(y * newWidth, newWidth);
            for (var x = 0; x < line.Length; x++)
            {
                var (left, right, along) = columns[x];
                var (a, b) = (upper[left] * (256 - along) + upper[right] * along, lower[left] * (256 - along) + lower[right] * along);
                line[x] = (byte)(a * (256 - part) + b * part + 32768 >> 16);
            }
        }
        return new GreyPicture(newWidth, newHeight, levels);

        static (int First, int Second, int Part) Between(int at, int from, int to)
        {
            var place = Math.Clamp((at * 2 + 1) * (long)from * 256 / (2 * to) - 128, 0, (from - 1) * 256L);
            var first = (int)(place >> 8);
            return (first, Math.Min(first + 1, from - 1), (int)(place & 255));
        }
    }

    /// <summary>Area-weighted reduction to exactly that size, which must not be larger.</summary>
    public static GreyPicture Resize(int width, int height, ReadOnlySpan<byte> luma, int newWidth, int newHeight)
    {
        var columns = new Columns(width, newWidth);
        var sums = new float[width + Columns.Reach];
        var levels = GC.AllocateUninitializedArray<byte>(newWidth * newHeight);
        var stepY = (double)height / newHeight;
        var area = (float)(1 / (columns.Step * stepY));
        for (var y = 0; y < newHeight; y++)
        {
            var (top, bottom) = (y * stepY, Math.Min((y + 1) * stepY, height));
            for (var row = (int)top; row < bottom; row++)
                Add(luma.Slice(row * width, width), (float)(Math.Min(row + 1, bottom) - Math.Max(row, top)), sums, isFirst: row == (int)top);
            columns.Reduce(sums, area, levels.AsSpan(y * newWidth, newWidth));
        }
        return new GreyPicture(newWidth, newHeight, levels);
    }

    // Which columns make up a new one: the first and the last in part, those between as they are.
    private sealed class Columns
    {
        // A vector of new columns is computed at once where the old ones lie in two; so many are read from the first one on.
        public const int Reach = 16;

        private readonly int[] firsts, lasts;
        private readonly float[] firstWeights, lastWeights;
        private readonly int mostBetween;

        public Columns(int width, int newWidth)
        {
            Step = (double)width / newWidth;
            (firsts, lasts, firstWeights, lastWeights) = (new int[newWidth], new int[newWidth], new float[newWidth], new float[newWidth]);
            for (var x = 0; x < newWidth; x++)
            {
                var (left, right) = (x * Step, Math.Min((x + 1) * Step, width));
                var (first, last) = ((int)left, Math.Min((int)Math.Ceiling(right) - 1, width - 1));
                (firsts[x], lasts[x], firstWeights[x], lastWeights[x]) = (first, last, (float)(Math.Min(first + 1, right) - left), first == last ? 0 : (float)(right - last));
                mostBetween = Math.Max(mostBetween, last - first - 1);
            }
        }

        public double Step { get; }

        // The vectors compute what the loop does, bit for bit.
        public void Reduce(float[] sums, float area, Span<byte> line)
        {
            var x = 0;
            for (; x <= line.Length - Vector256<int>.Count && lasts[x + Vector256<int>.Count - 1] - firsts[x] < Reach; x += Vector256<int>.Count)
            {
                var begin = Vector256.Create(firsts[x]);
                var (low, high) = (Vector256.Create(sums, firsts[x]), Vector256.Create(sums, firsts[x] + Vector256<int>.Count));
                var (first, last) = (Vector256.Create(firsts, x) - begin, Vector256.Create(lasts, x) - begin);
                var sum = Vector256.Create(firstWeights, x) * Pick(low, high, first) + Vector256.Create(lastWeights, x) * Pick(low, high, last);
                for (var between = 1; between <= mostBetween; between++)
                {
                    var at = first + Vector256.Create(between);
                    sum += Pick(low, high, at) & Vector256.LessThan(at, last).AsSingle();
                }
                var rounded = Vector256.ConvertToInt32Native(sum * area + Vector256.Create(0.5f));
                var levels = Vector128.NarrowWithSaturation(rounded.GetLower(), rounded.GetUpper()).AsUInt16();
                Vector128.NarrowWithSaturation(levels, levels).GetLower().CopyTo(line[x..]);
            }
            for (; x < line.Length; x++)
            {
                var sum = firstWeights[x] * sums[firsts[x]] + lastWeights[x] * sums[lasts[x]];
                for (var column = firsts[x] + 1; column < lasts[x]; column++) sum += sums[column];
                line[x] = (byte)Math.Clamp((int)(sum * area + 0.5f), 0, 255);
            }
        }

        private static Vector256<float> Pick(Vector256<float> low, Vector256<float> high, Vector256<int> at)
        {
            var lane = at & Vector256.Create(Vector256<int>.Count - 1);
            return Vector256.ConditionalSelect(Vector256.LessThan(at, Vector256.Create(Vector256<int>.Count)).AsSingle(), Vector256.ShuffleNative(low, lane), Vector256.ShuffleNative(high, lane));
        }
    }

    /// <summary>Adds a weighted line of grey levels to sums, which begin with it if it is the first.</summary>
    internal static void Add(ReadOnlySpan<byte> line, float weight, float[] sums, bool isFirst = false)
    {
        var x = 0;
        for (; x <= line.Length - Vector128<byte>.Count; x += Vector128<byte>.Count)
        {
            var (low, high) = Vector256.Widen(Vector256.WidenLower(Vector128.Create(line[x..]).ToVector256Unsafe()));
            var (left, right) = (weight * Vector256.ConvertToSingle(low.AsInt32()), weight * Vector256.ConvertToSingle(high.AsInt32()));
            if (!isFirst) (left, right) = (Vector256.Create(sums, x) + left, Vector256.Create(sums, x + Vector256<float>.Count) + right);
            left.CopyTo(sums, x);
            right.CopyTo(sums, x + Vector256<float>.Count);
        }
        for (; x < line.Length; x++) sums[x] = (isFirst ? 0 : sums[x]) + weight * line[x];
    }

    /// <summary>Mirrored on the main diagonal: rows become columns.</summary>
    public GreyPicture Transposed()
    {
        var turned = new byte[Levels.Length];
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++) turned[x * Height + y] = Levels[y * Width + x];
        }
        return new GreyPicture(Height, Width, turned);
    }
}
