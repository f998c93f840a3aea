using ImageRights.EventStore;
using ImageRights.Notification.Notices;
using NpgsqlTypes;
using Npgsql;

namespace ImageRights.Notification.Features.HearingContracts;

/// <summary>Writes of a notice.</summary>
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

    private static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Varchar };
}
