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
        images.MapDelete("/{id}", WithdrawAsync).Requires(Permission.ImagesWrite).OfAccount("Image_Not_Found", Belonging.ImageAsync)
            .WithName("WithdrawImage").WithSummary("Withdraws a picture: it is no longer matched against; its record stays. Needs If-Match");

    private static Task<IResult> WithdrawAsync(string id, HttpContext context, DocumentStore store, TimeProvider clock)
    {
        if (!Identity.Is(Image.IdPrefix, id)) return Task.FromResult(context.Problem(new Rejection("Image_Not_Found")));
        return context.EndAsync<ImageState>(store, Image.Stream(id), image => Image.Decide(image, new ImageCommand.Withdraw(clock.GetUtcNow())));
    }
}
