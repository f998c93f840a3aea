using System.Buffers.Binary;

namespace ImageRights.Fingerprint.Decoding;

/// <summary>Recognises a format by its first bytes, and a file that was cut short by its last ones.</summary>
internal static class Signature
{
    internal static PictureFormat? Recognise(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
            return PictureFormat.Jpeg;
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]))
            return PictureFormat.Png;
        if (bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8))
            return PictureFormat.Gif;
        if (bytes.Length >= 12 && bytes.StartsWith("RIFF"u8) && bytes[8..12].SequenceEqual("WEBP"u8))
            return PictureFormat.WebP;
        return IsAvif(bytes) ? PictureFormat.Avif : null;
    }

    /// <summary>
    /// Whether the file ends before its format says it does. Only asked once decoding has failed, to tell a broken upload
    /// (send it again) from broken content.
    /// </summary>
    internal static bool EndsEarly(PictureFormat format, ReadOnlySpan<byte> bytes) => format switch
    {
        PictureFormat.Jpeg => bytes.LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xD9]) < 0,
        PictureFormat.Png => bytes.LastIndexOf("IEND"u8) < 0,
        PictureFormat.Gif => bytes.TrimEnd((byte)0) is not [.., 0x3B],
        PictureFormat.WebP => bytes.Length < 12 || BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) + 8L > bytes.Length,
        PictureFormat.Avif => BoxesOutrun(bytes),
    };

    // ISO base media file: size, "ftyp", major brand, minor version, then compatible brands.
    private static bool IsAvif(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 16 || !bytes[4..8].SequenceEqual("ftyp"u8))
            return false;
        var end = (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(bytes), (uint)Math.Min(bytes.Length, 512));
        for (var at = 8; at + 4 <= end; at += at == 8 ? 8 : 4)
        {
            if (bytes.Slice(at, 4).SequenceEqual("avif"u8) || bytes.Slice(at, 4).SequenceEqual("avis"u8))
                return true;
        }
        return false;
    }

    private static bool BoxesOutrun(ReadOnlySpan<byte> bytes)
    {
        long at = 0;
        while (at < bytes.Length)
        {
            if (at + 8 > bytes.Length)
                return true;
            var head = bytes[(int)at..];
            long size = BinaryPrimitives.ReadUInt32BigEndian(head);
            if (size == 0)
                return false;
            if (size == 1)
            {
                if (head.Length < 16)
                    return true;
                var wide = BinaryPrimitives.ReadUInt64BigEndian(head[8..]);
                if (wide > int.MaxValue)
                    return true;
                size = (long)wide;
            }
            if (size < 8)
                return false;
            at += size;
        }
        return at > bytes.Length;
    }
}
