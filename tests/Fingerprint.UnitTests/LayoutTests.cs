using ImageRights.Fingerprint.Computing;
using ImageRights.Fingerprint.Decoding;
using ImageRights.Fingerprint.Hashing;
using ImageRights.Fingerprint.Layout;

namespace ImageRights.Fingerprint.UnitTests;

/// <summary>Pictures are taken apart as they were put together.</summary>
public sealed class LayoutTests
{
    private static readonly DecodedPicture Bridge = new PictureDecoder().Decode(ReferenceVectors.Bytes("bridge-1-original.jpg"), 320).Value!;

    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    [InlineData(90)]
    public void A_border_comes_off_and_leaves_the_picture(byte level)
    {
        var framed = Canvas(Bridge.Width + 60, Bridge.Height + 90, level, (Bridge, 25, 40));
        var trimmed = XyCut.Propose(Grey(framed)).ShouldHaveSingleTrimmed();
        trimmed.ShouldBe(new PixelRectangle(25, 40, Bridge.Width, Bridge.Height));
    }

    [Fact]
    public void The_parts_of_a_collage_are_found_without_a_gap_between_them()
    {
        var other = Slope(Bridge.Width, Bridge.Height);
        var collage = Canvas(Bridge.Width * 2, Bridge.Height, 0, (other, 0, 0), (Bridge, Bridge.Width, 0));
        XyCut.Propose(Grey(collage)).Select(proposal => proposal.Rectangle).ShouldContain(new PixelRectangle(Bridge.Width, 0, Bridge.Width, Bridge.Height));
    }

    [Fact]
    public void The_parts_of_a_collage_are_found_with_a_gap_between_them()
    {
        var collage = Canvas(Bridge.Width * 2 + 6, Bridge.Height, 255, (Noise(Bridge.Width, Bridge.Height, 4), 0, 0), (Bridge, Bridge.Width + 6, 0));
        XyCut.Propose(Grey(collage)).Select(proposal => proposal.Rectangle).ShouldContain(new PixelRectangle(Bridge.Width + 6, 0, Bridge.Width, Bridge.Height));
    }

    [Fact]
    public void A_picture_of_one_colour_has_no_parts() => XyCut.Propose(new GreyPicture(300, 200, new byte[60_000])).ShouldBeEmpty();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 500)]
    [InlineData(9, 3)]
    [InlineData(17, 17)]
    public void Tiny_and_thin_pictures_are_no_trouble(int width, int height) => FeatureExtractor.Extract(Noise(width, height, 5), default).ShouldNotBeNull();

    [Fact]
    public void The_region_within_a_border_has_the_hash_of_the_picture()
    {
        var framed = Canvas(Bridge.Width + 80, Bridge.Height + 80, 255, (Bridge, 40, 40));
        var features = FeatureExtractor.Extract(framed, PdqHasher.Compute(framed).Sign);
        var region = features.Regions.Where(region => region.IsTrimmed).ShouldHaveSingleItem();
        region.SignPdq.ShouldBe(PdqHasher.Compute(Bridge).Sign.ToString());
        region.Left.ShouldBe(40.0 / framed.Width, 0.0001);
        features.SignPdq.ShouldNotBe(region.SignPdq);
    }

    [Fact]
    public void A_reduced_picture_keeps_its_mean_level()
    {
        var noise = Noise(333, 257, 6);
        var reduced = GreyPicture.Reduce(noise.Width, noise.Height, noise.Luma, 100);
        (reduced.Width, reduced.Height).ShouldBe((100, 77));
        reduced.Levels.Average(level => level).ShouldBe(noise.Luma.ToArray().Average(level => level), 1.0);
    }

    private static GreyPicture Grey(DecodedPicture picture) => new(picture.Width, picture.Height, picture.Luma.ToArray());

    private static DecodedPicture Noise(int width, int height, int seed)
    {
        var rgb = new byte[width * height * 3];
        new Random(seed).NextBytes(rgb);
        return new DecodedPicture(Bridge.Header, width, height, rgb);
    }

    private static DecodedPicture Slope(int width, int height) =>
        new(Bridge.Header, width, height, [.. Enumerable.Range(0, width * height * 3).Select(at => (byte)(at / (width * 3) * 40 / height))]);

    private static DecodedPicture Canvas(int width, int height, byte level, params (DecodedPicture Picture, int Left, int Top)[] parts)
    {
        var rgb = new byte[width * height * 3];
        Array.Fill(rgb, level);
        foreach (var (picture, left, top) in parts)
        {
            for (var y = 0; y < picture.Height; y++)
                picture.Rgb.AsSpan(y * picture.Width * 3, picture.Width * 3).CopyTo(rgb.AsSpan(((top + y) * width + left) * 3));
        }
        return new DecodedPicture(Bridge.Header, width, height, rgb);
    }
}

internal static class ProposalAssertions
{
    public static PixelRectangle ShouldHaveSingleTrimmed(this IReadOnlyList<Proposal> proposals) =>
        proposals.Where(proposal => proposal.IsTrimmed).ShouldHaveSingleItem().Rectangle;
}
