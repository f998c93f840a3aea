using System.Text;
using ImageRights.Fingerprint.Decoding;
using ImageRights.Fingerprint.Hashing;
using ImageRights.Fingerprint.UnitTests.Samples;
using Xunit.Abstractions;

namespace ImageRights.Fingerprint.UnitTests;

public sealed class BadInputTests(ITestOutputHelper output)
{
    private static readonly PictureDecoder Decoder = new();

    public static TheoryData<PictureFormat> Formats => [.. Enum.GetValues<PictureFormat>()];

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_file_cut_short_is_refused_as_truncated(PictureFormat format)
    {
        var bytes = DecodingTests.Sample(format);
        foreach (var share in (double[])[0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98])
        {
            var cut = bytes[..(int)(bytes.Length * share)];
            var outcome = Decoder.Decode(cut);
            outcome.Succeeded.ShouldBeFalse($"{share:P0} of the file");
            outcome.Refusal!.Code.ShouldBe(RefusalCodes.Truncated, $"{share:P0} of the file: {outcome}");
        }
    }

    [Fact]
    public void A_progressive_jpeg_cut_short_is_refused_as_truncated()
    {
        var bytes = VipsWriter.Jpeg(Raster.Photograph(400), "Q=90,interlace=true");
        foreach (var share in (double[])[0.1, 0.3, 0.5, 0.7, 0.9])
            Refuse(bytes[..(int)(bytes.Length * share)]).ShouldBe(RefusalCodes.Truncated, $"{share:P0} of the file");
    }

