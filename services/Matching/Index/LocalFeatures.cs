using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ImageRights.Matching.Index;

/// <summary>A binary descriptor of 256 tests.</summary>
public readonly record struct Descriptor(ulong A, ulong B, ulong C, ulong D)
{
    /// <summary>The descriptor of the same feature in the mirrored picture: test i + 128 is test i mirrored.</summary>
    public Descriptor Mirrored => new(C, D, A, B);

    /// <summary>Tests that come out otherwise, 0 to 256.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int DistanceTo(in Descriptor other) =>
        BitOperations.PopCount(A ^ other.A) + BitOperations.PopCount(B ^ other.B) + BitOperations.PopCount(C ^ other.C) + BitOperations.PopCount(D ^ other.D);
}

/// <summary>Where a feature is and how it lies.</summary>
/// <param name="X">Pixels from the left.</param>
/// <param name="Y">Pixels from the top.</param>
/// <param name="Scale">Size of what it describes, relative to the other features of the picture.</param>
/// <param name="Angle">Direction in radians.</param>
public readonly record struct Keypoint(float X, float Y, float Scale, float Angle);

/// <summary>How a feature lies, as it is written.</summary>
/// <param name="Level">Each is <see cref="LocalFeatures.LevelRatio"/> times larger than the one before.</param>
/// <param name="Angle">Direction in parts of <see cref="LocalFeatures.Angles"/>.</param>
internal readonly record struct FeatureTurn(byte Level, byte Angle);

/// <summary>Local features and thumbnail of a picture, in the bytes that docs/adr/0012 lays out: an index holds very many of them, and they take the least room as they come.</summary>
public sealed class LocalFeatures
{
    internal const double LevelRatio = 1.2;
    internal const int MostLevel = 16;

    /// <summary>Directions that are told apart.</summary>
    internal const int Angles = 256;

    private const int HeaderBytes = 12;
    private const int FeatureBytes = 38;
    private const int DescriptorAt = 6;
    private const int MostFeatures = 4096;
    private const int MostThumbnailSide = 512;

    private static readonly float[] Scales = [.. Enumerable.Range(0, MostLevel + 1).Select(level => (float)Math.Pow(LevelRatio, level))];

    private static readonly float[] Radians = [.. Enumerable.Range(0, Angles).Select(angle => (float)(angle * 2 * Math.PI / Angles))];

    private readonly ReadOnlyMemory<byte> bytes;
    private readonly int count;
    private byte[]? levels;
    private Descriptor[] uncertain = [];
    private int? thumbnailBytes;
    private DescriptorPlanes? planes;

    private LocalFeatures(ReadOnlyMemory<byte> bytes)
    {
        this.bytes = bytes;
        (Width, Height, count, ReferenceCount, ThumbnailWidth, ThumbnailHeight) = (Number(0), Number(1), Number(2), Number(3), Number(4), Number(5));

        int Number(int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.Span[(2 * at)..]);
    }

    /// <summary>Width of the picture in which the features were found, in pixels.</summary>
    public int Width { get; }

    /// <summary>Its height.</summary>
    public int Height { get; }

    /// <summary>Width of the thumbnail.</summary>
    public int ThumbnailWidth { get; }

    /// <summary>Height of the thumbnail.</summary>
    public int ThumbnailHeight { get; }

    /// <summary>So many of the first features stand for the picture when others are compared with it.</summary>
    public int ReferenceCount { get; }

    /// <summary>Where the features are.</summary>
    public KeypointList Keypoints => new(this);

    /// <summary>What they look like.</summary>
    public DescriptorList Descriptors => new(this);

    /// <summary>What they look like, laid out to be compared with many others at once.</summary>
    internal DescriptorPlanes Planes => planes ??= new DescriptorPlanes(this);

    /// <summary>How they lie.</summary>
    internal TurnList Turns => new(this);

    /// <summary>Grey levels of the thumbnail, rows from the top.</summary>
    public byte[] Levels => levels ?? Decompress(out _);

    /// <summary>The tests of a feature that came out most closely, as ones: the first to come out otherwise in a copy. None when they were not written down.</summary>
    internal Descriptor UncertainTestsOf(int number) => uncertain.Length == 0 ? default : uncertain[number];

    /// <summary>The bytes themselves.</summary>
    public ReadOnlySpan<byte> Bytes => bytes.Span;

    /// <summary>The features alone, as they are written.</summary>
    internal ReadOnlySpan<byte> Written => Bytes[HeaderBytes..(HeaderBytes + count * FeatureBytes)];

    private ReadOnlySpan<byte> BehindFeatures => Bytes[(HeaderBytes + count * FeatureBytes)..];

    /// <summary>Asks the memory for what tells where the bytes are.</summary>
    internal void Prefetch() => Index.Prefetch.Of(ref Unsafe.AsRef(in bytes));

    /// <summary>Reads the Base64 form.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static LocalFeatures? Read(string? text)
    {
        if (text is null) return null;
        var features = Read(Convert.FromBase64String(text));
        features.levels = features.Decompress(out var thumbnailBytes);
        features.uncertain = features.ReadUncertainTests(thumbnailBytes);
        features.thumbnailBytes = thumbnailBytes;
        return features;
    }

