using System.Runtime.CompilerServices;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace ImageRights.EventStore;

/// <summary>Snapshots from whole streams: what a snapshot says depends on its stream alone, whoever folds it and when.</summary>
internal static class StreamFolding
{
    private const int EventsAtOnce = 1000;

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
        var stored = new List<RecordedEvent>(EventsAtOnce);
        while (await reader.ReadAsync(cancellationToken))
        {
            var @event = DocumentSession.ReadEvent(reader);
            // At the border of two streams, so that each is folded whole.
            if (stored.Count >= EventsAtOnce && (@event.TenantId, @event.StreamKey) != (stored[^1].TenantId, stored[^1].StreamKey))
            {
                foreach (var document in await FoldAsync(store, stored, snapshot, cancellationToken)) yield return document;
                stored.Clear();
            }
            stored.Add(@event);
        }
        foreach (var document in await FoldAsync(store, stored, snapshot, cancellationToken)) yield return document;
    }

    private static async Task<List<FoldedDocument>> FoldAsync(DocumentStore store, List<RecordedEvent> stored, StreamSnapshot snapshot, CancellationToken cancellationToken)
    {
        var folded = new List<(string Tenant, string Stream, object? Document, long Version)>();
        foreach (var @event in await DocumentSession.OpenAsync(store, stored, cancellationToken))
        {
            var (tenant, stream) = (@event.TenantId, @event.StreamKey);
            if (folded.Count == 0 || (folded[^1].Tenant, folded[^1].Stream) != (tenant, stream)) folded.Add((tenant, stream, null, 0));
            var (_, _, document, version) = folded[^1];
            folded[^1] = (tenant, stream, snapshot.Evolve(document, @event), version + 1);
        }
        var documents = new List<FoldedDocument>(folded.Count);
        var keys = new Dictionary<(string Tenant, string Person), PersonKey>();
        foreach (var (tenant, stream, document, version) in folded)
        {
            string? body = null;
            if (document is not null && store.Persons.Sealing(document) is { } person)
            {
                if (!keys.TryGetValue((tenant, person), out var key)) keys.Add((tenant, person), key = await store.Persons.EnsureAsync(tenant, person, cancellationToken));
                body = store.Options.Personal.Seal(document, snapshot.DocumentType, key);
            }
            else if (document is not null)
            {
                body = JsonSerializer.Serialize(document, snapshot.DocumentType, StoreOptions.Json);
            }
            documents.Add(new FoldedDocument(tenant, stream[snapshot.StreamPrefix.Length..], body, version));
        }
        return documents;
    }
}

/// <param name="Body">JSON; null where the stream leaves no document.</param>
/// <param name="Version">Version of the stream, and so the number of its events.</param>
internal sealed record FoldedDocument(string Tenant, string Id, string? Body, long Version);
