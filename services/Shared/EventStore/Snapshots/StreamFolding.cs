using System.Runtime.CompilerServices;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace ImageRights.EventStore;

/// <summary>Snapshots from whole streams: what a snapshot says depends on its stream alone, whoever folds it and when.</summary>
internal static class StreamFolding
{
    /// <summary>Reads the given streams as they are committed and folds each from its beginning.</summary>
    public static async Task<List<FoldedDocument>> FoldAsync(
        DocumentStore store, NpgsqlConnection connection, StreamSnapshot snapshot, IReadOnlyCollection<(string Tenant, string Stream)> streams, CancellationToken cancellationToken)
    {
        if (streams.Count == 0) return [];
        await using var command = new NpgsqlCommand(
            $"""
            select {DocumentSession.EventColumns} from unnest($1, $2) as k(tenant, stream) cross join lateral (
                select * from {store.Schema}.mt_events e where e.tenant_id = k.tenant and e.stream_id = k.stream) as e
            order by tenant_id, stream_id, version
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar, TypedValue = [.. streams.Select(stream => stream.Tenant)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar, TypedValue = [.. streams.Select(stream => stream.Stream)] });
        var folded = new List<FoldedDocument>();
        await foreach (var document in FoldAsync(store, command, snapshot, cancellationToken)) folded.Add(document);
        return folded;
    }

    /// <summary>Folds what a command reads, which must be whole streams one after another.</summary>
    public static async IAsyncEnumerable<FoldedDocument> FoldAsync(DocumentStore store, NpgsqlCommand command, StreamSnapshot snapshot, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var current = (Tenant: "", Stream: "");
        object? document = null;
        var version = 0L;
        while (await reader.ReadAsync(cancellationToken))
        {
            var @event = DocumentSession.ReadEvent(store, reader);
            if ((@event.TenantId, @event.StreamKey) != current)
            {
                if (version > 0) yield return Written();
                (current, document, version) = ((@event.TenantId, @event.StreamKey), null, 0);
            }
            document = snapshot.Evolve(document, @event);
            version++;
        }
        if (version > 0) yield return Written();

        FoldedDocument Written() => new(
            current.Tenant, current.Stream[snapshot.StreamPrefix.Length..], document is null ? null : JsonSerializer.Serialize(document, snapshot.DocumentType, StoreOptions.Json), version);
    }
}

/// <param name="Body">JSON; null where the stream leaves no document.</param>
/// <param name="Version">Version of the stream, and so the number of its events.</param>
internal sealed record FoldedDocument(string Tenant, string Id, string? Body, long Version);
