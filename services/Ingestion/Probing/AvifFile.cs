using System.Buffers.Binary;

namespace ImageRights.Ingestion.Probing;

/// <summary>AVIF: an ISO base media file (ISO/IEC 14496-12) of nested boxes (size, type, content) that holds HEIF items (ISO/IEC 23008-12).
/// The primary item (<c>pitm</c>) has its size in the property <c>ispe</c>, which <c>ipma</c> assigns by index into <c>ipco</c>; <c>iloc</c> says where items' bytes lie.</summary>
internal static class AvifFile
{
    // The largest files of cameras have a few dozen of each; more only costs memory.
    private const int MostItems = 4096, DeepestTrack = 5;

    private static readonly uint Exif = Type("Exif"u8), Mime = Type("mime"u8);

    public static bool IsOne(ReadOnlySpan<byte> file)
    {
        if (file.Length < 12 || !file[4..].StartsWith("ftyp"u8)) return false;
        var size = Math.Min(BinaryPrimitives.ReadUInt32BigEndian(file), (uint)Math.Min(file.Length, 512));
        for (var position = 8; position + 4 <= size; position += 4)
        {
            // Between major and compatible brands stands the minor version.
            if (position != 12 && (file[position..].StartsWith("avif"u8) || file[position..].StartsWith("avis"u8))) return true;
        }
        return false;
    }

    public static ProbeOutcome Read(ReadOnlySpan<byte> file)
    {
        Box? meta = null, movie = null;
        var hasData = false;
        long metadataBytes = 0;
        for (var position = 0; position < file.Length;)
        {
            if (ReadBox(file, position, file.Length) is not { } box) return ProbeOutcome.Corrupt("A box is shorter than its own head.");
            if (box.End > file.Length) return ProbeOutcome.Truncated("A box reaches beyond the end of the file.");
            if (box.Is("meta"u8)) meta ??= box;
            else if (box.Is("moov"u8)) movie ??= box;
            else if (box.Is("mdat"u8)) hasData = true;
            else if (!box.Is("ftyp"u8) && !box.Is("moof"u8)) metadataBytes += box.End - position;
            position = (int)box.End;
        }
        if (meta is null) return ProbeOutcome.Truncated("It has no item table.");
        var items = ReadItems(file, meta.Value);
        if (items.Fault is { } fault) return fault;
        if (!hasData && !items.InTable) return ProbeOutcome.Truncated("It has no picture data.");
        var frames = movie is { } tracks ? Math.Max(1, CountSamples(file, tracks, 0)) : 1;
        return new PictureHeader(
            PictureFormat.Avif, items.Width, items.Height, frames, false, metadataBytes + items.Metadata.Sum(block => (long)block.Length), items.Metadata);
    }

    private static Items ReadItems(ReadOnlySpan<byte> file, Box meta)
    {
        // meta is a full box: version and flags precede its children.
        uint primary = 0;
        List<Box> properties = [], associations = [];
        Box? locations = null;
        var types = new Dictionary<uint, uint>();
        var inTable = false;
        for (var position = meta.Start + 4L; position < meta.End;)
        {
            if (ReadBox(file, (int)position, meta.End) is not { } box || box.End > meta.End) return Damaged("A box of the item table is longer than the table.");
            if (box.Is("pitm"u8))
            {
                var reader = Content(file, box, out var version);
                primary = version == 0 ? reader.U16() : reader.U32();
            }
            else if (box.Is("iloc"u8)) locations = box;
            else if (box.Is("idat"u8)) inTable = true;
            else if (box.Is("iinf"u8) && !ReadTypes(file, box, types)) return Damaged("Its list of items is not one.");
            else if (box.Is("iprp"u8) && !ReadProperties(file, box, properties, associations)) return Damaged("Its item properties are not valid.");
            position = box.End;
        }
        if (locations is null) return Damaged("Its items have no place.");
        var metadata = new List<MetadataBlock>();
        if (ReadLocations(file, locations.Value, types, metadata) is { } fault) return new Items(0, 0, [], false, fault);
        foreach (var index in PropertiesOf(file, associations, primary))
        {
            if (index < 1 || index > properties.Count || !properties[index - 1].Is("ispe"u8)) continue;
            var reader = Content(file, properties[index - 1], out _);
            var (width, height) = (reader.U32(), reader.U32());
            if (!reader.Overrun && width is > 0 and <= int.MaxValue && height is > 0 and <= int.MaxValue)
                return new Items((int)width, (int)height, metadata, inTable, null);
        }
        return Damaged("Its primary item has no size.");

        static Items Damaged(string detail) => new(0, 0, [], false, ProbeOutcome.Corrupt(detail));
    }

