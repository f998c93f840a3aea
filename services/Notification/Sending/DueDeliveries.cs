using ImageRights.EventStore;
using ImageRights.Notification.Deliveries;
using ImageRights.Notification.Notices;
using ImageRights.Notification.Projections;
using Npgsql;
using NpgsqlTypes;

namespace ImageRights.Notification.Sending;

/// <summary>A delivery that this replica may send until its lease runs out.</summary>
/// <param name="Lease">Identity of the claim and of the attempt made under it.</param>
/// <param name="DueAt">Since when it is due.</param>
/// <param name="IsNew">Nothing was attempted yet, and so nothing is on record.</param>
/// <param name="Secrets">Sealed signing secrets by id, newest first.</param>
public sealed record DueDelivery(
    Guid Lease, string TenantId, string DeliveryId, string EndpointId, Guid EventId, string EventType, string Subject, string Url, string Body, string? TraceParent,
    DateTimeOffset DueAt, bool IsNew, IReadOnlyList<(string Id, byte[] Sealed)> Secrets);

/// <summary>The table of due deliveries. All of its times come from the database's clock.</summary>
public sealed class DueDeliveries(DocumentStore store, WebhookOptions options)
{
    private string Schema => store.Options.DatabaseSchemaName;

    // Ids and sealed secrets of the endpoint of a row w, newest first.
    private string SecretsOfW =>
        $"""
        (select array_agg(k.secret_id order by k.created_at desc) as ids, array_agg(k.sealed order by k.created_at desc) as sealed
         from {Schema}.webhook_secrets k
         where k.tenant_id = w.tenant_id and k.endpoint_id = w.endpoint_id and (k.valid_until is null or k.valid_until > clock_timestamp()))
        """;

    /// <summary>Makes the delivery of an event to an endpoint due, in the session's transaction; gives its id. One that waits already stays as it is.</summary>
    public static string Enqueue(DocumentSession session, string endpointId, Guid eventId)
    {
        var deliveryId = DeliveryId.Of(eventId, endpointId);
        session.QueueSqlCommand(
            "insert into {schema}.webhook_due (tenant_id, delivery_id, endpoint_id, event_id, next_attempt_at) values (?, ?, ?, ?, clock_timestamp()) on conflict do nothing",
            session.TenantId, deliveryId, endpointId, eventId);
        return deliveryId;
    }

    /// <summary>Makes a delivery that is over due again, in the session's transaction.</summary>
    public static void EnqueueAgain(DocumentSession session, string deliveryId, string endpointId, Guid eventId) => session.QueueSqlCommand(
        """
        insert into {schema}.webhook_due (tenant_id, delivery_id, endpoint_id, event_id, next_attempt_at) values (?, ?, ?, ?, clock_timestamp())
        on conflict (tenant_id, delivery_id) do update set next_attempt_at = clock_timestamp(), leased_until = null, lease = null
        """,
        session.TenantId, deliveryId, endpointId, eventId);

    /// <summary>Makes a delivery that waits for its next attempt due now, in the session's transaction; one that is being sent is not sent twice.</summary>
    public static void Hasten(DocumentSession session, string deliveryId) => session.QueueSqlCommand(
        "update {schema}.webhook_due set next_attempt_at = clock_timestamp() where tenant_id = ? and delivery_id = ? and next_attempt_at > clock_timestamp() and (leased_until is null or leased_until <= clock_timestamp())",
        session.TenantId, deliveryId);

