using ImageRights.EventStore;
using ImageRights.Fingerprint.Projections;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;
using static ImageRights.Fingerprint.Features.MessageChecks;

namespace ImageRights.Fingerprint.Features.ReadingFingerprints;

/// <summary>Shows what became of an image or work.</summary>
internal static class FingerprintEndpoint
{
    public static void MapFingerprints(this IEndpointRouteBuilder app) =>
        app.MapGet("/v1/fingerprints/{subjectId}", HandleAsync).Requires(Permission.FingerprintsRead).WithTags("Fingerprints").WithName("ReadFingerprint")
            .WithSummary("The fingerprint of an image or work, or why it has none");

    private static async Task<IResult> HandleAsync(string subjectId, HttpContext context, DocumentStore store)
    {
        await using var session = store.LightweightSession(context.Tenant());
        if (!IsId(subjectId) || await session.LoadAsync<FingerprintView>(subjectId, context.RequestAborted) is not { } view)
            return context.Problem(new Rejection("Fingerprint_Not_Found"));
        return TypedResults.Ok(view);
    }
}
