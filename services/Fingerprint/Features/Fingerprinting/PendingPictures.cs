using System.Diagnostics;
using System.Text.Json;
using ImageRights.EventStore;
using ImageRights.Fingerprint.Picture;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace ImageRights.Fingerprint.Features.Fingerprinting;

/// <summary>A picture that waits for another attempt.</summary>
/// <param name="Tries">Attempts so far, the one that this claim is for included.</param>
/// <param name="Setbacks">Attempts that speak against the picture itself; an outage does not count.</param>
public sealed record PendingPicture(
    string TenantId, PictureRequest Picture, int Tries, int Setbacks, string? CorrelationId, string? CausationId, string? TraceParent);

/// <summary>Pictures that could not be had, as rows: they survive a restart and an outage of any length, and the queue moves on without them. Times are the database's.</summary>
public sealed class PendingPictures(DocumentStore store, IOptions<FingerprintOptions> options)
{
    /// <summary>The table.</summary>
    public const string SchemaScript =
        """
        create table if not exists {schema}.pending_pictures (
            tenant_id      varchar     not null,
            subject_id     varchar     not null,
            picture        jsonb       not null,
            tries          int         not null,
            setbacks       int         not null,
            reason         varchar     not null,
            due            timestamptz not null,
            since          timestamptz not null default now(),
            correlation_id varchar     null,
            causation_id   varchar     null,
            traceparent    varchar     null,
            constraint pkey_pending_pictures primary key (tenant_id, subject_id)
        );
        create index if not exists idx_pending_pictures_due on {schema}.pending_pictures (due);
        """;

    // Longer than an attempt may take: who claimed and died is followed by somebody else after this time.
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(90);

    private string Table => $"{store.Options.DatabaseSchemaName}.pending_pictures";

    /// <summary>Keeps a picture after its first attempt, in the session's transaction.</summary>
    public void Park(DocumentSession session, PictureRequest picture, int setbacks, string reason) => session.QueueSqlCommand(
        """
        insert into {schema}.pending_pictures (tenant_id, subject_id, picture, tries, setbacks, reason, due, correlation_id, causation_id, traceparent)
        values (?, ?, ?, 1, ?, ?, now() + ?, ?, ?, ?) on conflict (tenant_id, subject_id) do nothing
        """,
        session.TenantId, picture.SubjectId, new NpgsqlParameter { Value = JsonSerializer.Serialize(picture, StoreOptions.Json), NpgsqlDbType = NpgsqlDbType.Jsonb },
        setbacks, reason, options.Value.WaitAfter(1), Nullable(session.CorrelationId), Nullable(session.CausationId), Nullable(Activity.Current?.Id));

    /// <summary>Keeps a picture for yet another attempt.</summary>
    public void Postpone(DocumentSession session, PendingPicture pending, int setbacks, string reason) => session.QueueSqlCommand(
        "update {schema}.pending_pictures set due = now() + ?, setbacks = ?, reason = ? where tenant_id = ? and subject_id = ?",
        options.Value.WaitAfter(pending.Tries), setbacks, reason, pending.TenantId, pending.Picture.SubjectId);

    /// <summary>Ends the waiting.</summary>
    public void Remove(DocumentSession session, PendingPicture pending) => session.QueueSqlCommand(
        "delete from {schema}.pending_pictures where tenant_id = ? and subject_id = ?", pending.TenantId, pending.Picture.SubjectId);

    /// <summary>Takes due pictures for this process alone, for a while. No lock outlives the statement: an open transaction would hold back everybody who follows the log.</summary>
    public Task<IReadOnlyList<PendingPicture>> ClaimAsync(int limit, CancellationToken cancellationToken)
    {
        return store.QueryAcrossTenantsAsync(
            $"""
            update {Table} p set due = now() + $1, tries = p.tries + 1
            from (select tenant_id, subject_id from {Table} where due <= now() order by due limit $2 for update skip locked) due_now
            where p.tenant_id = due_now.tenant_id and p.subject_id = due_now.subject_id
            returning p.tenant_id, p.picture, p.tries, p.setbacks, p.correlation_id, p.causation_id, p.traceparent
            """, [Lease, limit],
            reader => new PendingPicture(
                reader.GetString(0), JsonSerializer.Deserialize<PictureRequest>(reader.GetString(1), StoreOptions.Json)!, reader.GetInt32(2), reader.GetInt32(3),
                Text(reader, 4), Text(reader, 5), Text(reader, 6)), cancellationToken);

        static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }

    /// <summary>Gives a claim back: due at once for whoever comes next.</summary>
    public async Task ReleaseAsync(PendingPicture claimed, CancellationToken cancellationToken)
    {
        await using var command = store.AcrossTenants.CreateCommand($"update {Table} set due = now() where tenant_id = $1 and subject_id = $2");
        command.Parameters.Add(new() { Value = claimed.TenantId });
        command.Parameters.Add(new() { Value = claimed.Picture.SubjectId });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>How many wait.</summary>
    public async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        await using var command = store.AcrossTenants.CreateCommand($"select count(*) from {Table}");
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static NpgsqlParameter Nullable(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Varchar };
}
