using System.Buffers.Binary;
using System.IO.Compression;
using ImageRights.Matching.Index;

namespace ImageRights.Matching.UnitTests;

/// <summary>Features in the form in which they come, of things that pictures show again and again, some in nearly all of them.</summary>
internal sealed class MadeUpFeatures(Random random, int count)
{
    private const int Width = 512;
    private const int Height = 384;

    private readonly (ulong[] Words, int X, int Y, byte Level, byte Angle)[] things = [.. Enumerable.Range(0, count).Select(_ => (
        Enumerable.Range(0, 4).Select(_ => Word(random)).ToArray(), 8 + random.Next(Width - 16), 8 + random.Next(Height - 16), (byte)random.Next(9), (byte)random.Next(256)))];

    /// <summary>A picture with so many features; most are of the first things, and a few of ten others that come <paramref name="from"/> some place on.</summary>
    /// <param name="references">So many of the features stand for it; null: all.</param>
    public LocalFeatures Draw(int features, int from = 0, bool mirrored = false, int? references = null, int thumbnailWidth = 24, int thumbnailHeight = 20)
    {
        var bytes = new byte[12 + features * 38];
        Span<int> header = [Width, Height, features, references ?? features, thumbnailWidth, thumbnailHeight];
        for (var i = 0; i < header.Length; i++) BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2 * i), (ushort)header[i]);
        var uncertain = new byte[features * 32];
        for (var number = 0; number < features; number++)
        {
            var one = bytes.AsSpan(12 + number * 38, 38);
            var share = random.NextDouble();
            var (words, x, y, level, angle) = things[random.Next(2) == 0 ? (int)(share * share * share * count) : (from + (int)(share * 10)) % count];
            x += random.Next(7) - 3;
            if (mirrored) (x, angle) = (Width - x, (byte)(128 - angle));
            BinaryPrimitives.WriteUInt16LittleEndian(one, (ushort)(x * 64));
            BinaryPrimitives.WriteUInt16LittleEndian(one[2..], (ushort)((y + random.Next(7) - 3) * 64));
            (one[4], one[5]) = (level, (byte)(angle + random.Next(5)));
            for (var word = 0; word < 4; word++)
            {
                // Each bit turned with one chance in eight or sixteen.
                var noise = Word(random) & Word(random) & Word(random);
                if (random.Next(2) == 0) noise &= Word(random);
                // Some of the tests that came out otherwise, and some that did not.
                BinaryPrimitives.WriteUInt64LittleEndian(uncertain.AsSpan(32 * number + 8 * word), (noise | Word(random) & Word(random)) & Word(random) & Word(random));
                BinaryPrimitives.WriteUInt64LittleEndian(one[(6 + 8 * word)..], words[mirrored ? word + 2 & 3 : word] ^ noise);
            }
        }
        var differences = new byte[thumbnailWidth * thumbnailHeight];
        for (var at = 0; at < differences.Length; at++) differences[at] = (byte)(random.Next(5) == 0 ? random.Next(32) : 0);
        using var compressed = new MemoryStream();
        foreach (var part in (byte[][])[differences, uncertain])
        {
            using var brotli = new BrotliStream(compressed, CompressionLevel.Fastest, leaveOpen: true);
            brotli.Write(part);
        }
        return LocalFeatures.Read(Convert.ToBase64String([.. bytes, .. compressed.ToArray()]))!;
    }

    /// <summary>A picture with these features, side by side.</summary>
    /// <param name="uncertain">Tests of each that are uncertain; null: a fingerprint that does not say which.</param>
    public static LocalFeatures Of(Descriptor[] descriptors, Descriptor? uncertain = null)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        foreach (var number in (int[])[Width, Height, descriptors.Length, descriptors.Length, 1, 1]) writer.Write((ushort)number);
        foreach (var (number, descriptor) in descriptors.Index())
        {
            writer.Write((ushort)(number * 64));
            writer.Write((ushort)(number % 7 * 64));
            writer.Write((ushort)0);
            Write(writer, descriptor);
        }
        writer.Flush();
        Compress([0]);
        if (uncertain is { } tests)
        {
            using var masks = new MemoryStream();
            using var each = new BinaryWriter(masks);
            foreach (var _ in descriptors) Write(each, tests);
            each.Flush();
            Compress(masks.ToArray());
        }
        return LocalFeatures.Read(Convert.ToBase64String(bytes.ToArray()))!;

        static void Write(BinaryWriter to, Descriptor tests)
        {
            foreach (var word in (ulong[])[tests.A, tests.B, tests.C, tests.D]) to.Write(word);
        }

        void Compress(byte[] part)
        {
            using var brotli = new BrotliStream(bytes, CompressionLevel.Fastest, leaveOpen: true);
            brotli.Write(part);
        }
    }

    private static ulong Word(Random random) => (ulong)random.NextInt64(long.MinValue, long.MaxValue);
}
