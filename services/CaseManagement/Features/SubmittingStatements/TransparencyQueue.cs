using ImageRights.EventStore;
using Npgsql;
using NpgsqlTypes;

namespace ImageRights.CaseManagement.Features.SubmittingStatements;

/// <summary>Where a statement's way to the database stands.</summary>
public enum SubmissionState
{
    /// <summary>It waits.</summary>
    Pending,

    /// <summary>The database has it.</summary>
    Sent,

    /// <summary>It was refused; somebody must put it right.</summary>
    Parked,
}

/// <summary>Which statements of the queue are listed.</summary>
/// <param name="From">First instant at which they were queued.</param>
/// <param name="To">End of that time; not in it.</param>
public sealed record SubmissionFilter(SubmissionState? State, DateTimeOffset? From, DateTimeOffset? To, bool IsAscending);

/// <summary>A statement's way to the database.</summary>
/// <param name="Puid">Identity of the statement.</param>
/// <param name="Reason">Why it is parked, or why the last attempt failed.</param>
/// <param name="RemoteId">The database's own id, where it told it.</param>
public sealed record Submission(string Puid, SubmissionState State, int Attempts, string? Reason, DateTimeOffset QueuedAt, DateTimeOffset? SentAt, string? RemoteId);

/// <summary>Numbers of the queue.</summary>
/// <param name="IsEnabled">Whether there is a database to send to.</param>
/// <param name="Blocked">Why nothing is sent although there is one; null when it is.</param>
public sealed record SubmissionSummary(bool IsEnabled, string? Blocked, long Pending, long Sent, long Parked);

/// <summary>The queue to the Transparency Database: rows that survive whatever happens to the process. All of its times come from the database's clock.</summary>
public sealed class TransparencyQueue(DocumentStore store, TransparencyDatabaseOptions options)
{
    /// <summary>The table.</summary>
    public const string Schema =
        """
        create table if not exists {schema}.transparency_submissions (
            tenant_id       varchar     not null,
            puid            varchar     collate "C" not null,
            state           varchar     not null default 'Pending',
            reason          text        null,
            attempts        int         not null default 0,
            next_attempt_at timestamptz not null default clock_timestamp(),
            lease           uuid        null,
            leased_until    timestamptz null,
            queued_at       timestamptz not null default clock_timestamp(),
            sent_at         timestamptz null,
            remote_id       varchar     null,
            -- What the database was told, word for word: the annual report is reconciled with it.
            payload         jsonb       null,
            constraint pkey_transparency_submissions primary key (tenant_id, puid)
        );
        create index if not exists transparency_submissions_due on {schema}.transparency_submissions (next_attempt_at) where state = 'Pending';
        """;

    private string Name => $"{store.Options.DatabaseSchemaName}.transparency_submissions";

    /// <summary>Queues a statement in the session's transaction.</summary>
    public static void Enqueue(DocumentSession session, string puid) => session.QueueSqlCommand(
        "insert into {schema}.transparency_submissions (tenant_id, puid) values (?, ?) on conflict (tenant_id, puid) do nothing", session.TenantId, puid);

    /// <summary>Makes a parked statement due again, in the session's transaction.</summary>
    public static void Requeue(DocumentSession session, string puid) => session.QueueSqlCommand(
        "update {schema}.transparency_submissions set state = 'Pending', reason = null, attempts = 0, next_attempt_at = clock_timestamp(), lease = null, leased_until = null where tenant_id = ? and puid = ? and state <> 'Sent'",
        session.TenantId, puid);

    /// <summary>Notes, in the session's transaction, that the database has a statement by another way than this queue.</summary>
    public static void Deliver(DocumentSession session, string puid, string remoteId, DateTimeOffset at) => session.QueueSqlCommand(
        "update {schema}.transparency_submissions set state = 'Sent', reason = null, sent_at = ?, remote_id = ?, lease = null, leased_until = null where tenant_id = ? and puid = ? and state <> 'Sent'",
        at, remoteId, session.TenantId, puid);

    /// <summary>Claims what is due of one tenant, the longest waiting first.</summary>
    public async Task<(Guid Lease, string TenantId, IReadOnlyList<string> Puids)?> ClaimAsync(CancellationToken cancellationToken)
    {
        var lease = Guid.CreateVersion7();
        await using var command = store.AcrossTenants.CreateCommand(
            $"""
            with first as (
                select tenant_id from {Name} where state = 'Pending' and next_attempt_at <= clock_timestamp() and (leased_until is null or leased_until <= clock_timestamp())
                order by next_attempt_at limit 1
            ), due as (
                select t.tenant_id, t.puid from {Name} t join first using (tenant_id)
                where t.state = 'Pending' and t.next_attempt_at <= clock_timestamp() and (t.leased_until is null or t.leased_until <= clock_timestamp())
                order by t.next_attempt_at, t.queued_at, t.puid limit {TransparencyDatabaseOptions.LargestBatch} for update of t skip locked
            )
            update {Name} t set lease = $1, leased_until = clock_timestamp() + $2, attempts = t.attempts + 1
            from due where t.tenant_id = due.tenant_id and t.puid = due.puid
            returning t.tenant_id, t.puid
            """);
        command.Parameters.Add(new() { Value = lease });
        command.Parameters.Add(new() { Value = options.Lease, NpgsqlDbType = NpgsqlDbType.Interval });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var (tenant, puids) = ("", new List<string>());
        while (await reader.ReadAsync(cancellationToken))
        {
            tenant = reader.GetString(0);
            puids.Add(reader.GetString(1));
        }
        return puids.Count == 0 ? null : (lease, tenant, puids.Order(StringComparer.Ordinal).ToList());
    }

