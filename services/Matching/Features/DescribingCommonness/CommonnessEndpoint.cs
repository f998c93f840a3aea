using ImageRights.EventStore;
using ImageRights.Matching.Features.Searching;
using ImageRights.Matching.Index;
using ImageRights.Matching.Screening;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;
using Microsoft.Extensions.Options;
using static ImageRights.Matching.Features.MessageChecks;

namespace ImageRights.Matching.Features.DescribingCommonness;

/// <summary>How widely a picture is used just now; counted anew each time, for a screening says only what it was then.</summary>
internal static class CommonnessEndpoint
{
    public static void MapCommonness(this IEndpointRouteBuilder app) =>
        app.MapGet("/v1/commonness/{subjectId}", HandleAsync).Requires(Permission.ScreeningsRead).OfAccount("Picture_Not_Found", BelongsAsync, "subjectId")
            .WithTags("Searches").WithName("GetCommonness").WithSummary("How many independent accounts use what an image or a work shows, and since when");

    private static async Task<bool> BelongsAsync(DocumentSession session, string subjectId, string account, CancellationToken cancellationToken) =>
        await FingerprintAsync(session, subjectId, cancellationToken) is { } picture && picture.AccountId == account;

    private static async Task<IResult> HandleAsync(
        string subjectId, HttpContext context, DocumentStore store, PictureIndex index, Search search, IOptions<MatchingOptions> options, IServiceProvider services,
        CancellationToken cancellationToken)
    {
        await using var session = store.LightweightSession(context.Tenant());
        if (await FingerprintAsync(session, subjectId, cancellationToken) is not { } picture) return context.Problem(new Rejection("Picture_Not_Found"));
        if (!IndexHealthCheck.IsCaughtUp(services)) return context.Problem(new Rejection("Dependency_Unavailable", "The index is being rebuilt."));
        var tenant = index.For(context.Tenant());
        return TypedResults.Ok(search.CommonnessOf(tenant, PictureQuery.Of(picture), options.Value.ThresholdsOf(picture.Algorithm, context.Tenant(), tenant.Version)));
    }

    private static async Task<FingerprintRecorded?> FingerprintAsync(DocumentSession session, string subjectId, CancellationToken cancellationToken) => IsId(subjectId)
        ? FingerprintRecorded.LastOf((await session.Events.FetchStreamAsync(ScreeningDecider.StreamKey(subjectId), cancellationToken: cancellationToken)).Select(@event => @event.Data))
        : null;
}
