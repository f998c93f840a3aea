namespace ImageRights.Ingestion.Probing;

/// <summary>The formats that are taken in.</summary>
public enum PictureFormat
{
    /// <summary>JPEG, baseline or progressive.</summary>
    Jpeg,

    /// <summary>PNG, animated or not.</summary>
    Png,

    /// <summary>WebP: lossy, lossless, extended, animated.</summary>
    Webp,

    /// <summary>GIF, animated or not.</summary>
    Gif,

    /// <summary>AVIF: still pictures and sequences.</summary>
    Avif,
}

/// <summary>Kinds of metadata whose place the probe notes.</summary>
public enum MetadataKind
{
    /// <summary>A TIFF structure, perhaps behind <c>Exif\0\0</c>.</summary>
    Exif,

    /// <summary>An XMP packet.</summary>
    Xmp,

    /// <summary>IPTC-IIM datasets.</summary>
    Iptc,

    /// <summary>A PNG tEXt chunk: keyword, NUL, Latin-1.</summary>
    PngText,
}

/// <summary>Where in the file a block of metadata lies; inside the file by construction.</summary>
public readonly record struct MetadataBlock(MetadataKind Kind, int Offset, int Length);

/// <summary>What a file says about itself, read without decoding a pixel.</summary>
/// <param name="Width">Stored width in pixels, before any orientation is applied.</param>
/// <param name="Height">Stored height in pixels, before any orientation is applied.</param>
/// <param name="Frames">1 for a still picture.</param>
/// <param name="IsInterlaced">Interlaced PNG or GIF, or progressive JPEG.</param>
/// <param name="MetadataBytes">Bytes in the file that are neither structure nor picture nor colour profile.</param>
/// <param name="Metadata">Blocks that can be read, in file order.</param>
public sealed record PictureHeader(
    PictureFormat Format, int Width, int Height, int Frames, bool IsInterlaced, long MetadataBytes, IReadOnlyList<MetadataBlock> Metadata);

/// <summary>A header, or the code with which the file is refused.</summary>
/// <param name="Code">Null when there is a header.</param>
/// <param name="Detail">What exactly was found, in English.</param>
public sealed record ProbeOutcome(PictureHeader? Header, string? Code, string? Detail)
{
    /// <summary>The file ends before the picture does.</summary>
    public static ProbeOutcome Truncated(string detail) => Refused("Image_Truncated", detail);

    /// <summary>The file contradicts its format.</summary>
    public static ProbeOutcome Corrupt(string detail) => Refused("Image_Corrupt", detail);

    /// <summary>Any other refusal.</summary>
    public static ProbeOutcome Refused(string code, string? detail = null) => new(null, code, detail);

    /// <summary>A header.</summary>
    public static implicit operator ProbeOutcome(PictureHeader header) => new(header, null, null);
}
