using ImageRights.EventStore;
using ImageRights.Ingestion.Intake;
using ImageRights.Ingestion.Projections;
using ImageRights.Ingestion.Works;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Ingestion.Features.ReadingWorks;

/// <summary>Registered originals as they are read.</summary>
public static class WorkQueries
{
    /// <summary>GET /v1/works/{id} and GET /v1/works.</summary>
    public static void MapReadWorks(this IEndpointRouteBuilder works)
    {
        works.MapGet("/{id}", GetAsync).WithName("GetWork").WithSummary("A registered original; ETag is its version");
        works.MapGet("", ListAsync).WithName("ListWorks").WithSummary("Originals, newest first, of one account with accountId");
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
        if (!PageRequest.TryRead(context, out var page, out var rejection)) return context.Problem(rejection!);
        var query = new FieldReader(name => context.Request.Query[name]);
        var accountId = query.OptionalIdentifier("accountId");
        if (query.Rejection is { } invalid) return context.Problem(invalid);
        await using var session = store.LightweightSession(context.Tenant());
        var rows = accountId is null
            ? await session.QueryAsync<WorkView>("where id < ? order by id desc limit ?", [page.After, page.Limit + 1], context.RequestAborted)
            : await session.QueryAsync<WorkView>(
                "where data ->> 'accountId' = ? and id < ? order by id desc limit ?", [accountId, page.After, page.Limit + 1], context.RequestAborted);
        return TypedResults.Ok(page.ToPage(rows, row => row.WorkId));
    }
}
