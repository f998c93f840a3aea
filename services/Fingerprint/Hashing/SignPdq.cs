using System.Globalization;
using System.Numerics;

namespace ImageRights.Fingerprint.Hashing;

/// <summary>
/// The 256 frequencies of PDQ thresholded at zero instead of at their median, laid out so that every word holds the 64 frequencies of one
/// parity of row and column. Mirroring the picture then complements whole words, and turning it also transposes 8 x 8 bits and swaps two
/// words: a search for a hash and for its transpose, under four masks each, covers all eight orientations exactly.
/// Not interchangeable with <see cref="Pdq"/>, which other systems understand.
/// </summary>
/// <param name="EvenEven">Rows 0, 2 … 14 and columns 0, 2 … 14 of the spectrum; bit 8r + c is row 2r, column 2c.</param>
/// <param name="EvenOdd">Even rows, odd columns.</param>
/// <param name="OddEven">Odd rows, even columns.</param>
/// <param name="OddOdd">Odd rows, odd columns.</param>
public readonly record struct SignPdq(ulong EvenEven, ulong EvenOdd, ulong OddEven, ulong OddOdd)
{
    /// <summary>Number of bits that differ, 0 to 256; near 256 for a picture and its negative.</summary>
    public int Distance(SignPdq other) =>
        BitOperations.PopCount(EvenEven ^ other.EvenEven) + BitOperations.PopCount(EvenOdd ^ other.EvenOdd)
        + BitOperations.PopCount(OddEven ^ other.OddEven) + BitOperations.PopCount(OddOdd ^ other.OddOdd);

    /// <summary>The hash of the picture turned or mirrored that way.</summary>
    public SignPdq Turned(Dihedral variant) => variant switch
    {
        Dihedral.Original => this,
        Dihedral.FlipX => new(~EvenEven, ~EvenOdd, OddEven, OddOdd),
        Dihedral.FlipY => new(~EvenEven, EvenOdd, ~OddEven, OddOdd),
        Dihedral.Rotate180 => new(EvenEven, ~EvenOdd, ~OddEven, OddOdd),
        Dihedral.FlipPlus1 => Transposed(),
        Dihedral.Rotate90 => Turned(Dihedral.FlipY).Transposed(),
        Dihedral.Rotate270 => Turned(Dihedral.FlipX).Transposed(),
        Dihedral.FlipMinus1 => Turned(Dihedral.Rotate180).Transposed(),
    };

    /// <summary>64 lower-case hexadecimal digits, the words in the order of the parameters.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{EvenEven:x16}{EvenOdd:x16}{OddEven:x16}{OddOdd:x16}");

    internal static SignPdq FromSpectrum(ReadOnlySpan<float> spectrum)
    {
        Span<ulong> words = stackalloc ulong[4];
        for (var row = 0; row < 16; row++)
        {
            for (var column = 0; column < 16; column++)
            {
                var bit = spectrum[row * 16 + column] > 0 ? 1UL : 0;
                words[(row & 1) * 2 + (column & 1)] |= bit << (row / 2 * 8 + column / 2);
            }
        }
        return new SignPdq(words[0], words[1], words[2], words[3]);
    }

    private SignPdq Transposed() => new(Transpose(EvenEven), Transpose(OddEven), Transpose(EvenOdd), Transpose(OddOdd));

    // Swaps the off-diagonal bits of 2 x 2 blocks, then of 4 x 4, then of the whole 8 x 8.
    private static ulong Transpose(ulong bits)
    {
        var swap = (bits ^ bits >> 7) & 0x00AA00AA00AA00AAUL;
        bits ^= swap ^ swap << 7;
        swap = (bits ^ bits >> 14) & 0x0000CCCC0000CCCCUL;
        bits ^= swap ^ swap << 14;
        swap = (bits ^ bits >> 28) & 0x00000000F0F0F0F0UL;
        return bits ^ swap ^ swap << 28;
    }
}
