using ImageRights.Fingerprint.Decoding;

namespace ImageRights.Benchmarks.Evaluation;

/// <summary>Pixels to edit: rows from the top, red, green and blue bytes.</summary>
internal sealed class Raster(int width, int height, byte[] rgb)
{
    public Raster(int width, int height, byte level = 255) : this(width, height, new byte[width * height * 3]) => Array.Fill(Rgb, level);

    public int Width { get; } = width;

    public int Height { get; } = height;

    public byte[] Rgb { get; } = rgb;

    public static Raster Of(DecodedPicture picture) => new(picture.Width, picture.Height, picture.Rgb);

    public DecodedPicture ToPicture() => new(new PictureHeader(PictureFormat.Jpeg, Width, Height, 1, false, false, 1), Width, Height, Rgb);

    /// <summary>A picture of another size whose pixel (x, y) shows what <paramref name="source"/> says; white where that is outside.</summary>
    public Raster Map(int newWidth, int newHeight, Func<double, double, (double X, double Y)> source)
    {
        var result = new Raster(newWidth, newHeight);
        for (var y = 0; y < newHeight; y++)
        {
            for (var x = 0; x < newWidth; x++)
            {
                var (u, v) = source(x + 0.5, y + 0.5);
                if (u < 0 || v < 0 || u > Width || v > Height) continue;
                Sample(u - 0.5, v - 0.5, result.Rgb.AsSpan((y * newWidth + x) * 3, 3));
            }
        }
        return result;
    }

    /// <summary>Every pixel through a function of its three colours.</summary>
    public Raster Recolour(Func<double, double, double, (double R, double G, double B)> colour)
    {
        var result = new byte[Rgb.Length];
        for (var at = 0; at < Rgb.Length; at += 3)
        {
            var (r, g, b) = colour(Rgb[at], Rgb[at + 1], Rgb[at + 2]);
            (result[at], result[at + 1], result[at + 2]) = (Level(r), Level(g), Level(b));
        }
        return new Raster(Width, Height, result);
    }

    public Raster Resize(int newWidth, int newHeight)
    {
        // Halving first keeps what bilinear sampling would skip.
        var from = this;
        while (from.Width >= 2 * newWidth && from.Height >= 2 * newHeight) from = from.Halve();
        var (sx, sy) = ((double)from.Width / newWidth, (double)from.Height / newHeight);
        return from.Map(newWidth, newHeight, (x, y) => (x * sx, y * sy));
    }

    public Raster Crop(int left, int top, int width, int height) => Map(width, height, (x, y) => (x + left, y + top));

    public Raster Paste(Raster part, int left, int top, double opacity = 1)
    {
        var result = new Raster(Width, Height, (byte[])Rgb.Clone());
        for (var y = Math.Max(0, -top); y < part.Height && y + top < Height; y++)
        {
            for (var x = Math.Max(0, -left); x < part.Width && x + left < Width; x++)
            {
                for (var c = 0; c < 3; c++)
                {
                    ref var target = ref result.Rgb[((y + top) * Width + x + left) * 3 + c];
                    target = Level(target + opacity * (part.Rgb[(y * part.Width + x) * 3 + c] - target));
                }
            }
        }
        return result;
    }

    public static byte Level(double value) => (byte)Math.Clamp((int)Math.Round(value), 0, 255);

    private Raster Halve()
    {
        var half = new Raster(Width / 2, Height / 2);
        for (var y = 0; y < half.Height; y++)
        {
            for (var x = 0; x < half.Width * 3; x++)
            {
                var (at, c) = (x / 3, x % 3);
                var top = (2 * y * Width + 2 * at) * 3 + c;
                half.Rgb[y * half.Width * 3 + x] = (byte)((Rgb[top] + Rgb[top + 3] + Rgb[top + Width * 3] + Rgb[top + Width * 3 + 3] + 2) / 4);
            }
        }
        return half;
    }

    private void Sample(double x, double y, Span<byte> pixel)
    {
        var (left, top) = ((int)Math.Floor(x), (int)Math.Floor(y));
        var (fx, fy) = (x - left, y - top);
        var (x0, x1) = (Math.Clamp(left, 0, Width - 1), Math.Clamp(left + 1, 0, Width - 1));
        var (y0, y1) = (Math.Clamp(top, 0, Height - 1), Math.Clamp(top + 1, 0, Height - 1));
        for (var c = 0; c < 3; c++)
        {
            var upper = Rgb[(y0 * Width + x0) * 3 + c] * (1 - fx) + Rgb[(y0 * Width + x1) * 3 + c] * fx;
            var lower = Rgb[(y1 * Width + x0) * 3 + c] * (1 - fx) + Rgb[(y1 * Width + x1) * 3 + c] * fx;
            pixel[c] = Level(upper * (1 - fy) + lower * fy);
        }
    }
}
