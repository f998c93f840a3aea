using System.Diagnostics;
using Npgsql;

namespace ImageRights.EventStore.Transparency;

public sealed partial class TransparencyLog
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Whole streams with their proofs, all under one checkpoint. What was appended a moment ago is waited for, up to five seconds.</summary>
    /// <param name="images">Where given: of events that name a picture (<c>imageId</c>) only those that name one of these.</param>
    /// <returns>Null when an event of them is still not published, or when there is none.</returns>
    public async Task<SealedStreams?> SealedStreamsAsync(string tenant, IReadOnlyList<string> streams, CancellationToken cancellationToken, IReadOnlyList<string>? images = null)
    {
        if (store.Options.LogSigner is not { } signer) return null;
        var waiting = Stopwatch.StartNew();
        while (true)
        {
            var (found, isComing) = await FindSealedAsync(signer, tenant, streams, images, cancellationToken);
            if (!isComing || waiting.Elapsed > LongestWait) return found;
            await Task.Delay(Pause, cancellationToken);
        }
    }

    private async Task<(SealedStreams? Found, bool IsComing)> FindSealedAsync(
        LogSigner signer, string tenant, IReadOnlyList<string> streams, IReadOnlyList<string>? images, CancellationToken cancellationToken)
    {
        // The checkpoint first: what the later statements see is not older.
        if (await LatestCheckpointAsync(cancellationToken) is not { } note) return (null, true);
        var keys = (await VerifierKeysAsync(cancellationToken)).Append(signer.Verifier.ToString()).Distinct().ToList();
        var size = Size(note);
        var command = new NpgsqlBatchCommand(
            $"""
            select {string.Join(", ", Leaf.Columns.Split(", ").Select(column => $"e.{column}"))}, l.index
            from {store.Schema}.mt_events e left join {store.Schema}.mt_log_leaves l on l.tenant_id = e.tenant_id and l.event_id = e.id
            where e.tenant_id = $1 and e.stream_id = any($2) and ($3 is null or not coalesce({OfAnother}, false)) order by array_position($2, e.stream_id), e.version
            """);
        Fill(command);
        var json = new ByteBuffer();
        await using var session = store.LightweightSession(tenant);
        var found = await session.ReadAsync(command, prepare: false, row =>
        {
            var leaf = Leaf.Read(row, json);
            return new SealedEvent(row.IsDBNull(15) ? long.MaxValue : row.GetInt64(15), leaf.Stream, leaf.Version, leaf.EventId, row.GetString(6), json.Written.ToArray(), []);
        }, cancellationToken);
        if (found.Count == 0 || found.Any(@event => @event.Index >= size)) return (null, found.Count > 0);
        var events = found.ToList();
        var reading = new Reading(store, size, cancellationToken);
        for (var place = 0; place < events.Count; place++) events[place] = events[place] with { Path = await reading.InclusionAsync(events[place].Index, 0, size) };
        return (new SealedStreams(signer.Verifier.Origin, note, keys, events, LeftOut: images is null ? null : await LeftOutAsync()), false);

        async Task<IReadOnlyDictionary<string, long>> LeftOutAsync()
        {
            var count = new NpgsqlBatchCommand($"select e.stream_id, count(*) from {store.Schema}.mt_events e where e.tenant_id = $1 and e.stream_id = any($2) and {OfAnother} group by e.stream_id");
            Fill(count);
            return (await session.ReadAsync(count, prepare: false, row => (Stream: row.GetString(0), Count: row.GetInt64(1)), cancellationToken)).ToDictionary(row => row.Stream, row => row.Count);
        }

        void Fill(NpgsqlBatchCommand command)
        {
            command.Parameters.Add(new() { Value = tenant });
            command.Parameters.Add(Texts(streams));
            command.Parameters.Add(Texts(images));
        }
    }

    private const string OfAnother = "e.data ->> 'imageId' <> all($3)";

    private static NpgsqlParameter Texts(IReadOnlyList<string>? texts) =>
        new() { Value = texts is null ? DBNull.Value : texts.ToArray(), NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Varchar };

    /// <summary>The text as a note that is signed with the log's key.</summary>
    /// <param name="text">Ends with a newline. Its first line must not be a log's name: a checkpoint is a promise of another kind.</param>
    /// <exception cref="InvalidOperationException">This service keeps no log.</exception>
    public string SignStatement(string text)
    {
        var signer = store.Options.LogSigner ?? throw new InvalidOperationException("There is no log whose key could sign.");
        if (!text.EndsWith('\n') || text.Split('\n')[0] == signer.Verifier.Origin) throw new ArgumentException("It is no statement, or would pass for a checkpoint.", nameof(text));
        return signer.Sign(text);
    }
}
