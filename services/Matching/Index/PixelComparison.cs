using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ImageRights.Matching.Index;

/// <summary>A block of the reference's thumbnail under the picture that was laid on it.</summary>
/// <param name="Column">Blocks from the left.</param>
/// <param name="Row">Blocks from the top.</param>
/// <param name="Correlation">Of its grey levels, -1 to 1, where it is found best.</param>
/// <param name="CorrelationHere">The same where the transform puts it; at most <paramref name="Correlation"/>.</param>
internal readonly record struct Block(int Column, int Row, double Correlation, double CorrelationHere)
{
    /// <summary>How much better it correlates when it is moved.</summary>
    public double ShiftGain => Correlation - CorrelationHere;
}

/// <summary>What the pixels of two aligned pictures say.</summary>
/// <param name="Transform">From the picture to the reference in the pixels of their features, as their pixels corrected it.</param>
/// <param name="Blocks">Blocks that have enough contrast in the reference and lie in the picture.</param>
/// <param name="Looseness">By how many pixels of the thumbnail the alike blocks lie beside where a perspective puts them, root of mean square.</param>
internal sealed record PixelReport(Affine Transform, IReadOnlyList<Block> Blocks, double Looseness);

/// <summary>Compares two pictures block by block where a transform lays the one on the other.</summary>
/// <remarks>Few features fix a transform only roughly, so the blocks themselves correct it: each is looked for around its place, and the places where it is found give a better
/// transform. A copy then lies on its original to a fraction of a pixel; two photographs of one scene do not, for the camera moved.</remarks>
internal sealed class PixelComparison
{
    /// <summary>Correlation above which two blocks are alike.</summary>
    public const double LeastCorrelation = 0.6;

    /// <summary>Pixels of the thumbnail along a block's side.</summary>
    public const int Side = 12;

