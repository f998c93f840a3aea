using System.Text;
using ImageRights.Ingestion.Probing;

namespace ImageRights.Ingestion.UnitTests;

public class ProbeTests
{
    private static readonly PictureLimits Limits = new();

    public static TheoryData<string> Samples() => new(SampleFiles.Names);

    [Theory]
    [InlineData("photo.jpg", PictureFormat.Jpeg, 400, 534, 1, false)]
    [InlineData("small.jpg", PictureFormat.Jpeg, 60, 80, 1, false)]
    [InlineData("progressive.jpg", PictureFormat.Jpeg, 60, 80, 1, true)]
    [InlineData("described.jpg", PictureFormat.Jpeg, 60, 80, 1, false)]
    [InlineData("small.png", PictureFormat.Png, 60, 80, 1, false)]
    [InlineData("interlaced.png", PictureFormat.Png, 60, 80, 1, true)]
    [InlineData("lossy.webp", PictureFormat.Webp, 60, 80, 1, false)]
    [InlineData("lossless.webp", PictureFormat.Webp, 60, 80, 1, false)]
    [InlineData("alpha.webp", PictureFormat.Webp, 60, 80, 1, false)]
    [InlineData("described.webp", PictureFormat.Webp, 60, 80, 1, false)]
    [InlineData("animated.webp", PictureFormat.Webp, 60, 80, 3, false)]
    [InlineData("animated.gif", PictureFormat.Gif, 60, 80, 3, false)]
    [InlineData("interlaced.gif", PictureFormat.Gif, 60, 80, 1, true)]
    [InlineData("small.avif", PictureFormat.Avif, 60, 80, 1, false)]
    [InlineData("photo.avif", PictureFormat.Avif, 400, 534, 1, false)]
    [InlineData("described.avif", PictureFormat.Avif, 60, 80, 1, false)]
    public void A_picture_is_read_by_its_content(string name, PictureFormat format, int width, int height, int frames, bool interlaced)
    {
        var header = HeaderProbe.Probe(SampleFiles.Read(name), Limits).Header.ShouldNotBeNull();
        (header.Format, header.Width, header.Height, header.Frames, header.IsInterlaced).ShouldBe((format, width, height, frames, interlaced));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_picture_that_is_cut_anywhere_is_refused(string name)
    {
        var whole = SampleFiles.Read(name);
        for (var length = 0; length < whole.Length; length++)
        {
            var code = HeaderProbe.Probe(whole.AsSpan(0, length), Limits).Code;
            code.ShouldBeOneOf(length == 0 ? ["Image_Empty"] : length < 16 ? ["Image_Format_Unsupported", "Image_Truncated"] : ["Image_Truncated"], $"{name} cut at {length}");
        }
    }

    [Theory]
    [InlineData("small.jpg")]
    [InlineData("small.png")]
    [InlineData("lossy.webp")]
    [InlineData("animated.gif")]
    public void Bytes_behind_the_end_are_tolerated(string name) =>
        HeaderProbe.Probe([.. SampleFiles.Read(name), .. "a film behind the picture"u8], Limits).Header.ShouldNotBeNull();

    [Fact]
    public void Nothing_is_not_a_picture() => HeaderProbe.Probe([], Limits).Code.ShouldBe("Image_Empty");

    [Theory]
    [InlineData("this is a sentence, not a picture")]
    [InlineData("%PDF-1.7")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg'/>")]
    [InlineData("BM6\0\0\0\0\0\0\0")]
    [InlineData("II*\0\u0008\0\0\0")]
    [InlineData("RIFF\u0020\0\0\0WAVEfmt ")]
    [InlineData("\0\0\0\u0018ftypheic\0\0\0\0mif1heic")]
    public void Other_kinds_of_files_are_refused(string text) =>
        HeaderProbe.Probe(SampleFiles.Latin(text), Limits).Code.ShouldBe("Image_Format_Unsupported");

    [Fact]
    public void A_bomb_of_thirty_thousand_squared_is_refused_without_being_unpacked()
    {
        var bomb = SampleFiles.Bomb();
        bomb.Length.ShouldBeInRange(100_000, 120_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        HeaderProbe.Probe(bomb, Limits).Code.ShouldBe("Image_Side_Too_Long");
        HeaderProbe.Probe(bomb, Limits with { Side = 100_000 }).Code.ShouldBe("Image_Too_Many_Pixels");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(100_000);
    }

    [Theory]
    [InlineData(7072, 7071, false, "Image_Too_Many_Pixels")]
    [InlineData(7071, 7071, false, null)]
    [InlineData(3536, 3536, true, "Image_Too_Many_Pixels")]
    [InlineData(3535, 3536, true, null)]
    [InlineData(16385, 10, false, "Image_Side_Too_Long")]
    [InlineData(10, 16385, false, "Image_Side_Too_Long")]
    [InlineData(16384, 10, false, null)]
    public void Sides_and_pixels_have_limits(int width, int height, bool interlaced, string? code) =>
        HeaderProbe.Probe(SampleFiles.Png(width, height, interlaced), Limits).Code.ShouldBe(code);

    [Fact]
    public void Frames_have_a_limit_whether_announced_or_there()
    {
        var frame = ("fcTL", new byte[26]);
        HeaderProbe.Probe(SampleFiles.Png(8, 8, chunks: [.. Enumerable.Repeat(frame, 200)]), Limits).Header!.Frames.ShouldBe(200);
        HeaderProbe.Probe(SampleFiles.Png(8, 8, chunks: [.. Enumerable.Repeat(frame, 201)]), Limits).Code.ShouldBe("Image_Too_Many_Frames");
        HeaderProbe.Probe(SampleFiles.Png(8, 8, chunks: ("acTL", [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0])), Limits).Code.ShouldBe("Image_Too_Many_Frames");
        HeaderProbe.Probe(SampleFiles.Read("animated.gif"), Limits with { Frames = 2 }).Code.ShouldBe("Image_Too_Many_Frames");
        HeaderProbe.Probe(SampleFiles.Read("animated.webp"), Limits with { Frames = 2 }).Code.ShouldBe("Image_Too_Many_Frames");
    }

    [Fact]
    public void Pixels_of_all_frames_together_have_a_limit() =>
        HeaderProbe.Probe(SampleFiles.Read("animated.gif"), Limits with { TotalPixels = 3 * 60 * 80 - 1 }).Code.ShouldBe("Image_Too_Many_Pixels");

    [Fact]
    public void Bytes_have_a_limit() =>
        HeaderProbe.Probe(SampleFiles.Read("photo.jpg"), Limits with { Bytes = 10_342 }).Code.ShouldBe("Image_Too_Large");

    [Fact]
    public void Metadata_has_a_limit_and_colour_profiles_do_not_count()
    {
        var comment = new byte[60_000];
        HeaderProbe.Probe(SampleFiles.JpegWith([.. Enumerable.Repeat(((byte)0xFE, comment), 16)]), Limits).Header.ShouldNotBeNull();
        HeaderProbe.Probe(SampleFiles.JpegWith([.. Enumerable.Repeat(((byte)0xFE, comment), 17)]), Limits).Code.ShouldBe("Image_Metadata_Too_Large");
        HeaderProbe.Probe(SampleFiles.Png(8, 8, chunks: ("tEXt", new byte[1_000_001])), Limits).Code.ShouldBe("Image_Metadata_Too_Large");
        byte[] profile = [.. "ICC_PROFILE\0\u0001\u0001"u8, .. comment];
        HeaderProbe.Probe(SampleFiles.JpegWith([.. Enumerable.Repeat(((byte)0xE2, profile), 17)]), Limits).Header.ShouldNotBeNull();
    }

    [Theory]
    [InlineData(0, 8)]
    [InlineData(8, 0)]
    public void A_picture_without_a_size_is_corrupt(int width, int height) =>
        HeaderProbe.Probe(SampleFiles.Png(width, height), Limits).Code.ShouldBe("Image_Corrupt");

    [Fact]
    public void Structures_that_contradict_themselves_are_corrupt()
    {
        var jpeg = SampleFiles.Read("small.jpg");
        var frame = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        byte[] twoFrames = [.. jpeg.AsSpan(0, frame), .. jpeg.AsSpan(frame, 19), .. jpeg.AsSpan(frame)];
        byte[] noFrame = [.. jpeg.AsSpan(0, frame), .. jpeg.AsSpan(frame + 19)];
        byte[] noData = [0x89, .. "PNG\r\n\u001A\n"u8, .. SampleFiles.Png(8, 8).AsSpan(8, 25), 0, 0, 0, 0, .. "IEND"u8, 0xAE, 0x42, 0x60, 0x82];
        byte[] noScreen = [.. "GIF89a"u8, 8, 0, 8, 0, 0, 0, 0, 0x3B];
        var canvas = SampleFiles.Read("alpha.webp");
        canvas[24]++;
        foreach (var (file, what) in new[] { (twoFrames, "two frame headers"), (noFrame, "no frame header"), (noData, "no IDAT"), (noScreen, "no frame in a GIF"), (canvas, "canvas and picture differ") })
            HeaderProbe.Probe(file, Limits).Code.ShouldBe("Image_Corrupt", what);
    }

    [Fact]
    public void Counts_that_no_bytes_stand_behind_cost_nothing()
    {
        // An AVIF whose item table says: 65,535 items of 65,535 extents each, of no bytes at all.
        byte[] locations = [.. Box("iloc", [0, 0, 0, 0, 0x00, 0x00, 0xFF, 0xFF, .. Enumerable.Range(0, 65_535).SelectMany(_ => (byte[])[0, 1, 0, 0, 0xFF, 0xFF])])];
        byte[] file = [.. Box("ftyp", "avif\0\0\0\0"u8.ToArray()), .. Box("meta", [0, 0, 0, 0, .. locations]), .. Box("mdat", [1])];
        var before = GC.GetAllocatedBytesForCurrentThread();
        HeaderProbe.Probe(file, Limits).Code.ShouldBe("Image_Corrupt");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1_000_000);

        static byte[] Box(string type, byte[] content) =>
            [(byte)((content.Length + 8) >> 24), (byte)((content.Length + 8) >> 16), (byte)((content.Length + 8) >> 8), (byte)(content.Length + 8), .. Encoding.ASCII.GetBytes(type), .. content];
    }
}
