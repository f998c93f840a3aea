using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ImageRights.Fingerprint.Decoding;

namespace ImageRights.Fingerprint.Hashing;

/// <summary>
/// PDQ (Facebook, 2019; ThreatExchange/pdq, hashing paper of 2017-10-09), bit-compatible with the reference implementation within a few bits.
/// </summary>
/// <remarks>
/// The reference reduces a picture larger than 512 pixels to 512 x 512 by nearest neighbour, turns it into luma, blurs it with two passes
/// of a box filter and samples 64 x 64 points of the result. All of that is linear and separable, so here each of the 64 x 64 points is
/// one weighted sum of source pixels: first down the columns, then along the 64 rows that remain, and luma last of all. The weights are
/// multiples of 1/144 (box widths are 1 to 4, and 12 is divisible by each), so the sums are exact in integers, and every vector width
/// gives the same hash as plain code.
/// </remarks>
public static class PdqHasher
{
    private const int Grid = 64;
    private const int Frequencies = 16;
    private const int LargestSide = 512;
    private const int SmallestSide = 5;
    private const int BoxUnit = 12;
    private const int CacheLine = 64;

    private static readonly float[] Cosines = CosineMatrix();
    private static readonly float[] CosinesTransposed = Transpose(Cosines, Frequencies, Grid);

    /// <summary>Hash, quality and the seven other orientations. A picture with a side under 5 pixels has quality 0 and zero hashes.</summary>
    public static PdqFingerprint Compute(DecodedPicture picture) => Compute(picture.Rgb, picture.Width, picture.Height, vectorised: true);

    internal static PdqFingerprint Compute(ReadOnlySpan<byte> rgb, int width, int height, bool vectorised)
    {
        if (width < SmallestSide || height < SmallestSide)
            return new PdqFingerprint(0, ImmutableArray.Create(new Pdq[8]), default);

        Span<float> grid = stackalloc float[Grid * Grid];
        Reduce(rgb, width, height, grid, vectorised);
        var quality = Quality(grid);
        Span<float> spectrum = stackalloc float[Frequencies * Frequencies];
        CosineTransform(grid, spectrum, vectorised);
        return new PdqFingerprint(quality, Orientations(spectrum), SignPdq.FromSpectrum(spectrum));
    }

    /// <summary>Blurs and samples the picture to 64 x 64 points of luma.</summary>
    private static void Reduce(ReadOnlySpan<byte> rgb, int width, int height, Span<float> grid, bool vectorised)
    {
        var resized = width > LargestSide || height > LargestSide;
        Span<Taps> columns = stackalloc Taps[Grid];
        Span<Taps> rows = stackalloc Taps[Grid];
        FindTaps(width, resized ? LargestSide : width, columns);
        FindTaps(height, resized ? LargestSide : height, rows);

        var stride = width * 3;
        var line = new ushort[stride + 1];
        var samples = MemoryMarshal.AsBytes(line.AsSpan());
        for (var y = 0; y < Grid; y++)
        {
            SumRows(rgb, stride, rows[y], rows[Math.Min(y + 1, Grid - 1)], line, vectorised);
            for (var x = 0; x < Grid; x++)
            {
                ref readonly var taps = ref columns[x];
                // Red, green, blue and the red of the next pixel, which is not used.
                var colours = Vector128<uint>.Zero;
                for (var t = 0; t < taps.Count; t++)
                    colours += Vector128.WidenLower(Vector128.CreateScalarUnsafe(MemoryMarshal.Read<ulong>(samples[(taps.Source[t] * 6)..])).AsUInt16()) * taps.Weight[t];
                grid[y * Grid + x] = (0.299f * colours[0] + 0.587f * colours[1] + 0.114f * colours[2]) / (BoxUnit * BoxUnit * BoxUnit * BoxUnit);
            }
        }
    }

    // A sum is at most 255 x 144 = 36720, so 16 bits hold it. The next rows are on their way from the memory meanwhile.
    private static void SumRows(ReadOnlySpan<byte> rgb, int stride, in Taps taps, in Taps next, Span<ushort> line, bool vectorised)
    {
        var x = 0;
        if (vectorised)
        {
            // All rows lie within the picture, and a step within each of them.
            ArgumentOutOfRangeException.ThrowIfGreaterThan((taps.Source[taps.Count - 1] + 1) * stride, rgb.Length);
            ref var first = ref MemoryMarshal.GetReference(rgb);
            for (; x <= stride - Vector<byte>.Count; x += Vector<byte>.Count)
            {
                if (x % CacheLine == 0) Fetch(ref Unsafe.Add(ref first, x), stride, next);
                var low = Vector<ushort>.Zero;
                var high = Vector<ushort>.Zero;
                for (var t = 0; t < taps.Count; t++)
                {
                    Vector.Widen(Vector.LoadUnsafe(ref first, (nuint)(taps.Source[t] * stride + x)), out var l, out var h);
                    var weight = new Vector<ushort>(taps.Weight[t]);
                    low += l * weight;
                    high += h * weight;
                }
                low.CopyTo(line[x..]);
                high.CopyTo(line[(x + Vector<ushort>.Count)..]);
            }
        }
        for (; x < stride; x++)
        {
            var sum = 0;
            for (var t = 0; t < taps.Count; t++)
                sum += rgb[taps.Source[t] * stride + x] * taps.Weight[t];
            line[x] = (ushort)sum;
        }
    }

