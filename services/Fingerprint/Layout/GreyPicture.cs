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
        var columns = new float[width];
        var levels = new byte[newWidth * newHeight];
        var (stepX, stepY) = ((double)width / newWidth, (double)height / newHeight);
        var taps = new (int First, int Last, float FirstWeight, float LastWeight)[newWidth];
        for (var x = 0; x < newWidth; x++)
        {
            var (left, right) = (x * stepX, Math.Min((x + 1) * stepX, width));
            var (first, last) = ((int)left, Math.Min((int)Math.Ceiling(right) - 1, width - 1));
            taps[x] = (first, last, (float)(Math.Min(first + 1, right) - left), first == last ? 0 : (float)(right - last));
        }
        var area = (float)(1 / (stepX * stepY));
        for (var y = 0; y < newHeight; y++)
        {
            Array.Clear(columns);
            var (top, bottom) = (y * stepY, Math.Min((y + 1) * stepY, height));
            for (var row = (int)top; row < bottom; row++) Add(luma.Slice(row * width, width), (float)(Math.Min(row + 1, bottom) - Math.Max(row, top)), columns);
            var line = levels.AsSpan(y * newWidth, newWidth);
            for (var x = 0; x < line.Length; x++)
            {
                var (first, last, firstWeight, lastWeight) = taps[x];
                var sum = firstWeight * columns[first] + lastWeight * columns[last];
                for (var column = first + 1; column < last; column++) sum += columns[column];
                line[x] = (byte)Math.Clamp((int)(sum * area + 0.5f), 0, 255);
            }
        }
        return new GreyPicture(newWidth, newHeight, levels);
    }

    /// <summary>Adds a weighted line of grey levels to sums.</summary>
    internal static void Add(ReadOnlySpan<byte> line, float weight, float[] columns)
    {
        var x = 0;
        for (; x <= line.Length - Vector128<byte>.Count; x += Vector128<byte>.Count)
        {
            var (low, high) = Vector128.Widen(Vector128.Create(line[x..]));
            Add(low, weight, columns.AsSpan(x));
            Add(high, weight, columns.AsSpan(x + Vector128<ushort>.Count));
        }
        for (; x < line.Length; x++) columns[x] += weight * line[x];
    }

    private static void Add(Vector128<ushort> levels, float weight, Span<float> columns)
    {
        var (low, high) = Vector128.Widen(levels);
        (Vector128.Create<float>(columns) + weight * Vector128.ConvertToSingle(low.AsInt32())).CopyTo(columns);
        (Vector128.Create<float>(columns[4..]) + weight * Vector128.ConvertToSingle(high.AsInt32())).CopyTo(columns[4..]);
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
