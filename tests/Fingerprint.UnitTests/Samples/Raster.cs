using ImageRights.Fingerprint.Decoding;

namespace ImageRights.Fingerprint.UnitTests.Samples;

/// <summary>Plain pixels to make files of: 8-bit samples in rows, or 16-bit in the machine's byte order.</summary>
internal sealed record Raster(int Width, int Height, int Bands, byte[] Samples)
{
    /// <summary>A photograph at most <paramref name="maxSide"/> pixels long, from the reference pictures.</summary>
    internal static Raster Photograph(int maxSide)
    {
        var picture = new PictureDecoder { UseTurboJpeg = false }.Decode(ReferenceVectors.Bytes("bridge-1-original.jpg"), maxSide).Value!;
        return new Raster(picture.Width, picture.Height, 3, picture.Rgb);
    }

    internal static Raster Uniform(int width, int height, params byte[] colour)
    {
        var samples = new byte[width * height * colour.Length];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = colour[i % colour.Length];
        return new Raster(width, height, colour.Length, samples);
    }

    /// <summary>The pixels of the picture at (x, y) of the result come from <paramref name="from"/>(x, y).</summary>
    internal Raster Remap(int width, int height, Func<int, int, (int X, int Y)> from)
    {
        var samples = new byte[width * height * Bands];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (sx, sy) = from(x, y);
                Samples.AsSpan((sy * Width + sx) * Bands, Bands).CopyTo(samples.AsSpan((y * width + x) * Bands));
            }
        }
        return new Raster(width, height, Bands, samples);
    }

    /// <summary>
    /// How a camera stores this picture under an EXIF orientation: the reader's correction must give the picture back.
    /// The correction for 6 is a quarter turn clockwise, so what is stored is the picture turned counter-clockwise; and so on.
    /// </summary>
    internal Raster StoredWith(int orientation) => orientation switch
    {
        1 => this,
        2 => Remap(Width, Height, (x, y) => (Width - 1 - x, y)),
        3 => Remap(Width, Height, (x, y) => (Width - 1 - x, Height - 1 - y)),
        4 => Remap(Width, Height, (x, y) => (x, Height - 1 - y)),
        5 => Remap(Height, Width, (x, y) => (y, x)),
        6 => Remap(Height, Width, (x, y) => (Width - 1 - y, x)),
        7 => Remap(Height, Width, (x, y) => (Width - 1 - y, Height - 1 - x)),
        8 => Remap(Height, Width, (x, y) => (y, Height - 1 - x)),
        _ => throw new ArgumentOutOfRangeException(nameof(orientation)),
    };
}
