using ImageRights.Fingerprint.Decoding;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;
using Microsoft.Net.Http.Headers;
using static ImageRights.Fingerprint.Features.MessageChecks;

namespace ImageRights.Fingerprint.Features.Rendering;

/// <summary>Shows a picture of the vault to a person: always drawn anew, never the bytes that somebody uploaded.</summary>
internal static class RenditionEndpoint
{
    private const int DefaultSide = 640;
    private static readonly int[] Sides = [160, 320, 640, 1280];

    public static void MapRenditions(this IEndpointRouteBuilder app) =>
        app.MapGet("/v1/renditions/{sha256}", HandleAsync).Requires(Permission.RenditionsRead).WithTags("Renditions").WithName("ReadRendition")
            .WithSummary("A picture drawn anew as a JPEG without metadata, within a square of side pixels (160, 320, 640 or 1280)");

    private static async Task<IResult> HandleAsync(string sha256, HttpContext context, Renditions renditions)
    {
        if (!IsSha256(sha256)) return context.Problem(new Rejection("Not_Found"));
        var side = DefaultSide;
        if (context.Request.Query.TryGetValue("side", out var wanted) && (!int.TryParse(wanted, out side) || !Sides.Contains(side)))
            return context.Problem(new Rejection("Request_Invalid", $"side takes {string.Join(", ", Sides)}.", "/side"));

        var tag = new EntityTagHeaderValue($"\"{sha256}-{side}\"");
        // The tag names the content itself, so whoever holds it holds what would be sent.
        if (context.Request.GetTypedHeaders().IfNoneMatch.Any(held => held.Compare(tag, useStrongComparison: false)))
        {
            SetCaching(context.Response, tag);
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        }
        var (jpeg, rejection) = await renditions.GetAsync(context.Tenant(), sha256, side, context.RequestAborted);
        if (jpeg is null) return context.Problem(rejection!);
        SetCaching(context.Response, tag);
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        context.Response.Headers.ContentDisposition = "inline";
        return TypedResults.Bytes(jpeg, Rendition.MediaType);
    }

    private static void SetCaching(HttpResponse response, EntityTagHeaderValue tag)
    {
        response.Headers.ETag = tag.ToString();
        response.Headers.CacheControl = "private, max-age=86400, immutable";
    }
}
