using ImageRights.EventStore;
using ImageRights.Notification.Endpoints;
using ImageRights.Notification.Notices;
using ImageRights.Notification.Projections;
using ImageRights.Notification.Sending;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Notification.Features.ReadingEndpoints;

/// <summary>Event types that an endpoint can ask for.</summary>
public sealed record EventTypes(IReadOnlyList<string> Items);

internal static class ReadEndpoints
{
    public static readonly ListShape<EndpointView> Shape = new ListShape<EndpointView>(view => view.EndpointId)
        .Created("registeredAt", EndpointId.Prefix)
        .By("status", "Takes", [nameof(EndpointState.Enabled), nameof(EndpointState.Disabled)], "data ->> 'state' = ?", alias: "state")
        .By("eventType", "Only endpoints that this type is sent to.", [.. NoticeTypes.Names], "data ->> 'state' = 'Enabled' and (data -> 'eventTypes' @> jsonb_build_array(?::text) or data -> 'eventTypes' = '[]')");

    public static void Map(RouteGroupBuilder endpoints)
    {
        endpoints.MapList("", Shape).WithName("ListEndpoints").WithSummary("Webhook endpoints, newest first");
        endpoints.MapGet("/{endpointId}", ReadAsync).WithName("ReadEndpoint").WithSummary("One webhook endpoint and how it does");
    }

    public static void MapTypes(RouteGroupBuilder types) => types
        .MapGet("", () => TypedResults.Ok(new EventTypes([.. NoticeTypes.Names])))
        .WithName("ListEventTypes").WithSummary("Event types that an endpoint can ask for");

    private static async Task<IResult> ReadAsync(string endpointId, HttpContext context, DocumentStore store)
    {
        if (!EndpointId.IsWellFormed(endpointId)) return context.Problem(new Rejection("Endpoint_Not_Found"));
        await using var session = store.LightweightSession(context.Tenant());
        // Version first: a write between the two reads then makes the tag stale, never the content.
        var state = await session.Events.FetchStreamStateAsync(EndpointId.StreamOf(endpointId), context.RequestAborted);
        var view = await session.LoadAsync<EndpointView>(endpointId, context.RequestAborted);
        if (view is null || state is null) return context.Problem(new Rejection("Endpoint_Not_Found"));
        context.Response.SetVersion(state.Version);
        return TypedResults.Ok(view with { Health = await EndpointHealth.ReadAsync(store, session.TenantId, endpointId, context.RequestAborted) });
    }
}
