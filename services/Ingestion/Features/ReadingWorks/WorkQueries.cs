using ImageRights.EventStore;
using ImageRights.Ingestion.Projections;
using ImageRights.Ingestion.Works;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Ingestion.Features.ReadingWorks;

/// <summary>Registered originals as they are read.</summary>
public static class WorkQueries
{
    internal static readonly ListShape<WorkView> Shape = new ListShape<WorkView>(view => view.WorkId)
        .Created("registeredAt", Work.IdPrefix)
        .By("accountId", "Only originals of this account.")
        .By("sha256", "Only originals with these bytes.");

    /// <summary>GET /v1/works/{id} and GET /v1/works.</summary>
    public static void MapReadWorks(this IEndpointRouteBuilder works)
    {
        works.MapGet("/{id}", GetAsync).WithName("GetWork").WithSummary("A registered original; ETag is its version");
        works.MapGet("", ListAsync).WithName("ListWorks").WithSummary("Originals, newest first");
    }

    private static async Task<IResult> GetAsync(string id, HttpContext context, DocumentStore store)
    {
        await using var session = store.LightweightSession(context.Tenant());
        var view = Identity.Is(Work.IdPrefix, id) ? await session.LoadAsync<WorkView>(id, context.RequestAborted) : null;
        if (view is null) return context.Problem(new Rejection("Work_Not_Found"));
        context.Response.SetVersion(view.Version);
        return TypedResults.Ok(view);
    }

    private static async Task<IResult> ListAsync(HttpContext context, DocumentStore store)
    {
        await using var session = store.LightweightSession(context.Tenant());
        return await Shape.AnswerAsync(context, session);
    }
}
