namespace ImageRights.Ingestion.Probing;

/// <summary>GIF 87a and 89a: screen, then blocks whose data come in sub-blocks of up to 255 bytes that a zero ends; a trailer (3B) ends the file.</summary>
internal static class GifFile
{
    private const byte Extension = 0x21, ImageDescriptor = 0x2C, Trailer = 0x3B, ApplicationLabel = 0xFF, GraphicControlLabel = 0xF9;

    // The XMP packet lies bare in the sub-blocks; this many bytes after it lead any reader of sub-blocks to the end.
    private const int XmpTrailer = 257;

    public static bool IsOne(ReadOnlySpan<byte> file) => file.StartsWith("GIF87a"u8) || file.StartsWith("GIF89a"u8);

    public static ProbeOutcome Read(ReadOnlySpan<byte> file)
    {
        var reader = new ByteReader(file, 6);
        int width = reader.U16Little(), height = reader.U16Little();
        var screen = reader.U8();
        reader.Skip(2);
        SkipColourTable(ref reader, screen);
        var metadata = new List<MetadataBlock>();
        long metadataBytes = 0;
        var frames = 0;
        var interlaced = false;
        while (true)
        {
            var block = reader.U8();
            if (reader.Overrun) return Unfinished();
            switch (block)
            {
                case Trailer when frames == 0: return ProbeOutcome.Corrupt("It has no picture data.");
                case Trailer: return new PictureHeader(PictureFormat.Gif, width, height, frames, interlaced, metadataBytes, metadata);
                case ImageDescriptor:
                    var (left, top) = (reader.U16Little(), reader.U16Little());
                    var (frameWidth, frameHeight) = (reader.U16Little(), reader.U16Little());
                    var flags = reader.U8();
                    SkipColourTable(ref reader, flags);
                    reader.Skip(1);
                    SkipSubBlocks(ref reader);
                    // Decoders differ on frames that leave the screen; the larger reading is the one to limit.
                    (width, height) = (Math.Max(width, left + frameWidth), Math.Max(height, top + frameHeight));
                    interlaced |= (flags & 0x40) != 0;
                    frames++;
                    break;
                case Extension:
                    var label = reader.U8();
                    var start = reader.Position;
                    SkipSubBlocks(ref reader);
                    if (label == GraphicControlLabel || reader.Overrun) break;
                    metadataBytes += reader.Position - start;
                    var application = "\u000BXMP DataXMP"u8;
                    var packet = reader.Position - 1 - start - application.Length - XmpTrailer;
                    if (label == ApplicationLabel && packet > 0 && file[start..].StartsWith(application))
                        metadata.Add(new MetadataBlock(MetadataKind.Xmp, start + application.Length, packet));
                    break;
                default: return ProbeOutcome.Corrupt($"Block {block:X2} is unknown.");
            }
            if (reader.Overrun) return Unfinished();
        }

        static ProbeOutcome Unfinished() => ProbeOutcome.Truncated("The GIF's trailer is missing.");
    }

    private static void SkipColourTable(ref ByteReader reader, byte flags)
    {
        if ((flags & 0x80) != 0) reader.Skip(3 << ((flags & 7) + 1));
    }

    private static void SkipSubBlocks(ref ByteReader reader)
    {
        byte length;
        do reader.Skip(length = reader.U8());
        while (length != 0 && !reader.Overrun);
    }
}
