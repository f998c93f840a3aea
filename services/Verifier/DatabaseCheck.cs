using System.Text.Json;
using ImageRights.EventStore.Transparency;
using Npgsql;

namespace ImageRights.Verifier;

/// <summary>What a check of a database found.</summary>
/// <param name="Events">Events that the log commits to.</param>
/// <param name="Checkpoints">Stored checkpoints, each of which was checked.</param>
/// <param name="Unsealed">Events that no checkpoint commits to yet.</param>
/// <param name="Wrong">The first thing that is wrong.</param>
public sealed record DatabaseReport(long Events, long Checkpoints, long Unsealed, string? Wrong);

/// <summary>Reads every event and every leaf once, side by side in the order of the log, and rebuilds the tree from the events alone.
/// What is kept in memory is the tree's right edge: it does not grow with the store.</summary>
public sealed class DatabaseCheck(string connectionString, string schema, IReadOnlyCollection<LogVerifier> trustedKeys, IReadOnlyList<(string Name, string Note)> kept)
{
    private readonly string name = new NpgsqlCommandBuilder().QuoteIdentifier(schema);

    /// <summary>Runs the check on one snapshot, so that a service may go on writing.</summary>
    public async Task<DatabaseReport> RunAsync(CancellationToken cancellationToken)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, CommandTimeout = 0, ApplicationName = "imagerights-verify" };
        await using var source = NpgsqlDataSource.Create(settings.ConnectionString);
        await using var first = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await first.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        var snapshot = (string)(await new NpgsqlCommand("select pg_export_snapshot()", first).ExecuteScalarAsync(cancellationToken))!;
        await using var events = await SameSnapshotAsync(source, snapshot, cancellationToken);
        await using var leaves = await SameSnapshotAsync(source, snapshot, cancellationToken);
        await using var tiles = await SameSnapshotAsync(source, snapshot, cancellationToken);
        await using var checkpoints = await SameSnapshotAsync(source, snapshot, cancellationToken);
        var (checkedEvents, checkedCheckpoints, unsealed) = (0L, 0L, 0L);
        try
        {
            var keys = await KeysAsync(first, cancellationToken);
            var anchors = kept.Select(anchor => (anchor.Name, Checkpoint: Open(anchor.Note, $"the checkpoint in {anchor.Name}", keys))).OrderBy(anchor => anchor.Checkpoint.Size).ToList();
            await using var eventRows = await ReadAsync(events, $"select {Leaf.Columns} from {name}.mt_events order by transaction_id, seq_id", cancellationToken);
            await using var leafRows = await ReadAsync(leaves, $"select index, hash, seq_id, event_id, tenant_id, stream_id, version from {name}.mt_log_leaves order by index", cancellationToken);
            await using var tileRows = await ReadAsync(tiles, $"select level, index, hashes, root from {name}.mt_log_tiles order by (index + 1) << (8 * (level + 1)), level", cancellationToken);
            await using var checkpointRows = await ReadAsync(checkpoints, $"select size, root, note from {name}.mt_log_checkpoints order by size", cancellationToken);

            var (edge, completed, json) = (new MerkleEdge(), new List<Tile>(), new ByteBuffer());
            var moreCheckpoints = await checkpointRows.ReadAsync(cancellationToken);
            var anchored = 0;
            var since = 0L;
            for (; anchored < anchors.Count && anchors[anchored].Checkpoint.Size == 0; anchored++) { }
            while (await leafRows.ReadAsync(cancellationToken))
            {
                var leaf = ReadLeaf(leafRows);
                if (leaf.Index != edge.Size) throw new Wrong($"the log has no leaf {edge.Size}: the next is {leaf.Index}, {leaf.Name}");
                if (!await eventRows.ReadAsync(cancellationToken)) throw new Wrong($"{leaf.Name} is missing: it is leaf {leaf.Index} of the log");
                var found = ReadEvent(eventRows, json, leaf);
                if (found.EventId != leaf.EventId || found.Sequence != leaf.Sequence || found.Tenant != leaf.Tenant || found.Stream != leaf.Stream || found.Version != leaf.Version)
                    throw new Wrong(await ExplainAsync(first, found, leaf, cancellationToken));
                if (!found.Hash.AsSpan().SequenceEqual(leaf.Hash)) throw new Wrong($"{leaf.Name} was changed, or its leaf {leaf.Index}: its content does not have the hash that the log has for it");
                edge.Append(found.Hash, completed);

                foreach (var tile in completed)
                {
                    if (!await tileRows.ReadAsync(cancellationToken) || tileRows.GetInt32(0) != tile.Level || tileRows.GetInt64(1) != tile.Index) throw new Wrong($"tile {tile.Level}/{tile.Index} of the log is missing, or another stands in its place");
                    if (!tileRows.GetFieldValue<byte[]>(2).AsSpan().SequenceEqual(tile.Hashes) || !tileRows.GetFieldValue<byte[]>(3).AsSpan().SequenceEqual(tile.Root)) throw new Wrong($"tile {tile.Level}/{tile.Index} of the log was changed");
                }
                completed.Clear();
                if (moreCheckpoints && checkpointRows.GetInt64(0) == edge.Size)
                {
                    var stored = Open(checkpointRows.GetString(2), $"the stored checkpoint over {edge.Size} events", keys);
                    var root = edge.Root();
                    if (stored.Size != edge.Size || !checkpointRows.GetFieldValue<byte[]>(1).AsSpan().SequenceEqual(stored.Root)) throw new Wrong($"the stored checkpoint over {edge.Size} events says one thing in its note and another beside it");
                    if (!root.AsSpan().SequenceEqual(stored.Root)) throw new Wrong($"the events {since} to {edge.Size - 1} of the log (the last is {leaf.Name}) are not those that the checkpoint over {edge.Size} was signed for: some were changed together with their leaves");
                    checkedCheckpoints++;
                    since = edge.Size;
                    moreCheckpoints = await checkpointRows.ReadAsync(cancellationToken);
                }
                for (; anchored < anchors.Count && anchors[anchored].Checkpoint.Size == edge.Size; anchored++)
                {
                    if (!edge.Root().AsSpan().SequenceEqual(anchors[anchored].Checkpoint.Root))
                        throw new Wrong($"the history was rewritten: the first {edge.Size} events (the last is {leaf.Name}) are not those of the checkpoint in {anchors[anchored].Name}");
                }
            }
            checkedEvents = edge.Size;
            if (anchored < anchors.Count)
                throw new Wrong($"the log ends after {edge.Size} events, but the checkpoint in {anchors[anchored].Name} was signed over {anchors[anchored].Checkpoint.Size}: the end was cut off, or an older backup was restored");
            if (moreCheckpoints) throw new Wrong($"the log has {edge.Size} leaves, but a checkpoint is stored over {checkpointRows.GetInt64(0)}: leaves are missing, or the checkpoint was moved");
            if (since != edge.Size) throw new Wrong($"no checkpoint is stored over all {edge.Size} leaves, though each page of leaves has one");
            if (await tileRows.ReadAsync(cancellationToken)) throw new Wrong($"tile {tileRows.GetInt32(0)}/{tileRows.GetInt64(1)} is not of this log");
            // What the sealer has not reached yet.
            while (await eventRows.ReadAsync(cancellationToken)) unsealed++;
        }
        catch (Wrong wrong)
        {
            return new DatabaseReport(checkedEvents, checkedCheckpoints, unsealed, wrong.Message);
        }
        return new DatabaseReport(checkedEvents, checkedCheckpoints, unsealed, null);
    }

    private static async Task<NpgsqlConnection> SameSnapshotAsync(NpgsqlDataSource source, string snapshot, CancellationToken cancellationToken)
    {
        var connection = await source.OpenConnectionAsync(cancellationToken);
        foreach (var sql in new[] { "begin isolation level repeatable read read only", $"set transaction snapshot '{snapshot}'" })
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        return connection;
    }

    private static async Task<NpgsqlDataReader> ReadAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteReaderAsync(cancellationToken);
    }

    private async Task<List<LogVerifier>> KeysAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (trustedKeys.Count > 0) return [.. trustedKeys];
        await using var reader = await ReadAsync(connection, $"select verifier_key from {name}.mt_log_keys", cancellationToken);
        var keys = new List<LogVerifier>();
        while (await reader.ReadAsync(cancellationToken))
        {
            try
            {
                keys.Add(LogVerifier.Parse(reader.GetString(0)));
            }
            catch (FormatException failure)
            {
                throw new Wrong($"a stored verifier key was changed: {failure.Message}");
            }
        }
        return keys;
    }

    private static Checkpoint Open(string note, string what, List<LogVerifier> keys)
    {
        try
        {
            return Checkpoint.Open(note, keys);
        }
        catch (FormatException failure)
        {
            throw new Wrong($"{what} cannot be trusted: {failure.Message}");
        }
    }

    private static StoredLeaf ReadLeaf(NpgsqlDataReader row) =>
        new(row.GetInt64(0), row.GetFieldValue<byte[]>(1), row.GetInt64(2), row.GetGuid(3), row.GetString(4), row.GetString(5), row.GetInt64(6));

    private static Leaf ReadEvent(NpgsqlDataReader row, ByteBuffer json, StoredLeaf leaf)
    {
        try
        {
            return Leaf.Read(row, json);
        }
        catch (Exception failure) when (failure is JsonException or InvalidCastException or ArgumentException or OverflowException)
        {
            throw new Wrong($"{leaf.Name}, or what stands in its place, cannot be read: {failure.Message}");
        }
    }

    /// <summary>Which of the two that should be the same is out of place.</summary>
    private async Task<string> ExplainAsync(NpgsqlConnection connection, Leaf found, StoredLeaf leaf, CancellationToken cancellationToken)
    {
        var stranger = $"event {found.EventId} (stream {found.Stream}, version {found.Version})";
        await using var command = new NpgsqlCommand(
            $"""
            select exists (select from {name}.mt_events where seq_id = $1), exists (select from {name}.mt_log_leaves where seq_id = $2),
                   exists (select from {name}.mt_events where tenant_id = $3 and id = $4)
            """, connection);
        command.Parameters.Add(new() { Value = leaf.Sequence });
        command.Parameters.Add(new() { Value = found.Sequence });
        command.Parameters.Add(new() { Value = leaf.Tenant });
        command.Parameters.Add(new() { Value = leaf.EventId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var (leafsEventStands, foundIsLogged, leafsIdStands) = (reader.GetBoolean(0), reader.GetBoolean(1), reader.GetBoolean(2));
        if (found.Sequence == leaf.Sequence)
        {
            var differs = string.Join(", ", new[]
            {
                (found.EventId != leaf.EventId, $"its id is {found.EventId}"), (found.Tenant != leaf.Tenant, $"its tenant is {found.Tenant}"),
                (found.Stream != leaf.Stream, $"its stream is {found.Stream}"), (found.Version != leaf.Version, $"its version is {found.Version}"),
            }.Where(part => part.Item1).Select(part => part.Item2));
            return $"{leaf.Name} was changed, or its leaf {leaf.Index}: {differs}";
        }
        if (!foundIsLogged && (leafsEventStands || found.EventId != leaf.EventId)) return $"{stranger} was inserted: it stands where leaf {leaf.Index} of the log has {leaf.Name}";
        if (!leafsEventStands) return leafsIdStands ? $"{leaf.Name} was changed: its place in the order is not that of leaf {leaf.Index}" : $"{leaf.Name} is missing: it is leaf {leaf.Index} of the log";
        return $"the order was changed: {stranger} stands where leaf {leaf.Index} of the log has {leaf.Name}";
    }

    private sealed record StoredLeaf(long Index, byte[] Hash, long Sequence, Guid EventId, string Tenant, string Stream, long Version)
    {
        public string Name => $"event {EventId} (stream {Stream}, version {Version})";
    }

#pragma warning disable CA1064 // Never leaves this class.
    private sealed class Wrong(string message) : Exception(message);
#pragma warning restore CA1064
}
