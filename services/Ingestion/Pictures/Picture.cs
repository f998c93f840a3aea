namespace ImageRights.Ingestion.Pictures;

/// <summary>What is known of a picture's bytes without decoding them.</summary>
/// <param name="Sha256">SHA-256 of the bytes, 64 lower-case hexadecimal digits; address in the vault.</param>
/// <param name="Format">JPEG, PNG, WEBP, GIF or AVIF, by content.</param>
/// <param name="Width">Stored width in pixels, before any orientation is applied.</param>
/// <param name="Height">Stored height in pixels, before any orientation is applied.</param>
/// <param name="Frames">1 for a still picture.</param>
public sealed record Picture(string Sha256, string Format, int Width, int Height, int Frames, long ByteCount)
{
    /// <summary>The side that decides whether there is enough to compare. A method, so that it is not stored: facts hold no derived values.</summary>
    public int ShorterSide() => Math.Min(Width, Height);
}
