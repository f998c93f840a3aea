using System.Text;
using System.Text.Json;
using ImageRights.EventStore.Transparency;
using Npgsql;

namespace ImageRights.Verifier;

/// <summary>What a check of a database found.</summary>
/// <param name="Events">Events that the log commits to.</param>
/// <param name="Checkpoints">Stored checkpoints, each of which was checked.</param>
/// <param name="Unsealed">Events that no checkpoint commits to yet.</param>
/// <param name="Wrong">The first thing that is wrong.</param>
/// <param name="AllWrong">It, and further events that were changed, as many as were asked for.</param>
public sealed record DatabaseReport(long Events, long Checkpoints, long Unsealed, string? Wrong, IReadOnlyList<string> AllWrong);

/// <summary>Reads every event and every leaf once, side by side in the order of the log, and rebuilds the tree from the events alone. Events are hashed a chunk at a time on
/// every core. What is kept in memory is a few chunks and the tree's right edge: it does not grow with the store.</summary>
public sealed class DatabaseCheck(string connectionString, string schema, IReadOnlyCollection<LogVerifier> trustedKeys, IReadOnlyList<(string Name, string Note)> kept)
{
    private const int LeafColumns = 7;

    private readonly string name = new NpgsqlCommandBuilder().QuoteIdentifier(schema);

    /// <summary>Runs the check on one snapshot, so that a service may go on writing.</summary>
    /// <param name="most">How many changed events are named before it ends.</param>
    public async Task<DatabaseReport> RunAsync(CancellationToken cancellationToken, int most = 1)
    {
        var changed = new List<string>();
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, CommandTimeout = 0, ApplicationName = "imagerights-verify", Options = "-c app.all_tenants=on -c jit=off -c enable_sort=off -c statement_timeout=0" };
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
            await using var eventRows = new RowsAhead<HashedChunk>(
                await CopyReader.OpenAsync(events, $"select {Leaf.Columns} from {name}.mt_events order by transaction_id, seq_id", cancellationToken), Leaf.ColumnCount, HashedChunk.Of);
            await using var leafRows = new RowsAhead<RowChunk>(
                await CopyReader.OpenAsync(leaves, $"select index, hash, seq_id, event_id, tenant_id, stream_id, version from {name}.mt_log_leaves order by index", cancellationToken), LeafColumns, chunk => chunk);
            await using var tileRows = await ReadAsync(tiles, $"select level, index, hashes, root from {name}.mt_log_tiles order by (index + 1) << (8 * (level + 1)), level", cancellationToken);
            await using var checkpointRows = await ReadAsync(checkpoints, $"select size, root, note from {name}.mt_log_checkpoints order by size", cancellationToken);

