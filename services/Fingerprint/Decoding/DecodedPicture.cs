namespace ImageRights.Fingerprint.Decoding;

/// <summary>
/// A picture as the fingerprints see it: first frame, upright, on white, 8-bit sRGB, reduced to a longest side.
/// </summary>
public sealed class DecodedPicture
{
    private byte[]? luma;

    /// <param name="header">What the file said about itself.</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="rgb">Rows from the top, three bytes a pixel, without padding: exactly width x height x 3 bytes.</param>
    /// <exception cref="ArgumentException">The array's length is not width x height x 3.</exception>
    public DecodedPicture(PictureHeader header, int width, int height, byte[] rgb)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        if (rgb.Length != width * height * 3)
            throw new ArgumentException($"{width} x {height} pixels need {width * height * 3} bytes, not {rgb.Length}.", nameof(rgb));
        (Header, Width, Height, Rgb) = (header, width, height, rgb);
    }

    public PictureHeader Header { get; }

    public int Width { get; }

    public int Height { get; }

    public byte[] Rgb { get; }

    /// <summary>Luma of ITU-R BT.601 in grey levels 0 to 255, one byte a pixel, computed when first asked for.</summary>
    public ReadOnlySpan<byte> Luma => luma ??= ComputeLuma(Rgb);

    /// <summary>A part of the picture as a picture of its own.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rectangle is empty or not within the picture.</exception>
    public DecodedPicture Cut(int left, int top, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(left);
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(left + width, Width, nameof(width));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(top + height, Height, nameof(height));
        var rgb = new byte[width * height * 3];
        for (var y = 0; y < height; y++)
            Rgb.AsSpan(((top + y) * Width + left) * 3, width * 3).CopyTo(rgb.AsSpan(y * width * 3));
        return new DecodedPicture(Header, width, height, rgb);
    }

    public override string ToString() => $"{Header.Format} {Header.Width}x{Header.Height} as {Width}x{Height}";

    // Weights in 1/65536, so that equal red, green and blue come out as exactly that value.
    private static byte[] ComputeLuma(byte[] rgb)
    {
        var luma = GC.AllocateUninitializedArray<byte>(rgb.Length / 3);
        for (int i = 0, at = 0; i < luma.Length; i++, at += 3)
            luma[i] = (byte)((19595 * rgb[at] + 38470 * rgb[at + 1] + 7471 * rgb[at + 2] + 32768) >> 16);
        return luma;
    }
}
