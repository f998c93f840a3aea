using System.Diagnostics;
using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace ImageRights.EventStore;

/// <summary>How far a rebuild is.</summary>
/// <param name="Projection">Name of the read model's type.</param>
/// <param name="Done">Events folded.</param>
/// <param name="Total">Events to fold, as of the start; more may come.</param>
/// <param name="Elapsed">Since the start.</param>
public sealed record RebuildProgress(string Projection, long Done, long Total, TimeSpan Elapsed)
{
    /// <summary>0 to 1.</summary>
    public double Fraction => Total == 0 ? 1 : Math.Min(1, (double)Done / Total);

    /// <summary>Events a second since the start.</summary>
    public double PerSecond => Elapsed > TimeSpan.Zero ? Done / Elapsed.TotalSeconds : 0;

    /// <summary>Time left at the pace so far; null before there is a pace.</summary>
    public TimeSpan? Left => PerSecond > 0 ? TimeSpan.FromSeconds(Math.Max(0, Total - Done) / PerSecond) : null;

    /// <inheritdoc />
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Projection} {Fraction * 100:0.0} %  {Done:N0} of {Total:N0} events  {PerSecond:N0}/s  {(Left is { } left ? $"{left:h\\:mm\\:ss} left" : "")}");
}

/// <summary>What a rebuild came to.</summary>
/// <param name="Differences">Documents that are not, byte for byte, what was there before; null where they were not compared.</param>
public sealed record RebuildResult(RebuildProgress Progress, long Documents, long? Differences);

/// <summary>Builds a read model anew beside the live one, while the service goes on, and puts it in its place at the end.</summary>
/// <remarks>The documents of all streams are folded into a table of their own; streams that went on meanwhile are folded again, fewer each time; the last of them
/// under a lock that makes writers wait for the moment of the exchange. A rebuild that fails or is ended leaves the live table as it was.</remarks>
internal sealed class Rebuild(DocumentStore store, StreamSnapshot snapshot, IProgress<RebuildProgress>? progress)
{
    private const int Batch = 1000;
    private const int SmallRest = 100;
    private const int MostRounds = 20;

    private readonly string live = $"mt_doc_{store.Options.Projections.DocumentOf(snapshot.DocumentType).Alias}";
    private readonly Stopwatch watch = new();
    private readonly Stopwatch told = Stopwatch.StartNew();
    private long done, total;

    private string Schema => store.Schema;
    private string Shadow => $"{live}_rebuild";
    private RebuildProgress Now => new(snapshot.DocumentType.Name, done, total, watch.Elapsed);

    public async Task<RebuildResult> RunAsync(bool onlyCompare, CancellationToken cancellationToken)
    {
        await using var source = store.CreateSource(pooled: false, "-c app.all_tenants=on -c statement_timeout=0 -c idle_in_transaction_session_timeout=60s", asOwner: true);
        await using var reading = await source.OpenConnectionAsync(cancellationToken);
        await using var writing = await source.OpenConnectionAsync(cancellationToken);
        if (!await ScalarAsync<bool>(writing, $"select pg_try_advisory_lock(hashtext('{Schema}.{Shadow}'))", cancellationToken))
            throw new InvalidOperationException($"{snapshot.DocumentType.Name} is being rebuilt already.");
        watch.Start();
        try
        {
            total = await ScalarAsync<long>(writing, $"select coalesce(sum(version), 0)::bigint from {Schema}.mt_streams where starts_with(id, '{snapshot.StreamPrefix}')", cancellationToken);
            await ExecuteAsync(writing, $"drop table if exists {Schema}.{Shadow}; create table {Schema}.{Shadow} (like {Schema}.{live} including defaults including generated including compression)", cancellationToken);
            await TellAsync(writing, "insert into {0}.mt_rebuilds (projection, total, done) values ($1, $2, $3) on conflict (projection) do update set total = $2, done = $3, started = clock_timestamp(), updated = clock_timestamp(), finished = null", cancellationToken);
            var from = await HorizonAsync(reading, cancellationToken);
            await FoldAllAsync(reading, writing, cancellationToken);
            await IndexAsync(writing, cancellationToken);
            await ExecuteAsync(writing, DocumentStore.ReadScript("row_security.sql"), cancellationToken);
            for (var round = 0; round < MostRounds; round++)
            {
                var next = await HorizonAsync(reading, cancellationToken);
                var streams = await FoldChangedAsync(reading, writing, from, cancellationToken);
                from = next;
                if (streams < SmallRest) break;
            }
            var result = await ExchangeAsync(reading, writing, from, onlyCompare, cancellationToken);
            await TellAsync(writing, "update {0}.mt_rebuilds set updated = clock_timestamp(), finished = clock_timestamp(), total = $2, done = $3 where projection = $1", cancellationToken);
            return result;
        }
        catch
        {
            if (writing.State == System.Data.ConnectionState.Open)
            {
                await ExecuteAsync(writing, $"drop table if exists {Schema}.{Shadow}", CancellationToken.None);
                await ExecuteAsync(writing, $"delete from {Schema}.mt_rebuilds where projection = '{snapshot.DocumentType.Name}'", CancellationToken.None);
            }
            throw;
        }
    }

