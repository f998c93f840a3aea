using ImageRights.Matching.Index;
using ImageRights.Matching.Screening;
using static ImageRights.Matching.UnitTests.Pictures;

namespace ImageRights.Matching.UnitTests;

/// <summary>Made-up sign hashes, and what turning a picture makes of one.</summary>
internal static class Signs
{
    /// <summary>Its words as those of a PDQ hash, which are compared and written in the same way.</summary>
    public static PdqHash Bits(SignHash hash) => new(hash.EvenEven, hash.EvenOdd, hash.OddEven, hash.OddOdd);

    public static string Text(SignHash hash) => Bits(hash).ToString();

    public static SignHash RandomSign(Random random) => SignHash.Parse(RandomHash(random).ToString());

    public static SignHash Near(SignHash hash, int flips, Random random) =>
        SignHash.Parse(Flip(Bits(hash), Enumerable.Range(0, flips).Select(_ => random.Next(256)).Distinct()).ToString());

    public static SignHash RandomTurn(SignHash hash, Random random)
    {
        var turned = Turned(hash, (Orientation)random.Next(8));
        return random.Next(4) == 0 ? Negative(turned) : turned;
    }

    // Bit by bit from the definition: mirroring negates every other row or column of the spectrum, turning also transposes it.
    public static SignHash Turned(SignHash hash, Orientation turn)
    {
        var (flipRows, flipColumns, transpose) = turn switch
        {
            Orientation.Original => (false, false, false),
            Orientation.FlipX => (true, false, false),
            Orientation.FlipY => (false, true, false),
            Orientation.Rotate180 => (true, true, false),
            Orientation.FlipPlus1 => (false, false, true),
            Orientation.Rotate90 => (false, true, true),
            Orientation.Rotate270 => (true, false, true),
            Orientation.FlipMinus1 => (true, true, true),
        };
        ulong[] source = [hash.EvenEven, hash.EvenOdd, hash.OddEven, hash.OddOdd], words = new ulong[4];
        for (var row = 0; row < 16; row++)
        {
            for (var column = 0; column < 16; column++)
            {
                var bit = source[(row & 1) * 2 + (column & 1)] >> (row / 2 * 8 + column / 2) & 1;
                if (flipRows && row % 2 == 0) bit ^= 1;
                if (flipColumns && column % 2 == 0) bit ^= 1;
                var (r, c) = transpose ? (column, row) : (row, column);
                words[(r & 1) * 2 + (c & 1)] |= bit << (r / 2 * 8 + c / 2);
            }
        }
        return new SignHash(words[0], words[1], words[2], words[3]);
    }

    public static SignHash Negative(SignHash hash) => new(~hash.EvenEven, ~hash.EvenOdd, ~hash.OddEven, ~hash.OddOdd);
}
