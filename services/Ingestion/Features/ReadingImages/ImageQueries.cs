using ImageRights.EventStore;
using ImageRights.Ingestion.Images;
using ImageRights.Ingestion.Intake;
using ImageRights.Ingestion.Projections;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Ingestion.Features.ReadingImages;

/// <summary>Images as they are read.</summary>
public static class ImageQueries
{
    /// <summary>GET /v1/images/{id} and GET /v1/images.</summary>
    public static void MapReadImages(this IEndpointRouteBuilder images)
    {
        images.MapGet("/{id}", GetAsync).WithName("GetImage").WithSummary("State and metadata of a picture; ETag is its version");
        images.MapGet("", ListAsync).WithName("ListImages").WithSummary("Pictures, newest first, of one account with accountId");
    }

    private static async Task<IResult> GetAsync(string id, HttpContext context, DocumentStore store)
    {
        await using var session = store.LightweightSession(context.Tenant());
        var view = Identity.Is(Image.IdPrefix, id) ? await session.LoadAsync<ImageView>(id, context.RequestAborted) : null;
        if (view is null) return context.Problem(new Rejection("Image_Not_Found"));
        context.Response.SetVersion(view.Version);
        return TypedResults.Ok(view);
    }

    private static async Task<IResult> ListAsync(HttpContext context, DocumentStore store)
    {
        if (!PageRequest.TryRead(context, out var page, out var rejection)) return context.Problem(rejection!);
        var query = new FieldReader(name => context.Request.Query[name]);
        var accountId = query.OptionalIdentifier("accountId");
        if (query.Rejection is { } invalid) return context.Problem(invalid);
        await using var session = store.LightweightSession(context.Tenant());
        var rows = accountId is null
            ? await session.QueryAsync<ImageView>("where id < ? order by id desc limit ?", [page.After, page.Limit + 1], context.RequestAborted)
            : await session.QueryAsync<ImageView>(
                "where data ->> 'accountId' = ? and id < ? order by id desc limit ?", [accountId, page.After, page.Limit + 1], context.RequestAborted);
        return TypedResults.Ok(page.ToPage(rows, row => row.ImageId));
    }
}
