using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ImageRights.Matching.Index;

/// <summary>Compares two pictures block by block after one was laid over the other.</summary>
/// <remarks>Each number is added up in one order, side by side with its neighbours and never across them: so all processors come to the same bits.</remarks>
internal static class BlockComparison
{
    private const int Side = 10;
    private const int Pixels = Side * Side;
    private const int LeastContrast = 6;
    private const double LeastCorrelation = 0.6;

    /// <param name="transform">From the picture to the reference, in the pixels of their features.</param>
    /// <param name="inverted">Whether the negative of the picture is compared.</param>
    /// <returns>Blocks of the reference's thumbnail with enough contrast that lie within the picture, and those that correlate.</returns>
    public static (int Compared, int Alike) Run(LocalFeatures picture, LocalFeatures reference, in Affine transform, bool inverted)
    {
        var (width, height, levels) = (reference.ThumbnailWidth, reference.ThumbnailHeight, reference.Levels);
        // Pixel centres of the reference's thumbnail to those of the picture's.
        var toFeatures = new Affine((double)reference.Width / width, 0, 0, 0, (double)reference.Height / height, 0);
        var toThumbnail = new Affine((double)picture.ThumbnailWidth / picture.Width, 0, 0, 0, (double)picture.ThumbnailHeight / picture.Height, 0);
        var laid = new Overlay(picture, toFeatures.Then(transform.Inverse()).Then(toThumbnail), width, height);
        var (compared, alike) = (0, 0);
        Span<double> block = stackalloc double[Pixels];
        for (var top = 0; top + Side <= height; top += Side)
        {
            for (var left = 0; left + Side <= width; left += Side)
            {
                if (!HasContrast(levels, width, left, top, block)) continue;
                if (laid.Correlation(block, left, top, inverted) is not { } correlation) continue;
                compared++;
                if (correlation > LeastCorrelation) alike++;
            }
        }
        laid.Return();
        return (compared, alike);
    }

    // The block less its mean. Sums of grey levels are whole numbers, so that the order does not matter here.
    private static bool HasContrast(byte[] levels, int width, int left, int top, Span<double> block)
    {
        var (sum, squares) = (0, 0);
        for (var y = 0; y < Side; y++)
        {
            foreach (var level in levels.AsSpan((top + y) * width + left, Side))
            {
                sum += level;
                squares += level * level;
            }
        }
        if (Pixels * squares - sum * sum < Pixels * Pixels * LeastContrast * LeastContrast) return false;
        var mean = (double)sum / Pixels;
        for (var i = 0; i < block.Length; i++) block[i] = levels[(top + i / Side) * width + left + i % Side] - mean;
        return true;
    }

    // The picture as it lies over the reference's thumbnail and a pixel around it, for the transform is a pixel off here and there when the edit was a perspective.
    private ref struct Overlay(LocalFeatures picture, Affine map, int width, int height)
    {
        private const int Shifts = 3;
        private readonly int stride = width + 1 + Vector256<double>.Count / 2;
        private readonly double[] samples = ArrayPool<double>.Shared.Rent((height + 2) * (width + 1 + Vector256<double>.Count / 2));
        private int rows;

        public void Return() => ArrayPool<double>.Shared.Return(samples);

        // The best of nine shifts; null when the block lies outside with all of them.
        public double? Correlation(scoped ReadOnlySpan<double> block, int left, int top, bool inverted)
        {
            for (; rows < top + Side + 2; rows++) Sample(rows);
            double contrast = 0;
            foreach (var value in block) contrast += value * value;
            contrast /= Pixels;
            double? best = null;
            ref var first = ref MemoryMarshal.GetArrayDataReference(samples);
            for (var down = 0; down < Shifts; down++)
            {
                // A lane for each shift to the side; the last is not used.
                var sum = Vector256<double>.Zero;
                for (var y = 0; y < Side; y++)
                {
                    var at = (nuint)((top + down + y) * stride + left);
                    for (nuint x = 0; x < Side; x++) sum += Vector256.LoadUnsafe(ref first, at + x);
                }
                var mean = sum / Vector256.Create((double)Pixels);
                var (squares, product) = (Vector256<double>.Zero, Vector256<double>.Zero);
                for (var y = 0; y < Side; y++)
                {
                    var at = (nuint)((top + down + y) * stride + left);
                    for (var x = 0; x < Side; x++)
                    {
                        var value = Vector256.LoadUnsafe(ref first, at + (nuint)x) - mean;
                        squares += value * value;
                        product += Vector256.Create(block[y * Side + x]) * value;
                    }
                }
                for (var shift = 0; shift < Shifts; shift++)
                {
                    // A sample outside the picture is no number, and neither is a sum over it.
                    if (double.IsNaN(product[shift])) continue;
                    var correlation = (inverted ? -product[shift] : product[shift]) / Pixels / Math.Sqrt(contrast * Math.Max(squares[shift] / Pixels, 1));
                    best = Math.Max(best ?? correlation, correlation);
                }
            }
            return best;
        }

        private readonly void Sample(int row)
        {
            var line = samples.AsSpan(row * stride, stride);
            var (levels, across, down) = (picture.Levels, picture.ThumbnailWidth, picture.ThumbnailHeight);
            line.Fill(double.NaN);
            if (across < 2 || down < 2) return;
            for (var column = 0; column < width + 2; column++)
            {
                var (x, y) = map.Apply(column - 1 + 0.5, row - 1 + 0.5);
                if (!(x >= 0 && y >= 0 && x <= across && y <= down)) continue;
                var (u, v) = (Math.Clamp(x - 0.5, 0, across - 1.001), Math.Clamp(y - 0.5, 0, down - 1.001));
                var at = (int)v * across + (int)u;
                var (fx, fy) = (u - (int)u, v - (int)v);
                line[column] = (levels[at] * (1 - fx) + levels[at + 1] * fx) * (1 - fy) + (levels[at + across] * (1 - fx) + levels[at + across + 1] * fx) * fy;
            }
        }
    }
}