    private async Task FoldAllAsync(NpgsqlConnection reading, NpgsqlConnection writing, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"select {DocumentSession.EventColumns} from {Schema}.mt_events where starts_with(stream_id, '{snapshot.StreamPrefix}') order by tenant_id, stream_id, version", reading) { CommandTimeout = 0 };
        var batch = new List<FoldedDocument>(Batch);
        await foreach (var document in StreamFolding.FoldAsync(store, command, snapshot, cancellationToken))
        {
            batch.Add(document);
            if (batch.Count < Batch) continue;
            await CopyAsync(writing, batch, cancellationToken);
            batch.Clear();
        }
        await CopyAsync(writing, batch, cancellationToken);
    }

    private async Task CopyAsync(NpgsqlConnection writing, List<FoldedDocument> documents, CancellationToken cancellationToken)
    {
        await using (var import = await writing.BeginBinaryImportAsync($"copy {Schema}.{Shadow} (tenant_id, id, data, mt_version, mt_dotnet_type) from stdin (format binary)", cancellationToken))
        {
            foreach (var document in documents)
            {
                if (document.Body is null) continue;
                await import.StartRowAsync(cancellationToken);
                await import.WriteAsync(document.Tenant, NpgsqlDbType.Varchar, cancellationToken);
                await import.WriteAsync(document.Id, NpgsqlDbType.Varchar, cancellationToken);
                await import.WriteAsync(document.Body, NpgsqlDbType.Jsonb, cancellationToken);
                await import.WriteAsync(document.Version, NpgsqlDbType.Bigint, cancellationToken);
                await import.WriteAsync(snapshot.DocumentType.Name, NpgsqlDbType.Varchar, cancellationToken);
            }
            await import.CompleteAsync(cancellationToken);
        }
        await FoldedAsync(writing, documents, cancellationToken);
    }

    /// <summary>Folds the streams again that have events of this transaction or a later one; gives their number.</summary>
    private async Task<int> FoldChangedAsync(NpgsqlConnection reading, NpgsqlConnection writing, ulong from, CancellationToken cancellationToken)
    {
        var changed = new List<(string, string)>();
        await using (var command = new NpgsqlCommand($"select distinct tenant_id, stream_id from {Schema}.mt_events where transaction_id >= $1 and starts_with(stream_id, '{snapshot.StreamPrefix}')", reading))
        {
            command.Parameters.Add(new() { Value = from, NpgsqlDbType = NpgsqlDbType.Xid8 });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken)) changed.Add((reader.GetString(0), reader.GetString(1)));
        }
        foreach (var streams in changed.Chunk(Batch))
        {
            var documents = await StreamFolding.FoldAsync(store, reading, snapshot, streams, cancellationToken);
            await using var batch = new NpgsqlBatch(writing);
            foreach (var document in documents)
            {
                var command = new NpgsqlBatchCommand(document.Body is null
                    ? $"delete from {Schema}.{Shadow} where tenant_id = $1 and id = $2"
                    : $"""
                       insert into {Schema}.{Shadow} (tenant_id, id, data, mt_version, mt_dotnet_type) values ($1, $2, $3, $4, $5)
                       on conflict (tenant_id, id) do update set data = excluded.data, mt_version = excluded.mt_version, mt_last_modified = transaction_timestamp()
                       """);
                command.Parameters.Add(new() { Value = document.Tenant });
                command.Parameters.Add(new() { Value = document.Id });
                if (document.Body is not null)
                {
                    command.Parameters.Add(new() { Value = document.Body, NpgsqlDbType = NpgsqlDbType.Jsonb });
                    command.Parameters.Add(new() { Value = document.Version });
                    command.Parameters.Add(new() { Value = snapshot.DocumentType.Name });
                }
                batch.BatchCommands.Add(command);
            }
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
        return changed.Count;
    }

    private async Task<RebuildResult> ExchangeAsync(NpgsqlConnection reading, NpgsqlConnection writing, ulong from, bool onlyCompare, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var transaction = await writing.BeginTransactionAsync(cancellationToken);
            try
            {
                // Whoever waits for this lock makes everyone behind him wait; better to ask again than to stand in the way of the service.
                await ExecuteAsync(writing, $"set local lock_timeout = '500ms'; lock table {Schema}.{live} in {(onlyCompare ? "exclusive" : "access exclusive")} mode; set local lock_timeout = 0", cancellationToken);
            }
            catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.LockNotAvailable && attempt < MostRounds)
            {
                await transaction.RollbackAsync(cancellationToken);
                await Task.Delay(Random.Shared.Next(50, 500), cancellationToken);
                continue;
            }
            // Nobody can commit a document now. What has an event but no document yet will write one, whole, into the table that is here afterwards.
            await FoldChangedAsync(reading, writing, from, cancellationToken);
            var documents = await ScalarAsync<long>(writing, $"select count(*) from {Schema}.{Shadow}", cancellationToken);
            if (onlyCompare)
            {
                const string compared = "tenant_id, id, data::text, mt_version, mt_dotnet_type";
                var differences = await ScalarAsync<long>(
                    writing,
                    $"""
                    select count(distinct (tenant_id, id)) from (
                        (select {compared} from {Schema}.{live} except select {compared} from {Schema}.{Shadow}) union all
                        (select {compared} from {Schema}.{Shadow} except select {compared} from {Schema}.{live})) as different
                    """, cancellationToken);
                await ExecuteAsync(writing, $"drop table {Schema}.{Shadow}", cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                return new RebuildResult(Now, documents, differences);
            }
            await ExecuteAsync(
                writing,
                $"""
                do $$
                declare
                    i record;
                begin
                    drop table {Schema}.{live};
                    alter table {Schema}.{Shadow} rename to {live};
                    for i in select relname from pg_class where oid in (select indexrelid from pg_index where indrelid = '{Schema}.{live}'::regclass) loop
                        execute format('alter index {Schema}.%I rename to %I', i.relname, left(i.relname, -length('_rebuild')));
                    end loop;
                end $$
                """, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return new RebuildResult(Now, documents, null);
        }
    }

    /// <summary>The live table's indexes, each under its name with a suffix.</summary>
    private async Task IndexAsync(NpgsqlConnection writing, CancellationToken cancellationToken) => await ExecuteAsync(
        writing,
        $"""
        do $$
        declare
            i record;
        begin
            for i in select c.relname as name, pg_get_indexdef(x.indexrelid) as definition, n.conname, pg_get_constraintdef(n.oid) as constraint_definition
                     from pg_index x join pg_class c on c.oid = x.indexrelid left join pg_constraint n on n.conindid = x.indexrelid and n.contype in ('p', 'u')
                     where x.indrelid = '{Schema}.{live}'::regclass
            loop
                if i.conname is not null then
                    execute format('alter table {Schema}.{Shadow} add constraint %I %s', i.conname || '_rebuild', i.constraint_definition);
                else
                    execute replace(replace(i.definition, format(' INDEX %I ON ', i.name), format(' INDEX %I ON ', i.name || '_rebuild')), '{Schema}.{live} ', '{Schema}.{Shadow} ');
                end if;
            end loop;
        end $$;
        analyze {Schema}.{Shadow}
        """, cancellationToken);

    private async Task FoldedAsync(NpgsqlConnection writing, List<FoldedDocument> documents, CancellationToken cancellationToken)
    {
        done += documents.Sum(document => document.Version);
        progress?.Report(Now);
        if (told.ElapsedMilliseconds < 500) return;
        told.Restart();
        await TellAsync(writing, "update {0}.mt_rebuilds set updated = clock_timestamp(), total = $2, done = $3 where projection = $1", cancellationToken);
    }

    private async Task TellAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql.Replace("{0}", Schema, StringComparison.Ordinal), connection);
        command.Parameters.Add(new() { Value = snapshot.DocumentType.Name });
        command.Parameters.Add(new() { Value = total });
        command.Parameters.Add(new() { Value = done });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<ulong> HorizonAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await ScalarAsync<ulong>(connection, "select pg_snapshot_xmin(pg_current_snapshot())", cancellationToken);

    private static async Task<T> ScalarAsync<T>(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return reader.GetFieldValue<T>(0);
    }

    private async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql.Replace("{schema}", Schema, StringComparison.Ordinal), connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
