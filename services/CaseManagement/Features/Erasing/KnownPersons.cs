using System.Net.Http.Json;
using System.Text.Json;
using ImageRights.CaseManagement.Features.WatchingReporters;
using ImageRights.CaseManagement.Projections;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Access;

namespace ImageRights.CaseManagement.Features.Erasing;

/// <summary>Whether anything is stored of a person, here or in Ingestion: an erasure or a hold for a misspelt account would be for nobody.</summary>
internal sealed class KnownPersons(DocumentStore store, IHttpClientFactory clients, ILogger<KnownPersons> logger)
{
    /// <summary>How long it waits for Ingestion.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);

    /// <summary>Whether nobody knows the person. Where Ingestion does not answer it is taken that it does.</summary>
    /// <param name="person">Account, or the notice of somebody without one.</param>
    public async Task<bool> AreSilentOnAsync(DocumentSession session, string person, CancellationToken cancellationToken) =>
        !await store.Persons.KnowAsync(session.TenantId, person, cancellationToken)
        && await session.LoadAsync<NoticeView>(person, cancellationToken) is null
        && await session.LoadAsync<ReporterView>(person, cancellationToken) is null
        && (await session.QueryAsync<CaseView>($"where {Belonging.CasesOf} order by id limit 1", [person, person], cancellationToken)).Count == 0
        && !await IngestionKnowsAsync(session.TenantId, person, cancellationToken);

    private async Task<bool> IngestionKnowsAsync(string tenant, string person, CancellationToken cancellationToken)
    {
        var account = Uri.EscapeDataString(person);
        try
        {
            using var client = clients.CreateClient(nameof(KnownPersons));
            foreach (var list in new[] { "works", "images" })
            {
                using var answer = await SendAsync($"/v1/{list}?accountId={account}&limit=1");
                var found = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
                if (found.GetProperty("items").GetArrayLength() > 0) return true;
            }
            // That there is an address is enough; the address itself is not read.
            using var contact = await SendAsync($"/internal/v1/sellers/{account}/contact");
            return contact.StatusCode != System.Net.HttpStatusCode.NotFound;

            Task<HttpResponseMessage> SendAsync(string path) =>
                client.SendAsync(new HttpRequestMessage(HttpMethod.Get, $"http://ingestion{path}").For(tenant), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException || failure is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            logger.LogWarning("Whether Ingestion knows a person could not be asked: {Reason}", failure.Message);
            return true;
        }
    }
}