    /// <summary>Keeps events that are not kept yet and makes their deliveries due, all in one statement. Of those that are to be claimed at once it gives what it claimed: not those to an endpoint
    /// that fails or asked not to be called.</summary>
    public async Task<IReadOnlyList<DueDelivery>> KeepAsync(string tenantId, IReadOnlyList<Notice> notices, IReadOnlyList<(Notice Notice, EndpointView Endpoint, bool Claim)> deliveries)
    {
        await using var connection = await store.AcrossTenants.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection);
        var keep = new NpgsqlBatchCommand(
            $"""
            with kept as (
                insert into {Schema}.webhook_events (tenant_id, event_id, type, subject, about_endpoint, feed_only, body, full_body, traceparent)
                select $1, n.* from unnest($2, $3, $4, $5, $6, $7, $8, $9) as n(event_id, type, subject, about_endpoint, feed_only, body, full_body, traceparent)
                on conflict do nothing returning event_id
            ), due as (
                insert into {Schema}.webhook_due (tenant_id, delivery_id, endpoint_id, event_id, next_attempt_at, lease, leased_until)
                select $1, d.delivery_id, d.endpoint_id, d.event_id, clock_timestamp(), l.lease, case when l.lease is not null then clock_timestamp() + $14 end
                from unnest($10, $11, $12, $13) as d(delivery_id, endpoint_id, event_id, lease)
                join kept on kept.event_id = d.event_id
                left join {Schema}.webhook_endpoint_health h on h.tenant_id = $1 and h.endpoint_id = d.endpoint_id
                cross join lateral (select case when h.failing_since is null and (h.not_before is null or h.not_before <= clock_timestamp()) then d.lease end as lease) l
                returning delivery_id, next_attempt_at, lease
            )
            select delivery_id, next_attempt_at from due where lease is not null
            """);
        var leases = deliveries.Select(delivery => delivery.Claim ? Guid.NewGuid() : (Guid?)null).ToArray();
        var ids = deliveries.Select(delivery => DeliveryId.Of(delivery.Notice.EventId, delivery.Endpoint.EndpointId)).ToArray();
        keep.Parameters.Add(new() { Value = tenantId });
        Add(NpgsqlDbType.Uuid, notice => notice.EventId);
        Add(NpgsqlDbType.Varchar, notice => notice.Type);
        Add(NpgsqlDbType.Varchar, notice => notice.Subject);
        Add(NpgsqlDbType.Varchar, notice => notice.AboutEndpoint);
        Add(NpgsqlDbType.Boolean, notice => notice.FeedOnly);
        Add(NpgsqlDbType.Text, notice => notice.Body);
        Add(NpgsqlDbType.Text, notice => notice.FullBody);
        Add(NpgsqlDbType.Varchar, notice => notice.TraceParent);
        keep.Parameters.Add(new() { Value = ids });
        keep.Parameters.Add(new() { Value = deliveries.Select(delivery => delivery.Endpoint.EndpointId).ToArray() });
        keep.Parameters.Add(new() { Value = deliveries.Select(delivery => delivery.Notice.EventId).ToArray() });
        keep.Parameters.Add(new NpgsqlParameter<Guid?[]> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid, TypedValue = leases });
        keep.Parameters.Add(new() { Value = options.Lease, NpgsqlDbType = NpgsqlDbType.Interval });
        batch.BatchCommands.Add(keep);
        var secrets = new NpgsqlBatchCommand(
            $"select w.endpoint_id, s.ids, s.sealed from (select $1 as tenant_id, unnest($2) as endpoint_id) w cross join lateral {SecretsOfW} s where s.ids is not null");
        secrets.Parameters.Add(new() { Value = tenantId });
        secrets.Parameters.Add(new() { Value = deliveries.Where(delivery => delivery.Claim).Select(delivery => delivery.Endpoint.EndpointId).Distinct().ToArray() });
        batch.BatchCommands.Add(secrets);
        await batch.PrepareAsync();
        await using var reader = await batch.ExecuteReaderAsync();
        var claimed = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        while (await reader.ReadAsync()) claimed.Add(reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1));
        await reader.NextResultAsync();
        var keys = new Dictionary<string, IReadOnlyList<(string, byte[])>>(StringComparer.Ordinal);
        while (await reader.ReadAsync()) keys.Add(reader.GetString(0), [.. reader.GetFieldValue<string[]>(1).Zip(reader.GetFieldValue<byte[][]>(2))]);

        return
        [
            .. from index in Enumerable.Range(0, deliveries.Count)
               where claimed.ContainsKey(ids[index])
               let it = deliveries[index]
               select new DueDelivery(
                   leases[index]!.Value, tenantId, ids[index], it.Endpoint.EndpointId, it.Notice.EventId, it.Notice.Type, it.Notice.Subject, it.Endpoint.Url, it.Notice.Body, it.Notice.TraceParent,
                   claimed[ids[index]], IsNew: true, keys[it.Endpoint.EndpointId]),
        ];

        void Add<T>(NpgsqlDbType type, Func<Notice, T> value) =>
            keep.Parameters.Add(new NpgsqlParameter<T[]> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = [.. notices.Select(value)] });
    }

    /// <summary>Ends the claim and makes the delivery due later; a claim that was lost to another replica changes nothing.</summary>
    public static void Postpone(DocumentSession session, DueDelivery claim, TimeSpan delay) => session.QueueSqlCommand(
        "update {schema}.webhook_due set next_attempt_at = clock_timestamp() + ?, leased_until = null, lease = null where tenant_id = ? and delivery_id = ? and lease = ?",
        delay, session.TenantId, claim.DeliveryId, claim.Lease);

    /// <summary>Takes a finished delivery out.</summary>
    public static void Remove(DocumentSession session, string deliveryId) => session.QueueSqlCommand(
        "delete from {schema}.webhook_due where tenant_id = ? and delivery_id = ?", session.TenantId, deliveryId);

    /// <summary>Takes delivered ones off the table, keeps what their receivers answered, and notes that those work; all in one statement each. A delivery that was made due again meanwhile has
    /// another lease, or none, and stays.</summary>
    public async Task SettleAsync(IReadOnlyList<(DueDelivery Claim, string? Response)> delivered)
    {
        await using var batch = store.AcrossTenants.CreateBatch();
        var gone = new NpgsqlBatchCommand($"delete from {Schema}.webhook_due d using unnest($1, $2, $3) as g(tenant_id, delivery_id, lease) where d.tenant_id = g.tenant_id and d.delivery_id = g.delivery_id and d.lease = g.lease");
        gone.Parameters.Add(new() { Value = delivered.Select(it => it.Claim.TenantId).ToArray() });
        gone.Parameters.Add(new() { Value = delivered.Select(it => it.Claim.DeliveryId).ToArray() });
        gone.Parameters.Add(new() { Value = delivered.Select(it => it.Claim.Lease).ToArray() });
        batch.BatchCommands.Add(gone);
        var answered = delivered.Where(it => !string.IsNullOrEmpty(it.Response)).ToList();
        if (answered.Count > 0)
        {
            var kept = new NpgsqlBatchCommand($"insert into {Schema}.webhook_responses (tenant_id, delivery_id, attempt_id, body) select * from unnest($1, $2, $3, $4) on conflict do nothing");
            kept.Parameters.Add(new() { Value = answered.Select(it => it.Claim.TenantId).ToArray() });
            kept.Parameters.Add(new() { Value = answered.Select(it => it.Claim.DeliveryId).ToArray() });
            kept.Parameters.Add(new() { Value = answered.Select(it => it.Claim.Lease).ToArray() });
            kept.Parameters.Add(new() { Value = answered.Select(it => it.Response!).ToArray() });
            batch.BatchCommands.Add(kept);
        }
        var working = delivered.Select(it => (it.Claim.TenantId, it.Claim.EndpointId)).Distinct().ToList();
        var well = new NpgsqlBatchCommand(
            $"""
            update {Schema}.webhook_endpoint_health h set failing_since = null, not_before = null from unnest($1, $2) as w(tenant_id, endpoint_id)
            where h.tenant_id = w.tenant_id and h.endpoint_id = w.endpoint_id and h.failing_since is not null
            """);
        well.Parameters.Add(new() { Value = working.Select(it => it.TenantId).ToArray() });
        well.Parameters.Add(new() { Value = working.Select(it => it.EndpointId).ToArray() });
        batch.BatchCommands.Add(well);
        await batch.ExecuteNonQueryAsync();
    }

    /// <summary>Claims what is due, the longest due first, at most so many for each endpoint. Endpoints that fail are claimed apart, so that they cannot take all the room.</summary>
    /// <param name="room">Most in all.</param>
    /// <param name="each">Most for an endpoint that is not among <paramref name="rooms"/>.</param>
    /// <param name="rooms">Most for these endpoints.</param>
    public Task<IReadOnlyList<DueDelivery>> ClaimAsync(bool failing, int room, int each, IReadOnlyCollection<(string EndpointId, int Room)> rooms, CancellationToken cancellationToken) =>
        store.QueryAcrossTenantsAsync(
            $"""
            with recursive waiting as (
                -- Hops from endpoint to endpoint by index, however many rows wait for each.
                (select tenant_id, endpoint_id from {Schema}.webhook_due order by endpoint_id limit 1)
                union all
                select next.tenant_id, next.endpoint_id from waiting w cross join lateral (
                    select d.tenant_id, d.endpoint_id from {Schema}.webhook_due d where d.endpoint_id > w.endpoint_id order by d.endpoint_id limit 1) next
            ), open as (
                select w.tenant_id, w.endpoint_id, v.data ->> 'url' as url, coalesce(e.room, $2) as room, s.ids, s.sealed
                from waiting w
                join {Schema}.mt_doc_endpoint_view v on v.tenant_id = w.tenant_id and v.id = w.endpoint_id and v.data ->> 'state' = 'Enabled'
                left join {Schema}.webhook_endpoint_health h on h.tenant_id = w.tenant_id and h.endpoint_id = w.endpoint_id
                left join unnest($5, $6) as e(endpoint_id, room) on e.endpoint_id = w.endpoint_id
                cross join lateral {SecretsOfW} s
                where (h.failing_since is not null) = $1 and (h.not_before is null or h.not_before <= clock_timestamp())
            ), picked as (
                select p.place, o.url, o.ids, o.sealed from open o cross join lateral (
                    select d.ctid as place, d.next_attempt_at from {Schema}.webhook_due d
                    where d.endpoint_id = o.endpoint_id and d.next_attempt_at <= clock_timestamp() and (d.leased_until is null or d.leased_until <= clock_timestamp())
                    order by d.next_attempt_at limit o.room for update skip locked) p
                order by p.next_attempt_at limit $3
            ), claimed as (
                update {Schema}.webhook_due d set lease = gen_random_uuid(), leased_until = clock_timestamp() + $4
                from picked p where d.ctid = p.place
                returning d.lease, d.tenant_id, d.delivery_id, d.endpoint_id, d.event_id, d.next_attempt_at, p.url, p.ids, p.sealed
            )
            select c.lease, c.tenant_id, c.delivery_id, c.endpoint_id, c.event_id, e.type, e.subject, c.url, e.body, e.traceparent, c.next_attempt_at,
                   not exists (select 1 from {Schema}.mt_doc_delivery_view v where v.tenant_id = c.tenant_id and v.id = c.delivery_id), c.ids, c.sealed
            from claimed c
            join {Schema}.webhook_events e on e.tenant_id = c.tenant_id and e.event_id = c.event_id
            """,
            [failing, (long)each, (long)room, options.Lease, rooms.Select(it => it.EndpointId).ToArray(), rooms.Select(it => (long)it.Room).ToArray()],
            reader => new DueDelivery(
                reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetGuid(4), reader.GetString(5), reader.GetString(6),
                reader.GetString(7), reader.GetString(8), reader.IsDBNull(9) ? null : reader.GetString(9), reader.GetFieldValue<DateTimeOffset>(10), reader.GetBoolean(11),
                [.. reader.GetFieldValue<string[]>(12).Zip(reader.GetFieldValue<byte[][]>(13))]), cancellationToken);

    /// <summary>Gives claims back without an attempt, so that nobody waits for their leases to run out.</summary>
    public async Task ReleaseAsync(IReadOnlyCollection<Guid> leases, CancellationToken cancellationToken)
    {
        if (leases.Count == 0) return;
        await using var command = store.AcrossTenants.CreateCommand($"update {Schema}.webhook_due set leased_until = null, lease = null where lease = any($1)");
        command.Parameters.Add(new() { Value = leases.ToArray() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>How long the oldest due delivery to an enabled endpoint has been due; zero when none is.</summary>
    /// <param name="workingOnly">Leaves out endpoints that fail: their backlog is not ours.</param>
    public async Task<TimeSpan> OldestDueAsync(bool workingOnly, CancellationToken cancellationToken)
    {
        await using var command = store.AcrossTenants.CreateCommand(
            $"""
            select coalesce(max(greatest(interval '0', clock_timestamp() - oldest.next_attempt_at)), interval '0')
            from {Schema}.mt_doc_endpoint_view v
            left join {Schema}.webhook_endpoint_health h on h.tenant_id = v.tenant_id and h.endpoint_id = v.id
            cross join lateral (select d.next_attempt_at from {Schema}.webhook_due d where d.endpoint_id = v.id order by d.next_attempt_at limit 1) oldest
            where v.data ->> 'state' = 'Enabled' and (not $1 or (h.failing_since is null and h.not_before is null))
            """);
        command.Parameters.Add(new() { Value = workingOnly });
        return (TimeSpan)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
