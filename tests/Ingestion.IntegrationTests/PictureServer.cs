using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ImageRights.Ingestion.IntegrationTests;

/// <summary>A web server that pictures are fetched from, on a loopback address of the test's choice; counts who came.</summary>
internal sealed class PictureServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private int visits;

    private PictureServer(WebApplication app) => this.app = app;

    public int Visits => visits;

    public Uri Address => new(app.Urls.Single());

    public static async Task<PictureServer> StartAsync(RequestDelegate answer, string address = "127.0.0.1", int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://{address}:{port}");
        var server = new PictureServer(builder.Build());
        server.app.Run(context =>
        {
            Interlocked.Increment(ref server.visits);
            return answer(context);
        });
        await server.app.StartAsync();
        return server;
    }

    public static RequestDelegate Serves(byte[] file) => async context => await context.Response.Body.WriteAsync(file);

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
