using ImageRights.Fingerprint.Decoding;
using ImageRights.Fingerprint.Hashing;
using Xunit.Abstractions;

namespace ImageRights.Fingerprint.UnitTests;

public sealed class PdqReferenceTests(ITestOutputHelper output)
{
    /// <summary>The reference's own bound for calling an implementation correct is 10; this one must stay closer.</summary>
    private const int MostBits = 10;

    private static readonly PictureDecoder Decoder = new();

    [Fact]
    public void Every_reference_picture_hashes_as_the_reference_does_in_all_eight_orientations() =>
        Compare(ReferenceVectors.Pictures, ReferenceVectors.Bytes, Decoder);

    [Fact]
    public void Every_reference_picture_hashes_as_the_reference_does_without_the_fast_jpeg_path() =>
        Compare(ReferenceVectors.Pictures, ReferenceVectors.Bytes, new PictureDecoder { UseTurboJpeg = false });

    [PhotographFact]
    public void Two_hundred_photographs_hash_as_the_reference_does_in_all_eight_orientations() =>
        Compare(ReferenceVectors.Photographs, name => File.ReadAllBytes(Path.Combine(ReferenceVectors.PhotographFolder!, name)), Decoder);

    private void Compare(IReadOnlyList<ReferenceVector> vectors, Func<string, byte[]> read, PictureDecoder decoder)
    {
        vectors.Count.ShouldBeGreaterThan(20);
        var distances = new List<int>();
        foreach (var vector in vectors)
        {
            var decoded = decoder.Decode(read(vector.Picture));
            decoded.Succeeded.ShouldBeTrue($"{vector.Picture}: {decoded}");
            var actual = PdqHasher.Compute(decoded.Value!);
            var worst = Enum.GetValues<Dihedral>().Max(variant => actual[variant].Distance(vector[variant]));
            output.WriteLine($"{vector.Picture}: quality {actual.Quality} (reference {vector.Quality}), worst distance {worst}, upright {actual.Hash.Distance(vector[Dihedral.Original])}");

            Math.Abs(actual.Quality - vector.Quality).ShouldBeLessThanOrEqualTo(2, vector.Picture);
            if (vector.Quality < 80)
                continue;
            worst.ShouldBeLessThanOrEqualTo(MostBits, vector.Picture);
            distances.Add(worst);
        }
        output.WriteLine($"mean of the worst distances {distances.Average():0.00}, largest {distances.Max()}");
    }
}
