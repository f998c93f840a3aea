using ImageRights.EventStore;
using ImageRights.Notification.Deliveries;
using ImageRights.Notification.Notices;
using ImageRights.Notification.Sending;
using NpgsqlTypes;
using Npgsql;

namespace ImageRights.Notification.Features.HearingContracts;

/// <summary>Writes of a notice and its deliveries.</summary>
internal static class Noticing
{
    /// <summary>Keeps the event as it is told, in the session's transaction.</summary>
    /// <param name="onlyFor">The one endpoint that it is for; null for an event of the feed.</param>
    public static void Keep(this DocumentSession session, Notice notice, string? onlyFor = null) => session.QueueSqlCommand(
        """
        insert into {schema}.webhook_events (tenant_id, event_id, type, subject, only_for, about_endpoint, feed_only, body, full_body, traceparent)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        notice.TenantId, notice.EventId, notice.Type, notice.Subject, Text(onlyFor), Text(notice.AboutEndpoint), notice.FeedOnly, notice.Body, Text(notice.FullBody), Text(notice.TraceParent));

    /// <summary>Makes the delivery of an event to an endpoint due, in the session's transaction; gives the delivery's id.</summary>
    public static string Schedule(this DocumentSession session, Guid eventId, string eventType, string subject, string endpointId, DateTimeOffset at)
    {
        var deliveryId = DeliveryId.Of(eventId, endpointId);
        var decision = Delivery.Decide(Delivery.Initial, new DeliveryCommand.Schedule(deliveryId, endpointId, eventId, eventType, subject, at));
        session.Events.StartStream(DeliveryId.StreamOf(deliveryId), [.. decision.Events]);
        DueDeliveries.Enqueue(session, deliveryId, endpointId, eventId);
        return deliveryId;
    }

    private static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Varchar };
}
