namespace ImageRights.Ingestion.Probing;

/// <summary>PNG (W3C, third edition, with animation): signature, then chunks of length, type, data, CRC; IHDR first, IEND last.</summary>
internal static class PngFile
{
    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    public static bool IsOne(ReadOnlySpan<byte> file) => file.StartsWith(Signature);

    public static ProbeOutcome Read(ReadOnlySpan<byte> file)
    {
        var reader = new ByteReader(file, Signature.Length);
        var metadata = new List<MetadataBlock>();
        long metadataBytes = 0, announcedFrames = 0;
        int width = 0, height = 0, frames = 0;
        var interlaced = false;
        var hasData = false;
        while (true)
        {
            var length = reader.U32();
            var type = reader.Take(4);
            if (reader.Overrun) return Unfinished();
            if (length > int.MaxValue || type.ContainsAnyExceptInRange((byte)'A', (byte)'z')) return ProbeOutcome.Corrupt("A chunk's head is not one.");
            if (width == 0 && !type.SequenceEqual("IHDR"u8)) return ProbeOutcome.Corrupt("Its first chunk is not its header.");
            var start = reader.Position;
            var data = reader.Take(length);
            reader.Skip(4);
            if (reader.Overrun) return Unfinished();

            if (type.SequenceEqual("IHDR"u8))
            {
                if (width != 0) return ProbeOutcome.Corrupt("It has two headers.");
                if (ReadHeader(data) is not { } header) return ProbeOutcome.Corrupt("Its header is not valid.");
                (width, height, interlaced) = header;
            }
            else if (type.SequenceEqual("IDAT"u8)) hasData = true;
            else if (type.SequenceEqual("acTL"u8)) announcedFrames = new ByteReader(data).U32();
            else if (type.SequenceEqual("fcTL"u8)) frames++;
            else if (type.SequenceEqual("IEND"u8)) break;
            else if (IsMetadata(type))
            {
                metadataBytes += length + 12;
                if (Locate(type, data, start) is { } block) metadata.Add(block);
            }
        }
        if (!hasData) return ProbeOutcome.Corrupt("It has no picture data.");
        var allFrames = (int)Math.Min(int.MaxValue, Math.Max(1, Math.Max(frames, announcedFrames)));
        return new PictureHeader(PictureFormat.Png, width, height, allFrames, interlaced, metadataBytes, metadata);

        static ProbeOutcome Unfinished() => ProbeOutcome.Truncated("The PNG's chunks run out before IEND.");
    }

    private static (int Width, int Height, bool Interlaced)? ReadHeader(ReadOnlySpan<byte> data)
    {
        var reader = new ByteReader(data);
        var (width, height, depth, colour) = (reader.U32(), reader.U32(), reader.U8(), reader.U8());
        var (compression, filter, interlace) = (reader.U8(), reader.U8(), reader.U8());
        var hasDepth = colour switch
        {
            0 => depth is 1 or 2 or 4 or 8 or 16,
            3 => depth is 1 or 2 or 4 or 8,
            2 or 4 or 6 => depth is 8 or 16,
            _ => false,
        };
        return reader.Overrun || reader.Remaining > 0 || width is 0 or > int.MaxValue || height is 0 or > int.MaxValue
            || !hasDepth || compression != 0 || filter != 0 || interlace > 1
            ? null
            : ((int)width, (int)height, interlace == 1);
    }

    // Lower-case first letter: ancillary. Colour, transparency and animation chunks belong to the picture.
    private static bool IsMetadata(ReadOnlySpan<byte> type) =>
        char.IsAsciiLetterLower((char)type[0]) && !type.SequenceEqual("iCCP"u8) && !type.SequenceEqual("fdAT"u8) && !type.SequenceEqual("tRNS"u8);

    private static MetadataBlock? Locate(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data, int start)
    {
        if (type.SequenceEqual("eXIf"u8)) return new MetadataBlock(MetadataKind.Exif, start, data.Length);
        if (type.SequenceEqual("tEXt"u8)) return new MetadataBlock(MetadataKind.PngText, start, data.Length);
        // iTXt: keyword, NUL, compression flag and method, language, NUL, translated keyword, NUL, text. Compressed packets are left alone.
        var xmp = "XML:com.adobe.xmp\0\0\0\0\0"u8;
        return type.SequenceEqual("iTXt"u8) && data.StartsWith(xmp) ? new MetadataBlock(MetadataKind.Xmp, start + xmp.Length, data.Length - xmp.Length) : null;
    }
}
