using System.Buffers.Binary;
using System.Globalization;
using ImageRights.Contracts.Fingerprint.V1;
using ImageRights.Fingerprint.Computing;
using ImageRights.Fingerprint.Decoding;
using ImageRights.Fingerprint.Hashing;
using ImageRights.Matching.Index;
using ImageRights.Matching.Screening;

namespace ImageRights.Benchmarks.Searching;

/// <summary>Pictures that nobody asks for, made of parts of photographs laid over each other: corners and surfaces are as those of photographs, and none is a copy of another.</summary>
internal static class Distractors
{
    public const int HeaderBytes = 12;
    public const int FeatureBytes = 38;
    private const int DescriptorBytes = 32;

    private const int Width = 512;
    private const int Height = 384;

    /// <summary>Fingerprints of so many pictures, from the file if it has them; else computed, which takes minutes for thousands, and written to it.</summary>
    public static List<FingerprintRecorded> Read(string file, int count, IReadOnlyList<DecodedPicture> photographs)
    {
        if (!File.Exists(file)) File.WriteAllBytes(file, []);
        var pictures = new List<FingerprintRecorded>(count);
        using var stream = File.Open(file, FileMode.Open);
        using (var reader = new BinaryReader(stream, System.Text.Encoding.UTF8, leaveOpen: true))
        {
            while (pictures.Count < count && stream.Position < stream.Length)
            {
                var (pdq, quality, sign, local) = (reader.ReadString(), reader.ReadInt32(), reader.ReadString(), reader.ReadBytes(reader.ReadInt32()));
                pictures.Add(new FingerprintRecorded(
                    PictureRole.Work, string.Create(CultureInfo.InvariantCulture, $"distractor-{pictures.Count}"), "nobody", null, null, "", pdq, [], quality, Fingerprinter.Algorithm,
                    DateTimeOffset.UnixEpoch, new Matching.Screening.PictureFeatures(FeatureExtractor.Algorithm, sign, [], Convert.ToBase64String(local))));
            }
        }
        if (pictures.Count == count) return pictures;
        stream.Position = stream.Length;
        using (var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true))
        {
            for (var number = pictures.Count; number < count; number++)
            {
                var picture = Draw(photographs, new Random(number));
                var hash = PdqHasher.Compute(picture);
                var features = FeatureExtractor.Extract(picture, hash.Sign);
                var local = LocalFeatures.Read(features.Local!)!.AsReference().Bytes;
                writer.Write(hash.Hash.Hex);
                writer.Write(hash.Quality);
                writer.Write(features.SignPdq);
                writer.Write(local.Length);
                writer.Write(local);
                if (number % 500 == 0) Console.Error.WriteLine($"{number} of {count} distractors");
            }
        }
        stream.Dispose();
        return Read(file, count, photographs);
    }

    /// <summary>Local features of another picture: of each test of a descriptor one in eight comes out otherwise, which is more than copies differ by, and as often one way or the other as it did.</summary>
    public static LocalFeatures Vary(LocalFeatures features, Random random)
    {
        var bytes = features.Bytes.ToArray();
        Span<byte> noise = stackalloc byte[3 * DescriptorBytes];
        for (var feature = 0; feature < features.Descriptors.Length; feature++)
        {
            random.NextBytes(noise);
            var descriptor = bytes.AsSpan(HeaderBytes + (feature + 1) * FeatureBytes - DescriptorBytes, DescriptorBytes);
            for (var at = 0; at < DescriptorBytes; at++) descriptor[at] ^= (byte)(noise[at] & noise[DescriptorBytes + at] & noise[2 * DescriptorBytes + at]);
        }
        return LocalFeatures.Read(bytes);
    }

    private static DecodedPicture Draw(IReadOnlyList<DecodedPicture> photographs, Random random)
    {
        var rgb = new byte[Width * Height * 3];
        for (var layer = 0; layer < 2; layer++)
        {
            var photograph = photographs[random.Next(photographs.Count)];
            var size = 0.5 + 0.5 * random.NextDouble();
            var (left, top, mirrored) = ((1 - size) * random.NextDouble(), (1 - size) * random.NextDouble(), random.Next(2) == 1);
            for (var y = 0; y < Height; y++)
            {
                var row = (int)((top + size * y / Height) * photograph.Height);
                for (var x = 0; x < Width; x++)
                {
                    var column = (int)((left + size * (mirrored ? Width - 1 - x : x) / Width) * photograph.Width);
                    for (var c = 0; c < 3; c++) rgb[(y * Width + x) * 3 + c] += (byte)(photograph.Rgb[(row * photograph.Width + column) * 3 + c] / 2);
                }
            }
        }
        return new DecodedPicture(new PictureHeader(PictureFormat.Jpeg, Width, Height, 1, false, false, 1), Width, Height, rgb);
    }
}
