using System.Buffers.Binary;
using System.Text;

namespace ImageRights.CaseManagement.CaseFiles.Printing;

/// <summary>A font with TrueType outlines (OpenType 1.9, <c>glyf</c>): what a page needs of it to measure, and to carry the few glyphs that it uses.</summary>
internal sealed class TrueTypeFont
{
    private static readonly Lazy<TrueTypeFont> OfThePage = new(Load);

    private readonly byte[] file;
    private readonly Dictionary<string, (int Offset, int Length)> tables = [];
    private readonly int unitsPerEm, glyphs, metrics, map;
    private readonly bool longOffsets;

    private TrueTypeFont(byte[] file)
    {
        this.file = file;
        for (int place = 0, count = U16(4); place < count; place++)
        {
            var record = 12 + (16 * place);
            tables[Encoding.ASCII.GetString(file, record, 4)] = ((int)U32(record + 8), (int)U32(record + 12));
        }
        unitsPerEm = U16(tables["head"].Offset + 18);
        longOffsets = U16(tables["head"].Offset + 50) == 1;
        glyphs = U16(tables["maxp"].Offset + 4);
        metrics = U16(tables["hhea"].Offset + 34);
        var cmap = tables["cmap"].Offset;
        map = Enumerable.Range(0, U16(cmap + 2)).Select(place => cmap + (int)U32(cmap + 4 + (8 * place) + 4)).First(table => U16(table) == 12);
    }

    /// <summary>The font of case files: Latin, Greek, Cyrillic, Chinese and Japanese in one.</summary>
    public static TrueTypeFont Page => OfThePage.Value;

    /// <summary>Glyph of a character; 0, an empty box, where the font has none.</summary>
    public ushort Glyph(Rune letter)
    {
        var (low, high) = (0, (int)U32(map + 12) - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var group = map + 16 + (12 * middle);
            if (letter.Value < U32(group)) high = middle - 1;
            else if (letter.Value > U32(group + 4)) low = middle + 1;
            else return (ushort)(U32(group + 8) + (letter.Value - U32(group)));
        }
        return 0;
    }

    /// <summary>Advance of a glyph in thousandths of the size.</summary>
    public int Width(ushort glyph) => U16(tables["hmtx"].Offset + (4 * Math.Min(glyph, metrics - 1))) * 1000 / unitsPerEm;

    /// <summary>A font file with these glyphs only. They keep their numbers, so that text needs no translation; the others are empty.</summary>
    public byte[] Subset(IEnumerable<ushort> wanted)
    {
        var kept = new SortedSet<ushort>(wanted) { 0 };
        var waiting = new Queue<ushort>(kept);
        while (waiting.TryDequeue(out var glyph))
            foreach (var part in Parts(glyph)) if (kept.Add(part)) waiting.Enqueue(part);

        var (outlines, offsets, advances) = (new MemoryStream(), new byte[4 * (glyphs + 1)], new byte[tables["hmtx"].Length]);
        for (var glyph = 0; glyph < glyphs; glyph++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(offsets.AsSpan(4 * glyph), (uint)outlines.Length);
            if (!kept.Contains((ushort)glyph)) continue;
            var (offset, length) = Outline((ushort)glyph);
            outlines.Write(file, offset, length);
            while (outlines.Length % 4 != 0) outlines.WriteByte(0);
            if (glyph < metrics) file.AsSpan(tables["hmtx"].Offset + (4 * glyph), 4).CopyTo(advances.AsSpan(4 * glyph));
        }
        BinaryPrimitives.WriteUInt32BigEndian(offsets.AsSpan(4 * glyphs), (uint)outlines.Length);
        var head = Table("head");
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(50), 1);
        (string Tag, byte[] Content)[] written =
        [
            .. new[] { "cvt ", "fpgm" }.Where(tables.ContainsKey).Select(tag => (tag, Table(tag))), ("glyf", outlines.ToArray()), ("head", head), ("hhea", Table("hhea")), ("hmtx", advances),
            ("loca", offsets), ("maxp", Table("maxp")), .. new[] { "prep" }.Where(tables.ContainsKey).Select(tag => (tag, Table(tag))),
        ];
        return Assemble(written);
    }

    private static byte[] Assemble((string Tag, byte[] Content)[] tables)
    {
        var output = new byte[12 + (16 * tables.Length) + tables.Sum(table => (table.Content.Length + 3) & ~3)];
        var log = (int)Math.Log2(tables.Length);
        foreach (var (place, value) in new[] { (0, 1), (4, tables.Length), (6, 16 << log), (8, log), (10, (tables.Length - (1 << log)) * 16) })
            BinaryPrimitives.WriteUInt16BigEndian(output.AsSpan(place), (ushort)value);
        var at = 12 + (16 * tables.Length);
        for (var place = 0; place < tables.Length; place++)
        {
            var (record, (tag, content)) = (12 + (16 * place), tables[place]);
            Encoding.ASCII.GetBytes(tag, output.AsSpan(record));
            content.CopyTo(output, at);
            BinaryPrimitives.WriteUInt32BigEndian(output.AsSpan(record + 8), (uint)at);
            BinaryPrimitives.WriteUInt32BigEndian(output.AsSpan(record + 12), (uint)content.Length);
            var padded = (content.Length + 3) & ~3;
            uint sum = 0;
            for (var word = 0; word < padded; word += 4) sum += BinaryPrimitives.ReadUInt32BigEndian(output.AsSpan(at + word));
            BinaryPrimitives.WriteUInt32BigEndian(output.AsSpan(record + 4), sum);
            at += padded;
        }
        return output;
    }

    /// <summary>Glyphs that a composite glyph is made of.</summary>
    private IEnumerable<ushort> Parts(ushort glyph)
    {
        const int Words = 0x0001, Scale = 0x0008, More = 0x0020, TwoScales = 0x0040, Matrix = 0x0080;
        var (place, length) = Outline(glyph);
        if (length == 0 || (short)U16(place) >= 0) yield break;
        place += 10;
        for (var flags = More; (flags & More) != 0;)
        {
            flags = U16(place);
            yield return U16(place + 2);
            place += 4 + ((flags & Words) != 0 ? 4 : 2) + ((flags & Matrix) != 0 ? 8 : (flags & TwoScales) != 0 ? 4 : (flags & Scale) != 0 ? 2 : 0);
        }
    }

    private (int Offset, int Length) Outline(ushort glyph)
    {
        var loca = tables["loca"].Offset;
        var (begin, end) = longOffsets ? (U32(loca + (4 * glyph)), U32(loca + (4 * glyph) + 4)) : (U16(loca + (2 * glyph)) * 2u, U16(loca + (2 * glyph) + 2) * 2u);
        return (tables["glyf"].Offset + (int)begin, (int)(end - begin));
    }

    private byte[] Table(string tag) => file.AsSpan(tables[tag].Offset, tables[tag].Length).ToArray();

    private ushort U16(int place) => BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(place));

    private uint U32(int place) => BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(place));

    private static TrueTypeFont Load()
    {
        using var stream = typeof(TrueTypeFont).Assembly.GetManifestResourceStream("CaseFiles/font.ttf")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return new TrueTypeFont(bytes);
    }
}
