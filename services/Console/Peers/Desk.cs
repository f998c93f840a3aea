using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using ImageRights.Console.Pages;

namespace ImageRights.Console.Peers;

/// <summary>The other services as the pages see them.</summary>
public sealed class Desk(IHttpClientFactory clients)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Reads a resource; null when there is none.</summary>
    /// <exception cref="PeerException">The service does not answer, or refuses.</exception>
    public Task<T?> FindAsync<T>(string peer, string path, CancellationToken cancellationToken) where T : class =>
        FindAsync(peer, path, content => content.ReadFromJsonAsync<T>(Json, cancellationToken), cancellationToken);

    /// <summary>Reads a file; null when there is none.</summary>
    /// <exception cref="PeerException">The service does not answer, or refuses.</exception>
    public Task<byte[]?> ReadAsync(string peer, string path, CancellationToken cancellationToken) =>
        FindAsync<byte[]>(peer, path, async content => await content.ReadAsByteArrayAsync(cancellationToken), cancellationToken);

    private async Task<T?> FindAsync<T>(string peer, string path, Func<HttpContent, Task<T?>> read, CancellationToken cancellationToken) where T : class
    {
        using var response = await SendAsync(peer, new HttpRequestMessage(HttpMethod.Get, path), cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound) return null;
        if (!response.IsSuccessStatusCode) throw await RefusalAsync(peer, response, cancellationToken);
        return await read(response.Content);
    }

    /// <summary>Reads a list.</summary>
    public async Task<Page<T>> ListAsync<T>(string peer, string path, CancellationToken cancellationToken) =>
        await FindAsync<Page<T>>(peer, path, cancellationToken) ?? new Page<T>([], null);

    /// <summary>Sends a command; the refusal carries the service's own words.</summary>
    public async Task<JsonNode?> PostAsync(string peer, string path, HttpContent content, string? ifMatch, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.Add("Idempotency-Key", Guid.CreateVersion7().ToString());
        using var response = await CommandAsync(peer, request, ifMatch, cancellationToken);
        return await response.Content.ReadFromJsonAsync<JsonNode>(Json, cancellationToken);
    }

    /// <summary>Changes something under the version that the page showed; the refusal carries the service's own words.</summary>
    public async Task ChangeAsync(HttpMethod method, string peer, string path, HttpContent? content, string ifMatch, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        using var response = await CommandAsync(peer, request, ifMatch, cancellationToken);
    }

    private async Task<HttpResponseMessage> CommandAsync(string peer, HttpRequestMessage request, string? ifMatch, CancellationToken cancellationToken)
    {
        if (ifMatch is not null) request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        var response = await SendAsync(peer, request, cancellationToken);
        if (response.IsSuccessStatusCode) return response;
        using (response) throw await RefusalAsync(peer, response, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(string peer, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await clients.CreateClient(peer).SendAsync(request, cancellationToken);
        }
        catch (Exception failure) when (Peer.IsSilence(failure, cancellationToken))
        {
            throw new PeerException(peer, null, Peer.Silent(peer), failure);
        }
    }

    internal static async Task<PeerException> RefusalAsync(string peer, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        try
        {
            var problem = JsonNode.Parse(text);
            return new PeerException(peer, problem?["code"]?.GetValue<string>(), SaidOf(problem?["title"]?.GetValue<string>() ?? "", problem?["detail"]?.GetValue<string>()));
        }
        catch (JsonException)
        {
            return new PeerException(peer, null, new($"The {peer} service answered {(int)response.StatusCode}.", $"{peer} 服务返回了 {(int)response.StatusCode}。"));
        }
    }

    // The title is in the reader's language; the detail that some refusals add is in English.
    private static Phrase SaidOf(string title, string? detail) => detail is null
        ? new(Sentence(title, '.'), Sentence(title, '。'))
        : new($"{Sentence(title, '.')} {Sentence(detail, '.')}", $"{Sentence(title, '。')}（英文说明：{detail}）");

    private static string Sentence(string said, char end) => said is [] or [.., '.' or '。' or '!' or '?' or '！' or '？'] ? said : said + end;
}

/// <summary>A service refused or did not answer.</summary>
public sealed class PeerException(string peer, string? code, Phrase said, Exception? inner = null) : Exception(said.En, inner)
{
    /// <summary>For people.</summary>
    public Phrase Said { get; } = said;

    /// <summary>Which service.</summary>
    public string Peer { get; } = peer;

    /// <summary>Its stable code.</summary>
    public string? Code { get; } = code;
}
