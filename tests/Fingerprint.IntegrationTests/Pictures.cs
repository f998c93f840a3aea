using System.Buffers.Binary;
using System.Text.Json;
using ImageRights.TestKit;

namespace ImageRights.Fingerprint.IntegrationTests;

/// <summary>Files to send.</summary>
internal static class Pictures
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Pictures");
    private static int seeds;

    /// <summary>A photograph of which the reference implementation's hashes are known.</summary>
    public static byte[] Bridge => File.ReadAllBytes(Path.Combine(Folder, "bridge.jpg"));

    /// <summary>The reference implementation's eight hashes of <see cref="Bridge"/>.</summary>
    public static string[] BridgeHashes
    {
        get
        {
            using var vectors = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "vectors.json")));
            return [.. vectors.RootElement.GetProperty("pictures").EnumerateArray().Single(picture => picture.GetProperty("picture").GetString() == "bridge-1-original.jpg")
                .GetProperty("hashes").EnumerateArray().Select(hash => hash.GetString()!)];
        }
    }

    /// <summary>A picture that no other test has.</summary>
    public static byte[] New(int width = 200, int height = 150) => new SamplePicture(Interlocked.Increment(ref seeds) + 1000).ToPng(width, height);

    /// <summary>The JPEG as a telephone writes it: turned (orientation 6), with the place where it was taken, an owner's name and a comment.</summary>
    public static byte[] WithPlace(byte[] jpeg)
    {
        byte[] exif = [.. "Exif\0\0"u8, .. PlaceAndOrientation()];
        byte[] comment = [.. "call 0171 2345678"u8];
        return [0xFF, 0xD8, .. Segment(0xE1, exif), .. Segment(0xFE, comment), .. jpeg[2..], .. "<html><script>alert(1)</script></html>"u8];
    }

    private static byte[] Segment(byte marker, byte[] content) => [0xFF, marker, (byte)((content.Length + 2) >> 8), (byte)(content.Length + 2), .. content];

    // TIFF, little-endian: IFD0 with Orientation, Artist and the GPS directory, which holds latitude and longitude.
    private static byte[] PlaceAndOrientation()
    {
        using var tiff = new MemoryStream();
        var artist = "Erika Mustermann\0"u8.ToArray();
        const int directory = 8, gps = directory + 2 + 3 * 12 + 4, values = gps + 2 + 4 * 12 + 4;
        tiff.Write("II*\0"u8);
        Long(directory);
        Short(3);
        Entry(0x0112, 3, 1, 6);
        Entry(0x013B, 2, artist.Length, values + 48);
        Entry(0x8825, 4, 1, gps);
        Long(0);
        Short(4);
        Entry(1, 2, 2, 'N');
        Entry(2, 5, 3, values);
        Entry(3, 2, 2, 'E');
        Entry(4, 5, 3, values + 24);
        Long(0);
        foreach (var part in (ReadOnlySpan<int>)[48, 1, 51, 1, 3024, 100, 2, 1, 17, 1, 4008, 100]) Long(part);
        tiff.Write(artist);
        return tiff.ToArray();

        void Entry(int tag, int type, int count, int value)
        {
            Short(tag);
            Short(type);
            Long(count);
            Long(value);
        }

        void Short(int value)
        {
            Span<byte> bytes = stackalloc byte[2];
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value);
            tiff.Write(bytes);
        }

        void Long(int value)
        {
            Span<byte> bytes = stackalloc byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
            tiff.Write(bytes);
        }
    }
}
