using ImageRights.EventStore;

namespace ImageRights.Notification.Sending;

/// <summary>How an endpoint does, over all its deliveries.</summary>
/// <param name="FailingSince">First failure since its last success; null while it works.</param>
/// <param name="NotBefore">Until then it asked not to be called.</param>
/// <param name="Pending">Deliveries that wait for it.</param>
public sealed record EndpointHealth(DateTimeOffset? FailingSince, DateTimeOffset? NotBefore, long Pending)
{
    /// <summary>Notes a failure, in the session's transaction.</summary>
    public static void Failed(DocumentSession session, string endpointId, TimeSpan pause) => session.QueueSqlCommand(
        """
        insert into {schema}.webhook_endpoint_health as h (tenant_id, endpoint_id, failing_since, not_before) values (?, ?, clock_timestamp(), clock_timestamp() + ?)
        on conflict (tenant_id, endpoint_id) do update
            set failing_since = coalesce(h.failing_since, excluded.failing_since), not_before = greatest(h.not_before, excluded.not_before)
        """,
        session.TenantId, endpointId, pause);

    /// <summary>Begins anew, in the session's transaction: after it moved or was enabled, its past says nothing.</summary>
    public static void Forget(DocumentSession session, string endpointId) => session.QueueSqlCommand(
        "delete from {schema}.webhook_endpoint_health where tenant_id = ? and endpoint_id = ?", session.TenantId, endpointId);

    /// <summary>Whether it has had no success for at least <paramref name="limit"/>.</summary>
    public static async Task<bool> HasFailedForAsync(DocumentStore store, string tenantId, string endpointId, TimeSpan limit, CancellationToken cancellationToken)
    {
        await using var command = store.AcrossTenants.CreateCommand(
            $"""
            select exists (select 1 from {store.Options.DatabaseSchemaName}.webhook_endpoint_health
                           where tenant_id = $1 and endpoint_id = $2 and failing_since <= clock_timestamp() - $3)
            """);
        command.Parameters.Add(new() { Value = tenantId });
        command.Parameters.Add(new() { Value = endpointId });
        command.Parameters.Add(new() { Value = limit });
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Reads how it does.</summary>
    public static async Task<EndpointHealth> ReadAsync(DocumentStore store, string tenantId, string endpointId, CancellationToken cancellationToken)
    {
        var schema = store.Options.DatabaseSchemaName;
        await using var command = store.AcrossTenants.CreateCommand(
            $"""
            select h.failing_since, h.not_before, (select count(*) from {schema}.webhook_due d where d.tenant_id = $1 and d.endpoint_id = $2)
            from (select 1) one left join {schema}.webhook_endpoint_health h on h.tenant_id = $1 and h.endpoint_id = $2
            """);
        command.Parameters.Add(new() { Value = tenantId });
        command.Parameters.Add(new() { Value = endpointId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new EndpointHealth(Time(0), Time(1), reader.GetInt64(2));

        DateTimeOffset? Time(int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
    }
}