    [Fact]
    public void A_byte_flipped_in_a_pngs_pixels_is_noticed()
    {
        var bytes = DecodingTests.Sample(PictureFormat.Png);
        foreach (var share in (double[])[0.2, 0.4, 0.6, 0.8])
        {
            var broken = bytes.ToArray();
            broken[(int)(broken.Length * share)] ^= 0x10;
            Refuse(broken).ShouldBe(RefusalCodes.Corrupt, $"at {share:P0} of the file");
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_flipped_byte_gives_a_picture_or_a_code(PictureFormat format)
    {
        var bytes = DecodingTests.Sample(format);
        for (var at = 0; at < bytes.Length; at += Math.Max(1, bytes.Length / 150))
        {
            var broken = bytes.ToArray();
            broken[at] ^= 0xFF;
            var outcome = Decoder.Decode(broken);
            if (!outcome.Succeeded)
                RefusalCodes.All.ShouldContain(outcome.Refusal.Code);
        }
    }

    [Fact]
    public void No_bytes_are_refused_as_empty() => Refuse([]).ShouldBe(RefusalCodes.Empty);

    [Fact]
    public void Other_types_are_refused_by_their_first_bytes()
    {
        foreach (var (name, bytes) in new (string, byte[])[]
        {
            ("SVG", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>"u8.ToArray()),
            ("XML SVG", "<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>"u8.ToArray()),
            ("PDF", "%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"u8.ToArray()),
            ("BMP", [.. "BM"u8, .. new byte[64]]),
            ("TIFF", VipsWriter.Tiff(Raster.Uniform(8, 8, 1, 2, 3))),
            ("big-endian TIFF", [.. "MM\0*"u8, .. new byte[64]]),
            ("ICO", [0, 0, 1, 0, 1, 0, .. new byte[64]]),
            ("PPM", "P6 1 1 255 abc"u8.ToArray()),
            ("JPEG 2000", [0, 0, 0, 12, .. "jP  \r\n\x87\n"u8, .. new byte[32]]),
            ("HEIC", [0, 0, 0, 24, .. "ftypheic\0\0\0\0mif1heic"u8, .. new byte[32]]),
            ("MP4", [0, 0, 0, 24, .. "ftypisom\0\0\0\0isommp42"u8, .. new byte[32]]),
            ("HTML", "<!doctype html><img src=x onerror=alert(1)>"u8.ToArray()),
            ("ZIP", [.. "PK\x3\x4"u8, .. new byte[64]]),
            ("text", Encoding.UTF8.GetBytes("GIF")),
            ("one byte", [0xFF]),
        })
            Refuse(bytes).ShouldBe(RefusalCodes.FormatUnsupported, name);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_signature_with_nothing_behind_it_is_refused(PictureFormat format)
    {
        var start = DecodingTests.Sample(format)[..16];
        Refuse(start).ShouldBeOneOf(RefusalCodes.Truncated, RefusalCodes.Corrupt);
        Refuse([.. start, .. new byte[5000]]).ShouldBeOneOf(RefusalCodes.Truncated, RefusalCodes.Corrupt);
    }

    [Fact]
    public void A_picture_of_thirty_thousand_pixels_square_is_refused_at_its_header()
    {
        var bomb = PngWriter.Bomb(30_000, 30_000);
        Decoder.Probe(PngWriter.Bomb(16, 16)).Succeeded.ShouldBeTrue("the bomb's maker writes files that are otherwise sound");

        var before = TimeProvider.System.GetTimestamp();
        Refuse(bomb).ShouldBe(RefusalCodes.SideTooLong);
        output.WriteLine($"{bomb.Length} bytes refused in {TimeProvider.System.GetElapsedTime(before).TotalMilliseconds:0.0} ms");

        Refuse(PngWriter.Bomb(16_000, 4_000)).ShouldBe(RefusalCodes.TooManyPixels);
    }

    [Fact]
    public void Interlaced_pngs_may_be_a_quarter_as_large()
    {
        Refuse(PngWriter.Interlaced(20_000, 20_000)).ShouldBe(RefusalCodes.SideTooLong);
        Refuse(PngWriter.Interlaced(4_000, 4_000)).ShouldBe(RefusalCodes.TooManyPixels);
        var header = Decoder.Probe(PngWriter.Interlaced(3_000, 4_000)).Value.ShouldNotBeNull();
        header.Interlaced.ShouldBeTrue();
        Decoder.Probe(VipsWriter.Png(Raster.Photograph(200), "interlace=true")).Value.ShouldNotBeNull().Interlaced.ShouldBeTrue();
    }

    [Fact]
    public void Jpegs_that_announce_too_much_are_refused_at_their_header()
    {
        var jpeg = VipsWriter.Jpeg(Raster.Photograph(200));
        Refuse(WithSize(jpeg, 60_000, 60_000)).ShouldBe(RefusalCodes.SideTooLong);
        Refuse(WithSize(jpeg, 9_000, 9_000)).ShouldBe(RefusalCodes.TooManyPixels);
        Refuse(WithSize(jpeg, 0, 100)).ShouldBe(RefusalCodes.Corrupt);
        // Within the limits, a picture whose data ends early but properly is shown with a grey rest by browsers, and so it is here.
        Decoder.Decode(WithSize(jpeg, 2_000, 2_000)).Value.ShouldNotBeNull().Width.ShouldBe(1024);

        static byte[] WithSize(byte[] jpeg, int width, int height)
        {
            var changed = jpeg.ToArray();
            var frame = changed.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
            (changed[frame + 5], changed[frame + 6]) = ((byte)(height >> 8), (byte)height);
            (changed[frame + 7], changed[frame + 8]) = ((byte)(width >> 8), (byte)width);
            return changed;
        }
    }

    [Fact]
    public void A_progressive_jpeg_of_countless_scans_is_refused()
    {
        var jpeg = VipsWriter.Jpeg(Raster.Photograph(200), "Q=60,interlace=true");
        JpegMarkers.TryRead(jpeg, out var markers).ShouldBeNull();
        markers.Scans.ShouldBeInRange(2, 20);
        var lastScan = jpeg.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]);
        var scan = jpeg[lastScan..^2];
        byte[] padded = [.. jpeg[..^2], .. Enumerable.Repeat(scan, 120).SelectMany(s => s), .. jpeg[^2..]];
        Refuse(padded).ShouldBe(RefusalCodes.TooManyScans);
    }

    [Fact]
    public void Animations_are_limited_in_frames_and_in_pixels_of_all_frames()
    {
        // Neighbouring frames have to differ, or the encoder joins them.
        var strip = Raster.Uniform(16, 16 * 201, 0, 0, 0);
        for (var i = 0; i < strip.Samples.Length; i++)
            strip.Samples[i] = (byte)(i / (16 * 16 * 3) * 37);
        Refuse(VipsWriter.Gif(strip, frameHeight: 16)).ShouldBe(RefusalCodes.TooManyFrames);

        var few = new PictureDecoder(DecodingLimits.Default with { MaxTotalPixels = 16 * 16 * 10 });
        few.Decode(VipsWriter.Gif(new Raster(16, 16 * 11, 3, strip.Samples[..(16 * 16 * 11 * 3)]), frameHeight: 16)).Refusal!.Code
            .ShouldBe(RefusalCodes.TooManyPixels);
    }

    [Fact]
    public void Too_many_bytes_are_refused_before_they_are_looked_at()
    {
        var limited = new PictureDecoder(DecodingLimits.Default with { MaxBytes = 1000 });
        limited.Decode(new byte[1001]).Refusal!.Code.ShouldBe(RefusalCodes.TooLarge);
        limited.Decode(new byte[1000]).Refusal!.Code.ShouldBe(RefusalCodes.FormatUnsupported);
    }

    [Fact]
    public void A_featureless_picture_decodes_with_a_quality_too_low_to_match()
    {
        var white = Decoder.Decode(VipsWriter.Jpeg(Raster.Uniform(600, 400, 255, 255, 255))).Value.ShouldNotBeNull();
        PdqHasher.Compute(white).Quality.ShouldBeLessThan(50);
    }

    [Fact]
    public void A_picture_of_one_pixel_is_a_picture()
    {
        foreach (var format in (byte[][])[VipsWriter.Png(Raster.Uniform(1, 1, 1, 2, 3)), VipsWriter.Jpeg(Raster.Uniform(1, 1, 1, 2, 3)), VipsWriter.WebP(Raster.Uniform(1, 1, 1, 2, 3))])
        {
            var fingerprint = PdqHasher.Compute(Decoder.Decode(format).Value.ShouldNotBeNull());
            fingerprint.Quality.ShouldBe(0);
            fingerprint.Hash.ShouldBe(default);
        }
    }

    private static string Refuse(byte[] bytes)
    {
        var outcome = Decoder.Decode(bytes);
        outcome.Succeeded.ShouldBeFalse($"decoded as {outcome}");
        return outcome.Refusal!.Code;
    }
}
