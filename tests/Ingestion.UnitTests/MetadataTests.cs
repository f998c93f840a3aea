using System.Buffers.Binary;
using System.Text;
using ImageRights.Ingestion.Metadata;
using ImageRights.Ingestion.Pictures;
using ImageRights.Ingestion.Probing;

namespace ImageRights.Ingestion.UnitTests;

public class MetadataTests
{
    private const string XmpName = "http://ns.adobe.com/xap/1.0/\0";

    [Theory]
    [InlineData("described.jpg")]
    [InlineData("described.webp")]
    [InlineData("described.avif")]
    public void Rights_are_read_and_private_matters_are_only_noted(string name)
    {
        var metadata = Read(SampleFiles.Read(name));
        metadata.Creator.ShouldBe("Ada Example; Ben Example");
        metadata.CopyrightNotice.ShouldBe("(c) 2024 Ada Example");
        metadata.Credit.ShouldBe("Example Agency");
        metadata.UsageTerms.ShouldBe("Editorial use only");
        metadata.Licensor.ShouldBe("Example Agency");
        metadata.LicensorUrl.ShouldBe("https://agency.example/licence");
        metadata.CapturedAt.ShouldBe("2024-05-01T10:20:30");
        metadata.Software.ShouldBe("Darkroom 3");
        metadata.HasGps.ShouldBeTrue();
        metadata.HasSerialNumber.ShouldBeTrue();
        metadata.Unreadable.ShouldBeFalse();
        metadata.ToString().ShouldNotContain("SN-12345");
        metadata.ToString().ShouldNotContain("48");
    }

    [Fact]
    public void Orientation_is_read() => Read(SampleFiles.Read("described.jpg")).Orientation.ShouldBe(6);

    [Theory]
    [InlineData("small.jpg")]
    [InlineData("small.png")]
    [InlineData("lossy.webp")]
    [InlineData("animated.gif")]
    [InlineData("small.avif")]
    public void A_picture_that_says_nothing_says_nothing(string name) => Read(SampleFiles.Read(name)).ShouldBe(PictureMetadata.None);

    [Fact]
    public void Iptc_is_read_from_photoshop_resources()
    {
        byte[] iptc = [.. Dataset(80, "Ada Example"), .. Dataset(116, "All rights reserved"), .. Dataset(110, "Agency"), .. Dataset(55, "20240501")];
        byte[] resources = [.. "Photoshop 3.0\0"u8, .. "8BIM"u8, 4, 2, 3, .. "abc"u8, 0, 0, 0, 1, 9, 0, .. "8BIM"u8, 4, 4, 0, 0, 0, 0, 0, (byte)iptc.Length, .. iptc];
        var metadata = Read(SampleFiles.JpegWith((0xED, resources)));
        (metadata.Creator, metadata.CopyrightNotice, metadata.Credit, metadata.CapturedAt).ShouldBe(("Ada Example", "All rights reserved", "Agency", "2024-05-01"));

        static byte[] Dataset(byte number, string text) => [0x1C, 2, number, 0, (byte)text.Length, .. Encoding.ASCII.GetBytes(text)];
    }

    [Fact]
    public void Png_text_is_read()
    {
        var metadata = Read(SampleFiles.Png(8, 8, chunks: [("tEXt", SampleFiles.Latin("Author\0Ada Exämple")), ("tEXt", SampleFiles.Latin("Copyright\0© Ada"))]));
        (metadata.Creator, metadata.CopyrightNotice).ShouldBe(("Ada Exämple", "© Ada"));
    }

    [Fact]
    public void Xmp_is_read_from_a_png_and_a_gif()
    {
        var packet = Packet("<dc:creator><rdf:Seq><rdf:li>Ada</rdf:li></rdf:Seq></dc:creator>");
        Read(SampleFiles.Png(8, 8, chunks: ("iTXt", [.. "XML:com.adobe.xmp\0\0\0\0\0"u8, .. packet]))).Creator.ShouldBe("Ada");

        var gif = SampleFiles.Read("interlaced.gif");
        byte[] trailer = [1, .. Enumerable.Range(0, 256).Select(number => (byte)(255 - number)), 0];
        Read([.. gif[..^1], 0x21, 0xFF, 11, .. "XMP DataXMP"u8, .. packet, .. trailer, 0x3B]).Creator.ShouldBe("Ada");
    }

