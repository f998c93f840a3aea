using ImageRights.EventStore;
using ImageRights.Matching.Projections;
using ImageRights.Matching.Screening;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;
using static ImageRights.Matching.Features.MessageChecks;

namespace ImageRights.Matching.Features.ListingCopies;

internal static class CopiesEndpoint
{
    public static void MapCopies(this IEndpointRouteBuilder app) =>
        app.MapGet("/v1/works/{workId}/copies", ListAsync).Requires(Permission.ScreeningsRead).WithTags("Works").WithName("ListCopies")
            .WithSummary("Uploads in which a work was found, newest upload first: at their screening, or when the work was registered after them");

    private static async Task<IResult> ListAsync(string workId, HttpContext context, DocumentStore store, CancellationToken cancellationToken)
    {
        if (!PageRequest.TryRead(context, out var page, out var rejection)) return context.Problem(rejection!);
        if (!IsId(workId)) return context.Problem(new Rejection("Work_Not_Found"));
        await using var session = store.LightweightSession(context.Tenant());
        var first = await session.Events.FetchStreamAsync(ScreeningDecider.StreamKey(workId), version: 1, cancellationToken: cancellationToken);
        if (first is not [{ Data: FingerprintRecorded { Role: PictureRole.Work } or UnreadableRecorded { Role: PictureRole.Work } }])
            return context.Problem(new Rejection("Work_Not_Found"));
        var rows = await session.QueryAsync<CopyView>(
            "where id > ? and id < ? order by id desc limit ?", [CopyView.IdOf(workId, ""), CopyView.IdOf(workId, page.After), page.Limit + 1], cancellationToken);
        return TypedResults.Ok(page.ToPage(rows, copy => copy.ImageId));
    }
}
