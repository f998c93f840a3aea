using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ImageRights.EventStore.Transparency;

/// <summary>What a token says, once it was checked.</summary>
/// <param name="At">The authority's time.</param>
/// <param name="Authority">Subject of its certificate.</param>
/// <param name="IsTrusted">Whether the certificate leads to one that the reader trusts; false where he named none.</param>
public sealed record StampedTime(DateTimeOffset At, string Authority, bool IsTrusted);

/// <summary>RFC 3161 tokens over checkpoints.</summary>
public static class TimeStampToken
{
    /// <summary>Checks that a token is over a note, and signed by who was asked.</summary>
    /// <param name="roots">Certificates that are trusted to vouch for authorities; with none the signature is checked, but not whose it is.</param>
    /// <exception cref="FormatException">It is not; the message says why.</exception>
    public static StampedTime Verify(ReadOnlyMemory<byte> token, string note, X509Certificate2Collection roots)
    {
        if (!Rfc3161TimestampToken.TryDecode(token, out var decoded, out var length) || length != token.Length) throw new FormatException("It is not a time-stamp token.");
        var candidates = decoded.AsSignedCms().Certificates;
        if (!decoded.VerifySignatureForData(Encoding.UTF8.GetBytes(note), out var signer, candidates) || signer is null) throw new FormatException("The time-stamp token is not over this checkpoint, or was changed.");
        var at = decoded.TokenInfo.Timestamp;
        if (roots.Count == 0) return new StampedTime(at, signer.Subject, false);
        using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true, VerificationTimeIgnored = false, VerificationTime = at.UtcDateTime } };
        chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        chain.ChainPolicy.ExtraStore.AddRange(candidates);
        return chain.Build(signer)
            ? new StampedTime(at, signer.Subject, true)
            : throw new FormatException($"The certificate of the time-stamp authority ({signer.Subject}) does not lead to one that is trusted: {string.Join(", ", chain.ChainStatus.Select(status => status.StatusInformation))}");
    }
}
