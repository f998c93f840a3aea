using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace ImageRights.Ingestion.UnitTests;

/// <summary>Pictures of real encoders, and the parts to build bad ones from.</summary>
internal static class SampleFiles
{
    public static readonly string[] Names =
    [
        "photo.jpg", "small.jpg", "progressive.jpg", "described.jpg", "small.png", "interlaced.png", "lossy.webp", "lossless.webp", "alpha.webp", "animated.webp",
        "described.webp", "animated.gif", "interlaced.gif", "small.avif", "photo.avif", "described.avif",
    ];

    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Samples", name));

    /// <summary>A PNG of 1-bit black; its data, when given, stands for the real ones.</summary>
    public static byte[] Png(int width, int height, bool interlaced = false, byte[]? data = null, params (string Type, byte[] Data)[] chunks)
    {
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 1;
        header[12] = interlaced ? (byte)1 : (byte)0;
        WriteChunk(file, "IHDR", header);
        foreach (var (type, content) in chunks) WriteChunk(file, type, content);
        WriteChunk(file, "IDAT", data ?? Packed(width, Math.Min(height, 8)));
        WriteChunk(file, "IEND", []);
        return file.ToArray();
    }

    /// <summary>A whole, valid PNG of 30000 x 30000 pixels that unpacks to 112 MB.</summary>
    public static byte[] Bomb() => Png(30_000, 30_000, data: Packed(30_000, 30_000));

    /// <summary>A JPEG with further segments behind its first marker.</summary>
    public static byte[] JpegWith(params (byte Marker, byte[] Content)[] segments)
    {
        using var file = new MemoryStream();
        var picture = Read("small.jpg");
        file.Write(picture, 0, 2);
        foreach (var (marker, content) in segments)
        {
            file.Write([0xFF, marker, (byte)((content.Length + 2) >> 8), (byte)(content.Length + 2)]);
            file.Write(content);
        }
        file.Write(picture, 2, picture.Length - 2);
        return file.ToArray();
    }

    public static byte[] Latin(string text) => Encoding.Latin1.GetBytes(text);

    private static byte[] Packed(int width, int rows)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            var row = new byte[1 + (width + 7) / 8];
            for (var y = 0; y < rows; y++) zlib.Write(row);
        }
        return packed.ToArray();
    }

    private static void WriteChunk(Stream file, string type, byte[] data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        byte[] typed = [.. Encoding.ASCII.GetBytes(type), .. data];
        file.Write(typed);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(typed));
        file.Write(number);
    }

    private static uint Crc(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) == 1 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
        }
        return ~crc;
    }
}
