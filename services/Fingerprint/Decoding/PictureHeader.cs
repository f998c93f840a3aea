namespace ImageRights.Fingerprint.Decoding;

/// <summary>The formats that are accepted; everything else is refused by its first bytes.</summary>
public enum PictureFormat
{
    Jpeg = 1,
    Png = 2,
    WebP = 3,
    Gif = 4,
    Avif = 5,
}

/// <summary>What a file says about itself before its pixels are decoded.</summary>
/// <param name="Width">Stored width in pixels, before <paramref name="Orientation"/> is applied.</param>
/// <param name="Height">Stored height in pixels, before <paramref name="Orientation"/> is applied.</param>
/// <param name="Frames">1 for a still picture.</param>
/// <param name="HasAlpha">The file carries transparency; the decoder puts it on white.</param>
/// <param name="Interlaced">Interlaced PNG or progressive JPEG.</param>
/// <param name="Orientation">EXIF orientation, 1 to 8; 1 when there is none. Decoding applies it.</param>
public sealed record PictureHeader(
    PictureFormat Format, int Width, int Height, int Frames, bool HasAlpha, bool Interlaced, int Orientation);
