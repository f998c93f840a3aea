using ImageRights.EventStore;
using ImageRights.Ingestion.Images;
using ImageRights.Ingestion.Projections;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;

namespace ImageRights.Ingestion.Features.ReadingImages;

/// <summary>Images as they are read.</summary>
public static class ImageQueries
{
    internal static readonly ListShape<ImageView> Shape = new ListShape<ImageView>(view => view.ImageId)
        .Created("receivedAt", Image.IdPrefix)
        .Owned("data ->> 'accountId' = ?")
        .By("accountId", "Only pictures of this account.")
        .By("listingId", "Only pictures of this listing.")
        .By("status", "Takes", ["received", "withdrawn"])
        .By("surface", "Takes", Enum.GetNames<Surface>())
        .By("sha256", "Only pictures with these bytes.");

    /// <summary>GET /v1/images/{id} and GET /v1/images.</summary>
    public static void MapReadImages(this IEndpointRouteBuilder images)
    {
        images.MapGet("/{id}", GetAsync).OfAccount("Image_Not_Found", Belonging.ImageAsync).WithName("GetImage").WithSummary("State and metadata of a picture; ETag is its version");
        images.MapList("", Shape).WithName("ListImages").WithSummary("Pictures, newest first");
    }

    private static Task<IResult> GetAsync(string id, HttpContext context, DocumentStore store) =>
        context.ReadAsync<ImageView>(store, id, Identity.Is(Image.IdPrefix, id), "Image_Not_Found", view => view.Version);
}
