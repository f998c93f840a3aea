using System.Security.Cryptography;
using System.Text;

namespace ImageRights.Notification.Secrets;

/// <summary>Encrypts signing secrets for the database: AES-256-GCM under the key of <c>Secrets:Key</c>, bound to the place where they are kept.</summary>
/// <remarks>Layout: one byte format (1), 12 bytes nonce, ciphertext, 16 bytes tag.</remarks>
public sealed class SecretSeal
{
    private const byte Format = 1;
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly byte[] key;

    private SecretSeal(byte[] key) => this.key = key;

    /// <summary>Takes the key from configuration.</summary>
    /// <exception cref="InvalidOperationException">There is none, or it is not 32 bytes in base64: without it secrets could not be kept, so the service does not start.</exception>
    public static SecretSeal FromConfiguration(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            throw new InvalidOperationException("Secrets:Key is missing: set Secrets__Key to 32 random bytes in base64 (openssl rand -base64 32), the same for every replica, and keep it.");
        var key = new byte[32];
        if (!Convert.TryFromBase64String(text.Trim(), key, out var length) || length != key.Length)
            throw new InvalidOperationException("Secrets:Key is not 32 bytes in base64; make one with openssl rand -base64 32.");
        return new SecretSeal(key);
    }

    /// <summary>Encrypts <paramref name="secret"/> for one place.</summary>
    public byte[] Seal(ReadOnlySpan<byte> secret, string place)
    {
        var @sealed = new byte[1 + NonceSize + secret.Length + TagSize];
        @sealed[0] = Format;
        var nonce = @sealed.AsSpan(1, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagSize);
        aes.Encrypt(nonce, secret, @sealed.AsSpan(1 + NonceSize, secret.Length), @sealed.AsSpan(1 + NonceSize + secret.Length), Encoding.UTF8.GetBytes(place));
        return @sealed;
    }

    /// <summary>Decrypts what <see cref="Seal"/> made for the same place.</summary>
    /// <exception cref="CryptographicException">Another key, another place, or changed bytes.</exception>
    public byte[] Open(ReadOnlySpan<byte> @sealed, string place)
    {
        var length = @sealed.Length - 1 - NonceSize - TagSize;
        if (length < 0 || @sealed[0] != Format) throw new CryptographicException("Not a sealed secret of a known format.");
        var secret = new byte[length];
        using var aes = new AesGcm(key, TagSize);
        aes.Decrypt(@sealed.Slice(1, NonceSize), @sealed.Slice(1 + NonceSize, length), @sealed[^TagSize..], secret, Encoding.UTF8.GetBytes(place));
        return secret;
    }
}
