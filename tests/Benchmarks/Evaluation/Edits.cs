using ImageRights.Fingerprint.Decoding;

namespace ImageRights.Benchmarks.Evaluation;

/// <summary>What thieves do to a picture, the same on every run.</summary>
internal static partial class Edits
{
    /// <param name="Name">Short and stable: it is the row of the report.</param>
    /// <param name="Apply">Picture, another picture to paste, random numbers of this pair.</param>
    /// <param name="Quality">Quality in which the result is saved.</param>
    /// <param name="IsWebP">Saved as WebP, else as JPEG.</param>
    /// <param name="OfReference">It is the registered picture that is edited, and the upload that is not.</param>
    public sealed record Edit(string Name, Func<Raster, Raster, Random, Raster> Apply, int Quality = 85, bool IsWebP = false, bool OfReference = false)
    {
        /// <summary>The file that the thief uploads.</summary>
        public byte[] Save(Raster picture) =>
            Vips.Encode(IsWebP ? "webpsave_buffer" : "jpegsave_buffer", picture.Rgb, picture.Width, picture.Height, Quality, out var error) ?? throw new InvalidOperationException(error);
    }

    /// <summary>Those of the protocol, and chains of them.</summary>
    public static readonly IReadOnlyList<Edit> All =
    [
        new("jpeg75", Same, 75), new("jpeg30", Same, 30), new("jpeg10", Same, 10), new("webp50", Same, 50, IsWebP: true),
        new("resize50", (p, _, _) => Scale(p, 0.5, 0.5)), new("resize25", (p, _, _) => Scale(p, 0.25, 0.25)), new("aspect1.3", (p, _, _) => Scale(p, 1, 1 / 1.3)),
        new("crop90 centre", CentreCrop(0.9)), new("crop75 centre", CentreCrop(0.75)), new("crop50 centre", CentreCrop(0.5)), new("crop25 centre", CentreCrop(0.25)),
        new("crop90", RandomCrop(0.9)), new("crop75", RandomCrop(0.75)), new("crop50", RandomCrop(0.5)), new("crop25", RandomCrop(0.25)),
        new("mirrored", (p, _, _) => Mirror(p)), new("upside down", (p, _, _) => p.Map(p.Width, p.Height, (x, y) => (x, p.Height - y))),
        new("turned 90", (p, _, _) => p.Map(p.Height, p.Width, (x, y) => (y, p.Height - x))), new("turned 180", (p, _, _) => p.Map(p.Width, p.Height, (x, y) => (p.Width - x, p.Height - y))),
        new("rotate2 cropped", (p, _, _) => Rotate(p, 2, 0.93)), new("rotate5 cropped", (p, _, _) => Rotate(p, 5, 0.84)),
        new("rotate15", (p, _, _) => Rotate(p, 15, 1)), new("rotate45", (p, _, _) => Rotate(p, 45, 1)),
        new("perspective8", (p, _, r) => Perspective(p, 0.08, r)),
        new("text3", (p, _, r) => Text(p, 3, r)), new("watermark35", (p, _, r) => Tile(p, 0.35, r)), new("watermark60", (p, _, r) => Tile(p, 0.6, r)),
        new("watermark removed", (p, _, r) => Tile(p, 0.6, r), OfReference: true),
        new("logo5 corner", (p, q, _) => Logo(p, q, 0.05, false)), new("logo10 centre", (p, q, _) => Logo(p, q, 0.1, true)), new("logo25 centre", (p, q, _) => Logo(p, q, 0.25, true)),
        new("border5", (p, _, r) => Border(p, 0.05, r)), new("border10", (p, _, r) => Border(p, 0.1, r)), new("border25", (p, _, r) => Border(p, 0.25, r)),
        new("square", (p, _, _) => Square(p)),
        new("collage2", (p, q, _) => Collage(p, [q])), new("collage4", (p, q, _) => Collage(p, [q, Mirror(q), Scale(q, 1, 0.9)])),
        new("inset40", (p, q, r) => Inset(p, q, 0.4, r)), new("inset15", (p, q, r) => Inset(p, q, 0.15, r)),
        new("background white", (p, _, _) => Background(p, new Raster(p.Width, p.Height))), new("background photo", (p, q, _) => Background(p, q.Resize(p.Width, p.Height))),
        new("screenshot", (p, _, r) => Screenshot(p, r)),
        new("grey", (p, _, _) => p.Recolour((r, g, b) => Grey(0.299 * r + 0.587 * g + 0.114 * b))), new("hue30", (p, _, _) => p.Recolour((r, g, b) => Hue(r, g, b, 30))),
        new("saturation2", (p, _, _) => p.Recolour((r, g, b) => (r + (r - Luma(r, g, b)), g + (g - Luma(r, g, b)), b + (b - Luma(r, g, b))))),
        new("brighter50", (p, _, _) => p.Recolour((r, g, b) => (r + 50, g + 50, b + 50))),
        new("contrast1.6", (p, _, _) => p.Recolour((r, g, b) => (128 + 1.6 * (r - 128), 128 + 1.6 * (g - 128), 128 + 1.6 * (b - 128)))),
        new("gamma0.5", (p, _, _) => p.Recolour((r, g, b) => (255 * Math.Sqrt(r / 255), 255 * Math.Sqrt(g / 255), 255 * Math.Sqrt(b / 255)))),
        new("inverted", (p, _, _) => p.Recolour((r, g, b) => (255 - r, 255 - g, 255 - b))),
        new("blur2", (p, _, _) => Blur(p, 2)), new("noise15", (p, _, r) => p.Recolour((a, b, c) => (a + Noise(r, 15), b + Noise(r, 15), c + Noise(r, 15)))), new("sharpen", (p, _, _) => Sharpen(p)),
        new("combo1 crop75 mirrored text", (p, _, r) => Text(Mirror(RandomCrop(0.75)(p, p, r)), 2, r), 50),
        new("combo2 rotate5 contrast", (p, _, _) => Rotate(p, 5, 0.84).Recolour((r, g, b) => (128 + 1.4 * (r - 128), 128 + 1.4 * (g - 128), 128 + 1.4 * (b - 128)))),
        new("combo3 crop60 small watermark border", (p, _, r) => Border(Tile(Scale(RandomCrop(0.6)(p, p, r), 0.8, 0.8), 0.35, r), 0.08, r), 60),
        new("chain1 screenshot crop75", (p, _, r) => RandomCrop(0.75)(Saved(Screenshot(p, r), 70), p, r), 50),
        new("chain2 border mirrored resize50", (p, _, r) => Scale(Saved(Mirror(Border(p, 0.1, r)), 60), 0.5, 0.5), 50),
        new("chain3 text crop75 rotate5", (p, _, r) => Rotate(Saved(RandomCrop(0.75)(Text(p, 2, r), p, r), 60), 5, 1), 50),
    ];

