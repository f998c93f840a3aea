using ImageRights.Fingerprint.Decoding;
using ImageRights.Fingerprint.Hashing;
using ImageRights.Fingerprint.UnitTests.Samples;

namespace ImageRights.Fingerprint.UnitTests;

public sealed class DecodingTests
{
    private static readonly PictureDecoder Decoder = new();
    private static readonly PictureDecoder LibvipsOnly = new() { UseTurboJpeg = false };
    private static readonly Raster Photograph = Raster.Photograph(400);
    private static readonly Pdq PhotographHash = PdqHasher.Compute(Photograph.Samples, Photograph.Width, Photograph.Height, vectorised: true).Hash;

    [Theory]
    [InlineData(PictureFormat.Jpeg)]
    [InlineData(PictureFormat.Png)]
    [InlineData(PictureFormat.WebP)]
    [InlineData(PictureFormat.Gif)]
    [InlineData(PictureFormat.Avif)]
    public void Every_accepted_format_decodes_to_the_same_picture(PictureFormat format)
    {
        var bytes = Sample(format);

        var header = Decoder.Probe(bytes).Value.ShouldNotBeNull();
        header.ShouldBe(new PictureHeader(format, Photograph.Width, Photograph.Height, Frames: 1, HasAlpha: false, Interlaced: false, Orientation: 1));
        var picture = Decoder.Decode(bytes).Value.ShouldNotBeNull();
        (picture.Width, picture.Height).ShouldBe((Photograph.Width, Photograph.Height));
        PdqHasher.Compute(picture).Hash.Distance(PhotographHash).ShouldBeLessThanOrEqualTo(10);
    }

    [Fact]
    public void A_lossless_file_gives_back_its_pixels_exactly() =>
        Decoder.Decode(PngWriter.Rgb(Photograph, exif: null)).Value.ShouldNotBeNull().Rgb.ShouldBe(Photograph.Samples);

    [Theory]
    [InlineData(64)]
    [InlineData(300)]
    [InlineData(1024)]
    public void No_side_is_longer_than_asked_for_and_nothing_is_enlarged(int maxSide)
    {
        foreach (var decoder in (PictureDecoder[])[Decoder, LibvipsOnly])
        {
            var picture = decoder.Decode(ReferenceVectors.Bytes("bridge-2-rotate-90.jpg"), maxSide).Value.ShouldNotBeNull();
            picture.Height.ShouldBeInRange(maxSide / 2, maxSide);
            (picture.Width / (double)picture.Height).ShouldBe(1004 / 1600.0, tolerance: 0.02);
            var small = decoder.Decode(Sample(PictureFormat.Jpeg), maxSide).Value.ShouldNotBeNull();
            small.Width.ShouldBeLessThanOrEqualTo(Math.Min(maxSide, Photograph.Width));
        }
    }

    [Fact]
    public void Both_jpeg_decoders_give_nearly_the_same_hash()
    {
        TurboJpeg.Available.ShouldBeTrue("libturbojpeg is not installed (Debian: libturbojpeg0); without it this test compares libvips with itself");
        foreach (var vector in ReferenceVectors.Pictures.Where(v => v.Quality >= 80))
        {
            var bytes = ReferenceVectors.Bytes(vector.Picture);
            var fast = PdqHasher.Compute(Decoder.Decode(bytes).Value!);
            var safe = PdqHasher.Compute(LibvipsOnly.Decode(bytes).Value!);
            foreach (var variant in Enum.GetValues<Dihedral>())
                fast[variant].Distance(safe[variant]).ShouldBeLessThanOrEqualTo(10, $"{vector.Picture} {variant}");
        }
    }

