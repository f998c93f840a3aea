using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;

namespace ImageRights.Fingerprint.Features.Renewing;

/// <summary>Shows how far the renewal of fingerprints is.</summary>
internal static class RenewalEndpoint
{
    public static void MapRenewal(this IEndpointRouteBuilder app) =>
        app.MapGet("/v1/renewal", HandleAsync).Requires(Permission.FingerprintsRead).WithTags("Fingerprints").WithName("DescribeRenewal")
            .WithSummary("How many pictures still have a fingerprint of an earlier version, and how long the rest takes");

    private static async Task<IResult> HandleAsync(HttpContext context, DocumentStore store)
    {
        await using var session = store.LightweightSession(context.Tenant());
        return TypedResults.Ok(await Renewals.ReadProgressAsync(session, context.RequestAborted));
    }
}
