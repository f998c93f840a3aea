using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ImageRights.Console.IntegrationTests;

/// <summary>Ingestion and Fingerprint in one: pictures of tenants, and whatever a rendition is said to be.</summary>
internal sealed class PictureServices : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentDictionary<(string Tenant, string Id), string> hashes = [];
    private readonly ConcurrentDictionary<(string Tenant, string Sha256), (byte[] Bytes, string ContentType)> renditions = [];

    private PictureServices(WebApplication app) => this.app = app;

    public string Address => app.Urls.Single();

    /// <summary>Takes requests and answers none, as a process that stands still does.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Roles that asked for pictures.</summary>
    public ConcurrentBag<string> Roles { get; } = [];

    public static async Task<PictureServices> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var services = new PictureServices(builder.Build());
        services.app.Use((context, next) => services.IsSilent ? Task.Delay(Timeout.Infinite, context.RequestAborted) : next(context));
        services.app.MapGet("/v1/images/{id}", services.Find);
        services.app.MapGet("/v1/works/{id}", services.Find);
        services.app.MapGet("/v1/renditions/{sha256}", (string sha256, HttpContext context) => services.renditions.TryGetValue((services.TenantOf(context), sha256), out var it) ? Results.Bytes(it.Bytes, it.ContentType) : Results.NotFound());
        await services.app.StartAsync();
        return services;
    }

    public string Add(string tenant, byte[] bytes, string contentType)
    {
        var (id, sha256) = ($"img_{Guid.CreateVersion7():N}", $"{Guid.NewGuid():N}");
        hashes[(tenant, id)] = sha256;
        renditions[(tenant, sha256)] = (bytes, contentType);
        return id;
    }

    private IResult Find(string id, HttpContext context) => hashes.TryGetValue((TenantOf(context), id), out var sha256) ? Results.Json(new { imageId = id, sha256 }) : Results.NotFound();

    private string TenantOf(HttpContext context)
    {
        var token = context.Request.Headers.Authorization.ToString();
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(token.Split('.')[1]))!;
        foreach (var role in claims["roles"] is JsonArray several ? several.Select(role => (string)role!) : [(string)claims["roles"]!]) Roles.Add(role);
        return (string)claims["tenant"]!;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