    private static unsafe void Fetch(ref byte place, int stride, in Taps rows)
    {
        if (!Sse.IsSupported) return;
        for (var t = 0; t < rows.Count; t++) Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref place, rows.Source[t] * stride)));
    }

    /// <summary>The source pixels along one axis that make up one of the 64 points, with weights that add up to 144.</summary>
    private struct Taps
    {
        internal int Count;
        internal Seven<int> Source;
        internal Seven<ushort> Weight;
    }

    /// <summary>Two passes of a box of at most 4 reach 7 pixels.</summary>
    [InlineArray(7)]
    private struct Seven<T>
    {
        private T first;
    }

    /// <summary>Follows one point of the grid back through both passes of the box filter and the reduction to <paramref name="length"/>.</summary>
    private static void FindTaps(int sourceLength, int length, Span<Taps> points)
    {
        var box = (length + 2 * Grid - 1) / (2 * Grid);
        // The reference's window leans to the right when it is even, and is cut off, not padded, at the ends.
        var right = box / 2;
        var left = box - 1 - right;
        for (var point = 0; point < Grid; point++)
        {
            ref var taps = ref points[point];
            taps.Count = 0;
            var centre = (2 * point + 1) * length / (2 * Grid);
            var (outerFrom, outerTo) = (Math.Max(centre - left, 0), Math.Min(centre + right, length - 1));
            var outerWeight = BoxUnit / (outerTo - outerFrom + 1);
            for (var middle = outerFrom; middle <= outerTo; middle++)
            {
                var (innerFrom, innerTo) = (Math.Max(middle - left, 0), Math.Min(middle + right, length - 1));
                var weight = outerWeight * (BoxUnit / (innerTo - innerFrom + 1));
                for (var inner = innerFrom; inner <= innerTo; inner++)
                    Add(ref taps, (int)((long)inner * sourceLength / length), (ushort)weight);
            }
        }

        static void Add(ref Taps taps, int source, ushort weight)
        {
            for (var t = 0; t < taps.Count; t++)
            {
                if (taps.Source[t] == source)
                {
                    taps.Weight[t] += weight;
                    return;
                }
            }
            taps.Source[taps.Count] = source;
            taps.Weight[taps.Count++] = weight;
        }
    }

    /// <summary>Sum of the significant steps between neighbours, in percent of full range and cut to whole numbers, scaled as the reference does.</summary>
    private static int Quality(ReadOnlySpan<float> grid)
    {
        var sum = 0;
        for (var y = 0; y < Grid; y++)
        {
            for (var x = 0; x < Grid; x++)
            {
                var here = grid[y * Grid + x];
                if (y + 1 < Grid)
                    sum += Math.Abs((int)((here - grid[(y + 1) * Grid + x]) * 100 / 255));
                if (x + 1 < Grid)
                    sum += Math.Abs((int)((here - grid[y * Grid + x + 1]) * 100 / 255));
            }
        }
        return Math.Min(sum / 90, 100);
    }

    /// <summary>Frequencies 1 to 16 of both axes of the two-dimensional cosine transform: C · grid · Cᵀ.</summary>
    private static void CosineTransform(ReadOnlySpan<float> grid, Span<float> spectrum, bool vectorised)
    {
        Span<float> half = stackalloc float[Frequencies * Grid];
        Multiply(Cosines, grid, half, Frequencies, Grid, Grid, vectorised);
        Multiply(half, CosinesTransposed, spectrum, Frequencies, Grid, Frequencies, vectorised);
    }

    // Each element is summed in the order of k by separate multiplication and addition, whatever the width, so that all paths agree.
    private static void Multiply(
        ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> product, int rows, int inner, int columns, bool vectorised)
    {
        for (var i = 0; i < rows; i++)
        {
            var j = 0;
            if (vectorised)
            {
                for (; j <= columns - Vector<float>.Count; j += Vector<float>.Count)
                {
                    var sum = Vector<float>.Zero;
                    for (var k = 0; k < inner; k++)
                        sum += a[i * inner + k] * new Vector<float>(b[(k * columns + j)..]);
                    sum.CopyTo(product[(i * columns + j)..]);
                }
            }
            for (; j < columns; j++)
            {
                var sum = 0f;
                for (var k = 0; k < inner; k++)
                    sum += a[i * inner + k] * b[k * columns + j];
                product[i * columns + j] = sum;
            }
        }
    }

    /// <summary>
    /// Mirroring a picture negates every other row or column of its spectrum, and turning it by a quarter transposes it as well, so the
    /// other seven hashes need no other decoding. The median moves with the signs; transposing leaves it.
    /// </summary>
    private static ImmutableArray<Pdq> Orientations(ReadOnlySpan<float> spectrum)
    {
        Span<ushort> bits = stackalloc ushort[Frequencies];
        var hashes = new Pdq[8];
        Threshold(spectrum, evenRows: false, evenColumns: false, bits);
        hashes[(int)Dihedral.Original] = Pack(bits);
        hashes[(int)Dihedral.FlipPlus1] = Pack(Transposed(bits));
        Threshold(spectrum, evenRows: true, evenColumns: false, bits);
        hashes[(int)Dihedral.FlipX] = Pack(bits);
        hashes[(int)Dihedral.Rotate270] = Pack(Transposed(bits));
        Threshold(spectrum, evenRows: false, evenColumns: true, bits);
        hashes[(int)Dihedral.FlipY] = Pack(bits);
        hashes[(int)Dihedral.Rotate90] = Pack(Transposed(bits));
        Threshold(spectrum, evenRows: true, evenColumns: true, bits);
        hashes[(int)Dihedral.Rotate180] = Pack(bits);
        hashes[(int)Dihedral.FlipMinus1] = Pack(Transposed(bits));
        return ImmutableCollectionsMarshal.AsImmutableArray(hashes);
    }

    private static void Threshold(ReadOnlySpan<float> spectrum, bool evenRows, bool evenColumns, Span<ushort> bits)
    {
        Span<float> signed = stackalloc float[spectrum.Length];
        for (var i = 0; i < signed.Length; i++)
        {
            var negate = (evenRows && (i / Frequencies & 1) == 0) ^ (evenColumns && (i & 1) == 0);
            signed[i] = negate ? -spectrum[i] : spectrum[i];
        }
        var median = LowerMedian(signed);
        for (var row = 0; row < Frequencies; row++)
        {
            var word = 0;
            for (var column = 0; column < Frequencies; column++)
                word |= signed[row * Frequencies + column] > median ? 1 << column : 0;
            bits[row] = (ushort)word;
        }
    }

    /// <summary>
    /// The lower of the two middle values, as the reference's median is. Found bit by bit from the top: the largest number that at
    /// most half of the values are below. Unlike sorting, that has no branch for the processor to guess wrong.
    /// </summary>
    private static float LowerMedian(ReadOnlySpan<float> values)
    {
        Span<int> keys = stackalloc int[values.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            // As integers, floats order correctly once the negative ones are reversed.
            var bits = BitConverter.SingleToInt32Bits(values[i]);
            keys[i] = bits ^ (bits >> 31 & int.MaxValue);
        }
        var median = int.MinValue;
        for (var bit = 31; bit >= 0; bit--)
        {
            var candidate = unchecked(median + (1 << bit));
            if (CountBelow(keys, candidate) <= values.Length / 2 - 1)
                median = candidate;
        }
        return BitConverter.Int32BitsToSingle(median ^ (median >> 31 & int.MaxValue));
    }

    private static int CountBelow(ReadOnlySpan<int> keys, int limit)
    {
        var below = Vector<int>.Zero;
        var limits = new Vector<int>(limit);
        for (var i = 0; i < keys.Length; i += Vector<int>.Count)
            below -= Vector.LessThan(new Vector<int>(keys[i..]), limits);
        return Vector.Sum(below);
    }

    private static ushort[] Transposed(ReadOnlySpan<ushort> bits)
    {
        var transposed = new ushort[Frequencies];
        for (var row = 0; row < Frequencies; row++)
        {
            for (var column = 0; column < Frequencies; column++)
                transposed[column] |= (ushort)((bits[row] >> column & 1) << row);
        }
        return transposed;
    }

    private static Pdq Pack(ReadOnlySpan<ushort> rows)
    {
        return new Pdq(Word(rows), Word(rows[4..]), Word(rows[8..]), Word(rows[12..]));

        static ulong Word(ReadOnlySpan<ushort> four) => four[0] | (ulong)four[1] << 16 | (ulong)four[2] << 32 | (ulong)four[3] << 48;
    }

    private static float[] CosineMatrix()
    {
        var matrix = new float[Frequencies * Grid];
        var scale = MathF.Sqrt(2f / Grid);
        for (var frequency = 0; frequency < Frequencies; frequency++)
        {
            for (var at = 0; at < Grid; at++)
                matrix[frequency * Grid + at] = (float)(scale * Math.Cos(Math.PI / 2 / Grid * (frequency + 1) * (2 * at + 1)));
        }
        return matrix;
    }

    private static float[] Transpose(float[] matrix, int rows, int columns)
    {
        var transposed = new float[matrix.Length];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
                transposed[column * rows + row] = matrix[row * columns + column];
        }
        return transposed;
    }
}
