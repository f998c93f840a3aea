using System.Net.Http.Headers;
using ImageRights.Console.Features.ServingMedia;
using ImageRights.Console.Issuing;
using ImageRights.ServiceDefaults.Access;

namespace ImageRights.Console.Peers;

/// <summary>What the origin of pictures asks of the services, in the name of nobody but that origin and for the tenant that the link names.</summary>
public sealed class MediaDesk(IHttpClientFactory clients, TokenIssuer issuer)
{
    /// <summary>The re-encoded picture, or null when it cannot be shown.</summary>
    public async Task<(byte[] Bytes, string? ContentType)?> ReadAsync(MediaLink link, CancellationToken cancellationToken)
    {
        var token = new AuthenticationHeaderValue("Bearer", await issuer.ForPagesAsync(Roles.MediaDesk, link.Tenant, cancellationToken));
        try
        {
            using var found = await GetAsync(Peer.Ingestion, $"/v1/{link.Bank}/{Uri.EscapeDataString(link.Id)}");
            if (!found.IsSuccessStatusCode || (await found.Content.ReadFromJsonAsync<Stored>(cancellationToken))?.Sha256 is not { } sha256) return null;
            using var rendition = await GetAsync(Peer.Fingerprint, $"/v1/renditions/{Uri.EscapeDataString(sha256)}?side={link.Side}");
            return rendition.IsSuccessStatusCode ? (await rendition.Content.ReadAsByteArrayAsync(cancellationToken), rendition.Content.Headers.ContentType?.MediaType) : null;
        }
        catch (Exception failure) when (Peer.IsSilence(failure, cancellationToken))
        {
            return null;
        }

        async Task<HttpResponseMessage> GetAsync(string peer, string path)
        {
            using var client = clients.CreateClient(peer);
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Authorization = token } };
            return await client.SendAsync(request, cancellationToken);
        }
    }

    private sealed record Stored(string? Sha256);
}
