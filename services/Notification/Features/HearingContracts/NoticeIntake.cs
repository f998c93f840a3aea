using ImageRights.EventStore;
using ImageRights.Notification.Deliveries;
using ImageRights.Notification.Notices;
using ImageRights.Notification.Projections;
using ImageRights.Notification.Sending;
using NpgsqlTypes;

namespace ImageRights.Notification.Features.HearingContracts;

/// <summary>Takes events in and makes their deliveries due, those that arrive together in one write. Each step may be done again: an event has one row by its id, a delivery one stream by
/// event and endpoint, and is made due only while nothing was attempted. So a message that is redelivered, or whose handling was cut off anywhere, needs no inbox.</summary>
public sealed class NoticeIntake
{
    private const int Most = 256;

    private readonly DocumentStore store;
    private readonly DueSignal signal;
    private readonly TimeProvider clock;
    private readonly Gathering<Notice> gathering;

    /// <summary>Begins with nothing to take in.</summary>
    public NoticeIntake(DocumentStore store, DueSignal signal, TimeProvider clock)
    {
        (this.store, this.signal, this.clock) = (store, signal, clock);
        gathering = new Gathering<Notice>(Most, WriteAsync);
    }

    private string Schema => store.Options.DatabaseSchemaName;

    /// <summary>Ends when the event is kept and its deliveries are due.</summary>
    public Task TakeAsync(Notice notice) => gathering.AddAsync(notice);

    private async Task WriteAsync(IReadOnlyList<Notice> notices)
    {
        foreach (var tenant in notices.DistinctBy(notice => notice.EventId).GroupBy(notice => notice.TenantId))
        {
            await KeepAsync(tenant.Key, [.. tenant]);
            await using var session = store.LightweightSession(tenant.Key);
            var endpoints = await session.QueryAsync<EndpointView>("where data ->> 'state' = 'Enabled'", []);
            var deliveries = (from notice in tenant from endpoint in endpoints where notice.IsFor(endpoint) select (Notice: notice, endpoint.EndpointId)).ToList();
            if (deliveries.Count == 0) continue;
            var started = await Task.WhenAll(deliveries.Select(delivery => StartAsync(delivery.Notice, delivery.EndpointId)));
            await MakeDueAsync(tenant.Key, [.. deliveries.Select((delivery, index) => (delivery.Notice.EventId, delivery.EndpointId, IsNew: started[index]))]);
        }
        signal.Set();
    }

    private async Task KeepAsync(string tenantId, IReadOnlyList<Notice> notices)
    {
        await using var command = store.AcrossTenants.CreateCommand(
            $"""
            insert into {Schema}.webhook_events (tenant_id, event_id, type, subject, about_endpoint, feed_only, body, full_body, traceparent)
            select $1, n.* from unnest($2, $3, $4, $5, $6, $7, $8, $9) as n(event_id, type, subject, about_endpoint, feed_only, body, full_body, traceparent)
            on conflict do nothing
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
        await command.ExecuteNonQueryAsync();

        void Add<T>(NpgsqlDbType type, Func<Notice, T> value) =>
            command.Parameters.Add(new Npgsql.NpgsqlParameter<T[]> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = [.. notices.Select(value)] });
    }

    // Each in a session of its own: the store commits those that arrive together together, and one that exists already holds no other up.
    private async Task<bool> StartAsync(Notice notice, string endpointId)
    {
        var deliveryId = DeliveryId.Of(notice.EventId, endpointId);
        await using var session = store.LightweightSession(notice.TenantId);
        session.CausationId = notice.EventId.ToString();
        session.TraceParent = notice.TraceParent;
        session.Events.StartStream(DeliveryId.StreamOf(deliveryId), [.. Delivery.Decide(
            Delivery.Initial, new DeliveryCommand.Schedule(deliveryId, endpointId, notice.EventId, notice.Type, notice.Subject, clock.GetUtcNow())).Events]);
        try
        {
            await session.SaveChangesAsync();
            return true;
        }
        catch (ExistingStreamIdCollisionException)
        {
            return false;
        }
    }

    private async Task MakeDueAsync(string tenantId, IReadOnlyList<(Guid EventId, string EndpointId, bool IsNew)> deliveries)
    {
        await using var command = store.AcrossTenants.CreateCommand(
            $"""
            insert into {Schema}.webhook_due (tenant_id, delivery_id, endpoint_id, event_id, next_attempt_at)
            select $1, d.delivery_id, d.endpoint_id, d.event_id, clock_timestamp() from unnest($2, $3, $4, $5) as d(delivery_id, endpoint_id, event_id, is_new)
            where d.is_new or exists (
                select 1 from {Schema}.mt_doc_delivery_view v where v.tenant_id = $1 and v.id = d.delivery_id and v.data ->> 'state' = 'Pending' and v.data -> 'attempts' = '[]')
            on conflict do nothing
            """);
        command.Parameters.Add(new() { Value = tenantId });
        command.Parameters.Add(new() { Value = deliveries.Select(delivery => DeliveryId.Of(delivery.EventId, delivery.EndpointId)).ToArray() });
        command.Parameters.Add(new() { Value = deliveries.Select(delivery => delivery.EndpointId).ToArray() });
        command.Parameters.Add(new() { Value = deliveries.Select(delivery => delivery.EventId).ToArray() });
        command.Parameters.Add(new() { Value = deliveries.Select(delivery => delivery.IsNew).ToArray() });
        await command.ExecuteNonQueryAsync();
    }
}