    [Fact]
    public void The_fast_jpeg_path_is_taken_for_ordinary_jpegs_of_every_kind()
    {
        foreach (var options in (string[])["Q=90", "Q=90,subsample_mode=off", "Q=60,interlace=true", "Q=80,optimize_coding=true,restart_interval=4"])
        {
            var jpeg = VipsWriter.Jpeg(Photograph, options);
            JpegMarkers.TryRead(jpeg, out var markers).ShouldBeNull(options);
            TurboJpeg.TryDecode(jpeg, markers, 1024).ShouldNotBeNull(options);
        }
        var grey = VipsWriter.Jpeg(new Raster(Photograph.Width, Photograph.Height, 1, Photograph.Samples[..(Photograph.Width * Photograph.Height)]));
        JpegMarkers.TryRead(grey, out var greyMarkers).ShouldBeNull();
        TurboJpeg.TryDecode(grey, greyMarkers, 1024).ShouldNotBeNull();
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
    public void Every_exif_orientation_comes_out_upright(int orientation)
    {
        var stored = Photograph.StoredWith(orientation);

        var png = Decoder.Decode(PngWriter.Rgb(stored, Exif.Tiff(orientation, little: true))).Value.ShouldNotBeNull();
        (png.Width, png.Height).ShouldBe((Photograph.Width, Photograph.Height));
        png.Rgb.ShouldBe(Photograph.Samples);
        PdqHasher.Compute(png).Hash.ShouldBe(PhotographHash);

        var plain = VipsWriter.Jpeg(stored, "Q=95,subsample_mode=off");
        foreach (var little in (bool[])[true, false])
        {
            var jpeg = Exif.InJpeg(plain, orientation, little);
            Decoder.Probe(jpeg).Value.ShouldNotBeNull().Orientation.ShouldBe(orientation);
            var fast = Decoder.Decode(jpeg).Value.ShouldNotBeNull();
            var safe = LibvipsOnly.Decode(jpeg).Value.ShouldNotBeNull();
            (fast.Width, fast.Height).ShouldBe((Photograph.Width, Photograph.Height));
            (safe.Width, safe.Height).ShouldBe((Photograph.Width, Photograph.Height));
            fast.Rgb.ShouldBe(safe.Rgb);
            PdqHasher.Compute(fast).Hash.Distance(PhotographHash).ShouldBeLessThanOrEqualTo(4);
        }
    }

    [Fact]
    public void An_orientation_outside_of_one_to_eight_is_ignored()
    {
        var jpeg = Exif.InJpeg(VipsWriter.Jpeg(Photograph), orientation: 9, little: true);
        Decoder.Probe(jpeg).Value.ShouldNotBeNull().Orientation.ShouldBe(1);
        Decoder.Decode(jpeg).Value.ShouldNotBeNull().Width.ShouldBe(Photograph.Width);
    }

    [Fact]
    public void Transparency_is_put_on_white()
    {
        foreach (var bytes in (byte[][])
            [VipsWriter.Png(Raster.Uniform(40, 30, 200, 10, 10, 0)), VipsWriter.WebP(Raster.Uniform(40, 30, 200, 10, 10, 0), "lossless=true"), VipsWriter.Gif(Raster.Uniform(40, 30, 200, 10, 10, 0))])
        {
            Decoder.Probe(bytes).Value.ShouldNotBeNull().HasAlpha.ShouldBeTrue();
            Decoder.Decode(bytes).Value.ShouldNotBeNull().Rgb.ShouldAllBe(sample => sample == 255);
        }
        var half = Decoder.Decode(VipsWriter.Png(Raster.Uniform(40, 30, 200, 10, 10, 128))).Value.ShouldNotBeNull();
        ((int)half.Rgb[0]).ShouldBeInRange(226, 228);
        ((int)half.Rgb[1]).ShouldBeInRange(131, 133);
    }

    [Fact]
    public void Sixteen_bit_pictures_come_out_as_eight_bits()
    {
        var picture = Decoder.Decode(VipsWriter.Save(Wide(Photograph), "pngsave_buffer", "bitdepth=16", "rgb16", sixteenBits: true)).Value.ShouldNotBeNull();
        PdqHasher.Compute(picture).Hash.Distance(PhotographHash).ShouldBeLessThanOrEqualTo(2);

        var clear = Wide(Raster.Uniform(20, 20, 200, 10, 10, 0));
        Decoder.Decode(VipsWriter.Save(clear, "pngsave_buffer", "bitdepth=16", "rgb16", sixteenBits: true)).Value.ShouldNotBeNull()
            .Rgb.ShouldAllBe(sample => sample == 255);

        static Raster Wide(Raster raster) => raster with { Samples = [.. raster.Samples.SelectMany(sample => (byte[])[sample, sample])] };
    }

    [Fact]
    public void Cmyk_jpegs_decode_to_the_right_colours()
    {
        var cyan = VipsWriter.Save(Raster.Uniform(64, 64, 255, 0, 0, 0), "jpegsave_buffer", "Q=95", "cmyk");
        var picture = Decoder.Decode(cyan).Value.ShouldNotBeNull();
        ((int)picture.Rgb[0]).ShouldBeLessThan(90);
        ((int)picture.Rgb[1]).ShouldBeGreaterThan(120);
        ((int)picture.Rgb[2]).ShouldBeGreaterThan(180);
    }

    [Fact]
    public void An_animation_gives_its_first_frame_and_says_how_many_it_has()
    {
        var strip = new Raster(Photograph.Width, Photograph.Height * 3, 3,
            [
                .. Photograph.Samples, .. Raster.Uniform(Photograph.Width, Photograph.Height, 0, 0, 255).Samples,
                .. Raster.Uniform(Photograph.Width, Photograph.Height, 0, 255, 0).Samples,
            ]);

        foreach (var (animation, reduced) in ((byte[], bool)[])
            [(VipsWriter.Gif(strip, Photograph.Height), true), (VipsWriter.Save(strip, "webpsave_buffer", "Q=90", frameHeight: Photograph.Height), false)])
        {
            Decoder.Probe(animation).Value.ShouldNotBeNull().Frames.ShouldBe(3);
            var picture = Decoder.Decode(animation).Value.ShouldNotBeNull();
            (picture.Width, picture.Height).ShouldBe((Photograph.Width, Photograph.Height));
            PdqHasher.Compute(picture).Hash.Distance(PhotographHash).ShouldBeLessThanOrEqualTo(reduced ? 12 : 6);
        }
    }

    [Fact]
    public void Luma_of_grey_is_that_grey_and_the_colours_weigh_as_bt601_says()
    {
        var header = new PictureHeader(PictureFormat.Png, 1, 1, 1, false, false, 1);
        for (var grey = 0; grey <= 255; grey++)
            new DecodedPicture(header, 1, 1, [(byte)grey, (byte)grey, (byte)grey]).Luma[0].ShouldBe((byte)grey);
        new DecodedPicture(header, 1, 1, [255, 0, 0]).Luma[0].ShouldBe((byte)76);
        new DecodedPicture(header, 1, 1, [0, 255, 0]).Luma[0].ShouldBe((byte)150);
        new DecodedPicture(header, 1, 1, [0, 0, 255]).Luma[0].ShouldBe((byte)29);
    }

    [Fact]
    public void Content_hashes_tell_bytes_and_pixels_apart()
    {
        ContentHash.OfBytes("abc"u8).ShouldBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        var (plain, tagged) = (PngWriter.Rgb(Photograph, exif: null), PngWriter.Rgb(Photograph, Exif.Tiff(1, little: true)));
        ContentHash.OfBytes(plain).ShouldNotBe(ContentHash.OfBytes(tagged));
        ContentHash.OfLuma(Decoder.Decode(plain).Value!).ShouldBe(ContentHash.OfLuma(Decoder.Decode(tagged).Value!));
        ContentHash.OfLuma(Decoder.Decode(VipsWriter.Png(Raster.Uniform(40, 30, 9, 9, 9))).Value!)
            .ShouldNotBe(ContentHash.OfLuma(Decoder.Decode(VipsWriter.Png(Raster.Uniform(30, 40, 9, 9, 9))).Value!));
    }

    internal static byte[] Sample(PictureFormat format) => format switch
    {
        PictureFormat.Jpeg => VipsWriter.Jpeg(Photograph),
        PictureFormat.Png => VipsWriter.Png(Photograph),
        PictureFormat.WebP => VipsWriter.WebP(Photograph),
        PictureFormat.Gif => VipsWriter.Gif(Photograph),
        PictureFormat.Avif => VipsWriter.Avif(Photograph),
    };
}
