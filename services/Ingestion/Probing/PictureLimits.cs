namespace ImageRights.Ingestion.Probing;

/// <summary>What a picture may cost before it is refused unseen; configuration section <c>Limits</c>.</summary>
public sealed record PictureLimits
{
    /// <summary>Longest file, in bytes.</summary>
    public int Bytes { get; init; } = 25_000_000;

    /// <summary>Most pixels of one frame.</summary>
    public long Pixels { get; init; } = 50_000_000;

    /// <summary>Most pixels of an interlaced PNG, which has to be held in memory whole.</summary>
    public long InterlacedPixels { get; init; } = 12_500_000;

    /// <summary>Most pixels of all frames together.</summary>
    public long TotalPixels { get; init; } = 100_000_000;

    /// <summary>Longest side, in pixels.</summary>
    public int Side { get; init; } = 16_384;

    /// <summary>Most frames.</summary>
    public int Frames { get; init; } = 200;

    /// <summary>Most bytes of metadata. Colour profiles are part of the picture and do not count.</summary>
    public long MetadataBytes { get; init; } = 1_000_000;
}
