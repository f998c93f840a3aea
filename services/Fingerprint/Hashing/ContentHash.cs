using System.Buffers.Binary;
using System.Security.Cryptography;
using ImageRights.Fingerprint.Decoding;

namespace ImageRights.Fingerprint.Hashing;

/// <summary>Exact fingerprints, as 64 lower-case hexadecimal digits of SHA-256.</summary>
public static class ContentHash
{
    /// <summary>The file as it was sent.</summary>
    public static string OfBytes(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>
    /// The pixels as decoded: equal for files that differ in metadata only. Size and luma are hashed, so that pictures of one
    /// colour and different shape differ. It holds for one decoder version; compare it together with that version.
    /// </summary>
    public static string OfLuma(DecodedPicture picture)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> size = stackalloc byte[8];
        BinaryPrimitives.WriteInt32BigEndian(size, picture.Width);
        BinaryPrimitives.WriteInt32BigEndian(size[4..], picture.Height);
        hash.AppendData(size);
        hash.AppendData(picture.Luma);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
