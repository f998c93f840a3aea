using ImageRights.Console.Peers;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Console.Features.ServingMedia;

/// <summary>Pictures for the pages: always Fingerprint's re-encoding, never the bytes that somebody uploaded.</summary>
internal static class MediaEndpoint
{
    private static readonly int[] Sides = [160, 320, 640, 1280];

    public static void Map(WebApplication app)
    {
        app.MapGet("/media/images/{id}", async (HttpContext context, Desk desk, string id, int side = 320) =>
            await ServeAsync(context, desk, (await desk.FindAsync<Image>(Peer.Ingestion, $"/v1/images/{Uri.EscapeDataString(id)}", context.RequestAborted))?.Sha256, side));
        app.MapGet("/media/works/{id}", async (HttpContext context, Desk desk, string id, int side = 320) =>
            await ServeAsync(context, desk, (await desk.FindAsync<Work>(Peer.Ingestion, $"/v1/works/{Uri.EscapeDataString(id)}", context.RequestAborted))?.Sha256, side));
    }

    private static async Task<IResult> ServeAsync(HttpContext context, Desk desk, string? sha256, int side)
    {
        if (sha256 is null || !Sides.Contains(side)) return context.Problem(new Rejection("Media_Not_Found"));
        if (await desk.RenditionAsync(sha256, side, context.RequestAborted) is not { } rendition) return context.Problem(new Rejection("Media_Not_Found"));
        context.Response.Headers.CacheControl = "private, max-age=86400, immutable";
        context.Response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        return Results.Bytes(rendition.Bytes, rendition.ContentType);
    }
}
