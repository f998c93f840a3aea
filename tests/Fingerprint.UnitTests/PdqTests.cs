using ImageRights.Fingerprint.Decoding;
using ImageRights.Fingerprint.Hashing;
using ImageRights.Fingerprint.UnitTests.Samples;

namespace ImageRights.Fingerprint.UnitTests;

public sealed class PdqTests
{
    [Fact]
    public void A_hash_reads_back_what_it_prints()
    {
        const string Hex = "d8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b22";
        var hash = Pdq.Parse(Hex);
        hash.ToString().ShouldBe(Hex);
        hash.W0.ShouldBe(0x33e6339c4e9c9b22UL);
        hash.W3.ShouldBe(0xd8f8f0cee0f4a84fUL);
        Pdq.Parse(Hex.ToUpperInvariant()).ShouldBe(hash);
    }

    [Theory]
    [InlineData("")]
    [InlineData("d8f8")]
    [InlineData("x8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b22")]
    [InlineData("+8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b22")]
    [InlineData(" 8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b22")]
    [InlineData("d8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b220")]
    public void Text_that_is_not_64_hexadecimal_digits_is_not_a_hash(string text)
    {
        Pdq.TryParse(text, null, out _).ShouldBeFalse();
        Should.Throw<FormatException>(() => Pdq.Parse(text));
    }

    [Fact]
    public void Distance_counts_the_bits_that_differ()
    {
        var hash = new Pdq(1, 2, 3, 4);
        hash.Distance(hash).ShouldBe(0);
        hash.Distance(new Pdq(~1UL, ~2UL, ~3UL, ~4UL)).ShouldBe(256);
        hash.Distance(new Pdq(0, 2, 3, 4 | 1UL << 63)).ShouldBe(2);
    }

    [Fact]
    public void Vector_and_plain_code_give_the_same_hashes_for_every_size()
    {
        var random = new Random(20261121);
        foreach (var (width, height) in ((int, int)[])
            [(5, 5), (5, 700), (7, 64), (63, 65), (64, 64), (100, 37), (127, 129), (255, 257), (511, 512), (512, 513), (640, 5), (1024, 683), (400, 533)])
        {
            var rgb = new byte[width * height * 3];
            random.NextBytes(rgb);
            Smooth(rgb);
            var vector = PdqHasher.Compute(rgb, width, height, vectorised: true);
            var plain = PdqHasher.Compute(rgb, width, height, vectorised: false);
            vector.Quality.ShouldBe(plain.Quality, $"{width} x {height}");
            vector.Variants.ShouldBe(plain.Variants, $"{width} x {height}");
        }

        static void Smooth(byte[] rgb)
        {
            for (var i = 30; i < rgb.Length; i++)
                rgb[i] = (byte)((rgb[i] + 7 * rgb[i - 3] + 8 * rgb[i - 30]) / 16);
        }
    }

    [Theory]
    [InlineData(Dihedral.Rotate90, 6)]
    [InlineData(Dihedral.Rotate180, 3)]
    [InlineData(Dihedral.Rotate270, 8)]
    [InlineData(Dihedral.FlipX, 4)]
    [InlineData(Dihedral.FlipY, 2)]
    [InlineData(Dihedral.FlipPlus1, 5)]
    [InlineData(Dihedral.FlipMinus1, 7)]
    public void A_variant_is_the_hash_of_the_picture_turned_that_way(Dihedral variant, int storedAs)
    {
        // Between 257 and 384 pixels the box is odd and symmetric, so turning the picture and turning the spectrum agree but for ties;
        // an even box leans to one side, in the reference too, and moves up to two dozen bits.
        var picture = Raster.Photograph(512);
        var square = picture.Remap(300, 300, (x, y) => (x + 100, y));
        var turned = square.StoredWith(storedAs);
        var variants = PdqHasher.Compute(square.Samples, square.Width, square.Height, vectorised: true);
        var actual = PdqHasher.Compute(turned.Samples, turned.Width, turned.Height, vectorised: true).Hash;
        var distances = Enum.GetValues<Dihedral>().ToDictionary(d => d, d => variants[d].Distance(actual));
        distances[variant].ShouldBeLessThanOrEqualTo(2, string.Join(", ", distances));
        distances.Where(d => d.Key != variant).ShouldAllBe(d => d.Value > 60);

        var signs = PdqHasher.Compute(square.Samples, square.Width, square.Height, vectorised: true).Sign;
        var turnedSigns = PdqHasher.Compute(turned.Samples, turned.Width, turned.Height, vectorised: true).Sign;
        signs.Turned(variant).Distance(turnedSigns).ShouldBeLessThanOrEqualTo(2);
        signs.Distance(turnedSigns).ShouldBeGreaterThan(60);
    }

    [Fact]
    public void The_sign_hash_of_a_negative_is_the_complement()
    {
        var picture = Raster.Photograph(300);
        var negative = picture with { Samples = [.. picture.Samples.Select(sample => (byte)(255 - sample))] };
        var sign = PdqHasher.Compute(picture.Samples, picture.Width, picture.Height, vectorised: true).Sign;
        sign.Distance(PdqHasher.Compute(negative.Samples, negative.Width, negative.Height, vectorised: true).Sign).ShouldBeGreaterThanOrEqualTo(254);
    }

    [Fact]
    public void The_sign_hash_is_near_the_hash_itself_once_both_are_in_the_same_order()
    {
        foreach (var vector in ReferenceVectors.Pictures.Where(v => v.Quality >= 80))
        {
            var fingerprint = PdqHasher.Compute(new PictureDecoder().Decode(ReferenceVectors.Bytes(vector.Picture)).Value!);
            var differing = 0;
            for (var row = 0; row < 16; row++)
            {
                for (var column = 0; column < 16; column++)
                    differing += Bit(fingerprint.Hash, row * 16 + column) == SignBit(fingerprint.Sign, row, column) ? 0 : 1;
            }
            // They differ in the frequencies between zero and the median, which is near zero.
            differing.ShouldBeLessThan(40, vector.Picture);
        }

        static bool Bit(Pdq hash, int at) => (((at / 64) switch { 0 => hash.W0, 1 => hash.W1, 2 => hash.W2, _ => hash.W3 }) >> (at % 64) & 1) != 0;

        static bool SignBit(SignPdq hash, int row, int column) => (((row & 1, column & 1) switch
        {
            (0, 0) => hash.EvenEven,
            (0, _) => hash.EvenOdd,
            (_, 0) => hash.OddEven,
            _ => hash.OddOdd,
        }) >> (row / 2 * 8 + column / 2) & 1) != 0;
    }

    [Fact]
    public void The_variants_form_the_group_of_the_square()
    {
        foreach (var vector in ReferenceVectors.Pictures.Where(v => v.Quality >= 80))
        {
            var picture = new PictureDecoder().Decode(ReferenceVectors.Bytes(vector.Picture)).Value!;
            var variants = PdqHasher.Compute(picture).Variants;
            variants.Distinct().Count().ShouldBe(8, vector.Picture);
            foreach (var hash in variants)
                hash.Distance(default).ShouldBe(128, "half of the frequencies lie above the median");
        }
    }
}
