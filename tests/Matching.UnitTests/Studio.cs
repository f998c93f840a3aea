using ImageRights.Benchmarks.Evaluation;
using ImageRights.Fingerprint.Computing;
using ImageRights.Fingerprint.Decoding;
using ImageRights.Fingerprint.Hashing;
using ImageRights.Matching.Screening;

namespace ImageRights.Matching.UnitTests;

/// <summary>Draws pictures of goods, fingerprints them as the product does, and makes facts of them.</summary>
internal static class Studio
{
    private const int Width = 480;
    private const int Height = 400;

    private static readonly PictureDecoder Decoder = new();

    /// <summary>Patches of all sizes and greys: a thing, a wall, a logo, another for each seed.</summary>
    public static Raster Pattern(int seed, int width = Width, int height = Height)
    {
        var random = new Random(seed);
        var pattern = new Raster(width, height, (byte)random.Next(256));
        for (var patch = 0; patch < 160; patch++)
        {
            var size = 6 + (int)(Math.Pow(random.NextDouble(), 3) * width / 3);
            pattern = pattern.Paste(new Raster(size, 6 + random.Next(size), (byte)random.Next(256)), random.Next(width), random.Next(height));
        }
        return pattern;
    }

    /// <summary>A thing in front of a wall.</summary>
    /// <param name="part">Share of the sides that the thing takes.</param>
    public static Raster Photograph(Raster wall, int thing, double part = 0.6)
    {
        var (width, height) = ((int)(wall.Width * part), (int)(wall.Height * part));
        return wall.Paste(Pattern(thing, width, height), (wall.Width - width) / 2, (wall.Height - height) / 2);
    }

    /// <summary>The picture with a logo in its corner.</summary>
    public static Raster Branded(Raster picture, Raster logo) => picture.Paste(logo, picture.Width - logo.Width - 8, 8);

    public static FingerprintRecorded Upload(string id, string account, Raster picture, int quality = 85) => Fact(PictureRole.Upload, id, account, picture, quality);

    public static FingerprintRecorded Work(string id, string account, Raster picture, int quality = 85) => Fact(PictureRole.Work, id, account, picture, quality);

    private static FingerprintRecorded Fact(PictureRole role, string id, string account, Raster picture, int quality)
    {
        var file = Vips.Encode("jpegsave_buffer", picture.Rgb, picture.Width, picture.Height, quality, out var error) ?? throw new InvalidOperationException(error);
        var decoded = Decoder.Decode(file).Value!;
        var hash = PdqHasher.Compute(decoded);
        var features = FeatureExtractor.Extract(decoded, hash.Sign);
        return new FingerprintRecorded(
            role, id, account, role == PictureRole.Upload ? Surface.Listing : null, null, $"file {id}", hash.Hash.Hex, [.. hash.Variants.Select(variant => variant.Hex)], hash.Quality,
            Fingerprinter.Algorithm, Pictures.Noon,
            new PictureFeatures(features.Algorithm, features.SignPdq, [.. features.Regions.Select(region => new PictureRegion(
                region.Left, region.Top, region.Width, region.Height, region.SignPdq, region.IsTrimmed))], features.Local));
    }
}
