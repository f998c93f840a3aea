namespace ImageRights.Benchmarks.Evaluation;

internal static partial class Edits
{
    /// <summary>Edits that the protocol does not name: what holds for its own must hold for these.</summary>
    public static readonly IReadOnlyList<Edit> Others =
    [
        new("bent8", (p, _, _) => Bend(p, 0.08)), new("barrel10", (p, _, _) => Barrel(p, 0.1)), new("shear15", (p, _, _) => Shear(p, 0.15)), new("perspective15", (p, _, r) => Perspective(p, 0.15, r)),
        new("waves1", (p, _, r) => Waves(p, 0.01, r)), new("squeezed60", (p, _, _) => Scale(p, 0.6, 1)),
        new("rotate15-30 corners filled", (p, _, r) => Tilt(p, 15 + 15 * r.NextDouble())), new("crop40 rotate20", (p, _, r) => Rotate(RandomCrop(0.4)(p, p, r), 20, 1)),
        new("half mirrored", (p, _, _) => p.Map(p.Width, p.Height, (x, y) => (Math.Min(x, p.Width - x), y))),
        new("pixels4", (p, _, _) => Pixels(p, 4)), new("posterized", (p, _, _) => p.Recolour((r, g, b) => (Step(r), Step(g), Step(b)))),
        new("duotone", (p, _, _) => Duotone(p), 60), new("faded", (p, _, _) => p.Recolour((r, g, b) => (150 + 0.35 * (r - 128), 145 + 0.35 * (g - 128), 130 + 0.35 * (b - 128)))),
        new("night", (p, _, _) => p.Recolour((r, g, b) => (Dark(r), Dark(g), 1.2 * Dark(b)))),
        new("vignette and grain", (p, _, r) => Vignette(p, r)), new("printed and scanned", (p, _, r) => Perspective(Print(p, r), 0.03, r), 70),
        new("saved three times small", (p, _, _) => Saved(Saved(Scale(p, 0.6, 0.6), 40), 30), 20), new("resize30 jpeg15", (p, _, _) => Scale(p, 0.3, 0.3), 15),
        new("text6", (p, _, r) => Text(p, 6, r)), new("stickers6", (p, q, r) => Stickers(p, q, 6, r)), new("emoji12", (p, _, r) => Emoji(p, 12, r)), new("banner and badge", (p, _, r) => Banner(p, r)),
        new("blended25", (p, q, _) => p.Paste(q.Resize(p.Width, p.Height), 0, 0, 0.25)), new("inset25 watermark35", (p, q, r) => Tile(Inset(p, q, 0.25, r), 0.35, r)),
        new("collage9", (p, q, r) => Grid(p, q, r)), new("on its own blur", (p, _, _) => OnOwnBlur(p), 70), new("phone screenshot", (p, _, r) => PhoneScreenshot(p, r), 70),
        new("print in a scene", (p, q, r) => PrintInScene(p, q, r)), new("mirrored crop60 rotate8 duotone small", (p, _, r) => Scale(Duotone(Rotate(Mirror(RandomCrop(0.6)(p, p, r)), 8, 1)), 0.7, 0.7), 40),
    ];

    private static double Step(double level) => Math.Round(level / 51) * 51;

    private static double Dark(double level) => 160 * Math.Pow(level / 255, 1.8);

    // Every pixel through a function of its place and colours.
    private static Raster Paint(Raster p, Func<int, int, (double R, double G, double B), (double R, double G, double B)> colour)
    {
        var result = new byte[p.Rgb.Length];
        for (var at = 0; at < result.Length; at += 3)
        {
            var (r, g, b) = colour(at / 3 % p.Width, at / 3 / p.Width, (p.Rgb[at], p.Rgb[at + 1], p.Rgb[at + 2]));
            (result[at], result[at + 1], result[at + 2]) = (Raster.Level(r), Raster.Level(g), Raster.Level(b));
        }
        return new Raster(p.Width, p.Height, result);
    }

