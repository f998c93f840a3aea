using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace ImageRights.EventStore.Transparency;

/// <summary>The key that a log signs its checkpoints with: ECDSA P-256 (C2SP signed-note, type 0x02).</summary>
public sealed class LogSigner : IDisposable
{
    // Order of the curve P-256 (FIPS 186-5).
    private static readonly BigInteger Order = BigInteger.Parse("0FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private readonly ECDsa key;

    private LogSigner(string origin, ECDsa key)
    {
        this.key = key;
        Verifier = new LogVerifier(origin, key.ExportSubjectPublicKeyInfo());
    }

    /// <summary>What others check its signatures with.</summary>
    public LogVerifier Verifier { get; }

    /// <summary>The key of one log, derived from a secret that several may share.</summary>
    /// <param name="origin">Name of the log.</param>
    /// <param name="secret">32 random bytes.</param>
    public static LogSigner Derive(string origin, byte[] secret)
    {
        // 128 bits more than the order has, so that the remainder prefers no value (FIPS 186-5, A.2.1).
        var seed = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 48, info: Encoding.UTF8.GetBytes($"imagerights transparency log {origin}"));
        var scalar = (new BigInteger(seed, isUnsigned: true, isBigEndian: true) % (Order - 1)) + 1;
        var d = new byte[32];
        var bytes = scalar.ToByteArray(isUnsigned: true, isBigEndian: true);
        bytes.CopyTo(d, 32 - bytes.Length);
        return new LogSigner(origin, ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = d }));
    }

    /// <summary>A key that nobody keeps.</summary>
    public static LogSigner Ephemeral(string origin) => new(origin, ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>The text with its signature.</summary>
    /// <param name="text">Ends with a newline.</param>
    public string Sign(string text)
    {
        var signature = key.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return $"{text}\n— {Verifier.Origin} {Convert.ToBase64String([.. Verifier.KeyId, .. signature])}\n";
    }

    /// <inheritdoc />
    public void Dispose() => key.Dispose();
}

/// <summary>Public half of a log's key.</summary>
public sealed class LogVerifier
{
    private const byte Ecdsa = 0x02;

    /// <summary>From the key's SPKI.</summary>
    public LogVerifier(string origin, byte[] publicKey)
    {
        (Origin, PublicKey) = (origin, publicKey);
        KeyId = SHA256.HashData(publicKey)[..4];
    }

    /// <summary>Name of the log.</summary>
    public string Origin { get; }

    /// <summary>DER, SubjectPublicKeyInfo.</summary>
    public byte[] PublicKey { get; }

    /// <summary>First four bytes of the SHA-256 of the public key.</summary>
    public byte[] KeyId { get; }

    /// <summary>C2SP's encoding: <c>origin+id+key</c>.</summary>
    public override string ToString() => $"{Origin}+{Convert.ToHexStringLower(KeyId)}+{Convert.ToBase64String([Ecdsa, .. PublicKey])}";

    /// <summary>Reads C2SP's encoding.</summary>
    /// <exception cref="FormatException">It is no key of this kind.</exception>
    public static LogVerifier Parse(string text)
    {
        // The key itself is base64, in which + is a letter.
        if (text.Trim().Split('+', 3) is not [var origin, var id, var key]) throw new FormatException("A verifier key has the form name+id+key.");
        var bytes = Convert.FromBase64String(key);
        if (bytes is not [Ecdsa, .. var publicKey]) throw new FormatException("Only ECDSA keys (type 0x02) are known here.");
        var verifier = new LogVerifier(origin, publicKey);
        return Convert.ToHexStringLower(verifier.KeyId) == id ? verifier : throw new FormatException("The id of the verifier key is not that of its key.");
    }

    internal bool Verifies(string text, byte[] signature)
    {
        using var key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(PublicKey, out _);
            return key.VerifyData(Encoding.UTF8.GetBytes(text), signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}

/// <summary>A checkpoint (C2SP tlog-checkpoint): what the log's tree was at a size.</summary>
/// <param name="Origin">Name of the log.</param>
/// <param name="Size">Leaves.</param>
/// <param name="Root">Root of their tree.</param>
public sealed record Checkpoint(string Origin, long Size, byte[] Root)
{
    /// <summary>The text that is signed.</summary>
    public string Text => $"{Origin}\n{Size.ToString(CultureInfo.InvariantCulture)}\n{Convert.ToBase64String(Root)}\n";

    /// <summary>Reads a signed note whose signature by one of the keys is right.</summary>
    /// <exception cref="FormatException">It is no checkpoint, or none of the keys signed it; the message says which.</exception>
    public static Checkpoint Open(string note, IReadOnlyCollection<LogVerifier> keys)
    {
        var text = SignedNote.Open(note, keys, out var signers);
        if (text.Split('\n') is not [{ Length: > 0 } origin, var size, var root, ..]) throw new FormatException("It is not a checkpoint.");
        // A number is written in one way only.
        if (!long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var leaves) || leaves.ToString(CultureInfo.InvariantCulture) != size) throw new FormatException("The checkpoint has no size.");
        var hash = new byte[33];
        if (!Convert.TryFromBase64String(root, hash, out var length) || length != 32) throw new FormatException("The checkpoint has no root.");
        if (!signers.Contains(origin)) throw new FormatException($"It is not signed by a known key of {origin}.");
        return new Checkpoint(origin, leaves, hash[..32]);
    }
}

/// <summary>A text with signatures (C2SP signed-note).</summary>
public static class SignedNote
{
    /// <summary>The text of a note whose signatures by known keys are right; those of strangers are passed over.</summary>
    /// <param name="signers">Names of the known keys that signed; none where all are strangers.</param>
    /// <exception cref="FormatException">It is no note, or a signature by a known key is wrong.</exception>
    public static string Open(string note, IReadOnlyCollection<LogVerifier> keys, out IReadOnlyList<string> signers)
    {
        var end = note.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (end < 0) throw new FormatException("It is not a signed note.");
        var text = note[..(end + 1)];
        var known = new List<string>();
        foreach (var line in note[(end + 2)..].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split(' ') is not ["—", var name, var encoded]) throw new FormatException("A line of signatures is malformed.");
            var bytes = new byte[encoded.Length];
            if (!Convert.TryFromBase64String(encoded, bytes, out var count) || count < 5 || Convert.ToBase64String(bytes, 0, count) != encoded) throw new FormatException("A signature is malformed.");
            if (keys.FirstOrDefault(key => key.Origin == name && key.KeyId.AsSpan().SequenceEqual(bytes.AsSpan(0, 4))) is not { } signer) continue;
            if (!signer.Verifies(text, bytes[4..count])) throw new FormatException($"The signature of {name} is wrong.");
            known.Add(name);
        }
        signers = known;
        return text;
    }
}
