using ImageRights.EventStore;
using ImageRights.Matching.Projections;
using ImageRights.Matching.Screening;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;
using Npgsql;
using static ImageRights.Matching.Features.MessageChecks;

namespace ImageRights.Matching.Features.Rescanning;

/// <summary>Asks for a comparison of everything anew, and says how far it is.</summary>
internal static class RescanEndpoints
{
    public static readonly ListShape<RescanView> Shape = new ListShape<RescanView>(view => view.RescanId)
        .Created("requestedAt", "rsc_")
        .By("status", "Takes", ["waiting", "running", "done"]);

    public static void MapRescans(this IEndpointRouteBuilder app)
    {
        var rescans = app.MapGroup("/v1/rescans").WithTags("Rescans");
        rescans.MapPost("/", RequestAsync).Requires(Permission.IndexRescan).WithName("RequestRescan")
            .WithSummary("Looks for every work among all uploads anew, in the background, with the limits and the model of today; pairs that were found before are not reported again");
        rescans.MapList("/", Shape).Requires(Permission.IndexRead).WithName("ListRescans").WithSummary("Rescans, newest first");
        rescans.MapGet("/{rescanId}", GetAsync).Requires(Permission.IndexRead).WithName("GetRescan").WithSummary("How far a rescan is: works done and left, at which rate, and how long it still takes");
    }

    private static async Task<IResult> RequestAsync(HttpContext context, DocumentStore store, TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var session = store.LightweightSession(context.Tenant());
        try
        {
            return await context.CreateOnceAsync(session, new { }, async () =>
            {
                if ((await session.QueryAsync<RescanView>("where data ->> 'status' <> 'done'", [], cancellationToken)).Count > 0) return new Rejection("Rescan_Running");
                var requested = new RescanRequested($"rsc_{Guid.CreateVersion7():N}", clock.GetUtcNow());
                var view = RescanView.Of(requested);
                session.Events.StartStream(requested.StreamKey, requested);
                session.Store(view.RescanId, view);
                return CreateOutcome.Accepted($"/v1/rescans/{view.RescanId}", view);
            });
        }
        catch (PostgresException failure) when (failure is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: RescanView.OneAtATime })
        {
            return context.Problem(new Rejection("Rescan_Running"));
        }
    }

    private static async Task<IResult> GetAsync(string rescanId, HttpContext context, DocumentStore store, CancellationToken cancellationToken)
    {
        await using var session = store.LightweightSession(context.Tenant());
        return IsId(rescanId) && await session.LoadAsync<RescanView>(rescanId, cancellationToken) is { } rescan
            ? TypedResults.Ok(rescan)
            : context.Problem(new Rejection("Rescan_Not_Found"));
    }
}
