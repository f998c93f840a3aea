namespace ImageRights.Fingerprint.Decoding;

/// <summary>What a picture may cost before it is refused. Checked on the header, before any pixel is decoded.</summary>
public sealed record DecodingLimits
{
    public static DecodingLimits Default { get; } = new();

    /// <summary>Longest accepted file, in bytes.</summary>
    public int MaxBytes { get; init; } = 25_000_000;

    /// <summary>Most pixels in one frame.</summary>
    public long MaxPixels { get; init; } = 50_000_000;

    /// <summary>Most pixels in all frames of an animation together.</summary>
    public long MaxTotalPixels { get; init; } = 100_000_000;

    /// <summary>Longest side, in pixels.</summary>
    public int MaxSide { get; init; } = 16_384;

    /// <summary>Most frames of an animation.</summary>
    public int MaxFrames { get; init; } = 200;

    /// <summary>
    /// Most pixels in an interlaced PNG. It cannot be decoded line by line, so the whole frame is held in memory: a quarter of
    /// <see cref="MaxPixels"/>. Progressive JPEG keeps the full cap, because cameras and editors write it for large photographs;
    /// there <see cref="MaxScans"/> and the worker's memory limit bound the cost.
    /// </summary>
    public long MaxInterlacedPixels { get; init; } = 12_500_000;

    /// <summary>Most pixels in an AVIF: the largest picture of AV1's highest level (6.2). Decoders give up on more without saying why.</summary>
    public long MaxAvifPixels { get; init; } = 35_651_584;

    /// <summary>Most scans in a progressive JPEG. Real encoders write about ten; thousands of empty ones are a known way to burn CPU.</summary>
    public int MaxScans { get; init; } = 100;

    /// <returns>The refusal that the file's length earns, or null when it may be looked at.</returns>
    internal ImageRefusal? RefuseLength(int length) =>
        length == 0 ? new(RefusalCodes.Empty, "no bytes")
        : length > MaxBytes ? new(RefusalCodes.TooLarge, $"{length} bytes; limit {MaxBytes}")
        : null;

    /// <returns>The refusal that the header earns, or null when it may be decoded.</returns>
    internal ImageRefusal? Refuse(PictureHeader header)
    {
        var pixels = (long)header.Width * header.Height;
        if (header.Width <= 0 || header.Height <= 0)
            return new(RefusalCodes.Corrupt, $"{header.Width} x {header.Height} pixels");
        if (header.Width > MaxSide || header.Height > MaxSide)
            return new(RefusalCodes.SideTooLong, $"{header.Width} x {header.Height} pixels; longest accepted side {MaxSide}");
        if (pixels > MaxPixels)
            return new(RefusalCodes.TooManyPixels, $"{pixels} pixels; limit {MaxPixels}");
        if (header is { Interlaced: true, Format: PictureFormat.Png } && pixels > MaxInterlacedPixels)
            return new(RefusalCodes.TooManyPixels, $"{pixels} interlaced pixels; limit {MaxInterlacedPixels}");
        if (header.Format == PictureFormat.Avif && pixels > MaxAvifPixels)
            return new(RefusalCodes.TooManyPixels, $"{pixels} pixels of AVIF; limit {MaxAvifPixels}");
        if (header.Frames > MaxFrames)
            return new(RefusalCodes.TooManyFrames, $"{header.Frames} frames; limit {MaxFrames}");
        if (pixels * header.Frames > MaxTotalPixels)
            return new(RefusalCodes.TooManyPixels, $"{pixels} pixels in each of {header.Frames} frames; limit {MaxTotalPixels} together");
        return null;
    }
}
