using ImageRights.EventStore;
using ImageRights.Ingestion.Projections;
using ImageRights.Ingestion.Works;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;

namespace ImageRights.Ingestion.Features.ReadingWorks;

/// <summary>Registered originals as they are read.</summary>
public static class WorkQueries
{
    internal static readonly ListShape<WorkView> Shape = new ListShape<WorkView>(view => view.WorkId)
        .Created("registeredAt", Work.IdPrefix)
        .Owned("data ->> 'accountId' = ?")
        .By("accountId", "Only originals of this account.")
        .By("kind", "Takes", Enum.GetNames<WorkKind>(), sql: "coalesce(data ->> 'kind', 'Original') = ?")
        .By("sha256", "Only originals with these bytes.");

    /// <summary>GET /v1/works/{id} and GET /v1/works.</summary>
    public static void MapReadWorks(this IEndpointRouteBuilder works)
    {
        works.MapGet("/{id}", GetAsync).OfAccount("Work_Not_Found", Belonging.WorkAsync).WithName("GetWork").WithSummary("A registered original; ETag is its version");
        works.MapList("", Shape).WithName("ListWorks").WithSummary("Originals, newest first");
    }

    private static Task<IResult> GetAsync(string id, HttpContext context, DocumentStore store) =>
        context.ReadAsync<WorkView>(store, id, Identity.Is(Work.IdPrefix, id), "Work_Not_Found", view => view.Version);
}
