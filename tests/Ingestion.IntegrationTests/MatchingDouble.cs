using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ImageRights.Ingestion.IntegrationTests;

/// <summary>The peer's double: stands for the service Matching at its address, over real HTTP. It compares nothing; a test says what it answers.
/// That the real one answers like this is shown where both run.</summary>
internal sealed class MatchingDouble : IAsyncDisposable
{
    private readonly WebApplication app;

    private MatchingDouble(WebApplication app) => this.app = app;

    /// <summary>What it answers when asked for an image's screening, by how often it was asked before; by default that it knows none.</summary>
    public Func<HttpContext, int, Task> Screenings { get; set; } = (context, _) => Unknown(context);

    /// <summary>What it answers to a search; by default that nothing matches.</summary>
    public Func<HttpContext, Task> Searches { get; set; } = context => context.Response.WriteAsJsonAsync(Verdict("Clear"));

    /// <summary>The last search, as it was asked.</summary>
    public JsonNode? LastSearch { get; private set; }

    /// <summary>How often each screening was asked for.</summary>
    public ConcurrentDictionary<string, int> Asked { get; } = [];

    public string Address => app.Urls.Single();

    public static async Task<MatchingDouble> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var peer = new MatchingDouble(builder.Build());
        peer.app.MapGet("/v1/screenings/{id}", (string id, HttpContext context) => peer.Screenings(context, peer.Asked.AddOrUpdate(id, 1, (_, times) => times + 1) - 1));
        peer.app.MapPost("/v1/searches", async (HttpContext context) =>
        {
            peer.LastSearch = await JsonNode.ParseAsync(context.Request.Body);
            await peer.Searches(context);
        });
        await peer.app.StartAsync();
        return peer;
    }

    public static Task Unknown(HttpContext context)
    {
        context.Response.StatusCode = 404;
        return context.Response.WriteAsJsonAsync(new { code = "Screening_Not_Found" });
    }

    public static Task Pending(HttpContext context) => context.Response.WriteAsJsonAsync(new { status = "pending", matches = Array.Empty<object>() });

    public static object Verdict(string verdict) => new
    {
        status = "screened", verdict, screenedAt = DateTimeOffset.UnixEpoch,
        matches = verdict == "Match"
            ? new[] { new { bank = "Works", referenceId = "wrk_1", ownerAccountId = "artist", distance = 4, transform = "FlipY", disposition = "Hit" } }
            : [],
        thresholds = new { algorithm = "pdq/1", maxDistance = 31, minQuality = 50, indexVersion = 7 },
        commonness = new { accounts = 40, pictures = 55, since = DateTimeOffset.UnixEpoch, isCommon = true },
    };

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
