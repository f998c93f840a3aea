using System.Buffers.Binary;

namespace ImageRights.Fingerprint.Decoding;

/// <summary>What a JPEG's marker segments say, read without a decoder (ITU-T T.81, Exif 2.32).</summary>
internal readonly record struct JpegMarkers(int Width, int Height, int Components, int Precision, byte Frame, int Orientation, int Scans)
{
    private const byte StartOfScan = 0xDA;
    private const byte EndOfImage = 0xD9;
    private const byte App1 = 0xE1;

    internal bool Progressive => Frame is 0xC2 or 0xCA;

    /// <summary>Huffman-coded baseline, extended or progressive: what every decoder reads. Arithmetic and lossless coding are not.</summary>
    internal bool Ordinary => Frame is 0xC0 or 0xC1 or 0xC2 && Precision == 8;

    /// <summary>Reads as far as the first scan; in a progressive picture to the end, to count its scans.</summary>
    internal static ImageRefusal? TryRead(ReadOnlySpan<byte> jpeg, out JpegMarkers markers)
    {
        markers = new JpegMarkers(0, 0, 0, 0, 0, Orientation: 1, Scans: 0);
        var hasExif = false;
        var at = 2;
        while (true)
        {
            // 0xFF may be repeated as padding before the marker's code.
            var found = jpeg[Math.Min(at, jpeg.Length)..].IndexOf((byte)0xFF);
            if (found < 0)
                return AtEnd(markers, "no further marker");
            at += found;
            while (at < jpeg.Length && jpeg[at] == 0xFF)
                at++;
            if (at >= jpeg.Length)
                return AtEnd(markers, "ends in a marker");
            var code = jpeg[at++];
            if (code is 0x00 or 0x01 or (>= 0xD0 and <= 0xD8))
                continue;
            if (code == EndOfImage)
                return AtEnd(markers, "ends before its first scan");

            if (at + 2 > jpeg.Length)
                return AtEnd(markers, "ends in a segment");
            int length = BinaryPrimitives.ReadUInt16BigEndian(jpeg[at..]);
            if (length < 2)
                return new(RefusalCodes.Corrupt, $"JPEG segment 0x{code:X2} of {length} bytes");
            if (at + length > jpeg.Length)
                return AtEnd(markers, "ends in a segment");
            var segment = jpeg.Slice(at + 2, length - 2);
            at += length;

            if (code is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                if (segment.Length < 6)
                    return new(RefusalCodes.Corrupt, "JPEG frame header too short");
                if (markers.Frame != 0)
                    return new(RefusalCodes.Corrupt, "JPEG with two frame headers");
                markers = markers with
                {
                    Frame = code,
                    Precision = segment[0],
                    Height = BinaryPrimitives.ReadUInt16BigEndian(segment[1..]),
                    Width = BinaryPrimitives.ReadUInt16BigEndian(segment[3..]),
                    Components = segment[5],
                };
            }
            else if (code == App1 && !hasExif && segment.StartsWith("Exif\0\0"u8))
            {
                hasExif = true;
                markers = markers with { Orientation = ReadOrientation(segment[6..]) };
            }
            else if (code == StartOfScan)
            {
                markers = markers with { Scans = markers.Scans + 1 };
                if (!markers.Progressive)
                    return AtEnd(markers, "scan before the frame header");
            }
        }
    }

    private static ImageRefusal? AtEnd(JpegMarkers markers, string detail) =>
        markers is { Frame: not 0, Scans: > 0 } ? null : new(RefusalCodes.Truncated, "JPEG: " + detail);

    // TIFF header, then the first directory's entries of 12 bytes; 0x0112 is Orientation, type 3 is SHORT.
    private static int ReadOrientation(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 8)
            return 1;
        var little = tiff.StartsWith("II"u8);
        if (!little && !tiff.StartsWith("MM"u8))
            return 1;
        var directory = little ? BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..]) : BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]);
        if (directory > tiff.Length - 2)
            return 1;
        var entries = tiff[(int)directory..];
        var count = Short(entries, little);
        entries = entries[2..];
        for (var i = 0; i < count && entries.Length >= 12; i++, entries = entries[12..])
        {
            if (Short(entries, little) != 0x0112)
                continue;
            var value = Short(entries[8..], little);
            return Short(entries[2..], little) == 3 && value is >= 1 and <= 8 ? value : 1;
        }
        return 1;
    }

    private static ushort Short(ReadOnlySpan<byte> at, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(at) : BinaryPrimitives.ReadUInt16BigEndian(at);
}
