using ImageRights.Console.Peers;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Console.Features.ServingMedia;

/// <summary>The origin of pictures: answers to signed links with Fingerprint's re-encoding, never with the bytes that somebody uploaded, and to nothing else.</summary>
internal static class MediaOrigin
{
    // What is re-encoded is one of these; whatever else it claims to be is not passed on.
    private static readonly string[] Pictures = ["image/jpeg", "image/png", "image/webp"];

    /// <summary>Takes requests to <c>Media:Origin</c> out of the pages' way: none of them reaches a page, and no page's address is answered there.</summary>
    public static void UseMediaOrigin(this WebApplication app)
    {
        var links = app.Services.GetRequiredService<MediaLinks>();
        app.MapWhen(context => string.Equals(context.Request.Host.Value, links.Origin.Authority, StringComparison.OrdinalIgnoreCase), media => media.Run(ServeAsync));
    }

    private static async Task ServeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Cross-Origin-Resource-Policy"] = "same-site";
        await (await AnswerAsync(context)).ExecuteAsync(context);
    }

    private static async Task<IResult> AnswerAsync(HttpContext context)
    {
        var missing = context.Problem(new Rejection("Media_Not_Found"));
        if (!HttpMethods.IsGet(context.Request.Method)) return missing;
        if (context.RequestServices.GetRequiredService<MediaLinks>().Read(context.Request) is not { } link) return context.Problem(new Rejection("Media_Link_Invalid"));
        if (await context.RequestServices.GetRequiredService<MediaDesk>().ReadAsync(link, context.RequestAborted) is not ({ } bytes, { } type) || !Pictures.Contains(type)) return missing;
        var headers = context.Response.Headers;
        headers.CacheControl = $"private, max-age={(int)MediaLinks.Lifetime.TotalSeconds}, immutable";
        // A page shows it all the same; who opens the address itself saves a file and runs nothing.
        headers.ContentDisposition = $"attachment; filename=\"{link.Id}.{type["image/".Length..]}\"";
        return Results.Bytes(bytes, type);
    }
}
