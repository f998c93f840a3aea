using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ImageRights.Tour;

/// <summary>The services' HTTP API as a marketplace's own program would call it.</summary>
internal sealed class Desk(IReadOnlyDictionary<string, Uri> services)
{
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>Gets a token as a program does (RFC 6749, 4.4); a tour is over before it expires.</summary>
    public async Task SignInAsync(string clientId, string secret)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_id"] = clientId, ["client_secret"] = secret });
        using var response = await http.PostAsync(new Uri(services["console"], "/connect/token"), form);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await ReadAsync(response, "POST", "/connect/token"))["access_token"]!.GetValue<string>());
    }

    public async Task<string> RegisterWorkAsync(string title, string author, byte[] picture) =>
        (await SendAsync(HttpMethod.Post, "ingestion", "/v1/works", Form(picture, ("accountId", author), ("title", title), ("author", author))))["workId"]!.GetValue<string>();

    public async Task<string> UploadAsync(string account, string listing, byte[] picture) =>
        (await SendAsync(HttpMethod.Post, "ingestion", "/v1/images", Form(picture, ("accountId", account), ("surface", "Listing"), ("listingId", listing))))["imageId"]!.GetValue<string>();

    public Task<JsonNode?> ScreeningAsync(string imageId) => FindAsync("matching", $"/v1/screenings/{imageId}");

    public Task<JsonNode> PostAsync(string service, string path, object body, string? version = null) =>
        SendAsync(HttpMethod.Post, service, path, JsonContent.Create(body), version);

    public async Task DeleteAsync(string service, string path, string version)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, new Uri(services[service], path));
        request.Headers.TryAddWithoutValidation("If-Match", version);
        using var response = await http.SendAsync(request);
        if (!response.IsSuccessStatusCode) throw new TourException($"DELETE {path} answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
    }

    public async Task<JsonNode> GetAsync(string service, string path) => await FindAsync(service, path) ?? throw new TourException($"GET {path} found nothing.");

    /// <summary>Reports a picture; case management may hear of a screening a moment after its verdict can be read, so that its first answer can be 404.</summary>
    public Task<JsonNode> ReportAsync(object report) => UntilAsync(
        async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(services["casemanagement"], "/v1/reports")) { Content = JsonContent.Create(report) };
            using var response = await http.SendAsync(request);
            return response.StatusCode == System.Net.HttpStatusCode.NotFound ? null : await ReadAsync(response, "POST", "/v1/reports");
        }, "The report's case");

    /// <summary>Asks again until <paramref name="find"/> gives something.</summary>
    public static async Task<T> UntilAsync<T>(Func<Task<T?>> find, string what, int seconds = 30) where T : class
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < TimeSpan.FromSeconds(seconds))
        {
            if (await find() is { } found) return found;
            await Task.Delay(50);
        }
        throw new TourException($"{what} did not come within {seconds} s. Look at the traces in the dashboard.");
    }

    private static MultipartFormDataContent Form(byte[] picture, params (string Name, string Value)[] fields)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields) form.Add(new StringContent(value), name);
        var file = new ByteArrayContent(picture);
        file.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        form.Add(file, "file", "picture.jpg");
        return form;
    }

    private async Task<JsonNode?> FindAsync(string service, string path)
    {
        using var response = await http.GetAsync(new Uri(services[service], path));
        if (response.StatusCode == System.Net.HttpStatusCode.NotFound) return null;
        return await ReadAsync(response, "GET", path);
    }

    private async Task<JsonNode> SendAsync(HttpMethod method, string service, string path, HttpContent content, string? version = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(services[service], path)) { Content = content };
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        if (version is not null) request.Headers.TryAddWithoutValidation("If-Match", version);
        using var response = await http.SendAsync(request);
        return await ReadAsync(response, method.Method, path);
    }

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage response, string method, string path)
    {
        var text = await response.Content.ReadAsStringAsync();
        if (!response.IsSuccessStatusCode) throw new TourException($"{method} {path} answered {(int)response.StatusCode}: {text}");
        var node = JsonNode.Parse(text)!;
        if (node is JsonObject document && response.Headers.ETag is { } tag) document["etag"] = tag.ToString();
        return node;
    }
}
