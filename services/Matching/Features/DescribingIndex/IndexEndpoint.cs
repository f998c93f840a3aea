using ImageRights.EventStore;
using ImageRights.Matching.Index;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using Microsoft.Extensions.Options;

namespace ImageRights.Matching.Features.DescribingIndex;

/// <summary>State of this replica's index, for the caller's tenant.</summary>
/// <param name="Version">Pictures and changes taken in.</param>
/// <param name="Position">Last event of the log that was read.</param>
/// <param name="CaughtUp">Whether that was the end of the log when the index last looked.</param>
public sealed record IndexDescription(int Works, int Uploads, long Version, LogPosition Position, bool CaughtUp, int MaxDistance, int MinQuality);

internal static class IndexEndpoint
{
    public static void MapIndex(this IEndpointRouteBuilder app) =>
        app.MapGet("/v1/index", (HttpContext context, PictureIndex index, IOptions<MatchingOptions> options, IServiceProvider services) =>
        {
            var tenant = index.For(context.Tenant());
            return TypedResults.Ok(new IndexDescription(
                tenant.Count(Bank.Works), tenant.Count(Bank.Uploads), tenant.Version, index.Position, IndexHealthCheck.IsCaughtUp(services),
                options.Value.MaxDistance, options.Value.MinQuality));
        }).Requires(Permission.IndexRead).WithTags("Index").WithName("DescribeIndex").WithSummary("Pictures in this replica's index and how far it is");
}
