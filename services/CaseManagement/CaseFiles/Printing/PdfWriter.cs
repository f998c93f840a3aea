using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace ImageRights.CaseManagement.CaseFiles.Printing;

/// <summary>Writes A4 pages of text, lines and JPEG pictures as PDF 1.7 (ISO 32000-1). One font, of which the glyphs that are used are in the file, with their characters, so that text can be searched and copied.</summary>
internal sealed class PdfWriter(TrueTypeFont font)
{
    /// <summary>A4 in points of 1/72 inch.</summary>
    public const int Width = 595, Height = 842;

    private readonly List<StringBuilder> pages = [];
    private readonly List<(byte[] Jpeg, int Width, int Height, int Components)> pictures = [];
    private readonly SortedDictionary<ushort, Rune> used = [];

    /// <summary>Pages so far.</summary>
    public int Pages => pages.Count;

    /// <summary>Begins a page.</summary>
    public void NewPage() => pages.Add(new StringBuilder());

    /// <summary>Width of a character.</summary>
    public double Measure(Rune letter, double size) => font.Width(font.Glyph(letter)) * size / 1000;

    /// <summary>Writes a line; <paramref name="y"/> is its base, from the top of the page.</summary>
    /// <param name="grey">0 black to 1 white.</param>
    public void Text(string text, double x, double y, double size, double grey)
    {
        var glyphs = new StringBuilder();
        foreach (var letter in text.EnumerateRunes())
        {
            var glyph = font.Glyph(letter);
            used.TryAdd(glyph, letter);
            glyphs.Append(CultureInfo.InvariantCulture, $"{glyph:X4}");
        }
        Put($"BT {grey:0.##} g /F {size:0.##} Tf {x:0.##} {Height - y:0.##} Td <{glyphs}> Tj ET");
    }

    /// <summary>Draws a thin horizontal line.</summary>
    public void Line(double left, double right, double y) => Put($"0.5 w 0.5 G {left:0.##} {Height - y:0.##} m {right:0.##} {Height - y:0.##} l S");

    /// <summary>Draws a closed line through corners, from the top left of the page.</summary>
    /// <param name="colour">Red, green and blue, 0 to 1.</param>
    public void Polygon(IReadOnlyList<(double X, double Y)> corners, double width, (double Red, double Green, double Blue) colour, bool isDashed = false)
    {
        var path = string.Join(' ', corners.Select((corner, place) => FormattableString.Invariant($"{corner.X:0.##} {Height - corner.Y:0.##} {(place == 0 ? 'm' : 'l')}")));
        Put($"q {width:0.##} w 1 j {colour.Red:0.##} {colour.Green:0.##} {colour.Blue:0.##} RG {(isDashed ? "[4 3] 0 d" : "")} {path} s Q");
    }

    /// <summary>Draws a JPEG within a box at its top left; its size there, or null when it is none that can be drawn.</summary>
    public (double Width, double Height)? Picture(byte[] jpeg, double x, double y, double width, double height)
    {
        if (Measure(jpeg) is not var (across, down, components)) return null;
        var scale = Math.Min(width / across, height / down);
        // The same picture is in the file once.
        var place = pictures.FindIndex(known => ReferenceEquals(known.Jpeg, jpeg));
        if (place < 0)
        {
            place = pictures.Count;
            pictures.Add((jpeg, across, down, components));
        }
        Put($"q {across * scale:0.##} 0 0 {down * scale:0.##} {x:0.##} {Height - y - (down * scale):0.##} cm /P{place + 1} Do Q");
        return (across * scale, down * scale);
    }