    private static bool ReadTypes(ReadOnlySpan<byte> file, Box box, Dictionary<uint, uint> types)
    {
        var reader = Content(file, box, out var version);
        reader.Skip(version == 0 ? 2 : 4);
        for (var position = reader.Position; !reader.Overrun && position < box.End;)
        {
            if (ReadBox(file, position, box.End) is not { } entry || entry.End > box.End || types.Count == MostItems) return false;
            var item = Content(file, entry, out var entryVersion);
            if (entryVersion >= 2)
            {
                var id = entryVersion == 2 ? item.U16() : item.U32();
                item.Skip(2);
                types[id] = item.U32();
            }
            position = (int)entry.End;
        }
        return !reader.Overrun;
    }

    private static bool ReadProperties(ReadOnlySpan<byte> file, Box box, List<Box> properties, List<Box> associations)
    {
        for (var position = box.Start; position < box.End;)
        {
            if (ReadBox(file, position, box.End) is not { } child || child.End > box.End) return false;
            if (child.Is("ipma"u8) && associations.Count < MostItems) associations.Add(child);
            for (var inner = child.Start; child.Is("ipco"u8) && inner < child.End;)
            {
                if (ReadBox(file, inner, child.End) is not { } property || property.End > child.End || properties.Count == MostItems) return false;
                properties.Add(property);
                inner = (int)property.End;
            }
            position = (int)child.End;
        }
        return true;
    }

    private static List<int> PropertiesOf(ReadOnlySpan<byte> file, List<Box> associations, uint item)
    {
        foreach (var box in associations)
        {
            var reader = Content(file, box, out var version, out var flags);
            var entries = reader.U32();
            for (uint entry = 0; entry < entries && !reader.Overrun; entry++)
            {
                var id = version < 1 ? reader.U16() : reader.U32();
                var indexes = new List<int>();
                for (var left = reader.U8(); left > 0; left--) indexes.Add((flags & 1) != 0 ? reader.U16() & 0x7FFF : reader.U8() & 0x7F);
                if (id == item && !reader.Overrun) return indexes;
            }
        }
        return [];
    }

    /// <summary>Checks that every item's bytes lie in the file, and notes where EXIF and XMP are.</summary>
    private static ProbeOutcome? ReadLocations(ReadOnlySpan<byte> file, Box box, Dictionary<uint, uint> types, List<MetadataBlock> metadata)
    {
        var reader = Content(file, box, out var version);
        int sizes = reader.U8(), more = reader.U8();
        int offsetSize = sizes >> 4, lengthSize = sizes & 15, baseSize = more >> 4, indexSize = version > 0 ? more & 15 : 0;
        var count = version < 2 ? reader.U16() : reader.U32();
        for (uint item = 0; item < count && !reader.Overrun; item++)
        {
            var id = version < 2 ? reader.U16() : reader.U32();
            var method = version > 0 ? reader.U16() & 15 : 0;
            reader.Skip(2);
            var origin = Sized(ref reader, baseSize);
            int extents = reader.U16();
            // Extents without offset and length take no bytes: their number would be bounded by nothing.
            if (offsetSize + lengthSize + indexSize == 0) extents = 0;
            for (var extent = 0; extent < extents && !reader.Overrun; extent++)
            {
                Sized(ref reader, indexSize);
                var offset = Sized(ref reader, offsetSize);
                var length = Sized(ref reader, lengthSize);
                if (method != 0 || reader.Overrun) continue;
                var fileLength = (ulong)file.Length;
                if (origin > fileLength || offset > fileLength || length > fileLength || origin + offset + length > fileLength)
                    return ProbeOutcome.Truncated("An item reaches beyond the end of the file.");
                if (extents == 1 && types.TryGetValue(id, out var type)) Note(file, type, (int)(origin + offset), (int)length, metadata);
            }
        }
        return reader.Overrun ? ProbeOutcome.Corrupt("Its table of places is shorter than it says.") : null;
    }

