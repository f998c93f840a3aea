using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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
        var i = 0;
        for (; i <= luma.Length - Vector128<byte>.Count; i += Vector128<byte>.Count)
        {
            var (first, second, third) = (Vector128.Create(rgb, 3 * i), Vector128.Create(rgb, 3 * i + 16), Vector128.Create(rgb, 3 * i + 32));
            var red = Pick(first, 0, 3, 6, 9, 12, 15, X, X, X, X, X, X, X, X, X, X)
                | Pick(second, X, X, X, X, X, X, 2, 5, 8, 11, 14, X, X, X, X, X) | Pick(third, X, X, X, X, X, X, X, X, X, X, X, 1, 4, 7, 10, 13);
            var green = Pick(first, 1, 4, 7, 10, 13, X, X, X, X, X, X, X, X, X, X, X)
                | Pick(second, X, X, X, X, X, 0, 3, 6, 9, 12, 15, X, X, X, X, X) | Pick(third, X, X, X, X, X, X, X, X, X, X, X, 2, 5, 8, 11, 14);
            var blue = Pick(first, 2, 5, 8, 11, 14, X, X, X, X, X, X, X, X, X, X, X)
                | Pick(second, X, X, X, X, X, 1, 4, 7, 10, 13, X, X, X, X, X, X) | Pick(third, X, X, X, X, X, X, X, X, X, X, 0, 3, 6, 9, 12, 15);
            var low = Weigh(Vector128.WidenLower(red), Vector128.WidenLower(green), Vector128.WidenLower(blue));
            var high = Weigh(Vector128.WidenUpper(red), Vector128.WidenUpper(green), Vector128.WidenUpper(blue));
            Vector128.Narrow(low, high).CopyTo(luma, i);
        }
        for (var at = 3 * i; i < luma.Length; i++, at += 3)
            luma[i] = (byte)((19595 * rgb[at] + 38470 * rgb[at + 1] + 7471 * rgb[at + 2] + 32768) >> 16);
        return luma;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector128<ushort> Weigh(Vector128<ushort> red, Vector128<ushort> green, Vector128<ushort> blue)
        {
            var sum = Wide(red) * 19595u + Wide(green) * 38470u + Wide(blue) * 7471u + Vector256.Create(32768u) >>> 16;
            return Vector128.Narrow(sum.GetLower(), sum.GetUpper());
        }

        static Vector256<uint> Wide(Vector128<ushort> levels) => Vector256.WidenLower(levels.ToVector256Unsafe());
    }

    private const byte X = byte.MaxValue;

    // The bytes of these numbers; nothing where there is no such byte.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Pick(
        Vector128<byte> from, byte a, byte b, byte c, byte d, byte e, byte f, byte g, byte h, byte i, byte j, byte k, byte l, byte m, byte n, byte o, byte p) =>
        Vector128.Shuffle(from, Vector128.Create(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p));
}