            var (edge, completed) = (new MerkleEdge(), new List<Tile>());
            var moreCheckpoints = await checkpointRows.ReadAsync(cancellationToken);
            var anchored = 0;
            var since = 0L;
            for (; anchored < anchors.Count && anchors[anchored].Checkpoint.Size == 0; anchored++) { }
            while (await leafRows.MoveNextAsync())
            {
                var index = leafRows.Row.Number(0);
                if (index != edge.Size) throw new Wrong($"the log has no leaf {edge.Size}: the next is {index}, {LeafOf(leafRows).Name}");
                if (!await eventRows.MoveNextAsync()) throw new Wrong($"{LeafOf(leafRows).Name} is missing: it is leaf {index} of the log");
                var hash = eventRows.Result.Hash(eventRows.Place).ToArray();
                if (await DifferenceAsync(first, eventRows, leafRows, hash, cancellationToken) is { } difference)
                {
                    changed.Add(difference);
                    // One that is gone or was put in between puts all that follow out of step.
                    if (changed.Count >= most || !(eventRows.Row[1].SequenceEqual(leafRows.Row[2]) || eventRows.Row[2].SequenceEqual(leafRows.Row[3]))) return Report(null);
                    hash = leafRows.Row[1].ToArray();
                }
                edge.Append(hash, completed);

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
                    if (!root.AsSpan().SequenceEqual(stored.Root)) throw new Wrong($"the events {since} to {edge.Size - 1} of the log (the last is {LeafOf(leafRows).Name}) are not those that the checkpoint over {edge.Size} was signed for: some were changed together with their leaves");
                    checkedCheckpoints++;
                    since = edge.Size;
                    moreCheckpoints = await checkpointRows.ReadAsync(cancellationToken);
                }
                for (; anchored < anchors.Count && anchors[anchored].Checkpoint.Size == edge.Size; anchored++)
                {
                    if (!edge.Root().AsSpan().SequenceEqual(anchors[anchored].Checkpoint.Root))
                        throw new Wrong($"the history was rewritten: the first {edge.Size} events (the last is {LeafOf(leafRows).Name}) are not those of the checkpoint in {anchors[anchored].Name}");
                }
            }
            checkedEvents = edge.Size;
            if (anchored < anchors.Count)
                throw new Wrong($"the log ends after {edge.Size} events, but the checkpoint in {anchors[anchored].Name} was signed over {anchors[anchored].Checkpoint.Size}: the end was cut off, or an older backup was restored");
            if (moreCheckpoints) throw new Wrong($"the log has {edge.Size} leaves, but a checkpoint is stored over {checkpointRows.GetInt64(0)}: leaves are missing, or the checkpoint was moved");
            if (since != edge.Size) throw new Wrong($"no checkpoint is stored over all {edge.Size} leaves, though each page of leaves has one");
            if (await tileRows.ReadAsync(cancellationToken)) throw new Wrong($"tile {tileRows.GetInt32(0)}/{tileRows.GetInt64(1)} is not of this log");
            // What the sealer has not reached yet.
            while (await eventRows.MoveNextAsync()) unsealed++;
        }
        catch (Wrong wrong)
        {
            return Report(wrong.Message);
        }
        return Report(null);

        DatabaseReport Report(string? wrong)
        {
            if (wrong is not null) changed.Add(wrong);
            return new DatabaseReport(checkedEvents, checkedCheckpoints, unsealed, changed.FirstOrDefault(), changed);
        }
    }

    /// <summary>What is wrong with an event, or with what stands in its place; null where nothing is.</summary>
    private async Task<string?> DifferenceAsync(NpgsqlConnection connection, RowsAhead<HashedChunk> @event, RowsAhead<RowChunk> leaf, byte[] hash, CancellationToken cancellationToken)
    {
        if (@event.Result.Unreadable.GetValueOrDefault(@event.Place) is { } why) return $"{LeafOf(leaf).Name}, or what stands in its place, cannot be read: {why}";
        if (!AreOfOne(@event.Row, leaf.Row)) return await ExplainAsync(connection, EventOf(@event), LeafOf(leaf), cancellationToken);
        return leaf.Row[1].SequenceEqual(hash) ? null : $"{LeafOf(leaf).Name} was changed, or its leaf {leaf.Row.Number(0)}: its content does not have the hash that the log has for it";
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

    private static bool AreOfOne(CopyRow @event, CopyRow leaf) =>
        @event[1].SequenceEqual(leaf[2]) && @event[2].SequenceEqual(leaf[3]) && @event[8].SequenceEqual(leaf[4]) && @event[3].SequenceEqual(leaf[5]) && @event[4].SequenceEqual(leaf[6]);

    private static Identity EventOf(RowsAhead<HashedChunk> rows) =>
        new(-1, rows.Row.Number(1), rows.Row.Id(2), Encoding.UTF8.GetString(rows.Row[8]), Encoding.UTF8.GetString(rows.Row[3]), rows.Row.Number(4));

    private static Identity LeafOf(RowsAhead<RowChunk> rows) =>
        new(rows.Row.Number(0), rows.Row.Number(2), rows.Row.Id(3), Encoding.UTF8.GetString(rows.Row[4]), Encoding.UTF8.GetString(rows.Row[5]), rows.Row.Number(6));

    /// <summary>Which of the two that should be the same is out of place.</summary>
    private async Task<string> ExplainAsync(NpgsqlConnection connection, Identity found, Identity leaf, CancellationToken cancellationToken)
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
        if (found.EventId == leaf.EventId && found.Sequence != leaf.Sequence) return $"{leaf.Name} was changed: its place in the order is {found.Sequence}, not {leaf.Sequence} as leaf {leaf.Index} has it";
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

    /// <param name="Index">Place in the log; of a row of the log's alone.</param>
    private sealed record Identity(long Index, long Sequence, Guid EventId, string Tenant, string Stream, long Version)
    {
        public string Name => $"event {EventId} (stream {Stream}, version {Version})";
    }

    /// <summary>Events with the hashes of their leaves.</summary>
    private sealed record HashedChunk(byte[] Hashes, Dictionary<int, string> Unreadable)
    {
        private const int HashLength = 32;

        public static HashedChunk Of(RowChunk rows)
        {
            var chunk = new HashedChunk(new byte[rows.Count * HashLength], []);
            var json = new ByteBuffer();
            Span<int> places = stackalloc int[Leaf.ColumnCount];
            for (var place = 0; place < rows.Count; place++)
            {
                try
                {
                    Leaf.HashOf(new CopyRow(rows.Row(place), places), json, chunk.Hashes.AsSpan(place * HashLength, HashLength));
                }
                catch (Exception failure) when (failure is JsonException or InvalidOperationException or ArgumentException or OverflowException)
                {
                    chunk.Unreadable[place] = failure.Message;
                }
            }
            return chunk;
        }

        public ReadOnlySpan<byte> Hash(int place) => Hashes.AsSpan(place * HashLength, HashLength);
    }

#pragma warning disable CA1064 // Never leaves this class.
    private sealed class Wrong(string message) : Exception(message);
#pragma warning restore CA1064
}
