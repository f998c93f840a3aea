using ImageRights.EventStore;
using ImageRights.Ingestion.Licences;
using ImageRights.Ingestion.Projections;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;

namespace ImageRights.Ingestion.Features.ReadingLicences;

/// <summary>Licences as they are read.</summary>
public static class LicenceQueries
{
    internal static readonly ListShape<LicenceView> Shape = new ListShape<LicenceView>(view => view.LicenceId)
        .Created("grantedAt", Licence.IdPrefix)
        .Owned("(data ->> 'licenseeAccountId' = ? or data ->> 'workId' in (select w.id from {schema}.mt_doc_work_view w where w.data ->> 'accountId' = ?))")
        .By("workId", "Only licences of this work.")
        .By("accountId", "Only licences for this account.", sql: "data ->> 'licenseeAccountId' = ?")
        .By("status", "Takes", ["granted", "ended"]);

    /// <summary>GET /v1/licences/{id} and GET /v1/licences.</summary>
    public static void MapReadLicences(this IEndpointRouteBuilder licences)
    {
        licences.MapGet("/{id}", GetAsync).OfAccount("Licence_Not_Found", Belonging.LicenceAsync).WithName("GetLicence").WithSummary("A licence; ETag is its version");
        licences.MapList("", Shape).WithName("ListLicences").WithSummary("Licences, newest first");
    }

    private static Task<IResult> GetAsync(string id, HttpContext context, DocumentStore store) =>
        context.ReadAsync<LicenceView>(store, id, Identity.Is(Licence.IdPrefix, id), "Licence_Not_Found", view => view.Version);
}