    [Fact]
    public void Text_is_one_short_printable_line()
    {
        var metadata = Read(SampleFiles.Png(8, 8, chunks: [("tEXt", SampleFiles.Latin("Author\0 Ada\u0001\u0000\nExample ")), ("tEXt", SampleFiles.Latin("Copyright\0" + new string('x', 9000)))]));
        metadata.Creator.ShouldBe("Ada   Example");
        metadata.CopyrightNotice!.Length.ShouldBe(500);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(5000)]
    public void A_deep_packet_is_left_unread_instead_of_overflowing_the_stack(int depth)
    {
        var packet = Packet(string.Concat(Enumerable.Repeat("<a:b rdf:parseType='Resource'>", depth)) + string.Concat(Enumerable.Repeat("</a:b>", depth)));
        Read(SampleFiles.Png(8, 8, chunks: ("iTXt", [.. "XML:com.adobe.xmp\0\0\0\0\0"u8, .. packet]))).ShouldBe(PictureMetadata.None with { Unreadable = true });
    }

    [Theory]
    [InlineData("<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;'>]><x>&b;</x>")]
    [InlineData("<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>")]
    [InlineData("<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF")]
    [InlineData("not xml at all")]
    public void A_packet_that_is_no_honest_xml_is_left_unread(string packet) =>
        Read(SampleFiles.JpegWith((0xE1, SampleFiles.Latin(XmpName + packet)))).ShouldBe(PictureMetadata.None with { Unreadable = true });

    [Fact]
    public void Thousands_of_tags_that_point_at_the_same_bytes_are_not_copied_thousands_of_times()
    {
        // 5,000 tags of 60,000 bytes each, all from offset 8: read naively it is 300 MB.
        const int Tags = 5000;
        var tiff = new byte[65_000];
        "II*\0\u0008\0\0\0"u8.CopyTo(tiff);
        BinaryPrimitives.WriteUInt16LittleEndian(tiff.AsSpan(8), Tags);
        for (var tag = 0; tag < Tags; tag++)
        {
            var entry = tiff.AsSpan(10 + 12 * tag);
            BinaryPrimitives.WriteUInt16LittleEndian(entry, (ushort)(0x013B + tag % 3 * 0x100));
            BinaryPrimitives.WriteUInt16LittleEndian(entry[2..], 7);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], 60_000);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], 8);
        }
        var file = SampleFiles.JpegWith((0xE1, [.. "Exif\0\0"u8, .. tiff]));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Read(file);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(5_000_000);
    }

    [Fact]
    public void Directories_that_lead_back_to_themselves_end()
    {
        byte[] tiff = [.. "II*\0\u0008\0\0\0"u8, 2, 0, 0x69, 0x87, 4, 0, 1, 0, 0, 0, 8, 0, 0, 0, 0x25, 0x88, 4, 0, 1, 0, 0, 0, 8, 0, 0, 0, 8, 0, 0, 0];
        Read(SampleFiles.JpegWith((0xE1, [.. "Exif\0\0"u8, .. tiff]))).Creator.ShouldBeNull();
    }

    private static PictureMetadata Read(byte[] file) => MetadataReader.Read(file, HeaderProbe.Probe(file, new PictureLimits()).Header.ShouldNotBeNull());

    private static byte[] Packet(string content) => Encoding.UTF8.GetBytes(
        "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
        + $"<rdf:Description rdf:about='' xmlns:a='http://a.example/' xmlns:dc='http://purl.org/dc/elements/1.1/'>{content}</rdf:Description></rdf:RDF></x:xmpmeta>");
}