    /// <summary>Notes, in the session's transaction, that the database took a statement.</summary>
    public static void Sent(DocumentSession session, Guid lease, string puid, string? remoteId, string payload) => session.QueueSqlCommand(
        "update {schema}.transparency_submissions set state = 'Sent', reason = null, sent_at = clock_timestamp(), remote_id = ?, payload = ?::jsonb, lease = null, leased_until = null where lease = ? and puid = ?",
        (object?)remoteId ?? DBNull.Value, payload, lease, puid);

    /// <summary>Takes a statement out of the way until somebody puts it right.</summary>
    public Task ParkAsync(Guid lease, string puid, string reason, CancellationToken cancellationToken) => RunAsync(
        $"update {Name} set state = 'Parked', reason = $3, lease = null, leased_until = null where lease = $1 and puid = $2", cancellationToken, lease, puid, reason);

    /// <summary>Gives back what could not be sent now; each next wait is twice as long.</summary>
    /// <param name="isAttempt">Whether the call counts as one; it does not when nothing was sent.</param>
    public Task PostponeAsync(Guid lease, string reason, bool isAttempt, CancellationToken cancellationToken) => RunAsync(
        $"""
        update {Name} set reason = $2, lease = null, leased_until = null, attempts = attempts - case when $3 then 0 else 1 end,
            next_attempt_at = clock_timestamp() + least($5::interval, $4::interval * power(2, least(20, greatest(0, attempts - 1))))
        where lease = $1
        """,
        cancellationToken, lease, reason, isAttempt, Span(options.FirstRetry), Span(options.LongestRetry));

    /// <summary>One page of the queue.</summary>
    /// <param name="after">Last of the page before; null for the first page.</param>
    public async Task<IReadOnlyList<Submission>> ListAsync(string tenantId, SubmissionFilter filter, string? after, int limit, CancellationToken cancellationToken)
    {
        var (sign, direction) = filter.IsAscending ? ('>', "asc") : ('<', "desc");
        var (conditions, values) = (new List<string> { "tenant_id = ?" }, new List<object> { tenantId });
        void Add(string condition, params object[] given)
        {
            conditions.Add(condition);
            values.AddRange(given);
        }

        if (filter.State is { } state) Add("state = ?", state.ToString());
        if (filter.From is { } from) Add("queued_at >= ?", from);
        if (filter.To is { } to) Add("queued_at < ?", to);
        if (after is not null) Add($"(queued_at, puid) {sign} (select queued_at, puid from {{schema}}.transparency_submissions where tenant_id = ? and puid = ?)", tenantId, after);
        await using var session = store.LightweightSession(tenantId);
        return await session.QueryRowsAsync(
            $"select puid, state, attempts, reason, queued_at, sent_at, remote_id from {{schema}}.transparency_submissions where {string.Join(" and ", conditions)} order by queued_at {direction}, puid {direction} limit ?",
            [.. values, limit],
            reader => new Submission(
                reader.GetString(0), Enum.Parse<SubmissionState>(reader.GetString(1)), reader.GetInt32(2), reader.IsDBNull(3) ? null : reader.GetString(3),
                reader.GetFieldValue<DateTimeOffset>(4), reader.IsDBNull(5) ? null : reader.GetFieldValue<DateTimeOffset>(5), reader.IsDBNull(6) ? null : reader.GetString(6)),
            cancellationToken);
    }

    /// <summary>Payloads as the database was told them, by puid; not those that came there by another way.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ToldAsync(string tenantId, CancellationToken cancellationToken)
    {
        await using var session = store.LightweightSession(tenantId);
        var told = await session.QueryRowsAsync(
            "select puid, payload::text from {schema}.transparency_submissions where tenant_id = ? and state = 'Sent' and payload is not null", [tenantId], reader => (Puid: reader.GetString(0), Payload: reader.GetString(1)), cancellationToken);
        return told.ToDictionary(row => row.Puid, row => row.Payload);
    }

    /// <summary>A tenant's rows by state.</summary>
    public async Task<(long Pending, long Sent, long Parked)> CountAsync(string tenantId, CancellationToken cancellationToken)
    {
        await using var session = store.LightweightSession(tenantId);
        return (await session.QueryRowsAsync(
            "select count(*) filter (where state = 'Pending'), count(*) filter (where state = 'Sent'), count(*) filter (where state = 'Parked') from {schema}.transparency_submissions where tenant_id = ?",
            [tenantId], reader => (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2)), cancellationToken)).Single();
    }

    /// <summary>Parked rows of all tenants, for health.</summary>
    public async Task<long> CountParkedAsync(CancellationToken cancellationToken)
    {
        await using var command = store.AcrossTenants.CreateCommand($"select count(*) from {Name} where state = 'Parked'");
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task RunAsync(string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = store.AcrossTenants.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlParameter Span(TimeSpan value) => new() { Value = value, NpgsqlDbType = NpgsqlDbType.Interval };
}
