using System.Globalization;
using System.Numerics;
using Npgsql;

namespace ImageRights.EventStore.Transparency;

/// <summary>The log for readers. An event is <em>sequenced</em> when its append is answered: it is durable and its place in the order is fixed.
/// It is <em>integrated</em> when its leaf is in the tree, and <em>published</em> when a signed checkpoint commits to it; here both happen at once, within a second.</summary>
public sealed partial class TransparencyLog(DocumentStore store)
{
    /// <summary>Whether this service keeps one.</summary>
    public bool IsKept => store.Options.LogSigner is not null;

    /// <summary>The latest checkpoint; null before the first event.</summary>
    public Task<string?> LatestCheckpointAsync(CancellationToken cancellationToken) =>
        ScalarAsync<string>($"select note from {store.Schema}.mt_log_checkpoints order by size desc limit 1", cancellationToken);

    /// <summary>Keys that checkpoints were signed with, in C2SP's encoding, the latest last.</summary>
    public async Task<IReadOnlyList<string>> VerifierKeysAsync(CancellationToken cancellationToken) =>
        (await ScalarAsync<string[]>($"select array_agg(verifier_key order by created) from {store.Schema}.mt_log_keys", cancellationToken)) ?? [];

    /// <summary>The first hashes of a tile; null when the published tree has not as many.</summary>
    public async Task<byte[]?> TileAsync(int level, long index, int width, CancellationToken cancellationToken)
    {
        if (level is < 0 or > 7 || index < 0 || index > long.MaxValue >> 16 || width is < 1 or > Tile.Width) return null;
        var hashes = await new Reading(store, await SizeAsync(cancellationToken), cancellationToken).TileAsync(level, index);
        return hashes.Length < width * 32 ? null : hashes[..(width * 32)];
    }

    /// <summary>The event at an index, in the canonical JSON whose hash is the leaf; null when there is none or another tenant's.</summary>
    public async Task<byte[]?> EntryAsync(string tenant, long index, CancellationToken cancellationToken)
    {
        await using var session = store.LightweightSession(tenant);
        var entries = await session.QueryRowsAsync(
            $"select {Leaf.Columns} from {{schema}}.mt_events where seq_id = (select seq_id from {{schema}}.mt_log_leaves where index = ? and tenant_id = ?) and tenant_id = ?", [index, tenant, tenant],
            reader =>
            {
                var json = new ByteBuffer();
                Leaf.Read(reader, json);
                return json.Written.ToArray();
            },
            cancellationToken);
        return entries.SingleOrDefault();
    }

    /// <summary>Proof that an event is in the log, to be checked offline: the event, its place, its path and the checkpoint (C2SP tlog-proof, the event as extra data).</summary>
    /// <returns>Null with <c>Exists</c> true: not published yet.</returns>
    public async Task<(string? Proof, bool Exists)> InclusionProofAsync(string tenant, Guid eventId, CancellationToken cancellationToken)
    {
        var note = await LatestCheckpointAsync(cancellationToken);
        await using var session = store.LightweightSession(tenant);
        var found = await session.QueryRowsAsync(
            "select l.index from {schema}.mt_events e left join {schema}.mt_log_leaves l on l.tenant_id = e.tenant_id and l.event_id = e.id where e.tenant_id = ? and e.id = ?", [tenant, eventId],
            reader => reader.IsDBNull(0) ? null : (long?)reader.GetInt64(0), cancellationToken);
        if (found.Count == 0) return (null, false);
        var size = note is null ? 0 : Size(note);
        if (found[0] is not { } index || index >= size || await EntryAsync(tenant, index, cancellationToken) is not { } entry) return (null, true);
        var path = await new Reading(store, size, cancellationToken).InclusionAsync(index, 0, size);
        return (new LogProof(entry, index, path, note!).ToString(), true);
    }