    /// <summary>Reads the bytes, and keeps them; the thumbnail is looked at when it is asked for.</summary>
    /// <exception cref="FormatException">They are not features.</exception>
    public static LocalFeatures Read(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < HeaderBytes) throw new FormatException("Local features have a header.");
        var features = new LocalFeatures(bytes);
        if (features is { Width: 0 } or { Height: 0 } or { count: > MostFeatures } or { ThumbnailWidth: 0 or > MostThumbnailSide } or { ThumbnailHeight: 0 or > MostThumbnailSide }
            || features.ReferenceCount > features.count || bytes.Length < HeaderBytes + features.count * FeatureBytes) throw new FormatException("Local features do not fit their header.");
        var turns = features.Turns;
        for (var number = 0; number < features.count; number++)
        {
            if (turns[number].Level > MostLevel) throw new FormatException("A feature lies on a level of its picture.");
        }
        return features;
    }

    /// <summary>What stands for the picture, without the rest.</summary>
    public LocalFeatures AsReference()
    {
        if (ReferenceCount == count && levels is null) return this;
        byte[] kept = [.. Bytes[..(HeaderBytes + ReferenceCount * FeatureBytes)], .. BehindFeatures[..(thumbnailBytes ?? BehindFeatures.Length)]];
        BinaryPrimitives.WriteUInt16LittleEndian(kept.AsSpan(4), (ushort)ReferenceCount);
        return new LocalFeatures(kept);
    }

    private byte[] Decompress(out int compressed)
    {
        var levels = new byte[ThumbnailWidth * ThumbnailHeight];
        using var decoder = new BrotliDecoder();
        if (decoder.Decompress(BehindFeatures, levels, out compressed, out var written) != OperationStatus.Done || written != levels.Length)
            throw new FormatException("The thumbnail is not readable.");
        for (var row = 0; row < levels.Length; row += ThumbnailWidth)
        {
            var left = 0;
            foreach (ref var level in levels.AsSpan(row, ThumbnailWidth))
            {
                left = level + left & 31;
                level = (byte)(left << 3);
            }
        }
        return levels;
    }

    private Descriptor[] ReadUncertainTests(int thumbnailBytes)
    {
        var written = BehindFeatures[thumbnailBytes..];
        if (written.IsEmpty) return [];
        var tests = new byte[count * Unsafe.SizeOf<Descriptor>()];
        if (!BrotliDecoder.TryDecompress(written, tests, out var length) || length != tests.Length) throw new FormatException("The uncertain tests are not readable.");
        return [.. Enumerable.Range(0, count).Select(number => DescriptorOf(tests.AsSpan(number * Unsafe.SizeOf<Descriptor>())))];
    }

    private static Descriptor DescriptorOf(ReadOnlySpan<byte> words) => BitConverter.IsLittleEndian ? MemoryMarshal.Read<Descriptor>(words) : new Descriptor(
        BinaryPrimitives.ReadUInt64LittleEndian(words), BinaryPrimitives.ReadUInt64LittleEndian(words[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(words[16..]), BinaryPrimitives.ReadUInt64LittleEndian(words[24..]));

    /// <summary>Where the features of a picture are.</summary>
    public readonly ref struct KeypointList(LocalFeatures features)
    {
        private readonly ReadOnlySpan<byte> written = features.Written;

        /// <summary>Their number.</summary>
        public int Length => written.Length / FeatureBytes;

        /// <summary>One of them.</summary>
        public Keypoint this[int number]
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get
            {
                var one = written.Slice(number * FeatureBytes, DescriptorAt);
                return new Keypoint(
                    BinaryPrimitives.ReadUInt16LittleEndian(one) / 64f, BinaryPrimitives.ReadUInt16LittleEndian(one[2..]) / 64f, Scales[one[4]], Radians[one[5]]);
            }
        }
    }

    /// <summary>How the features of a picture lie.</summary>
    internal readonly ref struct TurnList(LocalFeatures features)
    {
        private readonly ReadOnlySpan<byte> written = features.Written;

        /// <summary>How one of them lies.</summary>
        public FeatureTurn this[int number]
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => new(written[number * FeatureBytes + 4], written[number * FeatureBytes + 5]);
        }
    }

    /// <summary>What the features of a picture look like.</summary>
    public readonly ref struct DescriptorList(LocalFeatures features)
    {
        private readonly ReadOnlySpan<byte> written = features.Written;

        /// <summary>Asks the memory for one that will be read soon.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal void Prefetch(int number)
        {
            ref var one = ref At(number);
            Index.Prefetch.Of(ref one);
            Index.Prefetch.Of(ref Unsafe.Add(ref one, Unsafe.SizeOf<Descriptor>() - 1));
        }

        /// <summary>Distance of one that exists from another: a search asks for millions, by numbers that the index gave them, and does not look at them again.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal int DistanceOf(int number, in Descriptor other)
        {
            if (!BitConverter.IsLittleEndian) return this[number].DistanceTo(other);
            ref var one = ref At(number);
            return BitOperations.PopCount(Word(ref one, 0) ^ other.A) + BitOperations.PopCount(Word(ref one, 1) ^ other.B)
                + BitOperations.PopCount(Word(ref one, 2) ^ other.C) + BitOperations.PopCount(Word(ref one, 3) ^ other.D);

            static ulong Word(ref byte first, int at) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, at * sizeof(ulong)));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private ref byte At(int number) => ref Unsafe.Add(ref MemoryMarshal.GetReference(written), number * FeatureBytes + DescriptorAt);

        /// <summary>Their number.</summary>
        public int Length => written.Length / FeatureBytes;

        /// <summary>One of them.</summary>
        public Descriptor this[int number]
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => DescriptorOf(written.Slice(number * FeatureBytes + DescriptorAt, Unsafe.SizeOf<Descriptor>()));
        }
    }
}
