namespace ImageRights.Ingestion.Probing;

/// <summary>Judges a file by its bytes alone, before anything decodes it: format, size, frames, completeness. No length in the file is trusted;
/// any input ends in a header or a code, in time proportional to its length.</summary>
public static class HeaderProbe
{
    /// <summary>The header of a picture within the limits, or the refusal.</summary>
    public static ProbeOutcome Probe(ReadOnlySpan<byte> file, PictureLimits limits)
    {
        if (file.IsEmpty) return ProbeOutcome.Refused("Image_Empty");
        if (file.Length > limits.Bytes) return ProbeOutcome.Refused("Image_Too_Large", $"{file.Length} bytes; {limits.Bytes} are allowed.");
        var outcome = Read(file);
        return outcome.Header is { } header ? Judge(header, limits) ?? outcome : outcome;
    }

    private static ProbeOutcome Read(ReadOnlySpan<byte> file)
    {
        if (JpegFile.IsOne(file)) return JpegFile.Read(file);
        if (PngFile.IsOne(file)) return PngFile.Read(file);
        if (WebpFile.IsOne(file)) return WebpFile.Read(file);
        if (GifFile.IsOne(file)) return GifFile.Read(file);
        if (AvifFile.IsOne(file)) return AvifFile.Read(file);
        return ProbeOutcome.Refused("Image_Format_Unsupported");
    }

    // The order of Fingerprint's own check, so that a picture that breaks several limits gets the same code from both.
    private static ProbeOutcome? Judge(PictureHeader header, PictureLimits limits)
    {
        var pixels = (long)header.Width * header.Height;
        if (pixels == 0) return ProbeOutcome.Corrupt($"It is {header.Width} x {header.Height} pixels.");
        if (header.Width > limits.Side || header.Height > limits.Side)
            return ProbeOutcome.Refused("Image_Side_Too_Long", $"{header.Width} x {header.Height}; a side of {limits.Side} is allowed.");
        if (pixels > limits.Pixels)
            return ProbeOutcome.Refused("Image_Too_Many_Pixels", $"{header.Width} x {header.Height} is {pixels} pixels; {limits.Pixels} are allowed.");
        if (header is { IsInterlaced: true, Format: PictureFormat.Png } && pixels > limits.InterlacedPixels)
            return ProbeOutcome.Refused("Image_Too_Many_Pixels", $"{pixels} interlaced pixels; {limits.InterlacedPixels} are allowed.");
        if (header.Frames > limits.Frames)
            return ProbeOutcome.Refused("Image_Too_Many_Frames", $"{header.Frames} frames; {limits.Frames} are allowed.");
        if (pixels * header.Frames > limits.TotalPixels)
            return ProbeOutcome.Refused("Image_Too_Many_Pixels", $"{header.Frames} frames of {pixels} pixels; {limits.TotalPixels} are allowed together.");
        if (header.MetadataBytes > limits.MetadataBytes)
            return ProbeOutcome.Refused("Image_Metadata_Too_Large", $"{header.MetadataBytes} bytes of metadata; {limits.MetadataBytes} are allowed.");
        return null;
    }
}
