using System.Net;
using System.Text.Json;
using ImageRights.Fingerprint.Decoding;
using ImageRights.Fingerprint.Hashing;
using ImageRights.ServiceDefaults.Access;
using Microsoft.Extensions.Options;

namespace ImageRights.Fingerprint.Contents;

/// <summary>What came of asking for a picture's bytes.</summary>
public abstract record ContentFetch
{
    private ContentFetch()
    {
    }

    /// <summary>The bytes; their SHA-256 is the one asked for.</summary>
    public sealed record Found(ReadOnlyMemory<byte> Bytes) : ContentFetch;

    /// <summary>The vault says that it does not hold them.</summary>
    public sealed record Missing : ContentFetch;

    /// <summary>What the vault holds, or what arrived, is not what was asked for.</summary>
    public sealed record Altered(string Reason) : ContentFetch;

    /// <summary>No answer to rely on; the vault may hold them.</summary>
    public sealed record Unavailable(string Reason) : ContentFetch;
}

/// <summary>The vault, which Ingestion keeps. Thread-safe.</summary>
public sealed class IngestionContents(IHttpClientFactory clients, IOptions<FingerprintOptions> options)
{
    private const int MostProblemBytes = 16_384;

    /// <summary>Fetches a picture's bytes and verifies them.</summary>
    /// <param name="sha256">64 lower-case hexadecimal digits.</param>
    public async Task<ContentFetch> FetchAsync(string tenantId, string sha256, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Value.FetchTimeout);
        try
        {
            using var client = clients.CreateClient("ingestion");
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://ingestion/internal/v1/contents/{sha256}").For(tenantId);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone) return new ContentFetch.Missing();
            await using var body = await response.Content.ReadAsStreamAsync(limit.Token);
            if (!response.IsSuccessStatusCode)
            {
                return await SaysDamagedAsync(body, limit.Token)
                    ? new ContentFetch.Altered("Ingestion says that the stored content does not verify.")
                    : new ContentFetch.Unavailable($"Ingestion answers {(int)response.StatusCode}.");
            }
            return await ReadAsync(body, response.Content.Headers.ContentLength, sha256, limit.Token);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException || failure is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return new ContentFetch.Unavailable($"Ingestion does not answer: {failure.Message}");
        }
    }

    private static async Task<ContentFetch> ReadAsync(Stream body, long? announced, string sha256, CancellationToken cancellationToken)
    {
        try
        {
            if (await body.ReadAtMostAsync(DecodingLimits.Default.MaxBytes, announced, cancellationToken) is not { } bytes)
                return new ContentFetch.Altered("More bytes arrived than are ever accepted.");
            var found = ContentHash.OfBytes(bytes.Span);
            return found == sha256 ? new ContentFetch.Found(bytes) : new ContentFetch.Altered($"{bytes.Length} bytes with SHA-256 {found} arrived.");
        }
        catch (IOException failure)
        {
            // The vault breaks off when it comes upon damage after it began to send; so does one that is being stopped, but not time and again.
            return new ContentFetch.Altered($"The bytes broke off: {failure.Message}");
        }
    }

    // Content that fails to verify will fail tomorrow too; an overloaded or restarting vault will not.
    private static async Task<bool> SaysDamagedAsync(Stream body, CancellationToken cancellationToken)
    {
        try
        {
            if (await body.ReadAtMostAsync(MostProblemBytes, null, cancellationToken) is not { } problem) return false;
            using var json = JsonDocument.Parse(problem);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("code", out var code)
                && code.ValueKind == JsonValueKind.String && code.GetString() == "Content_Damaged";
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
