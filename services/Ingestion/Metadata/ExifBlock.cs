using System.Globalization;
using MetadataExtractor;
using MetadataExtractor.Formats.Exif;
using MetadataExtractor.Formats.Tiff;
using MetadataExtractor.IO;
using Directory = MetadataExtractor.Directory;

namespace ImageRights.Ingestion.Metadata;

/// <summary>EXIF through the library's TIFF walker, with a handler that lets only the allow-list through: values of other tags are never copied. The library's own
/// handler copies each tag's value, so that thousands of tags that point at the same bytes make gigabytes of a small file, and follows nested directories as deep as they go.</summary>
internal static class ExifBlock
{
    private const int LongestValue = 4096;

    public static void Read(ReadOnlySpan<byte> block, FoundMetadata found)
    {
        var tiff = block.StartsWith("Exif\0\0"u8) ? block[6..] : block;
        var directories = new List<Directory>();
        TiffReader.ProcessTiff(new ByteArrayReader(tiff.ToArray()), new AllowList(directories));
        foreach (var directory in directories)
        {
            found.Unreadable |= directory.HasError;
            switch (directory)
            {
                case ExifIfd0Directory main:
                    found.Creator.Exif = main.GetString(ExifDirectoryBase.TagArtist);
                    found.CopyrightNotice.Exif = main.GetString(ExifDirectoryBase.TagCopyright);
                    found.Software.Exif = main.GetString(ExifDirectoryBase.TagSoftware);
                    if (main.TryGetInt32(ExifDirectoryBase.TagOrientation, out var orientation)) found.Orientation = orientation;
                    break;
                case ExifSubIfdDirectory camera:
                    found.CapturedAt.Exif = Instant(camera.GetString(ExifDirectoryBase.TagDateTimeOriginal), camera.GetString(ExifDirectoryBase.TagTimeZoneOriginal));
                    found.HasSerialNumber |= camera.ContainsTag(ExifDirectoryBase.TagBodySerialNumber) || camera.ContainsTag(ExifDirectoryBase.TagLensSerialNumber);
                    break;
                case GpsDirectory position:
                    found.HasGps |= position.ContainsTag(GpsDirectory.TagLatitude) || position.ContainsTag(GpsDirectory.TagLongitude);
                    break;
            }
        }
    }

    // EXIF writes 2024:05:01 10:20:30, and the offset (+02:00) apart, mostly not at all.
    private static string? Instant(string? value, string? offset) =>
        DateTime.TryParseExact(value?.Trim('\0', ' '), "yyyy:MM:dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant)
            ? instant.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture) + (IsOffset(offset) ? offset : "")
            : null;

    private static bool IsOffset(string? value) => value is { Length: 6 } && value[0] is '+' or '-' && TimeSpan.TryParseExact(value[1..], @"hh\:mm", CultureInfo.InvariantCulture, out _);

    private sealed class AllowList(List<Directory> directories) : DirectoryTiffHandler(directories)
    {
        public override void SetTiffMarker(int marker)
        {
            if (marker != 0x2A) throw new TiffProcessingException($"TIFF marker {marker:X} is not one of EXIF.");
            PushDirectory(new ExifIfd0Directory());
        }

        public override bool TryEnterSubIfd(int tagType)
        {
            if (CurrentDirectory is not ExifIfd0Directory) return false;
            if (tagType == ExifIfd0Directory.TagExifSubIfdOffset) PushDirectory(new ExifSubIfdDirectory());
            else if (tagType == ExifIfd0Directory.TagGpsInfoOffset) PushDirectory(new GpsDirectory());
            else return false;
            return true;
        }

        public override bool HasFollowerIfd() => false;

        public override bool CustomProcessTag(int tagOffset, ICollection<int> processedIfdOffsets, IndexedReader reader, int tagId, int byteCount) =>
            byteCount > LongestValue || !IsWanted(tagId) || CurrentDirectory?.ContainsTag(tagId) == true;

        public override bool TryCustomProcessFormat(int tagId, TiffDataFormatCode formatCode, uint componentCount, out long byteCount)
        {
            byteCount = 0;
            return false;
        }

        private bool IsWanted(int tag) => CurrentDirectory switch
        {
            ExifIfd0Directory => tag is ExifDirectoryBase.TagArtist or ExifDirectoryBase.TagCopyright or ExifDirectoryBase.TagSoftware or ExifDirectoryBase.TagOrientation,
            ExifSubIfdDirectory => tag is ExifDirectoryBase.TagDateTimeOriginal or ExifDirectoryBase.TagTimeZoneOriginal
                or ExifDirectoryBase.TagBodySerialNumber or ExifDirectoryBase.TagLensSerialNumber,
            GpsDirectory => tag is GpsDirectory.TagLatitude or GpsDirectory.TagLongitude,
            _ => false,
        };
    }
}
