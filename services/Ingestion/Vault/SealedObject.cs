using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ImageRights.Ingestion.Vault;

/// <summary>The form in which bytes lie in the vault, version 1:
/// <code>
/// 0   4  "IRVO"
/// 4   1  version, 1
/// 5   1  log2 of the chunk size, 16
/// 6   8  id of the key-encryption key: first 8 bytes of SHA-256("imagerights/vault/key-id" ‖ key)
/// 14 12  nonce of the wrap
/// 26 32  data key, random for each object, wrapped by AES-256-GCM under HKDF-SHA256(key-encryption key, "imagerights/vault/1/" ‖ tenant)
/// 58 16  tag of the wrap; associated data: bytes 0-13 ‖ SHA-256 of the content ‖ tenant
/// 74     chunks: up to 65,536 bytes each, AES-256-GCM under the data key, tag behind; nonce: 4 zero bytes ‖ index;
///        associated data: index ‖ 1 for the last chunk, else 0
/// </code>
/// An object cannot be cut, extended, reordered, put under another name or handed to another tenant without failing to open.</summary>
internal sealed class SealedObject
{
    public const int HeaderLength = 74, ChunkLength = 1 << ChunkLengthLog2, TagLength = 16, FullFrame = ChunkLength + TagLength;

    private const int ChunkLengthLog2 = 16, KeyIdAt = 6, NonceAt = 14, WrappedAt = 26, WrapTagAt = 58, KeyLength = 32, NonceLength = 12;

    private readonly byte[] tenantKey;
    private readonly byte[] keyId;
    private readonly byte[] identity;

    public SealedObject(ReadOnlySpan<byte> key, string tenant, string sha256)
    {
        tenantKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, key.ToArray(), KeyLength, info: Encoding.UTF8.GetBytes($"imagerights/vault/1/{tenant}"));
        keyId = KeyId(key);
        identity = [.. Convert.FromHexString(sha256), .. Encoding.UTF8.GetBytes(tenant)];
    }

    /// <summary>Names a key without giving it away.</summary>
    public static byte[] KeyId(ReadOnlySpan<byte> key) => SHA256.HashData([.. "imagerights/vault/key-id"u8, .. key])[..8];

    /// <summary>Seals a stream.</summary>
    /// <returns>SHA-256 of what was read, lower-case hexadecimal.</returns>
    public async Task<string> SealAsync(Stream content, Stream target, CancellationToken cancellationToken)
    {
        var dataKey = RandomNumberGenerator.GetBytes(KeyLength);
        try
        {
            // On Linux an asynchronous write is this one on another thread.
            target.Write(WriteHeader(dataKey));
            using var cipher = new AesGcm(dataKey, TagLength);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var (plain, next, frame) = (new byte[ChunkLength], new byte[ChunkLength], new byte[FullFrame]);
            var length = await content.ReadAtLeastAsync(plain, ChunkLength, throwOnEndOfStream: false, cancellationToken);
            for (ulong index = 0; ; index++)
            {
                // Only the chunk after it tells whether a chunk is the last.
                var nextLength = length < ChunkLength ? 0 : await content.ReadAtLeastAsync(next, ChunkLength, throwOnEndOfStream: false, cancellationToken);
                hash.AppendData(plain, 0, length);
                SealChunk(cipher, index, isLast: nextLength == 0, plain.AsSpan(0, length), frame);
                target.Write(frame.AsSpan(0, length + TagLength));
                if (nextLength == 0) return Convert.ToHexStringLower(hash.GetHashAndReset());
                (plain, next, length) = (next, plain, nextLength);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(dataKey);
        }
    }

    /// <summary>Unwraps the data key of a header.</summary>
    /// <exception cref="VaultObjectDamagedException">The header is not one of this object, tenant and key.</exception>
    public AesGcm Open(ReadOnlySpan<byte> header)
    {
        if (header.Length < HeaderLength || !header.StartsWith("IRVO"u8)) throw new VaultObjectDamagedException("The header is not one.");
        if (header[4] != 1 || header[5] != ChunkLengthLog2) throw new VaultObjectDamagedException($"Version {header[4]} is unknown.");
        if (!header.Slice(KeyIdAt, keyId.Length).SequenceEqual(keyId))
            throw new VaultObjectDamagedException("It was sealed under another key than Vault:Key, or its header is damaged.");
        Span<byte> dataKey = stackalloc byte[KeyLength];
        try
        {
            using var wrap = new AesGcm(tenantKey, TagLength);
            wrap.Decrypt(header.Slice(NonceAt, NonceLength), header.Slice(WrappedAt, KeyLength), header.Slice(WrapTagAt, TagLength), dataKey, WrapData(header));
            return new AesGcm(dataKey, TagLength);
        }
        catch (AuthenticationTagMismatchException mismatch)
        {
            throw new VaultObjectDamagedException("Its data key does not open for this content and tenant.", mismatch);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(dataKey);
        }
    }

    /// <summary>Opens one frame (chunk and tag) into <paramref name="plain"/>.</summary>
    /// <exception cref="VaultObjectDamagedException">It is not the frame of this place, or not the last although the file ends.</exception>
    public static void OpenChunk(AesGcm cipher, ulong index, bool isLast, ReadOnlySpan<byte> frame, Span<byte> plain)
    {
        Span<byte> nonce = stackalloc byte[NonceLength], data = stackalloc byte[9];
        Place(index, isLast, nonce, data);
        try
        {
            cipher.Decrypt(nonce, frame[..^TagLength], frame[^TagLength..], plain, data);
        }
        catch (AuthenticationTagMismatchException mismatch)
        {
            throw new VaultObjectDamagedException($"Chunk {index} does not verify.", mismatch);
        }
    }

    private static void SealChunk(AesGcm cipher, ulong index, bool isLast, ReadOnlySpan<byte> plain, Span<byte> frame)
    {
        Span<byte> nonce = stackalloc byte[NonceLength], data = stackalloc byte[9];
        Place(index, isLast, nonce, data);
        cipher.Encrypt(nonce, plain, frame[..plain.Length], frame.Slice(plain.Length, TagLength), data);
    }

    // A counter is a sound nonce here: no two objects share a data key.
    private static void Place(ulong index, bool isLast, Span<byte> nonce, Span<byte> data)
    {
        nonce.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(nonce[4..], index);
        BinaryPrimitives.WriteUInt64BigEndian(data, index);
        data[8] = isLast ? (byte)1 : (byte)0;
    }

    private byte[] WriteHeader(byte[] dataKey)
    {
        var header = new byte[HeaderLength];
        "IRVO"u8.CopyTo(header);
        header[4] = 1;
        header[5] = ChunkLengthLog2;
        keyId.CopyTo(header, KeyIdAt);
        RandomNumberGenerator.Fill(header.AsSpan(NonceAt, NonceLength));
        using var wrap = new AesGcm(tenantKey, TagLength);
        wrap.Encrypt(
            header.AsSpan(NonceAt, NonceLength), dataKey, header.AsSpan(WrappedAt, KeyLength), header.AsSpan(WrapTagAt, TagLength), WrapData(header));
        return header;
    }

    private byte[] WrapData(ReadOnlySpan<byte> header) => [.. header[..NonceAt], .. identity];
}

/// <summary>A stored object does not verify: it was altered, cut, moved, or sealed under another key.</summary>
public sealed class VaultObjectDamagedException(string message, Exception? inner = null) : Exception(message, inner);
