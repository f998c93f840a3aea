using ImageRights.EventStore;
using ImageRights.Ingestion.Licences;
using ImageRights.Ingestion.Projections;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Ingestion.Features.ReadingLicences;

/// <summary>Licences as they are read.</summary>
public static class LicenceQueries
{
    internal static readonly ListShape<LicenceView> Shape = new ListShape<LicenceView>(view => view.LicenceId)
        .Created("grantedAt", Licence.IdPrefix)
        .By("workId", "Only licences of this work.")
        .By("accountId", "Only licences for this account.", sql: "data ->> 'licenseeAccountId' = ?")
        .By("status", "Takes", ["granted", "ended"]);

    /// <summary>GET /v1/licences/{id} and GET /v1/licences.</summary>
    public static void MapReadLicences(this IEndpointRouteBuilder licences)
    {
        licences.MapGet("/{id}", GetAsync).WithName("GetLicence").WithSummary("A licence; ETag is its version");
        licences.MapGet("", ListAsync).WithName("ListLicences").WithSummary("Licences, newest first");
    }

    private static async Task<IResult> GetAsync(string id, HttpContext context, DocumentStore store)
    {
        await using var session = store.LightweightSession(context.Tenant());
        var view = Identity.Is(Licence.IdPrefix, id) ? await session.LoadAsync<LicenceView>(id, context.RequestAborted) : null;
        if (view is null) return context.Problem(new Rejection("Licence_Not_Found"));
        context.Response.SetVersion(view.Version);
        return TypedResults.Ok(view);
    }

    private static async Task<IResult> ListAsync(HttpContext context, DocumentStore store)
    {
        await using var session = store.LightweightSession(context.Tenant());
        return await Shape.AnswerAsync(context, session);
    }
}