    /// <summary>Proof that the tree of size <paramref name="to"/> continues that of size <paramref name="from"/> (RFC 6962, 2.1.2); null when the published tree is smaller, or not 0 &lt; from ≤ to.</summary>
    public async Task<IReadOnlyList<byte[]>?> ConsistencyProofAsync(long from, long to, CancellationToken cancellationToken)
    {
        if (from < 1 || from > to || to > await SizeAsync(cancellationToken)) return null;
        return await new Reading(store, to, cancellationToken).ConsistencyAsync(from, 0, to, whole: true);
    }

    internal static long Size(string note) => long.Parse(note.Split('\n')[1], CultureInfo.InvariantCulture);

    private async Task<long> SizeAsync(CancellationToken cancellationToken) => await LatestCheckpointAsync(cancellationToken) is { } note ? Size(note) : 0;

    private async Task<T?> ScalarAsync<T>(string sql, CancellationToken cancellationToken) where T : class =>
        (await store.QueryAcrossTenantsAsync(sql, [], reader => reader.GetValue(0) as T, cancellationToken)).FirstOrDefault();

    /// <summary>One answer's view of the tree at a size; keeps the few tiles it needs.</summary>
    private sealed class Reading(DocumentStore store, long size, CancellationToken cancellationToken)
    {
        private readonly Dictionary<(int, long), byte[]> tiles = [];

        public async Task<byte[]> TileAsync(int level, long index)
        {
            if (tiles.TryGetValue((level, index), out var known)) return known;
            var width = (int)Math.Clamp((size >> (8 * level)) - (index * Tile.Width), 0, Tile.Width);
            byte[] hashes = [];
            if (width > 0)
            {
                await using var connection = await store.AcrossTenants.OpenConnectionAsync(cancellationToken);
                hashes = width == Tile.Width
                    ? await CompleteAsync(connection, level, index)
                    : (await store.IncompleteTileAsync(connection, level, index, cancellationToken)).Take(width).SelectMany(hash => hash).ToArray();
            }
            return tiles[(level, index)] = hashes;
        }

        private async Task<byte[]> CompleteAsync(NpgsqlConnection connection, int level, long index)
        {
            await using var command = new NpgsqlCommand($"select hashes from {store.Schema}.mt_log_tiles where level = $1 and index = $2", connection);
            command.Parameters.Add(new() { Value = level });
            command.Parameters.Add(new() { Value = index });
            return (byte[])(await command.ExecuteScalarAsync(cancellationToken))!;
        }

        public async Task<List<byte[]>> InclusionAsync(long index, long begin, long end)
        {
            if (end - begin == 1) return [];
            var middle = begin + Merkle.LargestPowerBelow(end - begin);
            var (path, sibling) = index < middle
                ? (await InclusionAsync(index, begin, middle), await RootAsync(middle, end))
                : (await InclusionAsync(index, middle, end), await RootAsync(begin, middle));
            path.Add(sibling);
            return path;
        }

        public async Task<List<byte[]>> ConsistencyAsync(long older, long begin, long end, bool whole)
        {
            if (older == end - begin) return whole ? [] : [await RootAsync(begin, end)];
            var left = Merkle.LargestPowerBelow(end - begin);
            var (path, sibling) = older <= left
                ? (await ConsistencyAsync(older, begin, begin + left, whole), await RootAsync(begin + left, end))
                : (await ConsistencyAsync(older - left, begin + left, end, whole: false), await RootAsync(begin, begin + left));
            path.Add(sibling);
            return path;
        }

        private async Task<byte[]> RootAsync(long begin, long end)
        {
            var count = end - begin;
            if (!BitOperations.IsPow2(count))
            {
                var left = Merkle.LargestPowerBelow(count);
                var (older, newer) = (await RootAsync(begin, begin + left), await RootAsync(begin + left, end));
                return Merkle.NodeHash(older, newer);
            }
            // A complete subtree lies within one tile: 2^(height mod 8) of its hashes.
            var height = BitOperations.Log2((ulong)count);
            var (level, width) = (height / 8, 1 << (height % 8));
            var first = begin >> (8 * level);
            var tile = await TileAsync(level, first / Tile.Width);
            return Merkle.Root([.. tile.Chunk(32).Skip((int)(first % Tile.Width)).Take(width)]);
        }
    }
}
