using System.Buffers.Binary;
using System.Text;

namespace ImageRights.EventStore.Transparency;

/// <summary>A ZIP archive in one form only: files as they are, in order, without times, comments or further fields. What is not content is determined by it,
/// so that a file whose contents are known has no byte left that could be another.</summary>
public static class StoredZip
{
    private const uint LocalHeader = 0x04034b50, CentralHeader = 0x02014b50, End = 0x06054b50;
    private const ushort Version = 20, Utf8Names = 0x0800;
    // 1 January 1980, midnight: ZIP knows no file without a time, and what counts here is in the record.
    private const ushort Time = 0, Date = 0x21;

    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(number => Enumerable.Range(0, 8).Aggregate((uint)number, (crc, _) => (crc & 1) == 1 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1))];

    /// <summary>Writes an archive.</summary>
    /// <exception cref="ArgumentException">More than 65,534 files, or 2 GiB.</exception>
    public static byte[] Write(IReadOnlyList<(string Name, ReadOnlyMemory<byte> Content)> files)
    {
        if (files.Count >= ushort.MaxValue || files.Sum(file => (long)file.Content.Length) > int.MaxValue - (files.Count * 1024L)) throw new ArgumentException("More than an archive of this form holds.", nameof(files));
        var (archive, directory) = (new MemoryStream(), new MemoryStream());
        foreach (var (name, content) in files)
        {
            var (encoded, crc, offset) = (Encoding.UTF8.GetBytes(name), Crc(content.Span), (uint)archive.Position);
            Put(archive, 4, LocalHeader);
            Description(archive);
            archive.Write(encoded);
            archive.Write(content.Span);
            Put(directory, 4, CentralHeader);
            Put(directory, 2, Version);
            Description(directory);
            // No comment, first disk, no attributes.
            foreach (var width in (int[])[2, 2, 2, 4]) Put(directory, width, 0);
            Put(directory, 4, offset);
            directory.Write(encoded);

            void Description(Stream output)
            {
                foreach (var value in (ushort[])[Version, Utf8Names, 0, Time, Date]) Put(output, 2, value);
                foreach (var value in (uint[])[crc, (uint)content.Length, (uint)content.Length]) Put(output, 4, value);
                Put(output, 2, (uint)encoded.Length);
                Put(output, 2, 0);
            }
        }
        var begin = (uint)archive.Position;
        archive.Write(directory.ToArray());
        foreach (var (width, value) in new (int, uint)[] { (4, End), (2, 0), (2, 0), (2, (uint)files.Count), (2, (uint)files.Count), (4, (uint)directory.Length), (4, begin), (2, 0) }) Put(archive, width, value);
        return archive.ToArray();
    }

    /// <summary>The files of an archive of this form. Whether every byte beside them is right is for <see cref="FirstDifference"/> to say, once their contents are.</summary>
    /// <exception cref="FormatException">It is none, or was changed where it says what it holds.</exception>
    public static IReadOnlyList<(string Name, ReadOnlyMemory<byte> Content)> Read(ReadOnlyMemory<byte> archive)
    {
        var files = new List<(string, ReadOnlyMemory<byte>)>();
        var place = 0;
        while (Has(30) && BinaryPrimitives.ReadUInt32LittleEndian(archive.Span[place..]) == LocalHeader)
        {
            var header = archive.Span.Slice(place, 30);
            var (length, name) = (BinaryPrimitives.ReadUInt32LittleEndian(header[22..]), BinaryPrimitives.ReadUInt16LittleEndian(header[26..]));
            var what = files.Count == 0 ? "the first file" : $"the file after {files[^1].Item1}";
            if (length > int.MaxValue || !Has(30L + name + length)) throw new FormatException($"The archive's header of {what} was changed, or the archive was cut off.");
            files.Add((Encoding.UTF8.GetString(archive.Span.Slice(place + 30, name)), archive.Slice(place + 30 + name, (int)length)));
            place += 30 + name + (int)length;
        }
        if (files.Count == 0) throw new FormatException("It is not an archive of the form of a case file.");
        return files;

        bool Has(long length) => archive.Length - place >= length;
    }

    /// <summary>Where an archive differs from the one that its files make; null where it does not.</summary>
    public static int? FirstDifference(ReadOnlyMemory<byte> archive, IReadOnlyList<(string Name, ReadOnlyMemory<byte> Content)> files)
    {
        var right = Write(files);
        var same = archive.Span.CommonPrefixLength(right);
        return same == right.Length && same == archive.Length ? null : same;
    }

    private static void Put(Stream output, int width, uint value)
    {
        for (var place = 0; place < width; place++) output.WriteByte((byte)(value >> (8 * place)));
    }

    private static uint Crc(ReadOnlySpan<byte> content)
    {
        var crc = uint.MaxValue;
        foreach (var value in content) crc = (crc >> 8) ^ Table[(byte)(crc ^ value)];
        return ~crc;
    }
}
