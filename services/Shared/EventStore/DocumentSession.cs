using System.Diagnostics;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace ImageRights.EventStore;

/// <summary>A unit of work for one tenant: what is appended and stored here commits together, in one round trip, or not at all.</summary>
/// <remarks>Not thread-safe. After a failed <see cref="SaveChangesAsync"/> nothing was written; open a new session to try again.</remarks>
public sealed class DocumentSession : IAsyncDisposable
{
    private const string EventColumns =
        "id, transaction_id, seq_id, stream_id, version, data, type, timestamp, tenant_id, correlation_id, causation_id, user_name, headers ->> 'traceparent'";

    private readonly DocumentStore store;
    private readonly List<StreamAction> actions = [];
    private readonly List<NpgsqlBatchCommand> commands = [];
    private (Guid MessageId, string Consumer)? inbox;
    private string? idempotencyKey;
    private int causedEvents;

    internal DocumentSession(DocumentStore store, string tenantId)
    {
        this.store = store;
        TenantId = tenantId;
        Events = new EventOperations(this);
    }

    /// <summary>Tenant whose rows this session sees and writes.</summary>
    public string TenantId { get; }

    /// <summary>Streams.</summary>
    public EventOperations Events { get; }

    /// <summary>Business conversation written beside each event.</summary>
    public string? CorrelationId { get; set; }

    /// <summary>What caused this unit of work: a message or event id.</summary>
    public string? CausationId { get; set; }

    /// <summary>Who acts.</summary>
    public string? LastModifiedBy { get; set; }

    /// <summary>W3C trace context written beside each event; null: that of the current activity at the save.</summary>
    public string? TraceParent { get; set; }

    internal DocumentStore Owner => store;
    internal IReadOnlyList<StreamAction> PendingActions => actions;

    /// <summary>Consumes a message exactly once: its inbox row commits with the rest, and event ids derive from it, so that the database itself refuses a redelivery.</summary>
    /// <exception cref="DuplicateMessageException">At save, when the message was consumed before.</exception>
    public void Enlist(Guid messageId, string consumer)
    {
        inbox = (messageId, consumer);
        CausationId ??= messageId.ToString();
    }

    /// <summary>Stores the answer to a request under its idempotency key, in this transaction.</summary>
    /// <exception cref="DuplicateIdempotencyKeyException">At save, when another request took the key first.</exception>
    public void ClaimIdempotencyKey(string route, string key, string fingerprint, int status, string? location, object? body)
    {
        idempotencyKey = key;
        var command = new NpgsqlBatchCommand(
            $"insert into {store.Schema}.mt_idempotency (tenant_id, route, key, fingerprint, status, location, body) values ($1, $2, $3, $4, $5, $6, $7)");
        command.Parameters.Add(new() { Value = TenantId });
        command.Parameters.Add(new() { Value = route });
        command.Parameters.Add(new() { Value = key });
        command.Parameters.Add(new() { Value = fingerprint });
        command.Parameters.Add(new() { Value = status });
        command.Parameters.Add(new() { Value = (object?)location ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Varchar });
        command.Parameters.Add(new() { Value = body is null ? DBNull.Value : JsonSerializer.Serialize(body, StoreOptions.Json), NpgsqlDbType = NpgsqlDbType.Jsonb });
        commands.Add(command);
    }

    /// <summary>The stored answer to an earlier request with this key, or null.</summary>
    public async Task<IdempotentAnswer?> FindIdempotentAnswerAsync(string route, string key, CancellationToken cancellationToken)
    {
        await using var command = store.DataSource.CreateCommand(
            $"select fingerprint, status, location, body from {store.Schema}.mt_idempotency where tenant_id = $1 and route = $2 and key = $3");
        command.Parameters.Add(new() { Value = TenantId });
        command.Parameters.Add(new() { Value = route });
        command.Parameters.Add(new() { Value = key });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        return new IdempotentAnswer(reader.GetString(0), reader.GetInt32(1), reader.IsDBNull(2) ? null : reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetString(3));
    }

