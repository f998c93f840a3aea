using System.Buffers.Binary;
using System.IO.Compression;
using ImageRights.Fingerprint.Layout;

namespace ImageRights.Fingerprint.LocalFeatures;

/// <summary>Local features and thumbnail of a picture as bytes. Readers are in other services: a change is a new version of the features' algorithm.</summary>
/// <remarks>
/// All numbers little-endian. Header: width, height of the picture that the features were found in, their number, how many of them stand for the picture, width and height of the
/// thumbnail, each 16 bits. Then the features, 38 bytes each: x and y in 1/64 pixel (16 bits each), level, angle (8 bits each), descriptor (four times 64 bits). Then the thumbnail: 5-bit
/// grey levels, each as the difference to its left neighbour modulo 32, Brotli-compressed. Then, Brotli-compressed too, for each feature a bit for each test of its descriptor, in the same order:
/// whether it is one of those that came out most closely. Nothing of the last is kept of what stands for a picture.
/// </remarks>
internal static class LocalFormat
{
    public const int HeaderBytes = 12;
    public const int FeatureBytes = 38;
    private const int TestBytes = OrbPattern.Tests / 8;

    public static byte[] Write(GreyPicture picture, IReadOnlyList<LocalFeature> features, GreyPicture thumbnail)
    {
        using var bytes = new MemoryStream();
        Span<byte> header = stackalloc byte[HeaderBytes];
        ReadOnlySpan<int> numbers =
            [picture.Width, picture.Height, features.Count, Math.Min(features.Count, Orb.ReferenceFeatures), thumbnail.Width, thumbnail.Height];
        for (var i = 0; i < numbers.Length; i++) BinaryPrimitives.WriteUInt16LittleEndian(header[(2 * i)..], (ushort)numbers[i]);
        bytes.Write(header);
        Span<byte> one = stackalloc byte[FeatureBytes];
        foreach (var feature in features)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(one, (ushort)Math.Round(feature.X * 64));
            BinaryPrimitives.WriteUInt16LittleEndian(one[2..], (ushort)Math.Round(feature.Y * 64));
            (one[4], one[5]) = (feature.Level, feature.Angle);
            Write(one[6..], feature.Tests);
            bytes.Write(one);
        }
        var differences = new byte[thumbnail.Levels.Length];
        for (var at = 0; at < differences.Length; at++)
        {
            var left = at % thumbnail.Width == 0 ? 0 : thumbnail.Levels[at - 1] >> 3;
            differences[at] = (byte)((thumbnail.Levels[at] >> 3) - left & 31);
        }
        Compress(differences, bytes);
        var uncertain = new byte[features.Count * TestBytes];
        for (var number = 0; number < features.Count; number++) Write(uncertain.AsSpan(number * TestBytes), features[number].Uncertain);
        Compress(uncertain, bytes);
        return bytes.ToArray();
    }

    private static void Write(Span<byte> to, in TestBits tests)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(to, tests.First);
        BinaryPrimitives.WriteUInt64LittleEndian(to[8..], tests.Second);
        BinaryPrimitives.WriteUInt64LittleEndian(to[16..], tests.Third);
        BinaryPrimitives.WriteUInt64LittleEndian(to[24..], tests.Fourth);
    }

    private static void Compress(byte[] written, Stream to)
    {
        using var brotli = new BrotliStream(to, CompressionLevel.Fastest, leaveOpen: true);
        brotli.Write(written);
    }
}
