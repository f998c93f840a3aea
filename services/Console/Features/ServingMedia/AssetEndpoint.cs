using System.Reflection;
using Microsoft.AspNetCore.StaticFiles;

namespace ImageRights.Console.Features.ServingMedia;

/// <summary>Style sheets and scripts, embedded at build.</summary>
internal static class AssetEndpoint
{
    private static readonly FileExtensionContentTypeProvider Types = new();

    public static void Map(WebApplication app) => app.MapGet("/assets/{name}", (HttpContext context, string name) =>
    {
        var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"assets/{name}");
        if (stream is null) return Results.NotFound();
        context.Response.Headers.CacheControl = "public, max-age=3600";
        return Results.Stream(stream, Types.TryGetContentType(name, out var type) ? type : "application/octet-stream");
    }).AllowAnonymous();
}
