using ImageRights.Fingerprint.Decoding;

namespace ImageRights.Fingerprint.Layout;

/// <summary>The border that is of exactly one colour, that of the top left corner; <see cref="XyCut"/> finds those that are nearly so.</summary>
internal static class UniformBorder
{
    /// <summary>The picture without it; the picture itself when it has none, or is of one colour throughout.</summary>
    public static DecodedPicture Trim(DecodedPicture picture)
    {
        var (width, height) = (picture.Width, picture.Height);
        var plain = new byte[width * 3];
        for (var at = 0; at < plain.Length; at++) plain[at] = picture.Rgb[at % 3];
        var (top, bottom) = (0, height);
        while (top < height && Row(top).SequenceEqual(plain)) top++;
        if (top == height) return picture;
        while (Row(bottom - 1).SequenceEqual(plain)) bottom--;
        var (left, right) = (width, 0);
        for (var y = top; y < bottom; y++)
        {
            left = Math.Min(left, Row(y).CommonPrefixLength(plain) / 3);
            while (right < width && !Row(y)[(right * 3)..].SequenceEqual(plain.AsSpan(right * 3))) right++;
        }
        return (left, top, right, bottom) == (0, 0, width, height) ? picture : picture.Cut(left, top, right - left, bottom - top);

        ReadOnlySpan<byte> Row(int y) => picture.Rgb.AsSpan(y * width * 3, width * 3);
    }
}
