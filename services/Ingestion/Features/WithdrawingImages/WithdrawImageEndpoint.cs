using ImageRights.EventStore;
using ImageRights.Ingestion.Images;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Ingestion.Features.WithdrawingImages;

/// <summary>The door for pictures that are no longer published.</summary>
public static class WithdrawImageEndpoint
{
    /// <summary>DELETE /v1/images/{id}.</summary>
    public static void MapWithdrawImage(this IEndpointRouteBuilder images) =>
        images.MapDelete("/{id}", WithdrawAsync).Requires(Permission.ImagesWrite)
            .WithName("WithdrawImage").WithSummary("Withdraws a picture: it is no longer matched against; its record stays. Needs If-Match");

    private static async Task<IResult> WithdrawAsync(string id, HttpContext context, DocumentStore store, TimeProvider clock)
    {
        if (!Identity.Is(Image.IdPrefix, id)) return context.Problem(new Rejection("Image_Not_Found"));
        await using var session = store.LightweightSession(context.Tenant());
        var stream = await session.Events.FetchForWriting<ImageState>(Image.Stream(id), context.RequestAborted);
        var decision = Image.Decide(stream.Aggregate, new ImageCommand.Withdraw(clock.GetUtcNow()));
        if (decision.Code is not null) return context.Problem(new Rejection(decision.Code));
        if (context.Request.CheckVersion(stream.CurrentVersion) is { } stale) return context.Problem(stale);
        stream.AppendMany(decision.Events);
        var version = stream.NextVersion;
        await session.SaveChangesAsync(context.RequestAborted);
        context.Response.SetVersion(version);
        return TypedResults.NoContent();
    }
}