    /// <summary>The edits of the protocol, the others, or all.</summary>
    /// <exception cref="ArgumentException">There is no such set.</exception>
    public static IEnumerable<Edit> Set(string name) => name switch
    {
        "protocol" => All,
        "others" => Others,
        "all" => All.Concat(Others),
        _ => throw new ArgumentException($"There is no set of edits {name}: protocol, others or all."),
    };

    /// <summary>The same scene photographed again, which is no copy. Made, for want of bursts: real ones differ in more.</summary>
    public static readonly Edit Retaken = new("retaken (no copy)", (p, _, r) => Retake(p, r));

    // The camera moved, so that what is near moved against what is far, and light and noise are others.
    private static Raster Retake(Raster p, Random random)
    {
        var waves = Enumerable.Range(0, 6).Select(_ => (X: Signed(random) * 9, Y: Signed(random) * 9, Phase: random.NextDouble() * 6.3)).ToArray();
        var (shift, turn, size) = (0.006 + 0.014 * random.NextDouble(), Signed(random) * 0.03, 1 + Signed(random) * 0.05);
        var (dx, dy, gain) = (Signed(random) * 0.03, Signed(random) * 0.03, 0.85 + 0.3 * random.NextDouble());
        var (sin, cos) = Math.SinCos(turn);
        var moved = p.Map(p.Width, p.Height, (x, y) =>
        {
            var (u, v) = (x / p.Width - 0.5, y / p.Height - 0.5);
            // Nearness in steps: things have edges.
            var depth = Math.Round(waves.Sum(wave => Math.Sin(wave.X * u + wave.Y * v + wave.Phase)));
            var (s, t) = ((cos * u - sin * v) * size + dx + shift * depth, (sin * u + cos * v) * size + dy + 0.4 * shift * depth);
            return (Math.Clamp(s + 0.5, 0, 1) * p.Width, Math.Clamp(t + 0.5, 0, 1) * p.Height);
        });
        return moved.Recolour((r, g, b) => (gain * r + Noise(random, 4), gain * g + Noise(random, 4), gain * b + Noise(random, 4)));
    }

