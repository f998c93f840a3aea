using ImageRights.EventStore;
using ImageRights.Notification.Deliveries;
using ImageRights.Notification.Notices;
using ImageRights.Notification.Projections;
using ImageRights.Notification.Sending;
using NpgsqlTypes;

namespace ImageRights.Notification.Features.HearingContracts;

/// <summary>Takes events in and makes their deliveries due: those that arrive together in one statement. An event is kept once, by its id, and its deliveries begin with it,
/// so a message that is redelivered, or whose handling was cut off anywhere, needs no inbox.</summary>
public sealed class NoticeIntake
{
    private const int Most = 256;

    private readonly DocumentStore store;
    private readonly DueSignal signal;
    private readonly Gathering<Notice> gathering;

    /// <summary>Begins with nothing to take in.</summary>
    public NoticeIntake(DocumentStore store, DueSignal signal)
    {
        (this.store, this.signal) = (store, signal);
        gathering = new Gathering<Notice>(Most, WriteAsync);
    }

    private string Schema => store.Options.DatabaseSchemaName;

    /// <summary>Ends when the event is kept and its deliveries are due.</summary>
    public Task TakeAsync(Notice notice) => gathering.AddAsync(notice);

    private async Task WriteAsync(IReadOnlyList<Notice> notices)
    {
        foreach (var tenant in notices.DistinctBy(notice => notice.EventId).GroupBy(notice => notice.TenantId))
        {
            await using var session = store.LightweightSession(tenant.Key);
            var endpoints = await session.QueryAsync<EndpointView>("where data ->> 'state' = 'Enabled'", []);
            await KeepAsync(tenant.Key, [.. tenant], [.. from notice in tenant from endpoint in endpoints where notice.IsFor(endpoint) select (notice.EventId, endpoint.EndpointId)]);
        }
        signal.Set();
    }

    private async Task KeepAsync(string tenantId, IReadOnlyList<Notice> notices, IReadOnlyList<(Guid EventId, string EndpointId)> deliveries)
    {
        await using var command = store.AcrossTenants.CreateCommand(
            $"""
            with kept as (
                insert into {Schema}.webhook_events (tenant_id, event_id, type, subject, about_endpoint, feed_only, body, full_body, traceparent)
                select $1, n.* from unnest($2, $3, $4, $5, $6, $7, $8, $9) as n(event_id, type, subject, about_endpoint, feed_only, body, full_body, traceparent)
                on conflict do nothing returning event_id
            )
            insert into {Schema}.webhook_due (tenant_id, delivery_id, endpoint_id, event_id, next_attempt_at)
            select $1, d.*, clock_timestamp() from unnest($10, $11, $12) as d(delivery_id, endpoint_id, event_id) join kept on kept.event_id = d.event_id
            """);
        command.Parameters.Add(new() { Value = tenantId });
        Add(NpgsqlDbType.Uuid, notice => notice.EventId);
        Add(NpgsqlDbType.Varchar, notice => notice.Type);
        Add(NpgsqlDbType.Varchar, notice => notice.Subject);
        Add(NpgsqlDbType.Varchar, notice => notice.AboutEndpoint);
        Add(NpgsqlDbType.Boolean, notice => notice.FeedOnly);
        Add(NpgsqlDbType.Text, notice => notice.Body);
        Add(NpgsqlDbType.Text, notice => notice.FullBody);
        Add(NpgsqlDbType.Varchar, notice => notice.TraceParent);
        command.Parameters.Add(new() { Value = deliveries.Select(delivery => DeliveryId.Of(delivery.EventId, delivery.EndpointId)).ToArray() });
        command.Parameters.Add(new() { Value = deliveries.Select(delivery => delivery.EndpointId).ToArray() });
        command.Parameters.Add(new() { Value = deliveries.Select(delivery => delivery.EventId).ToArray() });
        await command.ExecuteNonQueryAsync();

        void Add<T>(NpgsqlDbType type, Func<Notice, T> value) =>
            command.Parameters.Add(new Npgsql.NpgsqlParameter<T[]> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = [.. notices.Select(value)] });
    }
}