    /// <summary>Writes a document at the save.</summary>
    public void Store<TDocument>(string id, TDocument document) where TDocument : class => StoreDocument(typeof(TDocument), id, document);

    /// <summary>Removes a document at the save.</summary>
    public void Delete<TDocument>(string id) where TDocument : class => DeleteDocument(typeof(TDocument), id);

    /// <summary>Reads a document, or null.</summary>
    public async Task<TDocument?> LoadAsync<TDocument>(string id, CancellationToken cancellationToken = default) where TDocument : class =>
        (await QueryAsync<TDocument>("where id = ?", [id], cancellationToken)).SingleOrDefault();

    /// <summary>Reads documents of this tenant. <paramref name="sql"/> follows the tenant condition, with <c>?</c> for each parameter:
    /// <c>where data ->> 'state' = ? order by id desc limit 50</c>.</summary>
    public async Task<IReadOnlyList<TDocument>> QueryAsync<TDocument>(string sql, object[] parameters, CancellationToken cancellationToken = default) where TDocument : class
    {
        var mapping = store.Options.Projections.DocumentOf(typeof(TDocument));
        var condition = sql.TrimStart().StartsWith("where ", StringComparison.OrdinalIgnoreCase) ? " and " + sql.TrimStart()[6..] : " " + sql;
        await using var command = store.DataSource.CreateCommand(Positional($"select data from {store.Schema}.mt_doc_{mapping.Alias} where tenant_id = ?{condition}"));
        command.Parameters.Add(new() { Value = TenantId });
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var documents = new List<TDocument>();
        while (await reader.ReadAsync(cancellationToken))
            documents.Add(JsonSerializer.Deserialize<TDocument>(reader.GetString(0), StoreOptions.Json)!);
        return documents;
    }

