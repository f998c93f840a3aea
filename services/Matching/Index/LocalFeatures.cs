using System.Buffers.Binary;
using System.IO.Compression;
using System.Numerics;
using System.Runtime.CompilerServices;

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

/// <summary>Local features and thumbnail of a picture, as docs/adr/0012 lays them out.</summary>
public sealed class LocalFeatures
{
    private const int HeaderBytes = 12;
    private const int FeatureBytes = 38;
    private const int MostFeatures = 4096;
    private const int MostThumbnailSide = 512;
    private const double LevelRatio = 1.2;
    private const int MostLevel = 16;

    private readonly byte[] compressed;
    private byte[]? levels;

    private LocalFeatures(int width, int height, int thumbnailWidth, int thumbnailHeight, int referenceCount, Keypoint[] keypoints, Descriptor[] descriptors, byte[] compressed)
    {
        (Width, Height, ThumbnailWidth, ThumbnailHeight, ReferenceCount) = (width, height, thumbnailWidth, thumbnailHeight, referenceCount);
        (Keypoints, Descriptors, this.compressed) = (keypoints, descriptors, compressed);
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
    public Keypoint[] Keypoints { get; }

    /// <summary>What they look like.</summary>
    public Descriptor[] Descriptors { get; }

    /// <summary>Reads the Base64 form.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static LocalFeatures? Read(string? text)
    {
        if (text is null) return null;
        var bytes = Convert.FromBase64String(text);
        if (bytes.Length < HeaderBytes) throw new FormatException("Local features have a header.");
        Span<int> header = stackalloc int[6];
        for (var i = 0; i < header.Length; i++) header[i] = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(2 * i));
        var (width, height, count, references, thumbnailWidth, thumbnailHeight) = (header[0], header[1], header[2], header[3], header[4], header[5]);
        if (width == 0 || height == 0 || count > MostFeatures || references > count || thumbnailWidth is 0 or > MostThumbnailSide || thumbnailHeight is 0 or > MostThumbnailSide
            || bytes.Length < HeaderBytes + count * FeatureBytes) throw new FormatException("Local features do not fit their header.");
        var (keypoints, descriptors) = (new Keypoint[count], new Descriptor[count]);
        for (var i = 0; i < count; i++)
        {
            var one = bytes.AsSpan(HeaderBytes + i * FeatureBytes, FeatureBytes);
            if (one[4] > MostLevel) throw new FormatException("A feature lies on a level of its picture.");
            keypoints[i] = new Keypoint(
                BinaryPrimitives.ReadUInt16LittleEndian(one) / 64f, BinaryPrimitives.ReadUInt16LittleEndian(one[2..]) / 64f,
                (float)Math.Pow(LevelRatio, one[4]), (float)(one[5] * 2 * Math.PI / 256));
            descriptors[i] = new Descriptor(
                BinaryPrimitives.ReadUInt64LittleEndian(one[6..]), BinaryPrimitives.ReadUInt64LittleEndian(one[14..]),
                BinaryPrimitives.ReadUInt64LittleEndian(one[22..]), BinaryPrimitives.ReadUInt64LittleEndian(one[30..]));
        }
        var features = new LocalFeatures(
            width, height, thumbnailWidth, thumbnailHeight, references, keypoints, descriptors, bytes[(HeaderBytes + count * FeatureBytes)..]);
        features.levels = features.Decompress();
        return features;
    }

    /// <summary>What stands for the picture, without the rest.</summary>
    public LocalFeatures AsReference() =>
        new(Width, Height, ThumbnailWidth, ThumbnailHeight, ReferenceCount, Keypoints[..ReferenceCount], Descriptors[..ReferenceCount], compressed);

    /// <summary>Grey levels of the thumbnail, rows from the top.</summary>
    public byte[] Levels => levels ?? Decompress();

    private byte[] Decompress()
    {
        var levels = new byte[ThumbnailWidth * ThumbnailHeight];
        if (!BrotliDecoder.TryDecompress(compressed, levels, out var written) || written != levels.Length) throw new FormatException("The thumbnail is not readable.");
        for (var at = 0; at < levels.Length; at++)
            levels[at] = (byte)((levels[at] + (at % ThumbnailWidth == 0 ? 0 : levels[at - 1] >> 3) & 31) << 3);
        return levels;
    }
}
