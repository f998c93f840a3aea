using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace ImageRights.TestKit;

/// <summary>A picture with plenty of detail, drawn from a seed: the same seed gives the same scene at any size, mirrored or not. Written as PNG.</summary>
public sealed class SamplePicture
{
    private static readonly uint[] CrcTable = MakeCrcTable();
    private readonly (double X, double Y, double Radius, double Red, double Green, double Blue)[] discs;
    private readonly double[] waves;

    /// <summary>Chooses a scene.</summary>
    public SamplePicture(int seed)
    {
        var random = new Random(seed);
        discs = [.. Enumerable.Range(0, 60).Select(_ => (random.NextDouble(), random.NextDouble(), 0.02 + 0.13 * random.NextDouble(), random.NextDouble(), random.NextDouble(), random.NextDouble()))];
        waves = [.. Enumerable.Range(0, 12).Select(_ => random.NextDouble() * 18 - 9)];
    }

    /// <summary>Draws the scene.</summary>
    /// <param name="part">Only this rectangle of it, in fractions of its width and height.</param>
    public byte[] ToPng(int width = 480, int height = 360, bool mirrored = false, (double Left, double Top, double Width, double Height)? part = null)
    {
        var (left, top, across, down) = part ?? (0, 0, 1, 1);
        var rows = new byte[height * (1 + width * 3)];
        var offset = 0;
        for (var y = 0; y < height; y++)
        {
            rows[offset++] = 0;
            for (var x = 0; x < width; x++)
            {
                var (red, green, blue) = Colour(left + across * (mirrored ? width - 1 - x : x) / width, top + down * y / height);
                rows[offset++] = red;
                rows[offset++] = green;
                rows[offset++] = blue;
            }
        }
        return Png(width, height, rows);
    }

    /// <summary>A picture of one colour: valid, and without anything to recognise.</summary>
    public static byte[] Blank(int width = 480, int height = 360)
    {
        var rows = new byte[height * (1 + width * 3)];
        for (var index = 0; index < rows.Length; index++) rows[index] = index % (1 + width * 3) == 0 ? (byte)0 : (byte)255;
        return Png(width, height, rows);
    }

    /// <summary>A PNG of a few kilobytes that unpacks to <paramref name="side"/> × <paramref name="side"/> pixels of one bit.</summary>
    public static byte[] Bomb(int side = 30_000)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            var row = new byte[1 + (side + 7) / 8];
            for (var y = 0; y < side; y++) zlib.Write(row);
        }
        return Png(side, side, packed.ToArray(), bitDepth: 1, colourType: 0);
    }

    private (byte Red, byte Green, byte Blue) Colour(double x, double y)
    {
        double red = 0.5, green = 0.5, blue = 0.5;
        for (var wave = 0; wave < waves.Length; wave += 3)
        {
            var value = 0.16 * Math.Sin(2 * Math.PI * (waves[wave] * x + waves[wave + 1] * y) + waves[wave + 2]);
            red += value;
            green += wave % 2 == 0 ? value : -value;
            blue -= value;
        }
        foreach (var disc in discs)
        {
            if ((x - disc.X) * (x - disc.X) + (y - disc.Y) * (y - disc.Y) < disc.Radius * disc.Radius) (red, green, blue) = (disc.Red, disc.Green, disc.Blue);
        }
        return (Byte(red), Byte(green), Byte(blue));

        static byte Byte(double value) => (byte)Math.Clamp(value * 255, 0, 255);
    }

    private static byte[] Png(int width, int height, byte[] rows)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true)) zlib.Write(rows);
        return Png(width, height, packed.ToArray(), bitDepth: 8, colourType: 2);
    }

    private static byte[] Png(int width, int height, byte[] packed, byte bitDepth, byte colourType)
    {
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = bitDepth;
        header[9] = colourType;
        Chunk(file, "IHDR", header);
        Chunk(file, "IDAT", packed);
        Chunk(file, "IEND", []);
        return file.ToArray();
    }

    private static void Chunk(Stream file, string type, byte[] data)
    {
        var typed = Encoding.ASCII.GetBytes(type).Concat(data).ToArray();
        var number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(typed);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~typed.Aggregate(0xFFFFFFFF, (crc, value) => CrcTable[(byte)crc ^ value] ^ (crc >> 8)));
        file.Write(number);
    }

    private static uint[] MakeCrcTable() =>
        [.. Enumerable.Range(0, 256).Select(value => Enumerable.Range(0, 8).Aggregate((uint)value, (crc, _) => (crc & 1) == 1 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1))];
}
