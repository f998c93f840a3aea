using System.Xml;

namespace ImageRights.Ingestion.Metadata;

/// <summary>XMP (ISO 16684-1): RDF/XML whose properties stand as attributes or elements of rdf:Description, lists in rdf:Seq, rdf:Bag or rdf:Alt. Read here and not by XmpCore,
/// the library behind MetadataExtractor: that recurses over nested elements until the stack overflows, which ends the process, and keeps every namespace that it has ever seen,
/// as LINQ to XML keeps every name in a namespace that it knows. An XmlDocument has names of its own.</summary>
internal static class XmpBlock
{
    // Real packets nest about a dozen deep.
    private const int DeepestElement = 64;
    private const int MostNodes = 10_000;
    private const int MostItems = 10;

    private const string Rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
    private const string DublinCore = "http://purl.org/dc/elements/1.1/";
    private const string Photoshop = "http://ns.adobe.com/photoshop/1.0/";
    private const string Rights = "http://ns.adobe.com/xap/1.0/rights/";
    private const string Basic = "http://ns.adobe.com/xap/1.0/";
    private const string Plus = "http://ns.useplus.org/ldf/xmp/1.0/";
    private const string Tiff = "http://ns.adobe.com/tiff/1.0/";
    private const string Exif = "http://ns.adobe.com/exif/1.0/";
    private const string Aux = "http://ns.adobe.com/exif/1.0/aux/";
    private const string ExifEx = "http://cipa.jp/exif/1.0/";
    private const string Xml = "http://www.w3.org/XML/1998/namespace";

    public static void Read(ReadOnlySpan<byte> block, FoundMetadata found)
    {
        // Packets are padded with white space for editing in place, some writers end them with NULs.
        var packet = block.Trim("\0 \t\r\n"u8).ToArray();
        Examine(packet);
        var document = new XmlDocument { XmlResolver = null };
        using (var reader = Open(packet)) document.Load(reader);
        var root = document.DocumentElement!;
        var rdf = root.NamespaceURI == Rdf ? root : Children(root, Rdf, "RDF").FirstOrDefault();
        XmlElement[] properties = rdf is null ? [] : [.. Children(rdf, Rdf, "Description")];

        found.Creator.Xmp = string.Join("; ", Items(properties, DublinCore, "creator"));
        found.CopyrightNotice.Xmp = Localised(properties, DublinCore, "rights");
        found.Credit.Xmp = Text(properties, Photoshop, "Credit");
        found.UsageTerms = Localised(properties, Rights, "UsageTerms");
        XmlElement[] licensor = Find(properties, Plus, "Licensor") is { } list ? [.. List(list).Take(1)] : [];
        XmlElement[] licensorFields = [.. licensor, .. licensor.SelectMany(item => Children(item, Rdf, "Description"))];
        found.Licensor = Text(licensorFields, Plus, "LicensorName");
        found.LicensorUrl = Text(licensorFields, Plus, "LicensorURL") ?? Text(properties, Rights, "WebStatement");
        found.CapturedAt.Xmp = Text(properties, Photoshop, "DateCreated") ?? Text(properties, Exif, "DateTimeOriginal");
        found.Software.Xmp = Text(properties, Basic, "CreatorTool");
        if (int.TryParse(Text(properties, Tiff, "Orientation"), out var orientation)) found.Orientation ??= orientation;
        found.HasGps |= (Text(properties, Exif, "GPSLatitude") ?? Text(properties, Exif, "GPSLongitude")) is not null;
        found.HasSerialNumber |= (Text(properties, Aux, "SerialNumber") ?? Text(properties, Aux, "LensSerialNumber")
            ?? Text(properties, ExifEx, "BodySerialNumber") ?? Text(properties, ExifEx, "LensSerialNumber")) is not null;
    }

    // Before a tree is built of it: how deep and how large would it be?
    private static void Examine(byte[] packet)
    {
        using var reader = Open(packet);
        for (var nodes = 0; reader.Read();)
        {
            nodes += 1 + reader.AttributeCount;
            if (reader.Depth > DeepestElement || nodes > MostNodes) throw new XmlException("The packet is deeper or larger than metadata is.");
        }
    }

    private static XmlReader Open(byte[] packet) => XmlReader.Create(
        new MemoryStream(packet), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreWhitespace = true, IgnoreComments = true });

    private static IEnumerable<XmlElement> Children(XmlElement parent, string space, string? name) =>
        parent.ChildNodes.OfType<XmlElement>().Where(child => child.NamespaceURI == space && (name is null || child.LocalName == name));

    private static XmlElement? Find(IEnumerable<XmlElement> holders, string space, string name) =>
        holders.SelectMany(holder => Children(holder, space, name)).FirstOrDefault();

    private static string? Text(IReadOnlyList<XmlElement> holders, string space, string name) => Items(holders, space, name).FirstOrDefault();

    private static IEnumerable<string> Items(IReadOnlyList<XmlElement> holders, string space, string name)
    {
        if (Find(holders, space, name) is not { } property)
            return holders.Where(holder => holder.HasAttribute(name, space)).Take(1).Select(holder => holder.GetAttribute(name, space));
        return property.ChildNodes.OfType<XmlElement>().Any() ? List(property).Take(MostItems).Select(item => item.InnerText) : [property.InnerText];
    }

    private static string? Localised(IReadOnlyList<XmlElement> holders, string space, string name) =>
        Find(holders, space, name) is { } property && List(property).FirstOrDefault(item => item.GetAttribute("lang", Xml) == "x-default") is { } standard
            ? standard.InnerText
            : Text(holders, space, name);

    private static IEnumerable<XmlElement> List(XmlElement property) => Children(property, Rdf, null).SelectMany(list => Children(list, Rdf, "li"));
}