    /// <summary>Runs SQL of the service's own in this transaction, with <c>?</c> for each parameter and <c>{schema}</c> for the schema.</summary>
    public void QueueSqlCommand(string sql, params object[] parameters)
    {
        var command = new NpgsqlBatchCommand(Positional(sql.Replace("{schema}", store.Schema)));
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter as NpgsqlParameter ?? new NpgsqlParameter { Value = parameter });
        commands.Add(command);
    }

    /// <summary>Commits everything in one transaction and one round trip.</summary>
    /// <exception cref="ConcurrencyException">A stream moved since it was fetched.</exception>
    /// <exception cref="DuplicateMessageException">The enlisted message was consumed before.</exception>
    /// <exception cref="DuplicateIdempotencyKeyException">The idempotency key is taken.</exception>
    public async Task SaveChangesAsync(CancellationToken cancellationToken = default)
    {
        var writes = Prepare();
        if (writes.Count == 0) return;
        await store.CommitAsync(writes, this, cancellationToken);
        Reset();
    }

    /// <summary>All statements of this unit of work, in the order in which they must run.</summary>
    internal IReadOnlyList<NpgsqlBatchCommand> Prepare()
    {
        var batch = new List<NpgsqlBatchCommand>();
        if (inbox is { } message)
        {
            var command = new NpgsqlBatchCommand($"insert into {store.Schema}.mt_inbox (tenant_id, consumer, message_id) values ($1, $2, $3)");
            command.Parameters.Add(new() { Value = TenantId });
            command.Parameters.Add(new() { Value = message.Consumer });
            command.Parameters.Add(new() { Value = message.MessageId });
            batch.Add(command);
        }
        foreach (var action in actions.Where(action => action.NewEvents.Count > 0))
        {
            var events = action.NewEvents.Select((data, index) => ToEvent(action, data, index)).ToList();
            batch.Add(AppendCommand(action, events));
            foreach (var snapshot in store.Options.Projections.SnapshotsOf(action.Key))
                batch.Add(SnapshotCommand(snapshot, action, events));
            DocumentStore.Appended.Add(events.Count);
        }
        batch.AddRange(commands);
        return batch;
    }

    internal bool HasEvents => actions.Any(action => action.NewEvents.Count > 0);

    internal Exception Translate(PostgresException failure)
    {
        var stream = actions.FirstOrDefault(action => action.NewEvents.Count > 0)?.Key ?? "";
        return failure switch
        {
            { SqlState: "MT003" or "MT001" } => new ConcurrencyException(stream, failure.MessageText, failure),
            { SqlState: "MT004" } => new ProgressionProgressOutOfOrderException(failure.MessageText),
            { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "pkey_mt_inbox" } => new DuplicateMessageException(inbox!.Value.MessageId, inbox.Value.Consumer),
            { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "pkey_mt_idempotency" } => new DuplicateIdempotencyKeyException(idempotencyKey!),
            { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "idx_mt_events_event_id" } when inbox is { } message => new DuplicateMessageException(message.MessageId, message.Consumer),
            { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "pkey_mt_streams_tenant_id_id" } => new ExistingStreamIdCollisionException(stream, failure),
            { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "pk_mt_events_stream_and_version" } => new ConcurrencyException(stream, failure.MessageText, failure),
            _ => failure,
        };
    }

    internal void Reset()
    {
        actions.Clear();
        commands.Clear();
        inbox = null;
        idempotencyKey = null;
    }

    internal StreamAction Track(string key, long? expectedVersion, IReadOnlyList<RecordedEvent>? known)
    {
        var action = actions.FirstOrDefault(existing => existing.Key == key);
        if (action is null) actions.Add(action = new StreamAction(key, expectedVersion, known));
        return action;
    }

    internal async Task<IReadOnlyList<RecordedEvent>> ReadEventsAsync(string where, object[] parameters, CancellationToken cancellationToken)
    {
        await using var command = store.DataSource.CreateCommand($"select {EventColumns} from {store.Schema}.mt_events {where}");
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        return await ReadEventsAsync(store, command, cancellationToken);
    }

    internal static async Task<IReadOnlyList<RecordedEvent>> ReadPageAsync(DocumentStore store, LogPosition after, int limit, CancellationToken cancellationToken)
    {
        await using var command = store.DataSource.CreateCommand(
            $"""
            select {EventColumns} from {store.Schema}.mt_events
            where (transaction_id, seq_id) > ($1, $2) and transaction_id < pg_snapshot_xmin(pg_current_snapshot())
            order by transaction_id, seq_id limit $3
            """);
        command.Parameters.Add(new() { Value = after.TransactionId, NpgsqlDbType = NpgsqlDbType.Xid8 });
        command.Parameters.Add(new() { Value = after.Sequence });
        command.Parameters.Add(new() { Value = limit });
        return await ReadEventsAsync(store, command, cancellationToken);
    }

    private static async Task<IReadOnlyList<RecordedEvent>> ReadEventsAsync(DocumentStore store, NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var events = new List<RecordedEvent>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var type = reader.GetString(6);
            events.Add(new RecordedEvent(
                reader.GetGuid(0), reader.GetFieldValue<ulong>(1), reader.GetInt64(2), reader.GetString(3), reader.GetInt64(4),
                store.Options.Events.Read(type, reader.GetString(5)), type, reader.GetFieldValue<DateTimeOffset>(7), reader.GetString(8),
                Text(9), Text(10), Text(11), Text(12)));
        }
        return events;

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }

    private RecordedEvent ToEvent(StreamAction action, object data, int index) => new(
        // Derived from the message, so that a redelivery that slips past the inbox meets the same ids in the unique index.
        inbox is { } message ? DeterministicGuid.Create(message.MessageId, $"{message.Consumer}/{causedEvents++}") : Guid.CreateVersion7(),
        0, 0, action.Key, (action.ExpectedVersion ?? action.Known?.Count ?? 0) + index + 1, data, store.Options.Events.NameOf(data.GetType()),
        DateTimeOffset.UtcNow, TenantId, CorrelationId, CausationId, LastModifiedBy, TraceParent ?? Activity.Current?.Id);

    private NpgsqlBatchCommand AppendCommand(StreamAction action, IReadOnlyList<RecordedEvent> events)
    {
        var command = new NpgsqlBatchCommand($"select {store.Schema}.mt_quick_append_events($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)");
        command.Parameters.Add(new() { Value = action.Key, NpgsqlDbType = NpgsqlDbType.Varchar });
        command.Parameters.Add(new() { Value = action.Key[..Math.Max(0, action.Key.IndexOf('-'))], NpgsqlDbType = NpgsqlDbType.Varchar });
        command.Parameters.Add(new() { Value = TenantId, NpgsqlDbType = NpgsqlDbType.Varchar });
        command.Parameters.Add(new() { Value = (object?)action.ExpectedVersion ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = events.Select(e => e.Id).ToArray() });
        command.Parameters.Add(new() { Value = events.Select(e => e.EventTypeName).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar });
        command.Parameters.Add(new() { Value = events.Select(e => JsonSerializer.Serialize(e.Data, e.Data.GetType(), StoreOptions.Json)).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = events.Select(e => e.TraceParent is null ? null : $$"""{"traceparent":"{{e.TraceParent}}"}""").ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb });
        command.Parameters.Add(Nullable(CorrelationId));
        command.Parameters.Add(Nullable(CausationId));
        command.Parameters.Add(Nullable(LastModifiedBy));
        return command;

        static NpgsqlParameter Nullable(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Varchar };
    }

    private NpgsqlBatchCommand SnapshotCommand(InlineSnapshot snapshot, StreamAction action, IReadOnlyList<RecordedEvent> events)
    {
        if (action.Known is null && action.ExpectedVersion is not 0)
            throw new InvalidOperationException($"{action.Key} feeds an inline snapshot: start it or fetch it for writing.");
        object? document = null;
        foreach (var @event in (action.Known ?? []).Concat(events)) document = snapshot.Evolve(document, @event);
        var id = action.Key[snapshot.StreamPrefix.Length..];
        return document is null ? DeleteCommand(snapshot.DocumentType, id) : StoreCommand(snapshot.DocumentType, id, document, (action.Known?.Count ?? 0) + events.Count);
    }

    private void StoreDocument(Type type, string id, object document) => commands.Add(StoreCommand(type, id, document, 0));

    private void DeleteDocument(Type type, string id) => commands.Add(DeleteCommand(type, id));

    private NpgsqlBatchCommand StoreCommand(Type type, string id, object document, long version)
    {
        var mapping = store.Options.Projections.DocumentOf(type);
        var command = new NpgsqlBatchCommand(
            $"""
            insert into {store.Schema}.mt_doc_{mapping.Alias} (tenant_id, id, data, mt_version, mt_dotnet_type) values ($1, $2, $3, $4, $5)
            on conflict (tenant_id, id) do update set data = excluded.data, mt_version = excluded.mt_version, mt_last_modified = transaction_timestamp()
            """);
        command.Parameters.Add(new() { Value = TenantId });
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = JsonSerializer.Serialize(document, type, StoreOptions.Json), NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = version });
        command.Parameters.Add(new() { Value = type.Name });
        return command;
    }

    private NpgsqlBatchCommand DeleteCommand(Type type, string id)
    {
        var command = new NpgsqlBatchCommand($"delete from {store.Schema}.mt_doc_{store.Options.Projections.DocumentOf(type).Alias} where tenant_id = $1 and id = $2");
        command.Parameters.Add(new() { Value = TenantId });
        command.Parameters.Add(new() { Value = id });
        return command;
    }

    private static string Positional(string sql)
    {
        var number = 0;
        return string.Concat(sql.Select(letter => letter == '?' ? $"${++number}" : letter.ToString()));
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Events to append to one stream, with what is known of it.</summary>
internal sealed class StreamAction(string key, long? expectedVersion, IReadOnlyList<RecordedEvent>? known)
{
    public string Key { get; } = key;
    public long? ExpectedVersion { get; } = expectedVersion;
    public IReadOnlyList<RecordedEvent>? Known { get; } = known;
    public List<object> NewEvents { get; } = [];
}

/// <summary>A stored answer; <paramref name="Body"/> is JSON.</summary>
public sealed record IdempotentAnswer(string Fingerprint, int Status, string? Location, string? Body);
