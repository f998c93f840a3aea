using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ImageRights.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ImageRights.EndToEnd.Tests;

/// <summary>The integrator's side: calls the API and receives webhooks.</summary>
internal sealed class Marketplace : IAsyncDisposable
{
    private readonly RunningSystem system;
    private readonly WebApplication receiver;
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(30) };

    private Marketplace(RunningSystem system, WebApplication receiver) => (this.system, this.receiver) = (system, receiver);

    public ConcurrentQueue<(string WebhookId, JsonNode Body)> Webhooks { get; } = [];

    public static async Task<Marketplace> JoinAsync(RunningSystem system, params string[] eventTypes)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var marketplace = new Marketplace(system, builder.Build());
        // Its own: the port may have been another's, to whom deliveries are tried again.
        var path = $"/hooks/{Guid.CreateVersion7():N}";
        marketplace.receiver.MapPost(path, (Delegate)(async (HttpContext context) =>
        {
            var body = await JsonNode.ParseAsync(context.Request.Body);
            marketplace.Webhooks.Enqueue((context.Request.Headers["webhook-id"].ToString(), body!));
            return TypedResults.NoContent();
        }));
        await marketplace.receiver.StartAsync();
        await marketplace.SignInAsync();
        await marketplace.PostAsync("notification", "/v1/endpoints", new { url = marketplace.receiver.Urls.Single() + path, description = "Shop system", eventTypes = eventTypes.Length == 0 ? null : eventTypes });
        return marketplace;
    }

    /// <summary>Gets a token as the program of the first start.</summary>
    private async Task SignInAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(system["console"], "/connect/token")) { Content = new FormUrlEncodedContent([new("grant_type", "client_credentials")]) };
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{system.FirstCredentials["client_id"]}:{system.FirstCredentials["client_secret"]}")));
        using var response = await http.SendAsync(request);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await ReadAsync(response))["access_token"]!.GetValue<string>());
    }

    public async Task<string> UploadAsync(string account, byte[] picture, string? traceParent = null)
    {
        using var response = await SendPictureAsync("/v1/images", picture, traceParent, ("accountId", account), ("surface", "Listing"), ("listingId", "listing-1"));
        return (await ReadAsync(response))["imageId"]!.GetValue<string>();
    }

    public async Task<string> RegisterAsync(string account, byte[] picture)
    {
        using var response = await SendPictureAsync("/v1/works", picture, null, ("accountId", account), ("title", "A picture"), ("author", "Fang"));
        return (await ReadAsync(response))["workId"]!.GetValue<string>();
    }

    public async Task<HttpResponseMessage> SendPictureAsync(string path, byte[] picture, string? traceParent, params (string Name, string Value)[] fields)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields) form.Add(new StringContent(value), name);
        var file = new ByteArrayContent(picture);
        file.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        form.Add(file, "file", "picture.png");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(system["ingestion"], path)) { Content = form };
        if (traceParent is not null) request.Headers.Add("traceparent", traceParent);
        return await http.SendAsync(request);
    }

    public Task<JsonNode> ScreeningAsync(string imageId, TimeSpan? timeout = null) => Eventually.GetAsync(
        async () =>
        {
            var screening = await GetAsync("matching", $"/v1/screenings/{imageId}");
            return screening["verdict"] is null ? null : screening;
        }, timeout ?? TimeSpan.FromSeconds(60), $"The screening of {imageId}");

    public async Task<JsonNode> GetAsync(string service, string path)
    {
        using var response = await http.GetAsync(new Uri(system[service], path));
        return await ReadAsync(response);
    }

    public async Task<JsonNode> PostAsync(string service, string path, object body, string? version = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(system[service], path)) { Content = JsonContent.Create(body) };
        if (version is not null) request.Headers.TryAddWithoutValidation("If-Match", version);
        using var response = await http.SendAsync(request);
        return await ReadAsync(response);
    }

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue($"{(int)response.StatusCode} {response.RequestMessage?.RequestUri}: {text}");
        var node = JsonNode.Parse(text)!;
        if (node is JsonObject document && response.Headers.ETag is { } tag) document["etag"] = tag.ToString();
        return node;
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await receiver.DisposeAsync();
    }
}
