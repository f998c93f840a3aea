using System.Buffers.Binary;
using System.IO.Compression;

namespace ImageRights.Fingerprint.UnitTests.Samples;

/// <summary>Writes PNGs that no honest encoder writes.</summary>
internal static class PngWriter
{
    /// <summary>All zero: a few hundred kilobytes of file for gigabytes of pixels.</summary>
    internal static byte[] Bomb(int width, int height) => Write(width, height, bitDepth: 1, colourType: 0, interlaced: false, data: zlib =>
    {
        var row = new byte[1 + (width + 7) / 8];
        for (var y = 0; y < height; y++)
            zlib.Write(row);
    });

    /// <summary>A header that announces an interlaced picture, with hardly any data behind it.</summary>
    internal static byte[] Interlaced(int width, int height) =>
        Write(width, height, bitDepth: 8, colourType: 2, interlaced: true, data: zlib => zlib.Write(new byte[100]));

    /// <summary>An 8-bit RGB picture with an EXIF chunk.</summary>
    internal static byte[] Rgb(Raster raster, byte[]? exif) => Write(raster.Width, raster.Height, bitDepth: 8, colourType: 2, interlaced: false, exif: exif, data: zlib =>
    {
        for (var y = 0; y < raster.Height; y++)
        {
            zlib.WriteByte(0);
            zlib.Write(raster.Samples, y * raster.Width * 3, raster.Width * 3);
        }
    });

    private static byte[] Write(
        int width, int height, byte bitDepth, byte colourType, bool interlaced, Action<Stream> data, byte[]? exif = null)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = (bitDepth, colourType, interlaced ? (byte)1 : (byte)0);

        using var pixels = new MemoryStream();
        using (var zlib = new ZLibStream(pixels, CompressionLevel.Fastest))
            data(zlib);

        using var png = new MemoryStream();
        png.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        Chunk(png, "IHDR"u8, header);
        if (exif is not null)
            Chunk(png, "eXIf"u8, exif);
        Chunk(png, "IDAT"u8, pixels.ToArray());
        Chunk(png, "IEND"u8, []);
        return png.ToArray();
    }

    private static void Chunk(Stream png, ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        png.Write(number);
        png.Write(type);
        png.Write(content);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc([.. type, .. content]));
        png.Write(number);
    }

    // The CRC of ISO 3309 that PNG uses.
    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
        }
        return ~crc;
    }
}