    private static Raster Disc(Raster p, double left, double top, double radius, (double R, double G, double B) colour) =>
        Paint(p, (x, y, own) => (x - left) * (x - left) + (y - top) * (y - top) < radius * radius ? colour : own);

    private static Raster Bend(Raster p, double amount) => p.Map(p.Width, p.Height, (x, y) =>
    {
        var (u, v) = (x / p.Width, y / p.Height);
        var inset = amount * (1 - v);
        var w = 1 + 2 * amount * v;
        return ((u - 0.5) * (1 - 2 * inset) * p.Width + p.Width / 2.0, v * (1 + 2 * amount) / w * p.Height);
    });

    // As a lens of short focal length does.
    private static Raster Barrel(Raster p, double amount) => p.Map(p.Width, p.Height, (x, y) =>
    {
        var (u, v) = (2 * x / p.Width - 1, 2 * y / p.Height - 1);
        var bend = 1 - amount + amount * (u * u + v * v) / 2;
        return ((u * bend + 1) / 2 * p.Width, (v * bend + 1) / 2 * p.Height);
    });

    private static Raster Shear(Raster p, double amount) => p.Map(p.Width, p.Height, (x, y) => (x + amount * (y - p.Height / 2.0), y));

    private static Raster Waves(Raster p, double amount, Random random)
    {
        var (along, across) = (6.3 * random.NextDouble(), 6.3 * random.NextDouble());
        return p.Map(p.Width, p.Height, (x, y) => (
            Math.Clamp(x + amount * p.Width * Math.Sin(along + 6.3 * y / p.Height), 0, p.Width), Math.Clamp(y + amount * p.Height * Math.Sin(across + 6.3 * x / p.Width), 0, p.Height)));
    }

    // What turns out of the picture is filled with the colours of its edge.
    private static Raster Tilt(Raster p, double degrees)
    {
        var (sin, cos) = Math.SinCos(degrees * Math.PI / 180);
        return p.Map(p.Width, p.Height, (x, y) =>
        {
            var (dx, dy) = (x - p.Width / 2.0, y - p.Height / 2.0);
            return (Math.Clamp(p.Width / 2.0 + dx * cos + dy * sin, 0, p.Width), Math.Clamp(p.Height / 2.0 - dx * sin + dy * cos, 0, p.Height));
        });
    }

    private static Raster Pixels(Raster p, int size) => p.Map(p.Width, p.Height, (x, y) => (((int)x / size + 0.5) * size, ((int)y / size + 0.5) * size));

    private static Raster Duotone(Raster p) => p.Recolour((r, g, b) =>
    {
        var level = Luma(r, g, b) / 255;
        level = level * level * (3 - 2 * level);
        return (40 + 215 * level, 10 + 210 * level, 90 + 30 * level);
    });

    private static Raster Vignette(Raster p, Random random) => Paint(p, (x, y, own) =>
    {
        var (u, v) = (2.0 * x / p.Width - 1, 2.0 * y / p.Height - 1);
        var light = 1.1 - 0.4 * (u * u + v * v);
        return (own.R * light + Noise(random, 8), own.G * light + Noise(random, 8), own.B * light + Noise(random, 8));
    });

    // Dots on a grid that stands on its corner, as a newspaper prints, and what a scanner makes of them.
    private static Raster Print(Raster p, Random random)
    {
        const double pitch = 2.2;
        var dots = Paint(p, (x, y, own) =>
        {
            var screen = 90 * Math.Cos((x + y) / pitch) * Math.Cos((x - y) / pitch);
            return (own.R + screen, own.G + screen, own.B + screen);
        });
        return Blur(dots.Recolour((r, g, b) => (2 * r - 128, 2 * g - 128, 2 * b - 128)), 1).Recolour((r, g, b) => (r + Noise(random, 6), g + Noise(random, 6), b + Noise(random, 6)));
    }

