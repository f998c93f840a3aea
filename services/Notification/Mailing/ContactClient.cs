using System.Net;
using System.Net.Http.Json;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Access;

namespace ImageRights.Notification.Mailing;

/// <summary>Who is behind an account, as the marketplace told.</summary>
/// <param name="Language">Language tag, BCP 47.</param>
public sealed record Contact(string? DisplayName, string? Email, string? Language);

/// <summary>Asks Ingestion, which alone keeps addresses, at the moment of writing: so that none is kept twice, and one that was erased is not used any more.</summary>
public sealed class ContactClient(HttpClient http)
{
    /// <summary>Null when nothing is known of the account.</summary>
    /// <exception cref="HttpRequestException">Ingestion does not answer.</exception>
    public async Task<Contact?> FindAsync(string tenantId, string accountId, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/internal/v1/sellers/{Uri.EscapeDataString(accountId)}/contact").For(tenantId);
        using var response = await http.SendAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound) return null;
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<Contact>(StoreOptions.Json, cancellationToken);
    }

    /// <summary>Sets address and bounds of the client.</summary>
    public static void Configure(HttpClient http)
    {
        http.BaseAddress = new Uri("http://ingestion");
        http.Timeout = TimeSpan.FromSeconds(10);
        http.MaxResponseContentBufferSize = 64 * 1024;
    }
}
