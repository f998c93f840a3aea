using System.Buffers.Binary;
using System.IO.Compression;
using ImageRights.Matching.Index;

namespace ImageRights.Matching.UnitTests;

/// <summary>A made-up scene of which pictures are taken: features with descriptors of their own on a surface of random waves.</summary>
internal sealed class Scene
{
    private readonly (double X, double Y, double Angle, Descriptor Descriptor)[] features;
    private readonly (double X, double Y, double Phase)[] waves;

    /// <param name="features">Seed of the features.</param>
    /// <param name="surface">Seed of what the surface looks like.</param>
    public Scene(int features, int surface)
    {
        var random = new Random(features);
        this.features = [.. Enumerable.Range(0, 250).Select(_ => (
            random.NextDouble(), random.NextDouble(), random.NextDouble() * 2 * Math.PI, new Descriptor(Word(random), Word(random), Word(random), Word(random))))];
        var texture = new Random(surface);
        waves = [.. Enumerable.Range(0, 12).Select(_ => (texture.NextDouble() * 80 - 40, texture.NextDouble() * 80 - 40, texture.NextDouble() * 6.3))];
    }

    /// <summary>The part of the scene from (left, top) of that size, both in fractions, as a picture whose longest side is 512 pixels; mirrored if so asked.</summary>
    /// <param name="moved">How far to the right the surface is seen at a point of the picture, in fractions; the features stay.</param>
    /// <param name="marks">Strength in grey levels of light marks, each a pixel of the thumbnail, that lie on a third of the picture.</param>
    public LocalFeatures Picture(double left = 0, double top = 0, double size = 1, bool mirrored = false, int flips = 10, Func<double, double, double>? moved = null, double marks = 0)
    {
        const int side = 512, thumbnail = 128;
        var random = new Random(flips);
        var bytes = new List<byte>();
        var seen = features.Where(feature => feature.X > left && feature.X < left + size && feature.Y > top && feature.Y < top + size).ToList();
        Span<ushort> header = [side, side, (ushort)seen.Count, (ushort)seen.Count, thumbnail, thumbnail];
        Span<byte> eight = stackalloc byte[8];
        foreach (var number in header) Add(bytes, number);
        foreach (var (sceneX, sceneY, sceneAngle, descriptor) in seen)
        {
            var (x, y, angle) = ((sceneX - left) / size * side, (sceneY - top) / size * side, sceneAngle);
            if (mirrored) (x, angle) = (side - x, Math.PI - angle);
            Add(bytes, (ushort)Math.Round(x * 64));
            Add(bytes, (ushort)Math.Round(y * 64));
            bytes.Add((byte)Math.Clamp((int)Math.Round(Math.Log(1 / size) / Math.Log(1.2)), 0, 16));
            bytes.Add((byte)((int)Math.Round(angle / (2 * Math.PI) * 256) & 255));
            var shown = mirrored ? descriptor.Mirrored : descriptor;
            foreach (var word in (ReadOnlySpan<ulong>)[shown.A, shown.B, shown.C, shown.D])
            {
                var noisy = word;
                for (var flip = 0; flip < flips / 4; flip++) noisy ^= 1UL << random.Next(64);
                BinaryPrimitives.WriteUInt64LittleEndian(eight, noisy);
                bytes.AddRange(eight);
            }
        }
        var levels = new byte[thumbnail * thumbnail];
        for (var at = 0; at < levels.Length; at++)
        {
            var (u, v) = ((at % thumbnail + 0.5) / thumbnail, (at / thumbnail + 0.5) / thumbnail);
            if (mirrored) u = 1 - u;
            if (moved is not null) u -= moved(u, v);
            levels[at] = (byte)Math.Clamp(128 + 30 * waves.Sum(wave => Math.Sin(wave.X * (left + u * size) + wave.Y * (top + v * size) + wave.Phase)) + (random.Next(3) == 0 ? marks : 0), 0, 255);
        }
        var differences = levels.Select((level, at) => (byte)((level >> 3) - (at % thumbnail == 0 ? 0 : levels[at - 1] >> 3) & 31)).ToArray();
        using var compressed = new MemoryStream();
        using (var brotli = new BrotliStream(compressed, CompressionLevel.Fastest, leaveOpen: true)) brotli.Write(differences);
        return LocalFeatures.Read(Convert.ToBase64String([.. bytes, .. compressed.ToArray()]))!;
    }

    private static void Add(List<byte> bytes, ushort number) => bytes.AddRange([(byte)number, (byte)(number >> 8)]);

    private static ulong Word(Random random) => (ulong)random.NextInt64(long.MinValue, long.MaxValue);
}
