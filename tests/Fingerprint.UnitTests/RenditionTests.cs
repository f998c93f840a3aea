using System.Buffers.Binary;
using System.Text;
using ImageRights.Fingerprint.Decoding;
using ImageRights.Fingerprint.Decoding.Isolation;
using ImageRights.Fingerprint.Hashing;
using ImageRights.Fingerprint.UnitTests.Samples;

namespace ImageRights.Fingerprint.UnitTests;

public sealed class RenditionTests
{
    private static readonly PictureDecoder Decoder = new();

    [Theory]
    [InlineData(PictureFormat.Jpeg)]
    [InlineData(PictureFormat.Png)]
    [InlineData(PictureFormat.WebP)]
    [InlineData(PictureFormat.Gif)]
    [InlineData(PictureFormat.Avif)]
    public void Every_format_becomes_a_jpeg_of_exactly_the_size_asked_for_that_shows_the_same(PictureFormat format)
    {
        var bytes = DecodingTests.Sample(format);
        var original = Decoder.Decode(bytes).Value.ShouldNotBeNull();
        var rendition = Decoder.Render(bytes, 320).Value.ShouldNotBeNull();

        Math.Max(rendition.Width, rendition.Height).ShouldBe(320);
        var shown = Decoder.Decode(rendition.Jpeg).Value.ShouldNotBeNull();
        shown.Header.ShouldBe(new PictureHeader(PictureFormat.Jpeg, rendition.Width, rendition.Height, Frames: 1, HasAlpha: false, shown.Header.Interlaced, Orientation: 1));
        PdqHasher.Compute(shown).Hash.Distance(PdqHasher.Compute(original).Hash).ShouldBeLessThanOrEqualTo(16);
    }

    [Fact]
    public void A_jpeg_is_reduced_to_the_side_and_not_to_an_eighth_near_it()
    {
        var rendition = Decoder.Render(ReferenceVectors.Bytes("bridge-2-rotate-90.jpg"), 640).Value.ShouldNotBeNull();
        (rendition.Width, rendition.Height).ShouldBe((402, 640));
    }

    [Fact]
    public void A_small_picture_is_not_enlarged()
    {
        var rendition = Decoder.Render(VipsWriter.Png(Raster.Uniform(40, 30, 10, 20, 30)), 640).Value.ShouldNotBeNull();
        (rendition.Width, rendition.Height).ShouldBe((40, 30));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void It_stands_upright_and_says_nothing_of_orientation_any_more(int orientation)
    {
        var photograph = Raster.Photograph(300);
        var expected = Decoder.Decode(Decoder.Render(VipsWriter.Jpeg(photograph), 160).Value!.Jpeg).Value.ShouldNotBeNull();
        var rendition = Decoder.Render(Exif.InJpeg(VipsWriter.Jpeg(photograph.StoredWith(orientation)), orientation, little: true), 160).Value.ShouldNotBeNull();

        var shown = Decoder.Decode(rendition.Jpeg).Value.ShouldNotBeNull();
        shown.Header.Orientation.ShouldBe(1);
        (shown.Width, shown.Height).ShouldBe((expected.Width, expected.Height));
        PdqHasher.Compute(shown).Hash.Distance(PdqHasher.Compute(expected).Hash).ShouldBeLessThanOrEqualTo(10);
    }

    [Fact]
    public void Transparency_comes_out_white()
    {
        var rendition = Decoder.Render(VipsWriter.Png(Raster.Uniform(64, 64, 255, 0, 0, 0)), 160).Value.ShouldNotBeNull();
        Decoder.Decode(rendition.Jpeg).Value.ShouldNotBeNull().Rgb.ShouldAllBe(sample => sample >= 250);
    }

    [Fact]
    public void Grey_and_cmyk_pictures_are_shown_in_colours_that_browsers_know()
    {
        var grey = Decoder.Render(VipsWriter.Png(Raster.Uniform(64, 64, 77)), 160).Value.ShouldNotBeNull();
        Decoder.Decode(grey.Jpeg).Value.ShouldNotBeNull().Rgb.ShouldAllBe(sample => sample >= 70 && sample <= 84);
        var cmyk = Decoder.Render(VipsWriter.Save(Raster.Uniform(64, 64, 0, 0, 0, 255), "jpegsave_buffer", "Q=90", interpretation: "cmyk"), 160).Value.ShouldNotBeNull();
        Decoder.Decode(cmyk.Jpeg).Value.ShouldNotBeNull().Rgb.ShouldAllBe(sample => sample <= 80);
    }

    [Fact]
    public void Nothing_is_in_the_file_but_what_can_be_seen()
    {
        var jpeg = VipsWriter.Jpeg(Raster.Photograph(300));
        byte[] comment = [.. "taken at 48.8584 N 2.2945 E"u8];
        byte[] commented = [0xFF, 0xD8, 0xFF, 0xFE, 0, (byte)(comment.Length + 2), .. comment, .. jpeg[2..], .. "<script>alert(1)</script>"u8];

        var rendition = Decoder.Render(Exif.InJpeg(commented, 6, little: false), 160).Value.ShouldNotBeNull();
        Segments(rendition.Jpeg).ShouldAllBe(marker => marker == 0xE0 || marker == 0xDB || marker == 0xC4 || marker == 0xC0 || marker == 0xC2 || marker == 0xDA || marker == 0xDD);
        Encoding.Latin1.GetString(rendition.Jpeg).ShouldNotContain("48.8584");
        Encoding.Latin1.GetString(rendition.Jpeg).ShouldNotContain("script");
    }

    [Fact]
    public async Task The_other_process_renders_as_this_one_and_refuses_with_the_same_codes()
    {
        await using var pool = new DecoderPool(new DecoderPoolOptions { Workers = 1 });
        var bytes = DecodingTests.Sample(PictureFormat.Avif);
        var rendition = (await pool.RenderAsync(bytes, 160)).Value.ShouldNotBeNull();
        rendition.Jpeg.ShouldBe(Decoder.Render(bytes, 160).Value.ShouldNotBeNull().Jpeg);
        (await pool.RenderAsync(bytes.AsMemory(0, bytes.Length / 2), 160)).Refusal.ShouldNotBeNull().Code.ShouldBe(RefusalCodes.Truncated);
        (await pool.RenderAsync(PngWriter.Bomb(30_000, 30_000), 160)).Refusal.ShouldNotBeNull().Code.ShouldBe(RefusalCodes.SideTooLong);
        (await pool.DecodeAsync(bytes)).Succeeded.ShouldBeTrue();
    }

    // Marker codes up to the first scan; every segment but the scan's data carries its length.
    private static List<byte> Segments(byte[] jpeg)
    {
        var found = new List<byte>();
        for (var at = 2; at + 4 <= jpeg.Length; at += 2 + BinaryPrimitives.ReadUInt16BigEndian(jpeg.AsSpan(at + 2)))
        {
            jpeg[at].ShouldBe((byte)0xFF);
            found.Add(jpeg[at + 1]);
            if (jpeg[at + 1] == 0xDA)
                return found;
        }
        throw new InvalidOperationException("A JPEG without a scan.");
    }
}