    private static double Signed(Random random) => 2 * random.NextDouble() - 1;

    private static Raster Saved(Raster p, int quality) =>
        Raster.Of(new PictureDecoder().Decode(Vips.EncodeJpeg(p.Rgb, p.Width, p.Height, quality, out var error) ?? throw new InvalidOperationException(error)).Value!);

    // What stands in the middle, cut out with a soft edge, before something else.
    private static Raster Background(Raster p, Raster behind)
    {
        var result = new byte[p.Rgb.Length];
        for (var at = 0; at < p.Width * p.Height; at++)
        {
            var (x, y) = (((at % p.Width + 0.5) / p.Width - 0.5) / 0.34, ((at / p.Width + 0.5) / p.Height - 0.5) / 0.42);
            var kept = Math.Clamp((1.05 - Math.Pow(Math.Abs(x), 2.5) - Math.Pow(Math.Abs(y), 2.5)) / 0.1, 0, 1);
            for (var c = 0; c < 3; c++) result[at * 3 + c] = Raster.Level(kept * p.Rgb[at * 3 + c] + (1 - kept) * behind.Rgb[at * 3 + c]);
        }
        return new Raster(p.Width, p.Height, result);
    }

    private static Raster Same(Raster picture, Raster other, Random random) => picture;

    private static (double, double, double) Grey(double level) => (level, level, level);

    private static double Luma(double r, double g, double b) => 0.299 * r + 0.587 * g + 0.114 * b;

    private static Raster Scale(Raster p, double x, double y) => p.Resize(Math.Max(16, (int)(p.Width * x)), Math.Max(16, (int)(p.Height * y)));

    private static Raster Mirror(Raster p) => p.Map(p.Width, p.Height, (x, y) => (p.Width - x, y));

    private static Raster Crop(Raster p, double area, double atX, double atY)
    {
        var (width, height) = ((int)(p.Width * Math.Sqrt(area)), (int)(p.Height * Math.Sqrt(area)));
        return p.Crop((int)((p.Width - width) * atX), (int)((p.Height - height) * atY), width, height);
    }

    private static Func<Raster, Raster, Random, Raster> CentreCrop(double area) => (p, _, _) => Crop(p, area, 0.5, 0.5);

    private static Func<Raster, Raster, Random, Raster> RandomCrop(double area) => (p, _, random) => Crop(p, area, random.NextDouble(), random.NextDouble());

    private static Raster Rotate(Raster p, double degrees, double keep)
    {
        var (sin, cos) = Math.SinCos(degrees * Math.PI / 180);
        var (width, height) = keep < 1
            ? ((int)(p.Width * keep), (int)(p.Height * keep))
            : ((int)(p.Width * cos + p.Height * sin), (int)(p.Width * sin + p.Height * cos));
        return p.Map(width, height, (x, y) =>
        {
            var (dx, dy) = (x - width / 2.0, y - height / 2.0);
            return (p.Width / 2.0 + dx * cos + dy * sin, p.Height / 2.0 - dx * sin + dy * cos);
        });
    }

