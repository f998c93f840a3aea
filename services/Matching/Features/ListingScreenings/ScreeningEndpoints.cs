using ImageRights.EventStore;
using ImageRights.Matching.Projections;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;
using static ImageRights.Matching.Features.MessageChecks;

namespace ImageRights.Matching.Features.ListingScreenings;

internal static class ScreeningEndpoints
{
    public static readonly ListShape<ScreeningView> Shape = new ListShape<ScreeningView>(view => view.ImageId)
        .Created("receivedAt", "img_")
        .By("verdict", "Takes", Enum.GetNames<Verdict>())
        .Owned("data ->> 'accountId' = ?", view => view.ForUploader())
        .By("status", "Takes", ["pending", "screened"])
        .By("accountId", "Only uploads of this account.")
        .By("listingId", "Only uploads of this listing.")
        .By("surface", "Takes", Enum.GetNames<Surface>());

    public static void MapScreenings(this IEndpointRouteBuilder app)
    {
        var screenings = app.MapGroup("/v1/screenings").WithTags("Screenings").Requires(Permission.ScreeningsRead);
        screenings.MapList("/", Shape).WithName("ListScreenings").WithSummary("Screenings, newest upload first");
        screenings.MapGet("/{imageId}", GetAsync).OfAccount("Screening_Not_Found", BelongsAsync, "imageId").WithName("GetScreening").WithSummary("An upload's screening, or that it is pending");
    }

    private static async Task<bool> BelongsAsync(DocumentSession session, string imageId, string account, CancellationToken cancellationToken) =>
        IsId(imageId) && (await session.LoadAsync<ScreeningView>(imageId, cancellationToken))?.AccountId == account;

    // Whoever asks for an uploader is not told more than the uploader.
    private static async Task<IResult> GetAsync(string imageId, HttpContext context, DocumentStore store, CancellationToken cancellationToken, bool forUploader = false)
    {
        if (!IsId(imageId)) return context.Problem(new Rejection("Screening_Not_Found"));
        await using var session = store.LightweightSession(context.Tenant());
        return await session.LoadAsync<ScreeningView>(imageId, cancellationToken) is { } screening
            ? TypedResults.Ok(forUploader || context.PartyAccount() is not null ? screening.ForUploader() : screening)
            : context.Problem(new Rejection("Screening_Not_Found"));
    }
}
