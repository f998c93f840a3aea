using ImageRights.Fingerprint.Layout;

namespace ImageRights.Fingerprint.Hashing;

/// <summary>A window of a resampling filter, in pixels of the smaller of the two pictures.</summary>
/// <param name="Support">Beyond this distance from the middle it is zero.</param>
/// <param name="Weight">Its value at a distance from the middle.</param>
internal sealed record ResamplingFilter(double Support, Func<double, double> Weight)
{
    /// <summary>Cubic convolution with a = -1/2 (Keys, 1981).</summary>
    public static readonly ResamplingFilter Bicubic = new(2, at => Math.Abs(at) switch
    {
        < 1 and var x => (1.5 * x - 2.5) * x * x + 1,
        < 2 and var x => ((-0.5 * x + 2.5) * x - 4) * x + 2,
        _ => 0,
    });

    /// <summary>Sinc windowed by the first three lobes of a wider one (Lanczos; Duchon, 1979).</summary>
    public static readonly ResamplingFilter Lanczos = new(3, at => Math.Abs(at) < 3 ? Sinc(at) * Sinc(at / 3) : 0);

    private static double Sinc(double x) => x == 0 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);
}

/// <summary>
/// Resizes grey levels as Pillow does: with a window that widens with the reduction so that every pixel counts, along the rows and then down the columns, in whole levels between.
/// Hashes that other systems compute with Pillow come out alike only if the small picture does.
/// </summary>
internal static class Resampler
{
    /// <summary>The picture in exactly that size; the sides need not keep their proportion.</summary>
    public static byte[] Resize(GreyPicture picture, int width, int height, ResamplingFilter filter) =>
        ResizeRows(ResizeRows(picture.Transposed(), width, filter).Transposed(), height, filter).Levels;

    private static GreyPicture ResizeRows(GreyPicture picture, int height, ResamplingFilter filter)
    {
        var levels = new byte[picture.Width * height];
        var sums = new float[picture.Width];
        for (var y = 0; y < height; y++)
        {
            var (first, weights) = Window(y, picture.Height, height, filter);
            Array.Fill(sums, 0.5f);
            for (var row = 0; row < weights.Length; row++) GreyPicture.Add(picture.Levels.AsSpan((first + row) * picture.Width, picture.Width), weights[row], sums);
            for (var x = 0; x < sums.Length; x++) levels[y * sums.Length + x] = (byte)Math.Clamp(sums[x], 0, 255);
        }
        return new GreyPicture(picture.Width, height, levels);
    }

    // Which rows make up a new one, and by how much.
    private static (int First, float[] Weights) Window(int at, int from, int to, ResamplingFilter filter)
    {
        var step = (double)from / to;
        var width = Math.Max(step, 1);
        var centre = (at + 0.5) * step;
        var first = Math.Max((int)(centre - filter.Support * width + 0.5), 0);
        var end = Math.Min((int)(centre + filter.Support * width + 0.5), from);
        var weights = new double[end - first];
        for (var row = 0; row < weights.Length; row++) weights[row] = filter.Weight((first + row - centre + 0.5) / width);
        var sum = weights.Sum();
        return (first, Array.ConvertAll(weights, weight => (float)(weight / sum)));
    }
}