    // Each corner shows what lies so far beside it, at most.
    private static Raster Perspective(Raster p, double most, Random random)
    {
        var corners = new[] { (X: 0.0, Y: 0.0), (X: 1.0, Y: 0.0), (X: 1.0, Y: 1.0), (X: 0.0, Y: 1.0) }
            .Select(corner => (X: corner.X + most * Signed(random), Y: corner.Y + most * Signed(random))).ToArray();
        // The square on a quadrilateral: Heckbert, "Fundamentals of Texture Mapping and Image Warping", 1989.
        var (dx1, dx2, sx) = (corners[1].X - corners[2].X, corners[3].X - corners[2].X, corners[0].X - corners[1].X + corners[2].X - corners[3].X);
        var (dy1, dy2, sy) = (corners[1].Y - corners[2].Y, corners[3].Y - corners[2].Y, corners[0].Y - corners[1].Y + corners[2].Y - corners[3].Y);
        var (g, h) = ((sx * dy2 - sy * dx2) / (dx1 * dy2 - dx2 * dy1), (dx1 * sy - dy1 * sx) / (dx1 * dy2 - dx2 * dy1));
        return p.Map(p.Width, p.Height, (x, y) =>
        {
            var (u, v) = (x / p.Width, y / p.Height);
            var depth = 1 + g * u + h * v;
            return (
                ((corners[1].X * (1 + g) - corners[0].X) * u + (corners[3].X * (1 + h) - corners[0].X) * v + corners[0].X) / depth * p.Width,
                ((corners[1].Y * (1 + g) - corners[0].Y) * u + (corners[3].Y * (1 + h) - corners[0].Y) * v + corners[0].Y) / depth * p.Height);
        });
    }

    private static Raster Text(Raster p, int lines, Random random)
    {
        var size = Math.Max(2, p.Width / 90);
        var result = p;
        for (var line = 0; line < lines; line++)
        {
            var top = (int)((line + 0.6) * p.Height / (lines + 0.5));
            result = result.Paste(new Raster(p.Width * 8 / 10, size * 9, 255), p.Width / 10, top);
            for (var letter = 0; letter < p.Width * 8 / 10 / (size * 6); letter++)
                result = Glyph(result, p.Width / 10 + letter * size * 6 + size, top + size, size, random, 1);
        }
        return result;
    }

    private static Raster Tile(Raster p, double opacity, Random random)
    {
        var size = Math.Max(2, p.Width / 100);
        var result = p;
        var word = Enumerable.Range(0, 6).Select(_ => random.Next()).ToArray();
        for (var y = 0; y < p.Height; y += size * 16)
        {
            for (var x = y / size % 3 * size * 8; x < p.Width; x += size * 6 * 8)
            {
                for (var letter = 0; letter < word.Length; letter++) result = Glyph(result, x + letter * size * 6, y, size, new Random(word[letter]), opacity, 255);
            }
        }
        return result;
    }

    private static Raster Glyph(Raster p, int left, int top, int size, Random random, double opacity, byte level = 0)
    {
        for (var y = 0; y < 7; y++)
        {
            for (var x = 0; x < 5; x++)
            {
                if (random.Next(2) == 0) continue;
                for (var py = 0; py < size; py++)
                {
                    for (var px = 0; px < size; px++)
                    {
                        var (u, v) = (left + x * size + px, top + y * size + py);
                        if (u < 0 || v < 0 || u >= p.Width || v >= p.Height) continue;
                        for (var c = 0; c < 3; c++)
                        {
                            ref var target = ref p.Rgb[(v * p.Width + u) * 3 + c];
                            target = Raster.Level(target + opacity * (level - target));
                        }
                    }
                }
            }
        }
        return p;
    }

    private static Raster Logo(Raster p, Raster q, double area, bool centre)
    {
        var (width, height) = ((int)(p.Width * Math.Sqrt(area)), (int)(p.Height * Math.Sqrt(area)));
        var logo = q.Resize(width, height);
        return centre ? p.Paste(logo, (p.Width - width) / 2, (p.Height - height) / 2) : p.Paste(logo, p.Width - width - 4, p.Height - height - 4);
    }

