using ImageRights.Matching.Index;

namespace ImageRights.Matching.UnitTests;

public class PdqHashTests
{
    [Fact]
    public void A_hash_reads_back_as_it_was_written()
    {
        const string written = "d8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b22";
        PdqHash.Parse(written).ToString().ShouldBe(written);
        PdqHash.Parse(written.ToUpperInvariant()).ToString().ShouldBe(written);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("d8f8")]
    [InlineData("g8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b22")]
    [InlineData("d8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b2200")]
    [InlineData("d8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b2\u0660")]
    public void What_is_not_64_hexadecimal_digits_is_no_hash(string? text) => PdqHash.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Distance_counts_the_bits_that_differ()
    {
        var hash = Pictures.RandomHash(new Random(1));
        hash.DistanceTo(hash).ShouldBe(0);
        hash.DistanceTo(Pictures.Flip(hash, 0, 63, 64, 130, 255)).ShouldBe(5);
        hash.DistanceTo(Pictures.Off(hash, 256)).ShouldBe(256);
    }
}
