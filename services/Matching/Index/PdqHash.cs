using System.Buffers.Binary;
using System.Numerics;

namespace ImageRights.Matching.Index;

/// <summary>A PDQ hash: 256 bits, written as 64 hexadecimal digits, most significant first.</summary>
public readonly record struct PdqHash(ulong A, ulong B, ulong C, ulong D)
{
    /// <summary>Digits of the written form.</summary>
    public const int Digits = 64;

    /// <summary>Reads the written form, upper or lower case.</summary>
    public static bool TryParse(string? text, out PdqHash hash)
    {
        hash = default;
        Span<byte> bytes = stackalloc byte[Digits / 2];
        if (text is not { Length: Digits } || Convert.FromHexString(text, bytes, out _, out _) != System.Buffers.OperationStatus.Done) return false;
        hash = new PdqHash(Word(bytes), Word(bytes[8..]), Word(bytes[16..]), Word(bytes[24..]));
        return true;

        static ulong Word(ReadOnlySpan<byte> at) => BinaryPrimitives.ReadUInt64BigEndian(at);
    }

    /// <summary>Reads the written form.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static PdqHash Parse(string text) => TryParse(text, out var hash) ? hash : throw new FormatException("A PDQ hash has 64 hexadecimal digits.");

    /// <summary>Bits in which two hashes differ, 0 to 256.</summary>
    public int DistanceTo(PdqHash other) =>
        BitOperations.PopCount(A ^ other.A) + BitOperations.PopCount(B ^ other.B) + BitOperations.PopCount(C ^ other.C) + BitOperations.PopCount(D ^ other.D);

    /// <inheritdoc />
    public override string ToString() => $"{A:x16}{B:x16}{C:x16}{D:x16}";
}
