using ImageRights.Ingestion.Vault;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Ingestion.Features.ServingContents;

/// <summary>Bytes from the vault, for the other services. Never for browsers: what was uploaded is shown only after it was encoded anew.</summary>
public static class ContentEndpoint
{
    /// <summary>GET /internal/v1/contents/{sha256}</summary>
    public static void MapContents(this IEndpointRouteBuilder app) =>
        app.MapGet("/internal/v1/contents/{sha256}", ServeAsync).Requires(Permission.ContentsRead)
            .WithTags("Internal").WithName("GetContent").WithSummary("Bytes from the vault by SHA-256, for other services")
            .ExcludeFromDescription();

    private static async Task<IResult> ServeAsync(string sha256, HttpContext context, ContentVault vault, ILogger<ContentVault> logger)
    {
        if (!ContentVault.IsAddress(sha256)) return context.Problem(new Rejection("Content_Not_Found"));
        try
        {
            await using var content = await vault.OpenAsync(context.Tenant(), sha256, context.RequestAborted);
            if (content is null) return context.Problem(new Rejection("Content_Not_Found"));
            var response = context.Response;
            response.ContentType = "application/octet-stream";
            response.ContentLength = content.Length;
            response.Headers.XContentTypeOptions = "nosniff";
            response.Headers.ContentDisposition = "attachment";
            response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
            response.Headers.CacheControl = "no-store";
            await content.CopyToAsync(response.Body, context.RequestAborted);
            return TypedResults.Empty;
        }
        catch (VaultObjectDamagedException damage)
        {
            logger.LogError(damage, "Content {Sha256} of the vault does not verify", sha256);
            if (!context.Response.HasStarted)
            {
                context.Response.Clear();
                return context.Problem(new Rejection("Content_Damaged"));
            }
            // The length was announced; a broken connection tells the reader that it did not get all.
            context.Abort();
            return TypedResults.Empty;
        }
    }
}
