using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ImageRights.Ingestion.IntegrationTests;

/// <summary>The peer's double: stands for the service Fingerprint at its address, over real HTTP. It decodes nothing; a test says what it answers.
/// That the real one answers like this is for the end-to-end tests to show.</summary>
internal sealed class FingerprintDouble : IAsyncDisposable
{
    private readonly WebApplication app;

    private FingerprintDouble(WebApplication app) => this.app = app;

    public delegate Task Answer(HttpContext context);

    /// <summary>What it answers; by default that the picture decodes and is distinct.</summary>
    public Answer Answers { get; set; } = Decoded(90);

    /// <summary>Bytes of the last question.</summary>
    public byte[] LastQuestion { get; private set; } = [];

    /// <summary>Query of the last question.</summary>
    public string LastQuery { get; private set; } = "";

    public string Address => app.Urls.Single();

    public static async Task<FingerprintDouble> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        var peer = new FingerprintDouble(builder.Build());
        peer.app.MapPost("/v1/fingerprints", async (HttpContext context) =>
        {
            context.Request.ContentType.ShouldBe("application/octet-stream");
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            (peer.LastQuestion, peer.LastQuery) = (body.ToArray(), context.Request.QueryString.Value ?? "");
            await peer.Answers(context);
        });
        await peer.app.StartAsync();
        return peer;
    }

    public static Answer Decoded(int quality) => context => context.Response.WriteAsJsonAsync(new
    {
        pdq = new string('5', 64), pdqDihedrals = Enumerable.Repeat(new string('5', 64), 8), pdqQuality = quality, width = 400, height = 534, format = "JPEG", algorithm = "pdq/1", lumaSha256 = new string('7', 64),
        features = context.Request.Query["features"] == "true" ? new { algorithm = "eye/1", signPdq = "0", regions = Array.Empty<object>() } : null,
    });

    public static Answer Refused(string code) => context =>
    {
        context.Response.StatusCode = 422;
        return context.Response.WriteAsJsonAsync(new { title = "The picture is refused", status = 422, code }, (System.Text.Json.JsonSerializerOptions?)null, "application/problem+json");
    };

    public static Answer Status(int status, string body = "") => context =>
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(body);
    };

    /// <summary>Waits until the asker has given up.</summary>
    public static async Task Silence(HttpContext context)
    {
        var gone = new TaskCompletionSource();
        await using var registration = context.RequestAborted.Register(gone.SetResult);
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