    // A row of a block, filled up to a vector.
    private const int Stride = 16;
    private static readonly Vector512<float> WithinSide = Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(Side)).AsSingle();

    private const double LeastContrast = 6;
    private const int MostShift = 3;
    private const double LeastWindow = 1.2;
    private const double MostWindow = 16;

    // As a copy lies.
    private const double Close = 0.5;

    // Fewer blocks lie close together by chance.
    private const int LeastTogether = 12;

    // A picture that lies more loosely than this may be bent, and it is when then it lies close.
    private const double LeastBent = 0.6;
    private const int BendRounds = 3;

    private readonly int width, height, columns, rows;
    private readonly float[] reference;
    private readonly float[] picture;
    private readonly int pictureWidth, pictureHeight;
    private readonly float[] warped;
    private readonly float[] centred;
    private readonly float[] contrast;
    private readonly float sign;

    private PixelComparison(LocalFeatures picture, LocalFeatures reference, double scale, bool inverted)
    {
        (width, height, pictureWidth, pictureHeight) = (reference.ThumbnailWidth, reference.ThumbnailHeight, picture.ThumbnailWidth, picture.ThumbnailHeight);
        (columns, rows) = (width / Side, height / Side);
        // What shows more detail than the other is softened to what the other can show.
        this.reference = Soften(reference.Levels, width, height, 1 / scale);
        this.picture = Soften(picture.Levels, pictureWidth, pictureHeight, scale);
        warped = new float[width * height + Stride];
        centred = new float[columns * rows * Side * Stride];
        contrast = new float[columns * rows];
        sign = inverted ? -1 : 1;
        for (var block = 0; block < contrast.Length; block++) contrast[block] = Centre(block);
    }

    /// <param name="transform">From the picture to the reference, in the pixels of their features.</param>
    /// <param name="inverted">Whether the picture is a negative.</param>
    public static PixelReport Compare(LocalFeatures picture, LocalFeatures reference, in Affine transform, bool inverted = false)
    {
        var toFeatures = Scaling((double)reference.Width / reference.ThumbnailWidth, (double)reference.Height / reference.ThumbnailHeight);
        var toThumbnail = Scaling((double)picture.ThumbnailWidth / picture.Width, (double)picture.ThumbnailHeight / picture.Height);
        var map = toFeatures.Then(transform.Inverse()).Then(toThumbnail);
        var comparison = new PixelComparison(picture, reference, Math.Sqrt(Math.Abs(map.Determinant)), inverted);
        var warp = Warp.Of(map, comparison.width / 2.0, comparison.height / 2.0);
        comparison.Lay(warp);
        for (var reach = MostShift; reach > 1; reach--)
        {
            if (warp.Corrected(DisplacementsOf(comparison.Find(reach))) is not { } better) break;
            warp = better;
            comparison.Lay(warp);
        }
        var found = comparison.Find(1);
        var looseness = LoosenessOf(DisplacementsOf(found));
        if (looseness > Close)
        {
            var together = comparison.FindTogether(found);
            var steadied = together.Count < LeastTogether ? looseness : Math.Clamp(LoosenessOf(together), Close, looseness);
            if (looseness > LeastBent && comparison.Bent(warp) is { } bent && bent.Looseness < Close) (found, looseness) = bent;
            else looseness = steadied;
        }
        var corrected = toFeatures.Inverse().Then(warp.AsAffine()).Then(toThumbnail.Inverse()).Inverse();
        return new PixelReport(corrected, found.ConvertAll(place => place.Block), looseness);
    }

    // Where blocks are found when the picture is also bent; null when too few are alike for that.
    private (List<(Block Block, Warp.Displacement Displacement)> Places, double Looseness)? Bent(in Warp warp)
    {
        var bend = Bend.None(width / 2.0, height / 2.0);
        for (var round = 0; round < BendRounds; round++)
        {
            if (bend.Corrected(DisplacementsOf(Find(MostShift))) is not { } better) return null;
            bend = better;
            Lay(warp, bend);
        }
        var found = Find(1);
        var alike = DisplacementsOf(found);
        // What is fitted to few places comes near them by itself.
        return alike.Count < Bend.LeastPoints ? null : (found, LoosenessOf(alike) * Math.Sqrt(alike.Count / (double)(alike.Count - Bend.Terms)));
    }

    private static Affine Scaling(double x, double y) => new(x, 0, 0, 0, y, 0);

    private static List<Warp.Displacement> DisplacementsOf(List<(Block Block, Warp.Displacement Displacement)> places) =>
        [.. places.Where(place => place.Block.Correlation > LeastCorrelation).Select(place => place.Displacement)];

    private static double LoosenessOf(List<Warp.Displacement> places) =>
        places.Count == 0 ? 1 : Math.Sqrt(places.Average(place => place.ShiftX * place.ShiftX + place.ShiftY * place.ShiftY));

    // Where blocks are found best within a reach of where the picture was laid.
    private List<(Block Block, Warp.Displacement Displacement)> Find(int reach)
    {
        if (pictureWidth < 2 || pictureHeight < 2) return [];
        var places = new List<(Block, Warp.Displacement)>();
        Span<float> scores = stackalloc float[ShiftsOf(reach)];
        for (var block = 0; block < contrast.Length; block++)
        {
            if (contrast[block] < LeastContrast * LeastContrast) continue;
            Correlate(block, reach, scores);
            if (BestOf(scores) is not { } best) continue;
            var here = scores[scores.Length / 2];
            places.Add((new Block(block % columns, block / columns, scores[best], float.IsNaN(here) ? -1 : here), DisplacementOf(block, reach, scores, best)));
        }
        return places;
    }

    // Where alike blocks are found together with the alike ones around them: what lies on a picture, a watermark or grain, moves them one by one, and a camera that moved moves neighbours alike.
    private List<Warp.Displacement> FindTogether(List<(Block Block, Warp.Displacement Displacement)> places)
    {
        const int reach = 1;
        var scores = new Dictionary<(int Column, int Row), float[]>();
        foreach (var (block, _) in places)
        {
            if (block.Correlation <= LeastCorrelation) continue;
            var own = new float[ShiftsOf(reach)];
            Correlate(block.Row * columns + block.Column, reach, own);
            scores.Add((block.Column, block.Row), own);
        }
        var found = new List<Warp.Displacement>(scores.Count);
        Span<float> together = stackalloc float[ShiftsOf(reach)];
        foreach (var ((column, row), own) in scores)
        {
            own.CopyTo(together);
            for (var place = 0; place < 9; place++)
            {
                // Where a block is not covered everywhere, nothing is known of some of its shifts.
                if (place == 4 || !scores.TryGetValue((column + place % 3 - 1, row + place / 3 - 1), out var beside) || beside.Contains(float.NaN)) continue;
                for (var shift = 0; shift < together.Length; shift++) together[shift] += beside[shift];
            }
            if (BestOf(together) is { } best) found.Add(DisplacementOf(row * columns + column, reach, together, best));
        }
        return found;
    }

    private static int ShiftsOf(int reach) => (2 * reach + 1) * (2 * reach + 1);

    // How a block correlates when it is moved, row by row of the places within a reach.
    private void Correlate(int block, int reach, Span<float> scores)
    {
        var (span, left, top) = (2 * reach + 1, block % columns * Side - reach, block / columns * Side - reach);
        for (var shift = 0; shift < scores.Length; shift++) scores[shift] = Correlation(block, left + shift % span, top + shift / span);
    }

    // The first of the highest; null when the picture covers none.
    private static int? BestOf(ReadOnlySpan<float> scores)
    {
        int? best = null;
        for (var shift = 0; shift < scores.Length; shift++)
        {
            if (!float.IsNaN(scores[shift]) && !(best is { } other && scores[shift] <= scores[other])) best = shift;
        }
        return best;
    }

    private Warp.Displacement DisplacementOf(int block, int reach, ReadOnlySpan<float> scores, int best)
    {
        var span = 2 * reach + 1;
        var (x, y) = (best % span, best / span);
        return new Warp.Displacement(
            block % columns * Side + Side / 2.0, block / columns * Side + Side / 2.0,
            x - reach + (x > 0 && x < span - 1 ? Vertex(scores[best - 1], scores[best], scores[best + 1]) : 0),
            y - reach + (y > 0 && y < span - 1 ? Vertex(scores[best - span], scores[best], scores[best + span]) : 0));
    }

    // The top of the parabola through three neighbours.
    private static double Vertex(float before, float at, float after)
    {
        var curve = before - 2 * at + after;
        return float.IsNaN(curve) || curve > -1e-6f ? 0 : Math.Clamp(0.5 * (before - after) / curve, -0.5, 0.5);
    }

    // Eight pixels at once; what a row's last eight write beyond its end, the next row overwrites.
    private void Lay(in Warp warp, Bend? bend = null)
    {
        if (pictureWidth < 2 || pictureHeight < 2) return;
        var (most, least) = (Vector512.Create(pictureWidth - 1.001), Vector512<double>.Zero);
        var mostDown = Vector512.Create(pictureHeight - 1.001);
        var steps = Vector512.Create(0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x += Vector512<double>.Count)
            {
                var (across, down) = (Vector512.Create((double)x) + steps, Vector512.Create(y + 0.5));
                var (u, v) = bend?.Apply(across, y + 0.5) is { } place ? warp.Apply(place.X, place.Y) : warp.Apply(across, down);
                var inside = Vector512.GreaterThanOrEqual(u, least) & Vector512.GreaterThanOrEqual(v, least)
                    & Vector512.LessThanOrEqual(u, Vector512.Create((double)pictureWidth)) & Vector512.LessThanOrEqual(v, Vector512.Create((double)pictureHeight));
                var half = Vector512.Create(0.5);
                var left = Narrow(Vector512.Min(Vector512.Max((u & inside) - half, least), most));
                var top = Narrow(Vector512.Min(Vector512.Max((v & inside) - half, least), mostDown));
                var (column, row) = (Vector256.ConvertToInt32(left), Vector256.ConvertToInt32(top));
                var (fx, fy) = (left - Vector256.ConvertToSingle(column), top - Vector256.ConvertToSingle(row));
                var at = row * pictureWidth + column;
                var (gx, gy) = (Vector256<float>.One - fx, Vector256<float>.One - fy);
                var level = (LevelsAt(at, 0) * gx + LevelsAt(at, 1) * fx) * gy + (LevelsAt(at, pictureWidth) * gx + LevelsAt(at, pictureWidth + 1) * fx) * fy;
                Vector256.ConditionalSelect(Narrow(inside), level, Vector256.Create(float.NaN)).CopyTo(warped, y * width + x);
            }
        }

        static Vector256<float> Narrow(Vector512<double> numbers) => Vector256.Narrow(numbers.GetLower(), numbers.GetUpper());
    }

    private unsafe Vector256<float> LevelsAt(Vector256<int> places, int beside)
    {
        ref var first = ref picture[beside];
        if (Avx2.IsSupported)
        {
            fixed (float* levels = &first) return Avx2.GatherVector256(levels, places, sizeof(float));
        }
        Span<float> levels8 = stackalloc float[Vector256<float>.Count];
        for (var lane = 0; lane < levels8.Length; lane++) levels8[lane] = picture[places[lane] + beside];
        return Vector256.Create(levels8);
    }

    // NaN where the picture does not cover the block.
    private float Correlation(int block, int left, int top)
    {
        if (left < 0 || top < 0 || left + Side > width || top + Side > height) return float.NaN;
        var (sums, squareSums, productSums) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        for (var row = 0; row < Side; row++)
        {
            var levels = Vector512.Create(warped.AsSpan((top + row) * width + left)) & WithinSide;
            sums += levels;
            squareSums += levels * levels;
            productSums += levels * Vector512.Create(centred.AsSpan((block * Side + row) * Stride));
        }
        var (sum, squares, product) = (Sum(sums), Sum(squareSums), Sum(productSums));
        const float pixels = Side * Side;
        var variance = squares / pixels - sum / pixels * (sum / pixels);
        return sign * product / pixels / MathF.Sqrt(contrast[block] * MathF.Max(variance, 1));
    }

    // Added up in an order of its own, so that every processor gives the same number.
    private static float Sum(Vector512<float> numbers)
    {
        var sums = numbers.GetLower().GetLower() + numbers.GetLower().GetUpper() + numbers.GetUpper().GetLower();
        return sums[0] + sums[1] + (sums[2] + sums[3]);
    }

    // Takes the mean off a block and returns its variance.
    private float Centre(int block)
    {
        var (left, top) = (block % columns * Side, block / columns * Side);
        var sum = 0f;
        for (var i = 0; i < Side * Side; i++) sum += reference[(top + i / Side) * width + left + i % Side];
        var (mean, squares) = (sum / (Side * Side), 0f);
        for (var i = 0; i < Side * Side; i++)
        {
            var level = reference[(top + i / Side) * width + left + i % Side] - mean;
            centred[(block * Side + i / Side) * Stride + i % Side] = level;
            squares += level * level;
        }
        return squares / (Side * Side);
    }

    private static float[] Soften(byte[] levels, int width, int height, double window)
    {
        var result = Array.ConvertAll(levels, level => (float)level);
        if (!(window > LeastWindow)) return result;
        var kernel = Kernel(Math.Min(window, MostWindow));
        var reach = kernel.Length / 2;
        var (along, across) = (new float[result.Length], new float[result.Length]);
        var line = new float[width + 2 * reach];
        for (var y = 0; y < height; y++)
        {
            var row = result.AsSpan(y * width, width);
            row.CopyTo(line.AsSpan(reach));
            line.AsSpan(0, reach).Fill(row[0]);
            line.AsSpan(reach + width).Fill(row[^1]);
            for (var k = 0; k < kernel.Length; k++) Add(line.AsSpan(k, width), kernel[k], along.AsSpan(y * width, width));
        }
        for (var y = 0; y < height; y++)
        {
            for (var k = 0; k < kernel.Length; k++) Add(along.AsSpan(Math.Clamp(y + k - reach, 0, height - 1) * width, width), kernel[k], across.AsSpan(y * width, width));
        }
        return across;
    }

    private static void Add(ReadOnlySpan<float> line, float weight, Span<float> sums)
    {
        var at = 0;
        for (; at <= line.Length - Vector256<float>.Count; at += Vector256<float>.Count) (Vector256.Create(sums[at..]) + weight * Vector256.Create(line[at..])).CopyTo(sums[at..]);
        for (; at < line.Length; at++) sums[at] += weight * line[at];
    }

    // A window of so many pixels, not necessarily a whole number.
    private static float[] Kernel(double window)
    {
        var reach = (int)Math.Ceiling((window - 1) / 2);
        var kernel = new float[2 * reach + 1];
        Array.Fill(kernel, (float)(1 / window));
        kernel[0] = kernel[^1] = (float)((window - (2 * reach - 1)) / 2 / window);
        return kernel;
    }
}
