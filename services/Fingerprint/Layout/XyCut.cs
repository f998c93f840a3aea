using System.Numerics;
using System.Runtime.Intrinsics;

namespace ImageRights.Fingerprint.Layout;

/// <summary>A rectangle in pixels.</summary>
public readonly record struct PixelRectangle(int Left, int Top, int Width, int Height)
{
    public int Right => Left + Width;

    public int Bottom => Top + Height;
}

/// <summary>A rectangle that may be a picture of its own.</summary>
/// <param name="IsTrimmed">Whether it is the whole picture without its border.</param>
public readonly record struct Proposal(PixelRectangle Rectangle, bool IsTrimmed);

/// <summary>
/// Takes a picture apart as it was put together: borders and letterboxes come off, and what is left is split at bands of one colour and at straight seams, again and
/// again (recursive XY-cut: Nagy and Seth, 1984). Finds the photograph in a frame, a collage or a screenshot from statistics of rows and columns alone.
/// </summary>
public static class XyCut
{
    private const int MostRectangles = 24;
    private const int MostDepth = 3;

    // Chosen on collages, borders and screenshots of photographs; the outliers leave room for JPEG's ringing beside an edge.
    private const int UniformRange = 14;
    private const double Outliers = 0.03;
    private const int SeamStep = 12;
    private const double SeamShare = 0.6;
    private const double SeamAboveMedian = 0.35;
    private const double SmallestPart = 0.12;

    /// <summary>Rectangles other than the whole picture, larger before smaller ones that they hold.</summary>
    public static IReadOnlyList<Proposal> Propose(GreyPicture picture)
    {
        var cut = new Cutter(picture);
        cut.Visit(new PixelRectangle(0, 0, picture.Width, picture.Height), 0);
        return cut.Found;
    }

    private sealed class Cutter(GreyPicture picture)
    {
        private readonly GreyPicture turned = picture.Transposed();
        private readonly int leastWidth = Math.Max(8, (int)(picture.Width * SmallestPart));
        private readonly int leastHeight = Math.Max(8, (int)(picture.Height * SmallestPart));

        public List<Proposal> Found { get; } = [];

        public void Visit(PixelRectangle rectangle, int depth)
        {
            if (Found.Count >= MostRectangles || IsSmall(rectangle)) return;
            rectangle = Trim(rectangle, out var rowUniform, out var columnUniform);
            if (IsSmall(rectangle)) return;
            var isWhole = rectangle.Width == picture.Width && rectangle.Height == picture.Height;
            if (!isWhole) Found.Add(new Proposal(rectangle, depth == 0));
            if (depth == MostDepth) return;
            foreach (var part in Parts(rectangle, rowUniform, columnUniform)) Visit(part, depth + 1);
        }

        private bool IsSmall(PixelRectangle rectangle) => rectangle.Width < leastWidth || rectangle.Height < leastHeight;

        private PixelRectangle Trim(PixelRectangle rectangle, out bool[] rowUniform, out bool[] columnUniform)
        {
            while (true)
            {
                rowUniform = Uniform(picture, rectangle.Left, rectangle.Width, rectangle.Top, rectangle.Height);
                columnUniform = Uniform(turned, rectangle.Top, rectangle.Height, rectangle.Left, rectangle.Width);
                var (top, bottom) = Inside(rowUniform);
                var (left, right) = Inside(columnUniform);
                if (top >= bottom || left >= right) return default;
                if (top == 0 && left == 0 && bottom == rectangle.Height && right == rectangle.Width) return rectangle;
                rectangle = new PixelRectangle(rectangle.Left + left, rectangle.Top + top, right - left, bottom - top);
                if (IsSmall(rectangle)) return rectangle;
            }

            static (int From, int To) Inside(bool[] uniform)
            {
                var (from, to) = (0, uniform.Length);
                while (from < to && uniform[from]) from++;
                while (to > from && uniform[to - 1]) to--;
                return (from, to);
            }
        }

