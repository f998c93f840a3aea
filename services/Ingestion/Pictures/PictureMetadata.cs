namespace ImageRights.Ingestion.Pictures;

/// <summary>What a picture says about its own rights, from EXIF, IPTC and XMP. An allow-list: positions, serial numbers and names of owners are not
/// kept, only that they were there.</summary>
/// <param name="Creator">Who made it, as the file claims.</param>
/// <param name="CapturedAt">ISO 8601 as the file gives it; without an offset where the camera wrote none.</param>
/// <param name="Orientation">EXIF orientation, 1 to 8.</param>
/// <param name="HasGps">The file holds a position.</param>
/// <param name="HasSerialNumber">The file holds the serial number of a camera or lens.</param>
/// <param name="Unreadable">A block of metadata was larger or deeper than is read, or could not be parsed; what is here may be incomplete.</param>
public sealed record PictureMetadata(
    string? Creator = null, string? CopyrightNotice = null, string? Credit = null, string? UsageTerms = null, string? Licensor = null,
    string? LicensorUrl = null, string? CapturedAt = null, string? Software = null, int? Orientation = null,
    bool HasGps = false, bool HasSerialNumber = false, bool Unreadable = false)
{
    /// <summary>A picture that says nothing about itself.</summary>
    public static readonly PictureMetadata None = new();
}
