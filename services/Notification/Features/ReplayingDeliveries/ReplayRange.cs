using ImageRights.EventStore;
using ImageRights.Notification.Deliveries;
using ImageRights.Notification.Endpoints;
using ImageRights.Notification.Features.HearingContracts;
using ImageRights.Notification.Notices;
using ImageRights.Notification.Projections;
using ImageRights.Notification.Sending;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Mvc;

namespace ImageRights.Notification.Features.ReplayingDeliveries;

/// <summary>Which events of a range are sent again.</summary>
public enum ReplayScope
{
    /// <summary>Those that the endpoint does not have: exhausted deliveries, those that wait for their next attempt, which are tried now, and events from before it was registered or while it was disabled.</summary>
    Undelivered,

    /// <summary>Also those that it has.</summary>
    All,
}

/// <summary>Asks for the events of a range of time.</summary>
/// <param name="From">First instant, by when this service heard of the event.</param>
/// <param name="To">End of the range, not in it; now when left out.</param>
public sealed record ReplayRangeRequest(DateTimeOffset? From, DateTimeOffset? To, ReplayScope Scope = ReplayScope.Undelivered);

/// <summary>What was made due.</summary>
/// <param name="Scheduled">Deliveries.</param>
/// <param name="ResumeFrom">Where another request goes on, when the range holds more events than one request takes.</param>
public sealed record ReplayRangeAnswer(int Scheduled, DateTimeOffset? ResumeFrom);

internal static class ReplayRange
{
    private const int MostEvents = 1000;

    public static void Map(RouteGroupBuilder endpoints) => endpoints.MapPost("/{endpointId}/replays", HandleAsync).Requires(Permission.DeliveriesReplay)
        .WithName("ReplayRange")
        .WithSummary("Send an endpoint the events of a range of time that it does not have, or all of them");

    private static async Task<IResult> HandleAsync(
        string endpointId, [FromBody] ReplayRangeRequest request, HttpContext context, DocumentStore store, DueSignal signal, TimeProvider clock)
    {
        if (!EndpointId.IsWellFormed(endpointId)) return context.Problem(new Rejection("Endpoint_Not_Found"));
        if (request.From is null) return context.Problem(new Rejection("Request_Invalid", "from is required.", "/from"));
        var to = request.To ?? clock.GetUtcNow();
        if (request.From >= to) return context.Problem(new Rejection("Replay_Range_Invalid", Pointer: "/from"));
        await using var session = store.LightweightSession(context.Tenant());
        var result = await context.CreateOnceAsync(session, new { endpointId, request }, async () =>
        {
            var endpoint = await session.LoadAsync<EndpointView>(endpointId, context.RequestAborted);
            if (endpoint is null) return new Rejection("Endpoint_Not_Found");
            if (endpoint.State != EndpointState.Enabled) return new Rejection("Endpoint_Disabled");
            var events = await FindAsync(store, session.TenantId, endpoint, request.From.Value, to, context.RequestAborted);
            var scheduled = 0;
            foreach (var @event in events.Take(MostEvents))
            {
                if (await ReplayAsync(session, endpointId, @event, request.Scope, clock.GetUtcNow(), context.RequestAborted)) scheduled++;
            }
            DateTimeOffset? resume = events.Count > MostEvents ? events[MostEvents].RecordedAt : null;
            return CreateOutcome.Accepted($"/v1/deliveries?endpointId={endpointId}", new ReplayRangeAnswer(scheduled, resume));
        });
        signal.Set();
        return result;
    }

    private static async Task<bool> ReplayAsync(
        DocumentSession session, string endpointId, KeptEvent @event, ReplayScope scope, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (@event.State is null)
        {
            DueDeliveries.Enqueue(session, endpointId, @event.EventId);
            return true;
        }
        if (@event.State == nameof(DeliveryState.Succeeded) && scope == ReplayScope.Undelivered) return false;
        var deliveryId = DeliveryId.Of(@event.EventId, endpointId);
        if (@event.State == nameof(DeliveryState.Pending))
        {
            DueDeliveries.Hasten(session, deliveryId);
            return true;
        }
        var stream = await session.Events.FetchForWriting<Delivery>(DeliveryId.StreamOf(deliveryId), cancellationToken);
        var decision = Delivery.Decide(stream.Aggregate, new DeliveryCommand.Replay(now));
        if (decision.Events.Count == 0) return false;
        stream.AppendMany(decision.Events);
        DueDeliveries.EnqueueAgain(session, deliveryId, endpointId, @event.EventId);
        return true;
    }

    private sealed record KeptEvent(Guid EventId, string Type, string Subject, DateTimeOffset RecordedAt, string? State);

    // One event more than is replayed: its time is where the next request goes on.
    private static async Task<IReadOnlyList<KeptEvent>> FindAsync(
        DocumentStore store, string tenantId, EndpointView endpoint, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        await using var session = store.LightweightSession(tenantId);
        var events = await session.QueryRowsAsync(
            $$"""
            select event_id, type, subject, recorded_at from {schema}.webhook_events
            where tenant_id = ? and only_for is null and recorded_at >= ? and recorded_at < ? and type = any(?) and not feed_only and about_endpoint is distinct from ?
            order by recorded_at limit {{MostEvents + 1}}
            """,
            [tenantId, from.ToUniversalTime(), to.ToUniversalTime(), (endpoint.EventTypes.Count > 0 ? endpoint.EventTypes : NoticeTypes.Names).ToArray(), endpoint.EndpointId],
            reader => new KeptEvent(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3), null), cancellationToken);
        var states = await StatesAsync(session, [.. events.Select(@event => DeliveryId.Of(@event.EventId, endpoint.EndpointId))], cancellationToken);
        return [.. events.Select(@event => @event with { State = states.GetValueOrDefault(DeliveryId.Of(@event.EventId, endpoint.EndpointId)) })];
    }

    private static async Task<Dictionary<string, string>> StatesAsync(DocumentSession session, string[] deliveryIds, CancellationToken cancellationToken)
    {
        var states = await session.QueryRowsAsync(
            $"select id, data ->> 'state' from {DeliveryView.Source} where tenant_id = ? and id = any(?)", [session.TenantId, deliveryIds],
            reader => (Id: reader.GetString(0), State: reader.GetString(1)), cancellationToken);
        return states.ToDictionary(row => row.Id, row => row.State);
    }
}
