using System.Text;
using ImageRights.Fingerprint.Layout;

namespace ImageRights.Fingerprint.Hashing;

/// <summary>
/// Image-Code of the International Standard Content Code (ISO 24138:2024, Content-Code Image, version 0): a perceptual hash in a form that names its own kind and length, by which
/// registries of different owners can find the same picture.
/// </summary>
public static class IsccImageCode
{
    /// <summary>Pixels of a side of the picture that is hashed.</summary>
    public const int Side = 32;

    private const int SliceSide = 8;
    private const int SliceBits = SliceSide * SliceSide;
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    // Columns and rows at which the slices of 64 frequencies begin.
    private static readonly (int X, int Y)[] Slices = [(0, 0), (1, 0), (0, 1), (1, 1)];
    private static readonly double[][] Divisors = [.. new[] { 2, 4, 8, 16, 32 }.Select(length =>
        Enumerable.Range(0, length / 2).Select(at => Math.Cos((at + 0.5) * Math.PI / length) * 2).ToArray())];

    /// <summary>The code of 256 bits; its shorter forms begin with the same bits.</summary>
    /// <param name="grey">The picture's luma without its border, which may be reduced to no fewer pixels than the code needs.</param>
    public static string Compute(GreyPicture grey) => Encode(Resampler.Resize(grey, Side, Side, ResamplingFilter.Bicubic), 256);

    /// <param name="levels">32 x 32 grey levels, rows from the top.</param>
    /// <param name="bits">64, 128, 192 or 256.</param>
    /// <returns><c>ISCC:</c> and the code in Base32 without padding.</returns>
    internal static string Encode(ReadOnlySpan<byte> levels, int bits)
    {
        const byte ContentImage = 2 << 4 | 1;
        var spectrum = CosineTransform(levels);
        // Four numbers of four bits: Content-Code, Image, version 0, and one less than the length in units of 32 bits.
        var code = new List<byte> { ContentImage, (byte)(bits / 32 - 1) };
        foreach (var (x, y) in Slices.Take(bits / SliceBits)) AddSlice(spectrum, x, y, code);
        return "ISCC:" + Base32(code);
    }

    private static void AddSlice(double[] spectrum, int x, int y, List<byte> code)
    {
        var slice = new double[SliceBits];
        for (var at = 0; at < SliceBits; at++) slice[at] = spectrum[(y + at / SliceSide) * Side + x + at % SliceSide];
        var ordered = slice.Order().ToArray();
        var median = (ordered[SliceBits / 2 - 1] + ordered[SliceBits / 2]) / 2;
        for (var row = 0; row < SliceSide; row++)
        {
            var bits = 0;
            for (var column = 0; column < SliceSide; column++) bits = bits << 1 | (slice[row * SliceSide + column] > median ? 1 : 0);
            code.Add((byte)bits);
        }
    }

    private static double[] CosineTransform(ReadOnlySpan<byte> levels)
    {
        var spectrum = new double[Side * Side];
        for (var at = 0; at < spectrum.Length; at++) spectrum[at] = levels[at];
        Span<double> line = stackalloc double[Side], spare = stackalloc double[Side];
        for (var row = 0; row < Side; row++) CosineTransform(spectrum.AsSpan(row * Side, Side), spare);
        for (var column = 0; column < Side; column++)
        {
            for (var row = 0; row < Side; row++) line[row] = spectrum[row * Side + column];
            CosineTransform(line, spare);
            for (var row = 0; row < Side; row++) spectrum[row * Side + column] = line[row];
        }
        return spectrum;
    }

    // Lee (1984): halves until one number is left. Flat parts come out as exactly zero, which the comparison with the median needs and sums of cosines would not give.
    private static void CosineTransform(Span<double> values, Span<double> spare)
    {
        if (values.Length == 1) return;
        var half = values.Length / 2;
        var divisors = Divisors[int.Log2(half)];
        var sums = spare[..half];
        var differences = spare[half..values.Length];
        for (var at = 0; at < half; at++)
        {
            var (first, last) = (values[at], values[^(at + 1)]);
            sums[at] = first + last;
            differences[at] = (first - last) / divisors[at];
        }
        CosineTransform(sums, values[..half]);
        CosineTransform(differences, values[..half]);
        for (var at = 0; at < half; at++)
        {
            values[2 * at] = sums[at];
            values[2 * at + 1] = at + 1 < half ? differences[at] + differences[at + 1] : differences[at];
        }
    }

    private static string Base32(List<byte> bytes)
    {
        var text = new StringBuilder();
        var (buffer, held) = (0, 0);
        foreach (var one in bytes)
        {
            (buffer, held) = ((buffer << 8 | one) & 0xFFFF, held + 8);
            for (; held >= 5; held -= 5) text.Append(Alphabet[buffer >> (held - 5) & 31]);
        }
        if (held > 0) text.Append(Alphabet[buffer << (5 - held) & 31]);
        return text.ToString();
    }
}
