using System.Buffers.Binary;
using System.IO.Compression;
using ImageRights.Fingerprint.Layout;

namespace ImageRights.Fingerprint.LocalFeatures;

/// <summary>Local features and thumbnail of a picture as bytes. Readers are in other services: a change is a new version of the features' algorithm.</summary>
/// <remarks>
/// All numbers little-endian. Header: width, height of the picture that the features were found in, their number, how many of them stand for the picture, width and height of the
/// thumbnail, each 16 bits. Then the features, 38 bytes each: x and y in 1/64 pixel (16 bits each), level, angle (8 bits each), descriptor (four times 64 bits). Then the thumbnail: 5-bit
/// grey levels, each as the difference to its left neighbour modulo 32, Brotli-compressed.
/// </remarks>
internal static class LocalFormat
{
    public const int HeaderBytes = 12;
    public const int FeatureBytes = 38;

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
            BinaryPrimitives.WriteUInt64LittleEndian(one[6..], feature.D0);
            BinaryPrimitives.WriteUInt64LittleEndian(one[14..], feature.D1);
            BinaryPrimitives.WriteUInt64LittleEndian(one[22..], feature.D2);
            BinaryPrimitives.WriteUInt64LittleEndian(one[30..], feature.D3);
            bytes.Write(one);
        }
        var differences = new byte[thumbnail.Levels.Length];
        for (var at = 0; at < differences.Length; at++)
        {
            var left = at % thumbnail.Width == 0 ? 0 : thumbnail.Levels[at - 1] >> 3;
            differences[at] = (byte)((thumbnail.Levels[at] >> 3) - left & 31);
        }
        using (var brotli = new BrotliStream(bytes, CompressionLevel.Fastest, leaveOpen: true)) brotli.Write(differences);
        return bytes.ToArray();
    }
}