        private IEnumerable<PixelRectangle> Parts(PixelRectangle rectangle, bool[] rowUniform, bool[] columnUniform)
        {
            var rows = Runs(rowUniform);
            if (rows.Count > 1) return rows.Select(run => rectangle with { Top = rectangle.Top + run.From, Height = run.To - run.From });
            var columns = Runs(columnUniform);
            if (columns.Count > 1) return columns.Select(run => rectangle with { Left = rectangle.Left + run.From, Width = run.To - run.From });
            var (row, rowShare) = Seam(picture, rectangle.Left, rectangle.Width, rectangle.Top, rectangle.Height, leastHeight);
            var (column, columnShare) = Seam(turned, rectangle.Top, rectangle.Height, rectangle.Left, rectangle.Width, leastWidth);
            if (row == 0 && column == 0) return [];
            return rowShare >= columnShare
                ? [rectangle with { Height = row }, rectangle with { Top = rectangle.Top + row, Height = rectangle.Height - row }]
                : [rectangle with { Width = column }, rectangle with { Left = rectangle.Left + column, Width = rectangle.Width - column }];
        }

        private static List<(int From, int To)> Runs(bool[] uniform)
        {
            var runs = new List<(int From, int To)>();
            for (var at = 0; at < uniform.Length; at++)
            {
                if (uniform[at]) continue;
                var from = at;
                while (at < uniform.Length && !uniform[at]) at++;
                runs.Add((from, at));
            }
            return runs;
        }

        // Whether each row of the rectangle is of one colour, but for a few outliers.
        private static bool[] Uniform(GreyPicture grey, int left, int width, int top, int height)
        {
            Span<int> histogram = stackalloc int[256];
            var allowed = (int)(width * Outliers);
            var uniform = new bool[height];
            for (var y = 0; y < height; y++)
            {
                var line = grey.Levels.AsSpan((top + y) * grey.Width + left, width);
                // Most rows differ in a few samples already.
                var (low, high, wide) = ((int)line[0], (int)line[0], 0);
                for (var x = 0; x < width && wide <= 2 * allowed; x += 3)
                {
                    low = Math.Min(low, line[x]);
                    high = Math.Max(high, line[x]);
                    if (high - low > 4 * UniformRange) wide++;
                }
                if (wide > 2 * allowed) continue;
                histogram.Clear();
                foreach (var level in line) histogram[level]++;
                var (first, last) = (0, 255);
                for (var below = histogram[0]; below <= allowed; below += histogram[first]) first++;
                for (var above = histogram[255]; above <= allowed; above += histogram[last]) last--;
                uniform[y] = last - first <= UniformRange;
            }
            return uniform;
        }

        // The row above which the picture changes along most of the rectangle's width.
        private static (int At, double Share) Seam(GreyPicture grey, int left, int width, int top, int height, int least)
        {
            if (height < 2 * least) return (0, 0);
            var shares = new double[height - 1];
            for (var y = 1; y < height; y++)
            {
                var above = grey.Levels.AsSpan((top + y - 1) * grey.Width + left, width);
                var below = grey.Levels.AsSpan((top + y) * grey.Width + left, width);
                var (steps, x) = (0, 0);
                for (; x <= width - Vector256<byte>.Count; x += Vector256<byte>.Count)
                {
                    var (one, other) = (Vector256.Create<byte>(above[x..]), Vector256.Create<byte>(below[x..]));
                    var step = Vector256.Max(one, other) - Vector256.Min(one, other);
                    steps += BitOperations.PopCount(Vector256.GreaterThan(step, Vector256.Create((byte)SeamStep)).ExtractMostSignificantBits());
                }
                for (; x < width; x++)
                {
                    if (Math.Abs(above[x] - below[x]) > SeamStep) steps++;
                }
                shares[y - 1] = (double)steps / width;
            }
            var (best, at) = (0.0, 0);
            for (var y = least; y <= height - least; y++)
            {
                if (shares[y - 1] > best) (best, at) = (shares[y - 1], y);
            }
            Array.Sort(shares);
            return best > SeamShare && best > shares[shares.Length / 2] + SeamAboveMedian ? (at, best) : (0, 0);
        }
    }
}
