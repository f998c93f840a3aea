using System.Collections.Immutable;
using System.Numerics;
using System.Text.Json;
using ImageRights.Fingerprint.Computing;
using ImageRights.Fingerprint.Decoding;
using ImageRights.Fingerprint.Hashing;
using ImageRights.Fingerprint.Layout;
using ImageRights.Fingerprint.UnitTests.Samples;

namespace ImageRights.Fingerprint.UnitTests;

/// <summary>Hashes that others compute too must come out as theirs.</summary>
public sealed class SharedHashesTests
{
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static readonly PictureDecoder Decoder = new();

    public static TheoryData<string> ConformanceVectors() => [.. Read<Conformance>("iscc-image-code.json").Vectors.Select(vector => vector.Name)];

    [Theory]
    [MemberData(nameof(ConformanceVectors))]
    public void The_image_code_is_that_of_the_reference_implementation(string name)
    {
        var vector = Read<Conformance>("iscc-image-code.json").Vectors.Single(vector => vector.Name == name);
        var levels = vector.Levels is { } given ? [.. given.Select(level => (byte)level)] : Enumerable.Repeat((byte)vector.Fill!, 32 * 32).ToArray();
        IsccImageCode.Encode(levels, vector.Bits).ShouldBe(vector.Iscc);
    }

    [Fact]
    public void A_shorter_image_code_begins_with_the_same_bits()
    {
        byte[] levels = [.. Read<Conformance>("iscc-image-code.json").Vectors.Single(vector => vector.Levels is not null).Levels!.Value.Select(level => (byte)level)];
        var whole = BitsOf(IsccImageCode.Encode(levels, 256));
        foreach (var bits in new[] { 64, 128, 192 })
            BitsOf(IsccImageCode.Encode(levels, bits))[16..].Take(bits).ShouldBe(whole[16..].Take(bits), $"{bits} bits");
    }

    // Computed from the definitions with Pillow 9.4, of grey levels that no decoding and no earlier reduction can change.
    [Theory]
    [InlineData(200, 150, "d18fe731cccec9b3db4d9697b528abd6ba8a315136249259949654ad552a5555", "ISCC:EED4BQHQGEZSH673QCAOCY3HA737OQDQGEZQHO73XOAOAYZHA437O5Q")]
    [InlineData(97, 31, "fdcdfd9bfd9bfd9bfd9bfd9bfd9bfd9bfd3bfd3bfd7bfa7bfa7acd99cd9bcd9b", "ISCC:EEDYKSLTUTM3HDSVBOJOMSNWMZOOUSLTUTM3HBSVUWJOMSNWMYOOUTQ")]
    [InlineData(20, 12, "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "ISCC:EED2UVOROLYGY4BPKWVKFZNA3HQV4VOROLYGY4BPFWVKFZNA3HQV4WQ")]
    public void Reduction_and_hashes_are_those_of_a_plain_implementation(int width, int height, string dHash, string iscc)
    {
        var levels = new byte[width * height];
        for (var at = 0; at < levels.Length; at++)
        {
            var (x, y) = (at % width, at / width);
            levels[at] = (byte)(x * y / 10 + x * 3 + (x / 20 + y / 25) % 2 * 60);
        }
        var grey = new GreyPicture(width, height, levels);
        DHash.Compute(grey).ShouldBe(dHash);
        IsccImageCode.Compute(grey).ShouldBe(iscc);
    }

    [Fact]
    public void Hashes_of_the_reference_pictures_are_within_4_bits_of_those_that_others_compute()
    {
        var (dHash, iscc) = (new List<int>(), new List<int>());
        foreach (var reference in Read<Shared>("shared-hashes.json").Pictures)
        {
            var hashes = SharedHashes.Of(Decoder.Decode(ReferenceVectors.Bytes(reference.Picture)).Value.ShouldNotBeNull());
            dHash.Add(Distance(Convert.FromHexString(hashes.DHash), Convert.FromHexString(reference.DHash)));
            iscc.Add(BitsOf(hashes.Iscc).Zip(BitsOf(reference.Iscc)).Count(pair => pair.First != pair.Second));
        }
        dHash.Max().ShouldBeLessThanOrEqualTo(4);
        iscc.Max().ShouldBeLessThanOrEqualTo(4);
    }

    [Fact]
    public void A_difference_hash_says_where_a_row_gets_lighter()
    {
        DHash.Compute(Grey((x, _) => x * 15)).ShouldBe(new string('f', 64));
        DHash.Compute(Grey((x, _) => 255 - x * 15)).ShouldBe(new string('0', 64));
        DHash.Compute(Grey((_, _) => 7)).ShouldBe(new string('0', 64));
        // Lighter to the second pixel of the first row, and to the last of the last row.
        DHash.Compute(Grey((x, y) => (x, y) is (1, 0) or (16, 15) ? 200 : 100)).ShouldBe("8" + new string('0', 62) + "1");

        static GreyPicture Grey(Func<int, int, int> level) => new(17, 16, [.. Enumerable.Range(0, 17 * 16).Select(at => (byte)level(at % 17, at / 17))]);
    }

    [Fact]
    public void A_border_of_one_colour_does_not_change_the_image_code()
    {
        var photograph = Raster.Photograph(240);
        var framed = photograph.Remap(photograph.Width + 31, photograph.Height + 12, (x, y) =>
            (Math.Clamp(x - 20, 0, photograph.Width - 1), Math.Clamp(y - 5, 0, photograph.Height - 1)));
        for (var at = 0; at < framed.Samples.Length; at++)
        {
            var (x, y) = (at / 3 % framed.Width, at / 3 / framed.Width);
            if (x < 20 || y < 5 || x >= 20 + photograph.Width || y >= 5 + photograph.Height) framed.Samples[at] = (byte)(at % 3 * 90);
        }
        var (plain, bordered) = (Hash(photograph), Hash(framed));
        bordered.Iscc.ShouldBe(plain.Iscc);
        bordered.DHash.ShouldNotBe(plain.DHash);
    }

    [Fact]
    public void A_picture_of_one_colour_and_one_of_a_single_pixel_have_hashes_too()
    {
        Hash(Raster.Uniform(300, 2, 9, 99, 199)).Iscc.ShouldBe(Hash(Raster.Uniform(1, 1, 9, 99, 199)).Iscc);
        Hash(Raster.Uniform(1024, 1, 0, 0, 0)).DHash.ShouldBe(new string('0', 64));
    }

    private static SharedHashes Hash(Raster raster) => SharedHashes.Of(Decoder.Decode(VipsWriter.Png(raster)).Value.ShouldNotBeNull());

    private static int Distance(byte[] one, byte[] other) => one.Zip(other).Sum(pair => BitOperations.PopCount((uint)(pair.First ^ pair.Second)));

    private static List<bool> BitsOf(string iscc) =>
        [.. iscc.Split(':')[1].SelectMany(letter => Enumerable.Range(0, 5).Select(bit => (Base32.IndexOf(letter, StringComparison.Ordinal) >> (4 - bit) & 1) == 1))];

    private static T Read<T>(string file) => JsonSerializer.Deserialize<T>(ReferenceVectors.Bytes(file), JsonSerializerOptions.Web)!;

    private sealed record Conformance(ImmutableArray<ConformanceVector> Vectors);

    private sealed record ConformanceVector(string Name, int? Fill, ImmutableArray<int>? Levels, int Bits, string Iscc);

    private sealed record Shared(ImmutableArray<SharedVector> Pictures);

    private sealed record SharedVector(string Picture, string DHash, string Iscc);
}
