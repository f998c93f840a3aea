using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ImageRights.Tour;

/// <summary>The marketplace's end of a webhook: receives on loopback and verifies by Standard Webhooks 1.0 before it believes anything.</summary>
internal sealed class WebhookListener : IAsyncDisposable
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);
    private readonly WebApplication app;
    private readonly ConcurrentQueue<JsonNode> received = [];
    private byte[]? secret;
    private int refused;

    private WebhookListener(WebApplication app) => this.app = app;

    public string Url => app.Urls.Single() + "/hook";
    public IReadOnlyCollection<JsonNode> Received => received;
    public int Refused => refused;

    public static async Task<WebhookListener> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var listener = new WebhookListener(builder.Build());
        listener.app.MapPost("/hook", (Delegate)listener.ReceiveAsync);
        await listener.app.StartAsync();
        return listener;
    }

    public void Trust(string endpointSecret) => secret = Convert.FromBase64String(endpointSecret["whsec_".Length..]);

    private async Task<IResult> ReceiveAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync();
        var headers = context.Request.Headers;
        if (!IsGenuine(headers["webhook-id"].ToString(), headers["webhook-timestamp"].ToString(), headers["webhook-signature"].ToString(), body))
        {
            Interlocked.Increment(ref refused);
            return TypedResults.Unauthorized();
        }
        received.Enqueue(JsonNode.Parse(body)!);
        return TypedResults.NoContent();
    }

    private bool IsGenuine(string id, string timestamp, string signatures, string body)
    {
        if (secret is null || !long.TryParse(timestamp, out var seconds)) return false;
        if ((DateTimeOffset.UtcNow - DateTimeOffset.FromUnixTimeSeconds(seconds)).Duration() > Tolerance) return false;
        var expected = HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"{id}.{timestamp}.{body}"));
        return signatures.Split(' ').Where(signature => signature.StartsWith("v1,", StringComparison.Ordinal)).Any(signature =>
        {
            var given = new byte[expected.Length];
            return Convert.TryFromBase64String(signature[3..], given, out var length) && length == expected.Length && CryptographicOperations.FixedTimeEquals(given, expected);
        });
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
