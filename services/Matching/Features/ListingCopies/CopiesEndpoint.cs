using ImageRights.EventStore;
using ImageRights.Matching.Projections;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Matching.Features.ListingCopies;

internal static class CopiesEndpoint
{
    // The key of a copy goes on with the upload's, which is in the order of time.
    public static readonly ListShape<CopyView> Shape = new ListShape<CopyView>(view => view.Id)
        .Created("foundAt")
        // Whose the work is the operation looks at.
        .Owned("true")
        .By("accountId", "Only uploads of this account.", sql: "data ->> 'imageAccountId' = ?")
        .By("foundBy", "Takes", ["screening", "registration"])
        .By("surface", "Takes", Enum.GetNames<Surface>());

    public static void MapCopies(this IEndpointRouteBuilder app) =>
        app.MapGet("/v1/works/{workId}/copies", ListAsync).Requires(Permission.ScreeningsRead).OfAccount("Work_Not_Found", KnownWork.BelongsAsync, "workId").WithTags("Works").WithName("ListCopies")
            .WithSummary("Uploads in which a work was found, newest upload first: at their screening, or when the work was registered after them");

    private static async Task<IResult> ListAsync(string workId, HttpContext context, DocumentStore store, CancellationToken cancellationToken)
    {
        if (!PageRequest.TryReadLimit(context, out _, out var rejection)) return context.Problem(rejection!);
        await using var session = store.LightweightSession(context.Tenant());
        if (await KnownWork.AccountOfAsync(session, workId, cancellationToken) is null) return context.Problem(new Rejection("Work_Not_Found"));
        return await Shape.AnswerAsync(context, session, "id > ? and id < ?", CopyView.IdOf(workId, ""), CopyView.IdOf(workId, "~"));
    }
}