    /// <summary>The file.</summary>
    public byte[] ToBytes(string title, DateTimeOffset created)
    {
        var (output, offsets) = (new MemoryStream(), new List<long>());
        Raw("%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n");
        // 1 catalogue, 2 pages, 3 information, 4 to 8 font; then pictures, then a page and its content each.
        var (firstPicture, firstPage) = (9, 9 + pictures.Count);
        Object("<</Type/Catalog/Pages 2 0 R/Lang(en)/ViewerPreferences<</DisplayDocTitle true>>>>");
        Object($"<</Type/Pages/Count {pages.Count}/MediaBox[0 0 {Width} {Height}]/Kids[{string.Join(' ', pages.Select((_, place) => $"{firstPage + (2 * place)} 0 R"))}]/Resources<</Font<</F 4 0 R>>/XObject<<{string.Concat(pictures.Select((_, place) => $"/P{place + 1} {firstPicture + place} 0 R"))}>>>>>>");
        Object($"<</Title<FEFF{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(title))}>/Producer(ImageRights)/CreationDate(D:{created.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture)}Z)>>");
        Object("<</Type/Font/Subtype/Type0/BaseFont/CASEFI+NotoSansSC-Regular/Encoding/Identity-H/DescendantFonts[5 0 R]/ToUnicode 8 0 R>>");
        Object($"<</Type/Font/Subtype/CIDFontType2/BaseFont/CASEFI+NotoSansSC-Regular/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/CIDToGIDMap/Identity/FontDescriptor 6 0 R/W[{string.Join(' ', used.Keys.Select(glyph => $"{glyph}[{font.Width(glyph)}]"))}]>>");
        Object("<</Type/FontDescriptor/FontName/CASEFI+NotoSansSC-Regular/Flags 4/FontBBox[-1000 -1000 3000 2000]/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 733/StemV 80/FontFile2 7 0 R>>");
        var subset = font.Subset(used.Keys);
        Stream(subset, $"/Length1 {subset.Length}");
        Stream(Encoding.ASCII.GetBytes(Characters()));
        foreach (var (jpeg, width, height, components) in pictures)
            Stream(jpeg, $"/Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/{components switch { 1 => "DeviceGray", 3 => "DeviceRGB", _ => "DeviceCMYK" }}/BitsPerComponent 8/Filter/DCTDecode", compress: false);
        for (var place = 0; place < pages.Count; place++)
        {
            Object($"<</Type/Page/Parent 2 0 R/Contents {firstPage + (2 * place) + 1} 0 R>>");
            Stream(Encoding.ASCII.GetBytes(pages[place].ToString()));
        }
        var table = output.Position;
        Raw($"xref\n0 {offsets.Count + 1}\n0000000000 65535 f \n{string.Concat(offsets.Select(offset => $"{offset:0000000000} 00000 n \n"))}trailer\n<</Size {offsets.Count + 1}/Root 1 0 R/Info 3 0 R>>\nstartxref\n{table}\n%%EOF\n");
        return output.ToArray();

        void Object(string body)
        {
            offsets.Add(output.Position);
            Raw($"{offsets.Count} 0 obj\n{body}\nendobj\n");
        }

        void Stream(byte[] content, string entries = "", bool compress = true)
        {
            var packed = compress ? Packed(content) : content;
            offsets.Add(output.Position);
            Raw($"{offsets.Count} 0 obj\n<</Length {packed.Length}{entries}{(compress ? "/Filter/FlateDecode" : "")}>>\nstream\n");
            output.Write(packed);
            Raw("\nendstream\nendobj\n");
        }

        void Raw(string text) => output.Write(Encoding.Latin1.GetBytes(text));
    }

    private string Characters()
    {
        var map = new StringBuilder("/CIDInit/ProcSet findresource begin 12 dict begin begincmap/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def/CMapName/Case-UCS def/CMapType 2 def\n1 begincodespacerange<0000><FFFF>endcodespacerange\n");
        // At most a hundred a block.
        foreach (var block in used.Chunk(100))
        {
            map.Append(CultureInfo.InvariantCulture, $"{block.Length} beginbfchar\n");
            foreach (var (glyph, letter) in block) map.Append(CultureInfo.InvariantCulture, $"<{glyph:X4}><{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(letter.ToString()))}>\n");
            map.Append("endbfchar\n");
        }
        return map.Append("endcmap CMapName currentdict/CMap defineresource pop end end\n").ToString();
    }

    private void Put(FormattableString operators) => pages[^1].Append(operators.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static byte[] Packed(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true)) zlib.Write(content);
        return packed.ToArray();
    }

    /// <summary>Size and colours of a JPEG, from its frame header (ITU-T T.81, B.2.2).</summary>
    private static (int Width, int Height, int Components)? Measure(ReadOnlySpan<byte> jpeg)
    {
        for (var place = 2; place + 10 < jpeg.Length && jpeg[place] == 0xFF;)
        {
            var marker = jpeg[place + 1];
            if (marker is >= 0xC0 and <= 0xC2)
            {
                var (height, width, components) = (BinaryPrimitives.ReadUInt16BigEndian(jpeg[(place + 5)..]), BinaryPrimitives.ReadUInt16BigEndian(jpeg[(place + 7)..]), jpeg[place + 9]);
                return width > 0 && height > 0 && components is 1 or 3 ? (width, height, components) : null;
            }
            place += marker == 0xFF ? 1 : 2 + BinaryPrimitives.ReadUInt16BigEndian(jpeg[(place + 2)..]);
        }
        return null;
    }
}
