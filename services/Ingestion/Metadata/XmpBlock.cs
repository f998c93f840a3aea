using System.Xml;
using XmpCore;
using XmpCore.Options;

namespace ImageRights.Ingestion.Metadata;

/// <summary>XMP through XmpCore, after a look at the XML itself: XmpCore recurses over nested elements, so that a deep packet would overflow the stack and end the process.</summary>
internal static class XmpBlock
{
    private const string DublinCore = "http://purl.org/dc/elements/1.1/";
    private const string Photoshop = "http://ns.adobe.com/photoshop/1.0/";
    private const string Rights = "http://ns.adobe.com/xap/1.0/rights/";
    private const string Basic = "http://ns.adobe.com/xap/1.0/";
    private const string Plus = "http://ns.useplus.org/ldf/xmp/1.0/";
    private const string Tiff = "http://ns.adobe.com/tiff/1.0/";
    private const string Exif = "http://ns.adobe.com/exif/1.0/";
    private const string Aux = "http://ns.adobe.com/exif/1.0/aux/";
    private const string ExifEx = "http://cipa.jp/exif/1.0/";

    // Real packets nest about a dozen deep.
    private const int DeepestElement = 64;
    private const int MostElements = 5000;

    public static void Read(ReadOnlySpan<byte> block, FoundMetadata found)
    {
        var packet = Unpad(block).ToArray();
        Examine(packet);
        var xmp = XmpMetaFactory.ParseFromBuffer(packet, new ParseOptions { DisallowDoctype = true });
        found.Creator.Xmp = string.Join("; ", Items(xmp, DublinCore, "creator"));
        found.CopyrightNotice.Xmp = Localised(xmp, DublinCore, "rights");
        found.Credit.Xmp = Value(xmp, Photoshop, "Credit");
        found.UsageTerms = Localised(xmp, Rights, "UsageTerms");
        found.Licensor = Field(xmp, "LicensorName");
        found.LicensorUrl = Field(xmp, "LicensorURL") ?? Value(xmp, Rights, "WebStatement");
        found.CapturedAt.Xmp = Value(xmp, Photoshop, "DateCreated") ?? Value(xmp, Exif, "DateTimeOriginal");
        found.Software.Xmp = Value(xmp, Basic, "CreatorTool");
        if (int.TryParse(Value(xmp, Tiff, "Orientation"), out var orientation)) found.Orientation ??= orientation;
        found.HasGps |= xmp.DoesPropertyExist(Exif, "GPSLatitude") || xmp.DoesPropertyExist(Exif, "GPSLongitude");
        found.HasSerialNumber |= xmp.DoesPropertyExist(Aux, "SerialNumber") || xmp.DoesPropertyExist(Aux, "LensSerialNumber")
            || xmp.DoesPropertyExist(ExifEx, "BodySerialNumber") || xmp.DoesPropertyExist(ExifEx, "LensSerialNumber");
    }

    // Packets are padded with white space for editing in place, some writers end them with NULs.
    private static ReadOnlySpan<byte> Unpad(ReadOnlySpan<byte> block) => block.Trim("\0 \t\r\n"u8);

    private static void Examine(byte[] packet)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreWhitespace = true, IgnoreComments = true };
        using var reader = XmlReader.Create(new MemoryStream(packet), settings);
        for (var elements = 0; reader.Read();)
        {
            if (reader.NodeType == XmlNodeType.Element) elements++;
            if (reader.Depth > DeepestElement || elements > MostElements) throw new XmlException("The packet is deeper or larger than metadata is.");
        }
    }

    private static string? Value(IXmpMeta xmp, string space, string name) => xmp.GetProperty(space, name)?.Value;

    private static IEnumerable<string> Items(IXmpMeta xmp, string space, string name)
    {
        if (xmp.GetProperty(space, name) is not { } property) return [];
        if (!property.Options.IsArray) return [property.Value];
        return Enumerable.Range(1, Math.Min(10, xmp.CountArrayItems(space, name))).Select(index => xmp.GetArrayItem(space, name, index).Value);
    }

    private static string? Localised(IXmpMeta xmp, string space, string name) =>
        xmp.GetProperty(space, name) is not { } property ? null
        : property.Options.IsArrayAltText ? xmp.GetLocalizedText(space, name, null, XmpConstants.XDefault)?.Value
        : Items(xmp, space, name).FirstOrDefault();

    private static string? Field(IXmpMeta xmp, string name)
    {
        if (xmp.GetProperty(Plus, "Licensor") is not { Options.IsArray: true } || xmp.CountArrayItems(Plus, "Licensor") == 0) return null;
        var first = xmp.GetArrayItem(Plus, "Licensor", 1);
        return first is { Options.IsStruct: true } ? xmp.GetProperty(Plus, $"Licensor[1]/plus:{name}")?.Value : null;
    }
}
