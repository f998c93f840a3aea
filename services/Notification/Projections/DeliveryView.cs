using System.Globalization;
using System.Text.Json;
using ImageRights.EventStore;
using ImageRights.Notification.Deliveries;

namespace ImageRights.Notification.Projections;

/// <summary>One attempt as others read it.</summary>
/// <param name="Response">Beginning of the answer, at most 1 KB; only where a single delivery is read.</param>
public sealed record AttemptView(
    Guid AttemptId, int Attempt, string Url, DateTimeOffset StartedAt, int DurationMilliseconds, AttemptOutcome Outcome, int? Status, string? Error, string? Response = null);

/// <summary>A delivery as others read it.</summary>
/// <param name="Order">Place in the list: later deliveries sort after earlier ones.</param>
/// <param name="NextAttemptAt">When the next attempt is due, while one is.</param>
/// <param name="Attempts">All attempts, first to last, over all replays.</param>
/// <param name="Event">The CloudEvent that is the body of every attempt; only where a single delivery is read.</param>
public sealed record DeliveryView(
    string DeliveryId, string EndpointId, Guid EventId, string EventType, string? Subject, DeliveryState State, DateTimeOffset ScheduledAt, DateTimeOffset? NextAttemptAt,
    string Order, IReadOnlyList<AttemptView> Attempts, JsonElement? Event = null)
{
    /// <summary>SQL expression of <see cref="Order"/>, compared byte by byte.</summary>
    public const string OrderSql = "((data ->> 'order') collate \"C\")";

    /// <summary>Rows of all deliveries: those that were attempted have facts and so a view; those that wait for their first attempt are only due.</summary>
    public const string Source =
        """
        (select tenant_id, id, data from {schema}.mt_doc_delivery_view
         union all
         select d.tenant_id, d.delivery_id, jsonb_build_object(
            'deliveryId', d.delivery_id, 'endpointId', d.endpoint_id, 'eventId', d.event_id, 'eventType', e.type, 'subject', e.subject, 'state', 'Pending', 'attempts', '[]'::jsonb,
            'scheduledAt', d.next_attempt_at, 'nextAttemptAt', d.next_attempt_at,
            'order', lpad((extract(epoch from d.next_attempt_at) * 10000000 + 621355968000000000)::bigint::text, 19, '0') || d.delivery_id)
         from {schema}.webhook_due d join {schema}.webhook_events e on e.tenant_id = d.tenant_id and e.event_id = d.event_id
         where not exists (select 1 from {schema}.mt_doc_delivery_view v where v.tenant_id = d.tenant_id and v.id = d.delivery_id)) deliveries
        """;

    /// <summary>One delivery, or null.</summary>
    public static async Task<DeliveryView?> FindAsync(DocumentSession session, string deliveryId, CancellationToken cancellationToken) =>
        (await session.QueryAsync<DeliveryView>("where id = ?", [deliveryId], cancellationToken, Source)).SingleOrDefault();

    /// <summary>View after one more fact.</summary>
    public static DeliveryView? Evolve(DeliveryView? view, RecordedEvent @event) => (@event.Data, view) switch
    {
        (DeliveryEvent.Scheduled it, _) => new(
            it.DeliveryId, it.EndpointId, it.EventId, it.EventType, it.Subject, DeliveryState.Pending, it.ScheduledAt, it.ScheduledAt, OrderOf(it.DeliveryId, it.ScheduledAt), []),
        (DeliveryEvent.Delivered it, _) => new(
            it.DeliveryId, it.EndpointId, it.EventId, it.EventType, it.Subject, DeliveryState.Succeeded, it.ScheduledAt, null, OrderOf(it.DeliveryId, it.ScheduledAt),
            [new AttemptView(it.AttemptId, 1, it.Url, it.StartedAt, it.DurationMilliseconds, AttemptOutcome.Succeeded, it.Status, null)]),
        (DeliveryEvent.Attempted it, { } at) => at with
        {
            State = it.Outcome == AttemptOutcome.Succeeded ? DeliveryState.Succeeded : at.State,
            NextAttemptAt = it.NextAttemptAt,
            Attempts = [.. at.Attempts, new AttemptView(it.AttemptId, it.Attempt, it.Url, it.StartedAt, it.DurationMilliseconds, it.Outcome, it.Status, it.Error)],
        },
        (DeliveryEvent.Succeeded, { } at) => at with { State = DeliveryState.Succeeded, NextAttemptAt = null },
        (DeliveryEvent.Exhausted, { } at) => at with { State = DeliveryState.Exhausted, NextAttemptAt = null },
        (DeliveryEvent.Replayed it, { } at) => at with { State = DeliveryState.Pending, NextAttemptAt = it.ReplayedAt },
        _ => throw new ArgumentOutOfRangeException(nameof(@event), @event.EventTypeName, "No fact of a delivery."),
    };

    private static string OrderOf(string deliveryId, DateTimeOffset scheduledAt) => scheduledAt.UtcTicks.ToString("D19", CultureInfo.InvariantCulture) + deliveryId;
}
