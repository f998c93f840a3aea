using ImageRights.EventStore;
using ImageRights.Ingestion.Intake;
using ImageRights.Ingestion.Licences;
using ImageRights.Ingestion.Projections;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Ingestion.Features.ReadingLicences;

/// <summary>Licences as they are read.</summary>
public static class LicenceQueries
{
    /// <summary>GET /v1/licences/{id} and GET /v1/licences.</summary>
    public static void MapReadLicences(this IEndpointRouteBuilder licences)
    {
        licences.MapGet("/{id}", GetAsync).WithName("GetLicence").WithSummary("A licence; ETag is its version");
        licences.MapGet("", ListAsync).WithName("ListLicences").WithSummary("Licences, newest first, of one work with workId");
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
        if (!PageRequest.TryRead(context, out var page, out var rejection)) return context.Problem(rejection!);
        var query = new FieldReader(name => context.Request.Query[name]);
        var workId = query.OptionalIdentifier("workId");
        if (query.Rejection is { } invalid) return context.Problem(invalid);
        await using var session = store.LightweightSession(context.Tenant());
        var rows = workId is null
            ? await session.QueryAsync<LicenceView>("where id < ? order by id desc limit ?", [page.After, page.Limit + 1], context.RequestAborted)
            : await session.QueryAsync<LicenceView>(
                "where data ->> 'workId' = ? and id < ? order by id desc limit ?", [workId, page.After, page.Limit + 1], context.RequestAborted);
        return TypedResults.Ok(page.ToPage(rows, row => row.LicenceId));
    }
}
