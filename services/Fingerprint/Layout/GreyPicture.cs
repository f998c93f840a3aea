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

    /// <summary>Area-weighted reduction to exactly that size, which must not be larger.</summary>
    public static GreyPicture Resize(int width, int height, ReadOnlySpan<byte> luma, int newWidth, int newHeight)
    {
        var columns = new float[width];
        var levels = new byte[newWidth * newHeight];
        var (stepX, stepY) = ((double)width / newWidth, (double)height / newHeight);
        for (var y = 0; y < newHeight; y++)
        {
            Array.Clear(columns);
            var (top, bottom) = (y * stepY, Math.Min((y + 1) * stepY, height));
            for (var row = (int)top; row < bottom; row++)
            {
                var weight = (float)(Math.Min(row + 1, bottom) - Math.Max(row, top));
                var line = luma.Slice(row * width, width);
                for (var x = 0; x < line.Length; x++) columns[x] += weight * line[x];
            }
            for (var x = 0; x < newWidth; x++)
            {
                var (left, right) = (x * stepX, Math.Min((x + 1) * stepX, width));
                double sum = 0;
                for (var column = (int)left; column < right; column++) sum += columns[column] * (Math.Min(column + 1, right) - Math.Max(column, left));
                levels[y * newWidth + x] = (byte)Math.Clamp((int)(sum / (stepX * stepY) + 0.5), 0, 255);
            }
        }
        return new GreyPicture(newWidth, newHeight, levels);
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
