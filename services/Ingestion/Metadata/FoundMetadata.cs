using ImageRights.Ingestion.Pictures;

namespace ImageRights.Ingestion.Metadata;

/// <summary>What the blocks of one file say, each source apart until all are read.</summary>
internal sealed class FoundMetadata
{
    public readonly Sources Creator = new(), CopyrightNotice = new(), Credit = new(), CapturedAt = new(), Software = new();

    public string? UsageTerms { get; set; }
    public string? Licensor { get; set; }
    public string? LicensorUrl { get; set; }
    public int? Orientation { get; set; }
    public bool HasGps { get; set; }
    public bool HasSerialNumber { get; set; }
    public bool Unreadable { get; set; }

    public PictureMetadata ToMetadata() => new(
        Creator.Best, CopyrightNotice.Best, Credit.Best, MetadataReader.Clean(UsageTerms), MetadataReader.Clean(Licensor), MetadataReader.Clean(LicensorUrl),
        CapturedAt.Best, Software.Best, Orientation is >= 1 and <= 8 ? Orientation : null, HasGps, HasSerialNumber, Unreadable);

    internal sealed class Sources
    {
        public string? Xmp { get; set; }
        public string? Iptc { get; set; }
        public string? Exif { get; set; }
        public string? Png { get; set; }

        public string? Best => MetadataReader.Clean(Xmp) ?? MetadataReader.Clean(Iptc) ?? MetadataReader.Clean(Exif) ?? MetadataReader.Clean(Png);
    }
}
