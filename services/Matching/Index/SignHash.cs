using System.Numerics;

namespace ImageRights.Matching.Index;

/// <summary>The frequencies of PDQ by their sign, a word for each parity of row and column: the written form is the words in the order of the parameters, 16 hexadecimal digits each.</summary>
/// <remarks>Mirroring a picture complements two of the first three words, and transposing it transposes each word and swaps the middle two. So the distances of all eight
/// orientations follow from two comparisons, word by word, and those of their negatives too, for a negative complements all four words.</remarks>
public readonly record struct SignHash(ulong EvenEven, ulong EvenOdd, ulong OddEven, ulong OddOdd)
{
    private const int Bits = 256;

    /// <summary>Reads the written form.</summary>
    public static bool TryParse(string? text, out SignHash hash)
    {
        var readable = PdqHash.TryParse(text, out var words);
        hash = new SignHash(words.A, words.B, words.C, words.D);
        return readable;
    }

    /// <summary>Reads the written form.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static SignHash Parse(string text) => TryParse(text, out var hash) ? hash : throw new FormatException("A sign hash has 64 hexadecimal digits.");

    /// <summary>The hash of the picture mirrored on its main diagonal.</summary>
    public SignHash Transposed() => new(Transpose(EvenEven), Transpose(OddEven), Transpose(EvenOdd), Transpose(OddOdd));

    /// <summary>The orientation of this picture, or of its negative, that comes closest to another; the first in order of those that come equally close.</summary>
    /// <returns>Distance in bits, 0 to 128; the orientation; whether it is the negative.</returns>
    public (int Distance, Orientation Turn, bool IsInverted) NearestTo(SignHash other)
    {
        Span<int> distances = stackalloc int[8];
        Mirrored(other, Orientation.Original, Orientation.FlipX, Orientation.FlipY, Orientation.Rotate180, distances);
        Transposed().Mirrored(other, Orientation.FlipPlus1, Orientation.Rotate90, Orientation.Rotate270, Orientation.FlipMinus1, distances);
        var (best, turn, inverted) = (int.MaxValue, 0, false);
        for (var orientation = 0; orientation < distances.Length; orientation++)
        {
            if (distances[orientation] < best) (best, turn, inverted) = (distances[orientation], orientation, false);
        }
        for (var orientation = 0; orientation < distances.Length; orientation++)
        {
            if (Bits - distances[orientation] < best) (best, turn, inverted) = (Bits - distances[orientation], orientation, true);
        }
        return (best, (Orientation)turn, inverted);
    }

    private void Mirrored(SignHash other, Orientation plain, Orientation first, Orientation second, Orientation both, Span<int> distances)
    {
        var (e, m) = (BitOperations.PopCount(EvenEven ^ other.EvenEven), BitOperations.PopCount(EvenOdd ^ other.EvenOdd));
        var (n, o) = (BitOperations.PopCount(OddEven ^ other.OddEven), BitOperations.PopCount(OddOdd ^ other.OddOdd));
        distances[(int)plain] = o + e + m + n;
        distances[(int)first] = o + 128 - e - m + n;
        distances[(int)second] = o + 128 - e + m - n;
        distances[(int)both] = o + 128 + e - m - n;
    }

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
