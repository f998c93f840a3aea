namespace ImageRights.Fingerprint.Decoding;

/// <summary>A picture drawn anew to be shown: nothing of the file that was uploaded is in it but what can be seen.</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Jpeg">The file, without metadata; its colours are sRGB.</param>
public sealed record Rendition(int Width, int Height, byte[] Jpeg)
{
    /// <summary>Media type of <see cref="Jpeg"/>.</summary>
    public const string MediaType = "image/jpeg";

    /// <summary>JPEG quality, 1 to 100.</summary>
    internal const int Quality = 82;

    public override string ToString() => $"{Width}x{Height} in {Jpeg.Length} bytes";
}
