using ImageRights.EventStore;
using ImageRights.Fingerprint.Computing;
using ImageRights.Fingerprint.Features.Fingerprinting;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace ImageRights.Fingerprint.Features.Renewing;

/// <summary>A picture that is to be fingerprinted anew.</summary>
/// <param name="Tries">Attempts so far, the one that this claim is for included.</param>
/// <param name="Setbacks">Attempts that speak against the picture itself; an outage does not count.</param>
public sealed record Renewal(string TenantId, string SubjectId, int Tries, int Setbacks);

/// <summary>How far it is.</summary>
/// <param name="Version">Version of the fingerprints that it leads to.</param>
/// <param name="Open">Pictures that still have a fingerprint of an earlier version.</param>
/// <param name="Renewed">Pictures that have the new one.</param>
/// <param name="Skipped">Pictures that keep the old one, by the code of what stood against it.</param>
/// <param name="PerMinute">Pictures done in a minute, over the last five; null while there is none.</param>
/// <param name="SecondsLeft">Time that the open ones take at this pace.</param>
public sealed record RenewalProgress(
    int Version, long Open, long Renewed, IReadOnlyDictionary<string, long> Skipped, double? PerMinute, double? SecondsLeft);

/// <summary>Pictures whose fingerprint is of an earlier version, as rows: what is begun survives a restart, and all replicas take part. Times are the database's.</summary>
public sealed class Renewals(DocumentStore store, IOptions<FingerprintOptions> options)
{
    /// <summary>The table, and what finds the pictures of a version.</summary>
    public const string SchemaScript =
        """
        create table if not exists {schema}.renewals (
            tenant_id  varchar     not null,
            subject_id varchar     collate "C" not null,
            role       varchar     not null,
            version    int         not null,
            tries      int         not null default 0,
            setbacks   int         not null default 0,
            due        timestamptz not null default now(),
            closed     timestamptz null,
            code       varchar     null,
            constraint pkey_renewals primary key (tenant_id, subject_id)
        );
        create index if not exists idx_renewals_open on {schema}.renewals (version, role desc, subject_id desc) where closed is null;
        create index if not exists idx_fingerprint_view_version on {schema}.mt_doc_fingerprint_view ((data -> 'fingerprint' ->> 'version'));
        """;

    private const int Target = Fingerprinter.Version;

    private static readonly TimeSpan PaceOver = TimeSpan.FromMinutes(5);

    // What was stored before versions were counted has none.
    private static readonly string[] Earlier = [.. Enumerable.Range(0, Target).Select(version => $"{version}")];

    // Longer than an attempt may take: who claimed and died is followed by somebody else after this time.
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(90);

    private string Schema => store.Options.DatabaseSchemaName;

    /// <summary>Notes every picture whose fingerprint is of an earlier version, unless it is noted. What was skipped for an earlier version is tried again.</summary>
    public async Task PlanAsync(CancellationToken cancellationToken)
    {
        await using var command = store.AcrossTenants.CreateCommand(
            $"""
            insert into {Schema}.renewals (tenant_id, subject_id, role, version)
            select tenant_id, id, data ->> 'role', $1 from {Schema}.mt_doc_fingerprint_view
            where (data -> 'fingerprint' ->> 'version' is null or data -> 'fingerprint' ->> 'version' = any($2)) and data -> 'fingerprint' is not null
            on conflict (tenant_id, subject_id) do update set version = excluded.version, tries = 0, setbacks = 0, due = now(), closed = null, code = null
            where renewals.version < excluded.version
            """);
        command.CommandTimeout = 0;
        command.Parameters.Add(new() { Value = Target });
        command.Parameters.Add(new() { Value = Earlier });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Takes the next picture for this process alone, for a while: works before uploads, what came last first.</summary>
    public async Task<Renewal?> ClaimAsync(CancellationToken cancellationToken) => (await store.QueryAcrossTenantsAsync(
        $"""
        update {Schema}.renewals r set due = now() + $1, tries = r.tries + 1
        from (select tenant_id, subject_id from {Schema}.renewals where version = $2 and closed is null and due <= now()
              order by role desc, subject_id desc limit 1 for update skip locked) next
        where r.tenant_id = next.tenant_id and r.subject_id = next.subject_id
        returning r.tenant_id, r.subject_id, r.tries, r.setbacks
        """, [Lease, Target], reader => new Renewal(reader.GetString(0), reader.GetString(1), reader.GetInt32(2), reader.GetInt32(3)), cancellationToken)).FirstOrDefault();

    /// <summary>The picture is done with, in the session's transaction.</summary>
    /// <param name="code">Why it keeps the fingerprint it has; null when it has the new one.</param>
    public void Close(DocumentSession session, Renewal renewal, string? code) => session.QueueSqlCommand(
        "update {schema}.renewals set closed = now(), code = ? where tenant_id = ? and subject_id = ?",
        new NpgsqlParameter { Value = (object?)code ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Varchar }, renewal.TenantId, renewal.SubjectId);

    /// <summary>The picture waits for another attempt.</summary>
    public void Postpone(DocumentSession session, Renewal renewal, int setbacks) => session.QueueSqlCommand(
        "update {schema}.renewals set due = now() + ?, setbacks = ? where tenant_id = ? and subject_id = ?",
        options.Value.WaitAfter(renewal.Tries), setbacks, renewal.TenantId, renewal.SubjectId);

    /// <summary>Pictures of all tenants that still have a fingerprint of an earlier version.</summary>
    public async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        await using var command = store.AcrossTenants.CreateCommand($"select count(*) from {Schema}.renewals where version = $1 and closed is null");
        command.Parameters.Add(new() { Value = Target });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>How far the pictures of the session's tenant are.</summary>
    public static async Task<RenewalProgress> ReadProgressAsync(DocumentSession session, CancellationToken cancellationToken)
    {
        var groups = await session.QueryRowsAsync(
            """
            select closed is null, code, count(*), count(*) filter (where closed > now() - ?), extract(epoch from now() - min(closed) filter (where closed > now() - ?))::float8
            from {schema}.renewals where version = ? group by 1, 2
            """,
            [PaceOver, PaceOver, Target],
            row => (
                IsOpen: row.GetBoolean(0), Code: row.IsDBNull(1) ? null : row.GetString(1), Pictures: row.GetInt64(2),
                Lately: row.GetInt64(3), Seconds: row.IsDBNull(4) ? 0 : row.GetDouble(4)),
            cancellationToken);
        var open = groups.Where(group => group.IsOpen).Sum(group => group.Pictures);
        var (lately, seconds) = (groups.Sum(group => group.Lately), groups.Select(group => group.Seconds).DefaultIfEmpty().Max());
        double? perSecond = lately > 1 && seconds > 0 ? lately / seconds : null;
        return new RenewalProgress(
            Target, open, groups.Where(group => group is { IsOpen: false, Code: null }).Sum(group => group.Pictures),
            groups.Where(group => group.Code is not null).ToDictionary(group => group.Code!, group => group.Pictures),
            perSecond is null ? null : Math.Round(perSecond.Value * 60, 1), perSecond is null ? null : Math.Round(open / perSecond.Value));
    }
}
