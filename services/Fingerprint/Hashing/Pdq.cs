using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;

namespace ImageRights.Fingerprint.Hashing;

/// <summary>
/// A PDQ hash: 256 bits, one for each of 16 x 16 spatial frequencies, set where the frequency is above the median.
/// <paramref name="W0"/> holds bits 0 to 63; the text form starts with bit 255, as the reference implementation prints it.
/// </summary>
public readonly record struct Pdq(ulong W0, ulong W1, ulong W2, ulong W3) : ISpanParsable<Pdq>
{
    /// <summary>Length of the text form, in hexadecimal digits.</summary>
    public const int HexLength = 64;

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public string Hex => string.Create(CultureInfo.InvariantCulture, $"{W3:x16}{W2:x16}{W1:x16}{W0:x16}");

    /// <summary>Number of bits that differ, 0 to 256. Unrelated pictures are near 128; up to 31 is the published match distance.</summary>
    public int Distance(Pdq other) =>
        BitOperations.PopCount(W0 ^ other.W0) + BitOperations.PopCount(W1 ^ other.W1)
        + BitOperations.PopCount(W2 ^ other.W2) + BitOperations.PopCount(W3 ^ other.W3);

    public override string ToString() => Hex;

    /// <exception cref="FormatException">Not exactly 64 hexadecimal digits.</exception>
    public static Pdq Parse(ReadOnlySpan<char> hex, IFormatProvider? provider = null) =>
        TryParse(hex, provider, out var hash) ? hash : throw new FormatException("A PDQ hash is 64 hexadecimal digits.");

    public static Pdq Parse(string hex, IFormatProvider? provider = null) => Parse(hex.AsSpan(), provider);

    public static bool TryParse(ReadOnlySpan<char> hex, IFormatProvider? provider, out Pdq hash)
    {
        hash = default;
        if (hex.Length != HexLength
            || !TryWord(hex[..16], out var w3) || !TryWord(hex[16..32], out var w2)
            || !TryWord(hex[32..48], out var w1) || !TryWord(hex[48..], out var w0))
            return false;
        hash = new Pdq(w0, w1, w2, w3);
        return true;
    }

    public static bool TryParse([NotNullWhen(true)] string? hex, IFormatProvider? provider, out Pdq hash) =>
        TryParse(hex.AsSpan(), provider, out hash);

    private static bool TryWord(ReadOnlySpan<char> hex, out ulong word) =>
        ulong.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out word);
}
