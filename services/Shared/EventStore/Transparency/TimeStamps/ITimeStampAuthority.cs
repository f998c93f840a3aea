using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;

namespace ImageRights.EventStore.Transparency;

/// <summary>Somebody outside who says when a hash was shown to him.</summary>
public interface ITimeStampAuthority
{
    /// <summary>Who is asked, for people.</summary>
    string Name { get; }

    /// <summary>A token over a hash: a CMS signature in DER (RFC 3161, TimeStampToken).</summary>
    /// <param name="sha256">SHA-256 of what is to be stamped.</param>
    /// <exception cref="TimeStampException">There is none.</exception>
    Task<byte[]> StampAsync(byte[] sha256, CancellationToken cancellationToken);
}

/// <summary>No token could be had.</summary>
public sealed class TimeStampException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>An authority that speaks RFC 3161 over HTTP (section 3.4).</summary>
public sealed class Rfc3161Authority(Uri address) : ITimeStampAuthority, IDisposable
{
    private const int NonceBytes = 16, LargestAnswer = 64 * 1024;

    private readonly HttpClient client = new() { Timeout = TimeSpan.FromSeconds(10), MaxResponseContentBufferSize = LargestAnswer };

    /// <inheritdoc />
    public string Name => address.Host;

    /// <inheritdoc />
    public async Task<byte[]> StampAsync(byte[] sha256, CancellationToken cancellationToken)
    {
        // With the certificates in it, a token can be checked when the authority is long gone; with a nonce, an old answer does not pass for a new one.
        var request = Rfc3161TimestampRequest.CreateFromHash(sha256, HashAlgorithmName.SHA256, nonce: RandomNumberGenerator.GetBytes(NonceBytes), requestSignerCertificates: true);
        try
        {
            using var content = new ByteArrayContent(request.Encode()) { Headers = { ContentType = new MediaTypeHeaderValue("application/timestamp-query") } };
            using var response = await client.PostAsync(address, content, cancellationToken);
            if (!response.IsSuccessStatusCode) throw new TimeStampException($"The time-stamp authority answered {(int)response.StatusCode}.");
            return request.ProcessResponse(await response.Content.ReadAsByteArrayAsync(cancellationToken), out _).AsSignedCms().Encode();
        }
        catch (Exception failure) when (failure is HttpRequestException or CryptographicException || failure is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeStampException($"The time-stamp authority gave no token: {failure.Message}", failure);
        }
    }

    /// <inheritdoc />
    public void Dispose() => client.Dispose();
}
