namespace ImageRights.Fingerprint.Decoding;

/// <summary>
/// Turns untrusted bytes into pixels: JPEG, PNG, WebP, GIF and AVIF, within <see cref="DecodingLimits"/>.
/// Thread-safe. It runs native code in this process; services use <see cref="Isolation.DecoderPool"/>, which runs it elsewhere.
/// </summary>
public sealed class PictureDecoder(DecodingLimits limits)
{
    /// <summary>Longest side of a decoded picture unless asked otherwise, in pixels.</summary>
    public const int DefaultMaxSide = 1024;

    public PictureDecoder() : this(DecodingLimits.Default)
    {
    }

    /// <summary>Off only to compare the two JPEG decoders with each other.</summary>
    internal bool UseTurboJpeg { get; init; } = true;

    /// <summary>Reads the header and applies the limits; decodes no pixel.</summary>
    public Outcome<PictureHeader> Probe(ReadOnlyMemory<byte> bytes) => Probe(bytes.Span, out _);

    /// <summary>Decodes the first frame: upright, on white, as sRGB, reduced (never enlarged) so that no side exceeds <paramref name="maxSide"/>.</summary>
    /// <remarks>A JPEG that is too large is reduced by eighths, so its longest side is between about half of <paramref name="maxSide"/> and all of it.</remarks>
    public Outcome<DecodedPicture> Decode(ReadOnlyMemory<byte> bytes, int maxSide = DefaultMaxSide)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxSide);
        var probe = Probe(bytes.Span, out var markers);
        if (!probe.Succeeded)
            return probe.Refusal;
        var header = probe.Value;

        if (UseTurboJpeg && header.Format == PictureFormat.Jpeg && TurboJpeg.TryDecode(bytes.Span, markers, maxSide) is var (rgb, width, height))
        {
            var upright = Orientation.Apply(rgb, width, height, header.Orientation);
            return Orientation.Transposes(header.Orientation)
                ? new DecodedPicture(header, height, width, upright)
                : new DecodedPicture(header, width, height, upright);
        }
        return Vips.Decode(bytes.Span, maxSide, colourManaged: false, out var error) is var (pixels, w, h)
            ? new DecodedPicture(header, w, h, pixels)
            : Undecodable(header.Format, bytes.Span, error);
    }

    /// <summary>
    /// Draws the picture anew to be shown: its first frame, upright, on white, in sRGB, within a square of <paramref name="side"/> pixels (never
    /// enlarged), as a JPEG without metadata.
    /// </summary>
    public Outcome<Rendition> Render(ReadOnlyMemory<byte> bytes, int side)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(side);
        var probe = Probe(bytes.Span, out _);
        if (!probe.Succeeded)
            return probe.Refusal;
        // A damaged colour profile is no reason to show nothing.
        var decoded = Vips.Decode(bytes.Span, side, colourManaged: true, out _) ?? Vips.Decode(bytes.Span, side, colourManaged: false, out _);
        if (decoded is not var (rgb, width, height))
            return Undecodable(probe.Value.Format, bytes.Span, "not decodable");
        return Vips.EncodeJpeg(rgb, width, height, Rendition.Quality, out var error) is { } jpeg
            ? new Rendition(width, height, jpeg)
            : new ImageRefusal(RefusalCodes.Corrupt, error);
    }

    private Outcome<PictureHeader> Probe(ReadOnlySpan<byte> bytes, out JpegMarkers markers)
    {
        markers = default;
        if (limits.RefuseLength(bytes.Length) is { } length)
            return length;
        if (Signature.Recognise(bytes) is not { } format)
            return new ImageRefusal(RefusalCodes.FormatUnsupported, "the first bytes are not those of JPEG, PNG, WebP, GIF or AVIF");

        PictureHeader? header;
        if (format == PictureFormat.Jpeg)
        {
            if (JpegMarkers.TryRead(bytes, out markers) is { } broken)
                return broken;
            if (markers.Scans > limits.MaxScans)
                return new ImageRefusal(RefusalCodes.TooManyScans, $"{markers.Scans} scans; limit {limits.MaxScans}");
            header = new(format, markers.Width, markers.Height, Frames: 1, HasAlpha: false, markers.Progressive, markers.Orientation);
        }
        else
        {
            header = Vips.ReadHeader(format, bytes, out var error);
            if (header is null)
                return Undecodable(format, bytes, error);
        }
        return limits.Refuse(header) is { } refusal ? refusal : header;
    }

    private static ImageRefusal Undecodable(PictureFormat format, ReadOnlySpan<byte> bytes, string detail) =>
        new(Signature.EndsEarly(format, bytes) ? RefusalCodes.Truncated : RefusalCodes.Corrupt, detail);
}
