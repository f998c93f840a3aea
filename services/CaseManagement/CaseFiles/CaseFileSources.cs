using System.Net;
using System.Text.Json;
using ImageRights.EventStore;
using ImageRights.EventStore.Transparency;
using ImageRights.ServiceDefaults.Access;

namespace ImageRights.CaseManagement.CaseFiles;

/// <summary>What other services hold of a case: pictures, and the record of where they come from. Whatever cannot be had is said, with the reason.</summary>
internal sealed class CaseFileSources(IHttpClientFactory clients)
{
    /// <summary>Largest answer that is taken, in bytes; more than any picture that is accepted.</summary>
    public const int LargestAnswer = 64 * 1024 * 1024;

    private const int Side = 640;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <summary>What Ingestion says of a picture or a work; a text where it says nothing.</summary>
    public Task<(JsonElement Found, string? Why)> DescribeAsync(string tenant, string address, CancellationToken cancellationToken) => JsonAsync<JsonElement>(tenant, $"http://ingestion{address}", cancellationToken);

    /// <summary>The bytes as they were uploaded.</summary>
    public async Task<(byte[]? Bytes, string? Why)> ContentAsync(string tenant, string sha256, CancellationToken cancellationToken)
    {
        var (bytes, why) = await GetAsync(tenant, $"http://ingestion/internal/v1/contents/{sha256}", cancellationToken);
        return bytes is not null && CaseFileManifest.HashOf(bytes) != sha256 ? (null, "The vault gave other bytes than were recorded.") : (bytes, why);
    }

    /// <summary>It drawn anew.</summary>
    public Task<(byte[]? Bytes, string? Why)> RenditionAsync(string tenant, string sha256, CancellationToken cancellationToken) => GetAsync(tenant, $"http://fingerprint/v1/renditions/{sha256}?side={Side}", cancellationToken);

    /// <summary>Streams of a service's log with their proofs, without what they say of other pictures than <paramref name="images"/>.</summary>
    public Task<(SealedStreams? Found, string? Why)> RecordAsync(string tenant, string peer, IEnumerable<string> streams, IEnumerable<string> images, CancellationToken cancellationToken)
    {
        var query = streams.Select(stream => $"key={Uri.EscapeDataString(stream)}").Concat(images.Select(image => $"imageId={Uri.EscapeDataString(image)}"));
        return JsonAsync<SealedStreams>(tenant, $"http://{peer}/internal/v1/log/streams?{string.Join('&', query)}", cancellationToken)!;
    }

    private async Task<(T? Found, string? Why)> JsonAsync<T>(string tenant, string address, CancellationToken cancellationToken)
    {
        var (bytes, why) = await GetAsync(tenant, address, cancellationToken);
        try
        {
            return bytes is null ? (default, why) : (JsonSerializer.Deserialize<T>(bytes, StoreOptions.Json), null);
        }
        catch (JsonException)
        {
            return (default, "The answer cannot be read.");
        }
    }

    private async Task<(byte[]? Bytes, string? Why)> GetAsync(string tenant, string address, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Longest);
        var peer = new Uri(address).Host;
        try
        {
            using var client = clients.CreateClient(nameof(CaseFileSources));
            using var request = new HttpRequestMessage(HttpMethod.Get, address).For(tenant);
            using var response = await client.SendAsync(request, limit.Token);
            if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone) return (null, $"The {peer} service does not have it.");
            return response.IsSuccessStatusCode ? (await response.Content.ReadAsByteArrayAsync(limit.Token), null) : (null, $"The {peer} service answered {(int)response.StatusCode}.");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException || failure is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return (null, $"The {peer} service did not answer.");
        }
    }
}
