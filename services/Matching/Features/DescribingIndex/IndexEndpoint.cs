using ImageRights.EventStore;
using ImageRights.Matching.Features.ScreeningPictures;
using ImageRights.Matching.Index;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using Microsoft.Extensions.Options;

namespace ImageRights.Matching.Features.DescribingIndex;

/// <summary>State of this replica's index, for the caller's tenant.</summary>
/// <param name="Removed">Uploads that measures keep down.</param>
/// <param name="Suspended">Works and portraits, counted above, that nothing is matched against for now.</param>
/// <param name="Version">Pictures and changes taken in.</param>
/// <param name="Position">Last event of the log that was read.</param>
/// <param name="CaughtUp">Whether that was the end of the log when the index last looked.</param>
/// <param name="Detailed">Pictures of all banks that can be found by their local features, also after strong edits.</param>
/// <param name="HashesOnly">Pictures that can be found by hashes alone: uploads that are neither recent nor were ever removed, and what has no local features.</param>
/// <param name="Unscreened">Events of the log that were not yet looked at for uploads to screen and new works to trace; counted to 10,001.</param>
public sealed record IndexDescription(int Works, int Portraits, int Removed, int Uploads, long Version, LogPosition Position, bool CaughtUp, int MaxDistance, int MinQuality, long Unscreened, int Suspended,
    int Detailed, int HashesOnly);

internal static class IndexEndpoint
{
    public static void MapIndex(this IEndpointRouteBuilder app) =>
        app.MapGet("/v1/index", async (HttpContext context, PictureIndex index, DocumentStore store, IOptions<MatchingOptions> options, IServiceProvider services, CancellationToken cancellationToken) =>
        {
            var screener = (await store.AllProgressAsync(cancellationToken)).FirstOrDefault(follower => follower.Name == Screener.FollowerName);
            var tenant = index.For(context.Tenant());
            return TypedResults.Ok(new IndexDescription(
                tenant.Count(Bank.Works), tenant.Count(Bank.Portraits), tenant.Count(Bank.Removed), tenant.Count(Bank.Uploads), tenant.Version, index.Position, IndexHealthCheck.IsCaughtUp(services),
                options.Value.MaxDistance, options.Value.MinQuality, screener?.Behind ?? 0, tenant.Suspended, tenant.Detailed, tenant.HashesOnly));
        }).Requires(Permission.IndexRead).WithTags("Index").WithName("DescribeIndex").WithSummary("Pictures in this replica's index and how far it is");
}
