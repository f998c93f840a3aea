using System.Text;
using ImageRights.Ingestion.Pictures;
using ImageRights.Ingestion.Probing;
using MetadataExtractor.Formats.Iptc;
using MetadataExtractor.IO;

namespace ImageRights.Ingestion.Metadata;

/// <summary>Reads what a picture says about its rights. The probe has found the blocks and bounded their sum; the container is not parsed again,
/// and nothing compressed is inflated. Where sources disagree XMP goes before IPTC before EXIF before PNG text.</summary>
public static class MetadataReader
{
    // What a JPEG segment can hold; the libraries' work grows with the square of a block's length in the worst case.
    private const int LongestBlock = 65_535;

    // XMP with an editing history is the one kind that is honestly larger.
    private const int LongestXmp = 262_144;
    private const int MostBlocks = 16;
    private const int LongestValue = 500;

    /// <summary>Never throws for what a file holds: what cannot be read is left out and <see cref="PictureMetadata.Unreadable"/> says so.</summary>
    public static PictureMetadata Read(ReadOnlySpan<byte> file, PictureHeader header)
    {
        var found = new FoundMetadata();
        foreach (var block in header.Metadata.Take(MostBlocks))
        {
            if (block.Length > (block.Kind == MetadataKind.Xmp ? LongestXmp : LongestBlock))
            {
                found.Unreadable = true;
                continue;
            }
            try
            {
                Read(file.Slice(block.Offset, block.Length), block.Kind, found);
            }
#pragma warning disable CA1031 // The libraries throw many types on hostile input, undocumented; a picture must not be refused for its remarks.
            catch (Exception)
#pragma warning restore CA1031
            {
                found.Unreadable = true;
            }
        }
        if (header.Metadata.Count > MostBlocks) found.Unreadable = true;
        return found.ToMetadata();
    }

    /// <summary>One line of printable text, 500 characters at most; null if nothing is left.</summary>
    internal static string? Clean(string? value)
    {
        if (value is null) return null;
        var text = new StringBuilder(Math.Min(value.Length, LongestValue));
        foreach (var rune in value.EnumerateRunes())
        {
            if (text.Length + rune.Utf16SequenceLength > LongestValue) break;
            text.Append(Rune.IsControl(rune) ? " " : rune.ToString());
        }
        var cleaned = text.ToString().Trim();
        return cleaned.Length == 0 ? null : cleaned;
    }

    private static void Read(ReadOnlySpan<byte> block, MetadataKind kind, FoundMetadata found)
    {
        switch (kind)
        {
            case MetadataKind.Exif:
                ExifBlock.Read(block, found);
                break;
            case MetadataKind.Xmp:
                XmpBlock.Read(block, found);
                break;
            case MetadataKind.Iptc:
                ReadIptc(block.ToArray(), found);
                break;
            case MetadataKind.PngText:
                ReadPngText(block, found);
                break;
        }
    }

    private static void ReadIptc(byte[] block, FoundMetadata found)
    {
        var iptc = new IptcReader().Extract(new SequentialByteArrayReader(block), block.Length);
        found.Creator.Iptc = string.Join("; ", MetadataExtractor.DirectoryExtensions.GetStringArray(iptc, IptcDirectory.TagByLine) ?? []);
        found.CopyrightNotice.Iptc = Text(IptcDirectory.TagCopyrightNotice);
        found.Credit.Iptc = Text(IptcDirectory.TagCredit);
        found.Software.Iptc = Text(IptcDirectory.TagOriginatingProgram);
        found.CapturedAt.Iptc = IptcDate(Text(IptcDirectory.TagDateCreated));
        found.Unreadable |= iptc.HasError;

        string? Text(int tag) => MetadataExtractor.DirectoryExtensions.GetString(iptc, tag);
    }

    // CCYYMMDD.
    private static string? IptcDate(string? value) =>
        value is { Length: 8 } && value.All(char.IsAsciiDigit) ? $"{value[..4]}-{value[4..6]}-{value[6..]}" : null;

    private static void ReadPngText(ReadOnlySpan<byte> block, FoundMetadata found)
    {
        var end = block.IndexOf((byte)0);
        if (end < 0) return;
        var value = Encoding.Latin1.GetString(block[(end + 1)..]);
        switch (Encoding.Latin1.GetString(block[..end]))
        {
            case "Author":
                found.Creator.Png = value;
                break;
            case "Copyright":
                found.CopyrightNotice.Png = value;
                break;
            case "Software":
                found.Software.Png = value;
                break;
        }
    }
}
