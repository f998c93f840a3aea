using System.Buffers.Binary;

namespace ImageRights.Ingestion.Probing;

/// <summary>Reads forward in untrusted bytes. A read past the end gives zero and sets <see cref="Overrun"/>, which stays: parsers check it once, where it matters.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes, int position = 0)
{
    private readonly ReadOnlySpan<byte> bytes = bytes;

    public int Position { get; private set; } = position;

    public bool Overrun { get; private set; }

    public readonly int Remaining => bytes.Length - Position;

    public ReadOnlySpan<byte> Take(long count)
    {
        if (Overrun || count < 0 || count > Remaining)
        {
            Overrun = true;
            return default;
        }
        var taken = bytes.Slice(Position, (int)count);
        Position += (int)count;
        return taken;
    }

    public void Skip(long count) => Take(count);

    public byte U8() => Take(1) is [var value] ? value : (byte)0;

    public ushort U16() => Take(2) is { Length: 2 } taken ? BinaryPrimitives.ReadUInt16BigEndian(taken) : (ushort)0;

    public uint U32() => Take(4) is { Length: 4 } taken ? BinaryPrimitives.ReadUInt32BigEndian(taken) : 0;

    public ulong U64() => Take(8) is { Length: 8 } taken ? BinaryPrimitives.ReadUInt64BigEndian(taken) : 0;

    public ushort U16Little() => Take(2) is { Length: 2 } taken ? BinaryPrimitives.ReadUInt16LittleEndian(taken) : (ushort)0;

    public int U24Little() => Take(3) is [var low, var middle, var high] ? low | (middle << 8) | (high << 16) : 0;

    public uint U32Little() => Take(4) is { Length: 4 } taken ? BinaryPrimitives.ReadUInt32LittleEndian(taken) : 0;
}