    private static Raster Border(Raster p, double share, Random random)
    {
        var (x, y) = ((int)(p.Width * share), (int)(p.Height * share));
        return new Raster(p.Width + 2 * x, p.Height + 2 * y, (byte)(random.Next(2) * 255)).Paste(p, x, y);
    }

    private static Raster Square(Raster p)
    {
        var side = Math.Max(p.Width, p.Height);
        return new Raster(side, side).Paste(p, (side - p.Width) / 2, (side - p.Height) / 2);
    }

    private static Raster Collage(Raster p, Raster[] others)
    {
        var result = new Raster(p.Width * (others.Length + 1 > 2 ? 2 : 2), others.Length > 1 ? p.Height * 2 : p.Height);
        Raster[] all = [others[0], p, .. others[1..]];
        for (var i = 0; i < all.Length; i++) result = result.Paste(all[i].Resize(p.Width, p.Height), i % 2 * p.Width, i / 2 * p.Height);
        return result;
    }

    private static Raster Inset(Raster p, Raster q, double area, Random random)
    {
        var result = q.Resize(p.Width, p.Height);
        var (width, height) = ((int)(p.Width * Math.Sqrt(area)), (int)(p.Height * Math.Sqrt(area)));
        return result.Paste(p.Resize(width, height), random.Next(p.Width - width), random.Next(p.Height - height));
    }

    private static Raster Screenshot(Raster p, Random random)
    {
        var width = p.Width * 11 / 10;
        var bar = Math.Max(40, p.Height / 6);
        var result = new Raster(width, p.Height + 3 * bar, 248).Paste(p, (width - p.Width) / 2, bar);
        for (var line = 0; line < 4; line++)
        {
            for (var letter = 0; letter < 22; letter++) result = Glyph(result, 20 + letter * 14, bar + p.Height + 12 + line * 26, 2, random, 1);
        }
        for (var letter = 0; letter < 12; letter++) result = Glyph(result, 20 + letter * 18, 12, 3, random, 1);
        return result;
    }

    private static (double, double, double) Hue(double r, double g, double b, double degrees)
    {
        var (sin, cos) = Math.SinCos(degrees * Math.PI / 180);
        var (y, i, q) = (Luma(r, g, b), 0.596 * r - 0.274 * g - 0.322 * b, 0.211 * r - 0.523 * g + 0.312 * b);
        var (i2, q2) = (i * cos - q * sin, i * sin + q * cos);
        return (y + 0.956 * i2 + 0.621 * q2, y - 0.272 * i2 - 0.647 * q2, y - 1.106 * i2 + 1.703 * q2);
    }

    private static double Noise(Random random, double sigma) => sigma * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static Raster Blur(Raster p, double sigma)
    {
        var radius = (int)(3 * sigma);
        var kernel = Enumerable.Range(-radius, 2 * radius + 1).Select(x => Math.Exp(-x * x / (2 * sigma * sigma))).ToArray();
        var total = kernel.Sum();
        return Pass(Pass(p, 1, 0), 0, 1);

        Raster Pass(Raster from, int dx, int dy)
        {
            var result = new Raster(from.Width, from.Height);
            for (var y = 0; y < from.Height; y++)
            {
                for (var x = 0; x < from.Width; x++)
                {
                    for (var c = 0; c < 3; c++)
                    {
                        double sum = 0;
                        for (var k = -radius; k <= radius; k++)
                        {
                            var (u, v) = (Math.Clamp(x + k * dx, 0, from.Width - 1), Math.Clamp(y + k * dy, 0, from.Height - 1));
                            sum += kernel[k + radius] * from.Rgb[(v * from.Width + u) * 3 + c];
                        }
                        result.Rgb[(y * from.Width + x) * 3 + c] = Raster.Level(sum / total);
                    }
                }
            }
            return result;
        }
    }

    private static Raster Sharpen(Raster p)
    {
        var soft = Blur(p, 1);
        var result = new byte[p.Rgb.Length];
        for (var at = 0; at < result.Length; at++) result[at] = Raster.Level(p.Rgb[at] + 1.5 * (p.Rgb[at] - soft.Rgb[at]));
        return new Raster(p.Width, p.Height, result);
    }
}
