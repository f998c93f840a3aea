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
                BinaryPrimitives.WriteUInt64LittleEndian(one[(6 + 8 * word)..], words[mirrored ? word + 2 & 3 : word] ^ noise);
            }
        }
        var differences = new byte[thumbnailWidth * thumbnailHeight];
        for (var at = 0; at < differences.Length; at++) differences[at] = (byte)(random.Next(5) == 0 ? random.Next(32) : 0);
        using var compressed = new MemoryStream();
        using (var brotli = new BrotliStream(compressed, CompressionLevel.Fastest, leaveOpen: true)) brotli.Write(differences);
        return LocalFeatures.Read(Convert.ToBase64String([.. bytes, .. compressed.ToArray()]))!;
    }

    private static ulong Word(Random random) => (ulong)random.NextInt64(long.MinValue, long.MaxValue);
}