    private static Raster Stickers(Raster p, Raster q, int count, Random random)
    {
        var side = Math.Min(p.Width, p.Height) / 5;
        for (var sticker = 0; sticker < count; sticker++) p = p.Paste(q.Resize(side, side), random.Next(p.Width - side), random.Next(p.Height - side));
        return p;
    }

    private static Raster Emoji(Raster p, int count, Random random)
    {
        var radius = Math.Min(p.Width, p.Height) * 0.1;
        for (var emoji = 0; emoji < count; emoji++)
        {
            var (x, y) = (p.Width * random.NextDouble(), p.Height * random.NextDouble());
            p = Disc(p, x, y, radius, (255, 205, 60));
            foreach (var (dx, dy) in new[] { (-0.35, -0.2), (0.35, -0.2), (0.0, 0.4) }) p = Disc(p, x + dx * radius, y + dy * radius, radius * 0.17, (70, 40, 10));
        }
        return p;
    }

    private static Raster Banner(Raster p, Random random)
    {
        var height = p.Height * 3 / 10;
        var size = Math.Max(2, p.Width / 60);
        p = Disc(p.Paste(new Raster(p.Width, height, 235), 0, p.Height - height), p.Width * 0.82, p.Height * 0.14, p.Width * 0.16, (215, 30, 40));
        for (var letter = 0; letter < 8; letter++) p = Glyph(p, size * (2 + letter * 6), p.Height - height + size * 3, size, random, 1);
        return p;
    }

    private static Raster Grid(Raster p, Raster q, Random random)
    {
        var (width, height, place) = (p.Width * 2 / 3, p.Height * 2 / 3, random.Next(9));
        var result = new Raster(3 * width + 16, 3 * height + 16);
        for (var cell = 0; cell < 9; cell++)
        {
            var part = cell == place ? p : RandomCrop(0.5)(cell % 2 == 0 ? q : Mirror(q), q, random);
            result = result.Paste(part.Resize(width, height), 4 + cell % 3 * (width + 4), 4 + cell / 3 * (height + 4));
        }
        return result;
    }

    private static Raster OnOwnBlur(Raster p)
    {
        var behind = Blur(p.Crop(p.Width / 4, 0, p.Width / 2, p.Height).Resize(p.Width / 4, p.Width * 4 / 9), 4).Resize(p.Width, p.Width * 16 / 9);
        var part = Scale(p, 0.8, 0.8);
        return behind.Paste(part, (behind.Width - part.Width) / 2, (behind.Height - part.Height) / 2);
    }

    // Dark, with a status bar, icons below and a heart on the picture.
    private static Raster PhoneScreenshot(Raster p, Random random)
    {
        var shown = Crop(p, 0.9, 0.5, 0.5);
        var result = new Raster(shown.Width, shown.Width * 2, 18);
        var top = (result.Height - shown.Height) * 2 / 5;
        result = result.Paste(shown, 0, top);
        for (var letter = 0; letter < 5; letter++) result = Glyph(result, 12 + letter * 12, 8, 2, random, 1, 240);
        for (var icon = 0; icon < 5; icon++) result = Disc(result, (icon + 0.5) * result.Width / 5, result.Height * 0.95, result.Width * 0.03, (220, 220, 220));
        for (var letter = 0; letter < 24; letter++) result = Glyph(result, 16 + letter % 12 * 18, top + shown.Height + 14 + letter / 12 * 30, 3, random, 1, 200);
        return Scale(Disc(result, result.Width * 0.88, top + shown.Height * 0.9, result.Width * 0.07, (235, 60, 90)), 0.8, 0.8);
    }

    // Somebody's photograph of the picture: small, in perspective, a little turned.
    private static Raster PrintInScene(Raster p, Raster q, Random random)
    {
        var print = Rotate(Perspective(Border(p, 0.03, random), 0.06, random), 8, 1);
        return Inset(print, q, 0.4, random);
    }
}
