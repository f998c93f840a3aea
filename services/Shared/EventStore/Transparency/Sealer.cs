using Npgsql;
using NpgsqlTypes;

namespace ImageRights.EventStore.Transparency;

/// <summary>Takes each page of the log into the tree: its leaves, the tiles they complete and a signed checkpoint commit together with the sealer's progress, once.</summary>
/// <remarks>One instance leads at a time and starts from what is stored; after any failure the next starts there again.</remarks>
internal sealed class Sealer(DocumentStore store, LogSigner signer) : ISubscription
{
    /// <summary>A checkpoint stands for what came in half a second, so that each event has one within a second.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(500);

    private MerkleEdge? edge;

    public async Task ProcessEventsAsync(EventPage page, CancellationToken cancellationToken)
    {
        edge ??= await LoadAsync(cancellationToken);
        var (first, tiles) = (edge.Size, new List<Tile>());
        foreach (var @event in page.Events) edge.Append((byte[])@event.Data, tiles);
        var checkpoint = new Checkpoint(signer.Verifier.Origin, edge.Size, edge.Root());

        var session = page.AcrossTenants();
        session.QueueSqlCommand(
            "insert into {schema}.mt_log_leaves (index, hash, seq_id, event_id, tenant_id, stream_id, version) select * from unnest(?, ?, ?, ?, ?, ?, ?)",
            Array(NpgsqlDbType.Bigint, Enumerable.Range(0, page.Events.Count).Select(place => first + place)),
            Array(NpgsqlDbType.Bytea, page.Events.Select(e => (byte[])e.Data)), Array(NpgsqlDbType.Bigint, page.Events.Select(e => e.Sequence)),
            Array(NpgsqlDbType.Uuid, page.Events.Select(e => e.Id)), Array(NpgsqlDbType.Varchar, page.Events.Select(e => e.TenantId)),
            Array(NpgsqlDbType.Varchar, page.Events.Select(e => e.StreamKey)), Array(NpgsqlDbType.Bigint, page.Events.Select(e => e.Version)));
        if (tiles.Count > 0)
        {
            session.QueueSqlCommand(
                "insert into {schema}.mt_log_tiles (level, index, hashes, root) select * from unnest(?, ?, ?, ?)",
                Array(NpgsqlDbType.Integer, tiles.Select(tile => tile.Level)), Array(NpgsqlDbType.Bigint, tiles.Select(tile => tile.Index)),
                Array(NpgsqlDbType.Bytea, tiles.Select(tile => tile.Hashes)), Array(NpgsqlDbType.Bytea, tiles.Select(tile => tile.Root)));
        }
        session.QueueSqlCommand("insert into {schema}.mt_log_keys (verifier_key) values (?) on conflict do nothing", signer.Verifier.ToString());
        session.QueueSqlCommand("insert into {schema}.mt_log_checkpoints (size, root, note) values (?, ?, ?)", checkpoint.Size, checkpoint.Root, signer.Sign(checkpoint.Text));
    }

    /// <summary>The tree as it is stored. A checkpoint that it does not lead to was signed over another history: nothing may be signed after it.</summary>
    private async Task<MerkleEdge> LoadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await store.AcrossTenants.OpenConnectionAsync(cancellationToken);
        await using var latest = new NpgsqlCommand(
            $"select (select coalesce(max(index) + 1, 0) from {store.Schema}.mt_log_leaves), size, root from (select 1) as one left join (select size, root from {store.Schema}.mt_log_checkpoints order by size desc limit 1) as last on true", connection);
        long size, signed;
        byte[] root;
        await using (var reader = await latest.ExecuteReaderAsync(cancellationToken))
        {
            await reader.ReadAsync(cancellationToken);
            (size, signed, root) = reader.IsDBNull(1) ? (reader.GetInt64(0), 0L, Merkle.EmptyRoot) : (reader.GetInt64(0), reader.GetInt64(1), reader.GetFieldValue<byte[]>(2));
        }
        var incomplete = new List<List<byte[]>>();
        var nodes = size;
        for (var level = 0; nodes > 0; level++, nodes /= Tile.Width) incomplete.Add(await store.IncompleteTileAsync(connection, level, nodes / Tile.Width, cancellationToken));
        var stored = MerkleEdge.From(size, incomplete);
        if (size != signed || !stored.Root().AsSpan().SequenceEqual(root))
            throw new InvalidOperationException($"The latest checkpoint is over {signed} events with another root than the {size} leaves that are stored; run imagerights-verify.");
        return stored;
    }

    private static NpgsqlParameter Array<T>(NpgsqlDbType type, IEnumerable<T> values) => new NpgsqlParameter<T[]> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = [.. values] };
}

internal static class TileReading
{
    /// <summary>The hashes of a tile as far as they are there, from the level below.</summary>
    public static async Task<List<byte[]>> IncompleteTileAsync(this DocumentStore store, NpgsqlConnection connection, int level, long index, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            level == 0
                ? $"select hash from {store.Schema}.mt_log_leaves where index >= $1 and index < $2 order by index"
                : $"select root from {store.Schema}.mt_log_tiles where level = $3 and index >= $1 and index < $2 order by index", connection);
        command.Parameters.Add(new() { Value = index * Tile.Width });
        command.Parameters.Add(new() { Value = (index + 1) * Tile.Width });
        if (level > 0) command.Parameters.Add(new() { Value = level - 1 });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var hashes = new List<byte[]>();
        while (await reader.ReadAsync(cancellationToken)) hashes.Add(reader.GetFieldValue<byte[]>(0));
        return hashes;
    }
}
