using System.Security.Cryptography;
using System.Text;

namespace ImageRights.EventStore;

/// <summary>The key of one person: AES-256-GCM. The nonce is made of the text, so that the same text is the same ciphertext and a rebuilt read model the same as the live one;
/// what that tells is only that the same person has the same text twice.</summary>
internal sealed class PersonKey(Guid id, byte[] key)
{
    private const int NonceLength = 12, TagLength = 16;
    private const string Version = "1";

    private readonly byte[] nonces = HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, info: "nonce"u8.ToArray());

    public Guid Id { get; } = id;

    /// <summary><c>version.key.nonce‖ciphertext‖tag</c>.</summary>
    public string Seal(string text)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        var output = new byte[NonceLength + plain.Length + TagLength];
        HMACSHA256.HashData(nonces, plain).AsSpan(0, NonceLength).CopyTo(output);
        using var cipher = new AesGcm(key, TagLength);
        cipher.Encrypt(output.AsSpan(0, NonceLength), plain, output.AsSpan(NonceLength, plain.Length), output.AsSpan(NonceLength + plain.Length), Id.ToByteArray());
        return $"{Version}.{Id:N}.{Convert.ToBase64String(output)}";
    }

    public string Open(string text)
    {
        var bytes = Convert.FromBase64String(text.Split('.')[2]);
        var plain = new byte[bytes.Length - NonceLength - TagLength];
        using var cipher = new AesGcm(key, TagLength);
        cipher.Decrypt(bytes.AsSpan(0, NonceLength), bytes.AsSpan(NonceLength, plain.Length), bytes.AsSpan(NonceLength + plain.Length), plain, Id.ToByteArray());
        return Encoding.UTF8.GetString(plain);
    }

    /// <exception cref="InvalidDataException">A form that this code does not know.</exception>
    public static Guid IdIn(string text) => text.Split('.') is [Version, var id, _] && Guid.TryParseExact(id, "N", out var key)
        ? key
        : throw new InvalidDataException("Personal data are sealed in a form that this version does not know.");
}

/// <summary>The keys that wrap the keys of persons: the first wraps, all unwrap, so that the first can be replaced.</summary>
internal sealed class WrappingKeys
{
    private const int NonceLength = 12, TagLength = 16, MarkLength = 4;

    private readonly byte[][] keys;

    /// <param name="text">32 bytes each in base64, the one in use first, separated by commas.</param>
    /// <exception cref="InvalidOperationException">One of them is something else.</exception>
    public WrappingKeys(string text) => keys = [.. text.Split(',', StringSplitOptions.TrimEntries).Select(part =>
    {
        var key = new byte[part.Length];
        return Convert.TryFromBase64String(part, key, out var length) && length == 32
            ? HKDF.DeriveKey(HashAlgorithmName.SHA256, key[..32], 32, info: "imagerights keys of persons"u8.ToArray())
            : throw new InvalidOperationException("Personal:Key is not 32 bytes in base64: set it (Personal__Key) to what `openssl rand -base64 32` gives, the same for every replica, and keep it.");
    })];

    /// <summary>Whether it was wrapped by the key in use.</summary>
    public bool IsCurrent(byte[] wrapped) => wrapped.AsSpan(0, MarkLength).SequenceEqual(Mark(keys[0]));

    public byte[] Wrap(byte[] key, Guid id)
    {
        var output = new byte[MarkLength + NonceLength + key.Length + TagLength];
        Mark(keys[0]).CopyTo(output, 0);
        RandomNumberGenerator.Fill(output.AsSpan(MarkLength, NonceLength));
        using var cipher = new AesGcm(keys[0], TagLength);
        cipher.Encrypt(output.AsSpan(MarkLength, NonceLength), key, output.AsSpan(MarkLength + NonceLength, key.Length), output.AsSpan(^TagLength), id.ToByteArray());
        return output;
    }

    /// <exception cref="InvalidOperationException">None of the keys wrapped it.</exception>
    public byte[] Unwrap(byte[] wrapped, Guid id)
    {
        var with = keys.FirstOrDefault(key => wrapped.AsSpan(0, MarkLength).SequenceEqual(Mark(key)))
            ?? throw new InvalidOperationException("The keys of persons were wrapped under another Personal:Key than this service has.");
        var key = new byte[wrapped.Length - MarkLength - NonceLength - TagLength];
        using var cipher = new AesGcm(with, TagLength);
        cipher.Decrypt(wrapped.AsSpan(MarkLength, NonceLength), wrapped.AsSpan(MarkLength + NonceLength, key.Length), wrapped.AsSpan(^TagLength), key, id.ToByteArray());
        return key;
    }

    private static byte[] Mark(byte[] key) => SHA256.HashData(key)[..MarkLength];
}