    private static void Note(ReadOnlySpan<byte> file, uint type, int start, int length, List<MetadataBlock> metadata)
    {
        if (metadata.Count >= 16) return;
        if (type == Mime) metadata.Add(new MetadataBlock(MetadataKind.Xmp, start, length));
        if (type != Exif) return;
        // An Exif item begins with the distance from there to the TIFF header.
        var skip = new ByteReader(file.Slice(start, length)).U32() + 4L;
        if (skip < length) metadata.Add(new MetadataBlock(MetadataKind.Exif, start + (int)skip, length - (int)skip));
    }

    // moov / trak / mdia / minf / stbl / stsz: the number of samples is the number of frames.
    private static int CountSamples(ReadOnlySpan<byte> file, Box parent, int depth)
    {
        long samples = 0;
        for (var position = parent.Start; position < parent.End && depth < DeepestTrack;)
        {
            if (ReadBox(file, position, parent.End) is not { } box || box.End > parent.End) break;
            if (box.Is("stsz"u8))
            {
                var reader = Content(file, box, out _);
                reader.Skip(4);
                samples = Math.Max(samples, reader.U32());
            }
            else if (box.Is("trak"u8) || box.Is("mdia"u8) || box.Is("minf"u8) || box.Is("stbl"u8))
            {
                samples = Math.Max(samples, CountSamples(file, box, depth + 1));
            }
            position = (int)box.End;
        }
        return (int)Math.Min(samples, int.MaxValue);
    }

    private static ulong Sized(ref ByteReader reader, int size) => size switch
    {
        0 => 0,
        4 => reader.U32(),
        8 => reader.U64(),
        _ => SkipOdd(ref reader, size),
    };

    // The standard allows 0, 4 and 8 only.
    private static ulong SkipOdd(ref ByteReader reader, int size)
    {
        reader.Skip(size);
        return ulong.MaxValue;
    }

    private static Box? ReadBox(ReadOnlySpan<byte> file, int position, long end)
    {
        var reader = new ByteReader(file, position);
        ulong size = reader.U32();
        var type = reader.U32();
        if (size == 1) size = reader.U64();
        else if (size == 0) size = (ulong)(end - position);
        if (reader.Overrun) return new Box(type, position, long.MaxValue);
        if (size < (ulong)(reader.Position - position)) return null;
        return new Box(type, reader.Position, size > int.MaxValue ? long.MaxValue : position + (long)size);
    }

    private static ByteReader Content(ReadOnlySpan<byte> file, Box box, out int version) => Content(file, box, out version, out _);

    private static ByteReader Content(ReadOnlySpan<byte> file, Box box, out int version, out int flags)
    {
        var reader = new ByteReader(file[..(int)box.End], box.Start);
        var head = reader.U32();
        (version, flags) = ((int)(head >> 24), (int)(head & 0xFFFFFF));
        return reader;
    }

    private static uint Type(ReadOnlySpan<byte> name) => BinaryPrimitives.ReadUInt32BigEndian(name);

    /// <param name="Start">Begin of the content.</param>
    /// <param name="End">First byte behind the box; may lie beyond the file until checked.</param>
    private readonly record struct Box(uint Type, int Start, long End)
    {
        public bool Is(ReadOnlySpan<byte> name) => Type == AvifFile.Type(name);
    }

    private sealed record Items(int Width, int Height, IReadOnlyList<MetadataBlock> Metadata, bool InTable, ProbeOutcome? Fault);
}
