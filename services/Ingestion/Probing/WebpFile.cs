namespace ImageRights.Ingestion.Probing;

/// <summary>WebP (RFC 9649): RIFF, size, WEBP, then chunks of type, size, data padded to even. VP8 is lossy, VP8L lossless, VP8X announces more.</summary>
internal static class WebpFile
{
    private const byte HasAnimation = 0x02;

    public static bool IsOne(ReadOnlySpan<byte> file) => file.Length >= 12 && file.StartsWith("RIFF"u8) && file[8..].StartsWith("WEBP"u8);

    public static ProbeOutcome Read(ReadOnlySpan<byte> file)
    {
        var size = new ByteReader(file, 4).U32Little() + 8L;
        if (size > file.Length) return Unfinished();
        if (size < 20) return ProbeOutcome.Corrupt("It has no chunk.");
        var riff = file[..(int)size];
        var reader = new ByteReader(riff, 12);
        var metadata = new List<MetadataBlock>();
        long metadataBytes = 0;
        (int Width, int Height)? canvas = null, still = null;
        var animated = false;
        var frames = 0;
        for (var first = true; reader.Remaining >= 8; first = false)
        {
            var type = reader.Take(4);
            var length = reader.U32Little();
            var start = reader.Position;
            var data = reader.Take(length);
            if (reader.Overrun) return ProbeOutcome.Corrupt("A chunk is longer than the file says it is.");
            if ((length & 1) == 1 && reader.Remaining > 0) reader.Skip(1);

            if (type.SequenceEqual("VP8X"u8))
            {
                if (!first || data.Length < 10) return ProbeOutcome.Corrupt("Its extended header is not one.");
                animated = (data[0] & HasAnimation) != 0;
                var sides = new ByteReader(data, 4);
                canvas = (sides.U24Little() + 1, sides.U24Little() + 1);
            }
            else if (type.SequenceEqual("VP8 "u8) || type.SequenceEqual("VP8L"u8))
            {
                if (still is not null) return ProbeOutcome.Corrupt("It has two pictures.");
                still = type[3] == 'L' ? ReadLossless(data) : ReadLossy(data);
                if (still is null) return ProbeOutcome.Corrupt("Its picture header is not valid.");
            }
            else if (type.SequenceEqual("ANMF"u8))
            {
                if (data.Length < 24) return ProbeOutcome.Corrupt("A frame of its animation has no picture.");
                frames++;
            }
            else if (!type.SequenceEqual("ICCP"u8) && !type.SequenceEqual("ALPH"u8) && !type.SequenceEqual("ANIM"u8))
            {
                metadataBytes += length + 8;
                if (type.SequenceEqual("EXIF"u8)) metadata.Add(new MetadataBlock(MetadataKind.Exif, start, data.Length));
                if (type.SequenceEqual("XMP "u8)) metadata.Add(new MetadataBlock(MetadataKind.Xmp, start, data.Length));
            }
            if (first && canvas is null && still is null) return ProbeOutcome.Corrupt("Its first chunk is not a picture.");
        }
        if (animated ? frames == 0 : still is null) return ProbeOutcome.Corrupt("It has no picture data.");
        if (!animated && canvas is not null && canvas != still) return ProbeOutcome.Corrupt("Canvas and picture differ in size.");
        var (width, height) = canvas ?? still!.Value;
        return new PictureHeader(PictureFormat.Webp, width, height, animated ? frames : 1, false, metadataBytes, metadata);

        static ProbeOutcome Unfinished() => ProbeOutcome.Truncated("The file is shorter than its RIFF header says.");
    }

    // RFC 6386, 9.1: frame tag (bit 0 clear: key frame; bits 5-23: size of the first partition), start code, 14 bits of each side.
    private static (int Width, int Height)? ReadLossy(ReadOnlySpan<byte> data)
    {
        var reader = new ByteReader(data);
        var tag = reader.U24Little();
        var startCode = reader.Take(3);
        var (width, height) = (reader.U16Little() & 0x3FFF, reader.U16Little() & 0x3FFF);
        return reader.Overrun || (tag & 1) != 0 || tag >> 5 > data.Length || !startCode.SequenceEqual((ReadOnlySpan<byte>)[0x9D, 0x01, 0x2A]) ? null : (width, height);
    }

    private static (int Width, int Height)? ReadLossless(ReadOnlySpan<byte> data)
    {
        var reader = new ByteReader(data);
        var signature = reader.U8();
        var bits = reader.U32Little();
        return reader.Overrun || signature != 0x2F || bits >> 29 != 0 ? null : ((int)(bits & 0x3FFF) + 1, (int)(bits >> 14 & 0x3FFF) + 1);
    }
}
