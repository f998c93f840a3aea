namespace ImageRights.Ingestion.Probing;

/// <summary>JPEG (ITU-T T.81, annex B): SOI, segments of marker and length, scans of entropy-coded bytes, EOI. Bytes after EOI are tolerated: phones append
/// films and further pictures there.</summary>
internal static class JpegFile
{
    private const byte StartOfImage = 0xD8, EndOfImage = 0xD9, StartOfScan = 0xDA, Comment = 0xFE;

    public static bool IsOne(ReadOnlySpan<byte> file) => file.StartsWith((ReadOnlySpan<byte>)[0xFF, StartOfImage, 0xFF]);

    public static ProbeOutcome Read(ReadOnlySpan<byte> file)
    {
        var reader = new ByteReader(file, 2);
        var metadata = new List<MetadataBlock>();
        long metadataBytes = 0;
        int width = 0, height = 0;
        var progressive = false;
        var scans = 0;
        while (true)
        {
            if (reader.U8() != 0xFF) return reader.Overrun ? Unfinished() : ProbeOutcome.Corrupt("A marker is missing.");
            var marker = reader.U8();
            while (marker == 0xFF) marker = reader.U8();
            if (reader.Overrun) return Unfinished();
            if (marker == EndOfImage) break;
            if (marker is < 0xC0 or StartOfImage or (>= 0xD0 and <= 0xD7)) return ProbeOutcome.Corrupt($"Marker {marker:X2} is out of place.");

            var length = reader.U16();
            if (!reader.Overrun && length < 2) return ProbeOutcome.Corrupt("A segment is shorter than its own length.");
            var start = reader.Position;
            var segment = reader.Take(length - 2);
            if (reader.Overrun) return Unfinished();
            switch (marker)
            {
                case >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC):
                    if (width > 0) return ProbeOutcome.Corrupt("It has two frame headers.");
                    if (segment.Length < 6 || segment.Length != 6 + 3 * segment[5]) return ProbeOutcome.Corrupt("Its frame header has the wrong length.");
                    height = segment[1] << 8 | segment[2];
                    width = segment[3] << 8 | segment[4];
                    if (width == 0 || height == 0) return ProbeOutcome.Corrupt("Its frame header gives no size.");
                    progressive = (marker & 3) == 2;
                    break;
                case StartOfScan:
                    if (width == 0) return ProbeOutcome.Corrupt("A scan comes before the frame header.");
                    scans++;
                    if (!SkipEntropyCoded(file, ref reader)) return Unfinished();
                    break;
                case Comment or (>= 0xE0 and <= 0xEF):
                    // Colour profiles (APP2, ICC_PROFILE) belong to the picture.
                    if (!(marker == 0xE2 && segment.StartsWith("ICC_PROFILE\0"u8))) metadataBytes += length;
                    if (Locate(marker, segment, start) is { } block) metadata.Add(block);
                    break;
            }
        }
        if (scans == 0) return ProbeOutcome.Corrupt("It has no scan.");
        return new PictureHeader(PictureFormat.Jpeg, width, height, 1, progressive, metadataBytes, metadata);

        static ProbeOutcome Unfinished() => ProbeOutcome.Truncated("The JPEG's end marker is missing.");
    }

    // Inside a scan FF is followed by 00 (a data byte), D0-D7 (restart) or FF (fill); anything else begins the next marker.
    private static bool SkipEntropyCoded(ReadOnlySpan<byte> file, ref ByteReader reader)
    {
        while (true)
        {
            var next = file[reader.Position..].IndexOf((byte)0xFF);
            if (next < 0 || reader.Position + next + 1 >= file.Length) return false;
            if (file[reader.Position + next + 1] is not (0x00 or (>= 0xD0 and <= 0xD7) or 0xFF))
            {
                reader.Skip(next);
                return true;
            }
            // A fill byte may itself stand before a marker.
            reader.Skip(file[reader.Position + next + 1] == 0xFF ? next + 1 : next + 2);
        }
    }

    private static MetadataBlock? Locate(byte marker, ReadOnlySpan<byte> segment, int start)
    {
        var exif = "Exif\0\0"u8;
        var xmp = "http://ns.adobe.com/xap/1.0/\0"u8;
        var photoshop = "Photoshop 3.0\0"u8;
        if (marker == 0xE1 && segment.StartsWith(exif)) return new MetadataBlock(MetadataKind.Exif, start + exif.Length, segment.Length - exif.Length);
        if (marker == 0xE1 && segment.StartsWith(xmp)) return new MetadataBlock(MetadataKind.Xmp, start + xmp.Length, segment.Length - xmp.Length);
        if (marker == 0xED && segment.StartsWith(photoshop)) return LocateIptc(segment, photoshop.Length, start);
        return null;
    }

    // Photoshop image resources: "8BIM", id, name as a Pascal string padded to even, length, data padded to even. IPTC-IIM is resource 0x0404.
    private static MetadataBlock? LocateIptc(ReadOnlySpan<byte> segment, int position, int start)
    {
        var reader = new ByteReader(segment, position);
        while (reader.Take(4).SequenceEqual("8BIM"u8))
        {
            var id = reader.U16();
            var name = reader.U8();
            reader.Skip(name | 1);
            var length = reader.U32();
            var data = reader.Position;
            reader.Skip(length);
            if (reader.Overrun) return null;
            if (id == 0x0404) return new MetadataBlock(MetadataKind.Iptc, start + data, (int)length);
            reader.Skip(length & 1);
        }
        return null;
    }
}
