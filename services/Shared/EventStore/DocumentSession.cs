using System.Diagnostics;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace ImageRights.EventStore;

/// <summary>A unit of work for one tenant: what is appended and stored here commits together, in one round trip, or not at all.</summary>
/// <remarks>Not thread-safe. After a failed <see cref="SaveChangesAsync"/> nothing was written; open a new session to try again.</remarks>
public sealed class DocumentSession : IAsyncDisposable
{
    internal const string EventColumns =
        "id, transaction_id, seq_id, stream_id, version, data, type, timestamp, tenant_id, correlation_id, causation_id, user_name, headers ->> 'traceparent'";

    private static readonly DateTimeOffset EndOfTime = new(9999, 12, 31, 0, 0, 0, TimeSpan.Zero);

    private readonly DocumentStore store;
    private readonly bool acrossTenants;
    private readonly List<StreamAction> actions = [];
    private readonly List<Operation> operations = [];
    private readonly List<(int Place, object Document)> personal = [];
    private readonly Dictionary<string, PersonKey> keys = [];
    private EnlistedMessage? message;
    private IdempotencyClaim? claim;

    internal DocumentSession(DocumentStore store, string tenantId, bool acrossTenants = false)
    {
        this.store = store;
        this.acrossTenants = acrossTenants;
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

    /// <summary>Consumes a message exactly once: its inbox row commits with the rest, and event ids derive from it, so that the database itself refuses a redelivery.</summary>
    /// <exception cref="DuplicateMessageException">At save, when the message was consumed before.</exception>
    public void Enlist(Guid messageId, string consumer) => message = new EnlistedMessage(messageId, consumer);

    /// <summary>Stores the answer to a request under its idempotency key, in this transaction.</summary>
    /// <param name="version">Version that the answer names.</param>
    /// <exception cref="DuplicateIdempotencyKeyException">At save, when another request took the key first.</exception>
    public void ClaimIdempotencyKey(string route, string key, string fingerprint, int status, string? location, object? body, long? version = null) =>
        claim = new IdempotencyClaim(route, key, fingerprint, status, location, body is null ? null : JsonSerializer.Serialize(body, StoreOptions.Json), version);

    /// <summary>The stored answer to an earlier request with this key, or null.</summary>
    public async Task<IdempotentAnswer?> FindIdempotentAnswerAsync(string route, string key, CancellationToken cancellationToken)
    {
        var command = new NpgsqlBatchCommand($"select fingerprint, status, location, body, version from {store.Schema}.mt_idempotency where tenant_id = $1 and route = $2 and key = $3");
        command.Parameters.Add(new() { Value = TenantId });
        command.Parameters.Add(new() { Value = route });
        command.Parameters.Add(new() { Value = key });
        var answers = await ReadAsync(
            command, prepare: true,
            reader => new IdempotentAnswer(reader.GetString(0), reader.GetInt32(1), reader.IsDBNull(2) ? null : reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetString(3),
                reader.IsDBNull(4) ? null : reader.GetInt64(4)),
            cancellationToken);
        return answers.SingleOrDefault();
    }

    /// <summary>Writes a document at the save.</summary>
    public void Store<TDocument>(string id, TDocument document) where TDocument : class
    {
        if (store.Persons.Sealing(document) is not null) personal.Add((operations.Count, document));
        operations.Add(new DocumentWrite(store.Options.Projections.DocumentOf(typeof(TDocument)).Alias, typeof(TDocument).Name, id, JsonSerializer.Serialize(document, StoreOptions.Json), 0));
    }

    /// <summary>Removes a document at the save.</summary>
    public void Delete<TDocument>(string id) where TDocument : class => operations.Add(Write(typeof(TDocument), id, null, 0));

    /// <summary>Reads a document, or null.</summary>
    public async Task<TDocument?> LoadAsync<TDocument>(string id, CancellationToken cancellationToken = default) where TDocument : class
    {
        var command = new NpgsqlBatchCommand($"select data from {store.Schema}.mt_doc_{store.Options.Projections.DocumentOf(typeof(TDocument)).Alias} where tenant_id = $1 and id = $2");
        command.Parameters.Add(new() { Value = TenantId });
        command.Parameters.Add(new() { Value = id });
        return (await ReadDocumentsAsync<TDocument>(command, prepare: true, cancellationToken)).SingleOrDefault();
    }

    /// <summary>Reads documents of this tenant. <paramref name="sql"/> goes on after the tenant's rows, with <c>?</c> for each parameter (and <c>??</c> for PostgreSQL's operator <c>?</c>):
    /// <c>where data ->> 'state' = ? order by id desc limit 50</c>; <c>{schema}</c> stands for the schema.</summary>
    /// <param name="source">Rows with <c>tenant_id</c>, <c>id</c> and <c>data</c> in place of the stored documents.</param>
    public async Task<IReadOnlyList<TDocument>> QueryAsync<TDocument>(string sql, object[] parameters, CancellationToken cancellationToken = default, string? source = null) where TDocument : class
    {
        var table = $"mt_doc_{store.Options.Projections.DocumentOf(typeof(TDocument)).Alias}";
        source = source?.Replace("{schema}", store.Schema, StringComparison.Ordinal) ?? $"{store.Schema}.{table}";
        // The tenant's rows first and apart: a condition with "or" must not reach beyond them.
        var command = new NpgsqlBatchCommand(SqlText.Positional($"select data from (select * from {source} where tenant_id = ?) as {table} {sql.Replace("{schema}", store.Schema, StringComparison.Ordinal)}", parameters.Length + 1));
        command.Parameters.Add(new() { Value = TenantId });
        foreach (var parameter in parameters) command.Parameters.Add(Given(parameter));
        return await ReadDocumentsAsync<TDocument>(command, prepare: false, cancellationToken);
    }

    /// <summary>Reads with SQL of the service's own, with <c>?</c> for each parameter and <c>{schema}</c> for the schema. The database shows this tenant's rows alone.</summary>
    public Task<IReadOnlyList<TRow>> QueryRowsAsync<TRow>(string sql, object[] parameters, Func<NpgsqlDataReader, TRow> read, CancellationToken cancellationToken = default)
    {
        var command = new NpgsqlBatchCommand(SqlText.Positional(sql.Replace("{schema}", store.Schema, StringComparison.Ordinal), parameters.Length));
        foreach (var parameter in parameters) command.Parameters.Add(Given(parameter));
        return ReadAsync(command, prepare: false, read, cancellationToken);
    }

    private async Task<IReadOnlyList<TDocument>> ReadDocumentsAsync<TDocument>(NpgsqlBatchCommand command, bool prepare, CancellationToken cancellationToken) where TDocument : class
    {
        var rows = await ReadAsync(command, prepare, reader => reader.GetFieldValue<byte[]>(0), cancellationToken);
        return [.. (await store.Persons.OpenAsync(rows, cancellationToken)).Select(row => JsonSerializer.Deserialize<TDocument>(row, StoreOptions.Json)!)];
    }

    internal static NpgsqlParameter Given(object? parameter) => parameter as NpgsqlParameter ?? new NpgsqlParameter { Value = parameter ?? DBNull.Value };

    /// <summary>Reads in a transaction that names its tenant, in one round trip.</summary>
    internal async Task<IReadOnlyList<T>> ReadAsync<T>(NpgsqlBatchCommand command, bool prepare, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var connection = await store.DataSource.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { Statements.Tenant(TenantId), command } };
        if (prepare) await batch.PrepareAsync(cancellationToken);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken)) rows.Add(read(reader));
        return rows;
    }

    /// <summary>Runs one SQL statement of the service's own in this transaction, with <c>?</c> for each parameter (<c>??</c> for the operator) and <c>{schema}</c> for the schema.
    /// Such a save has a transaction to itself; those with events and documents only share theirs with others that arrive at the same time.</summary>
    public void QueueSqlCommand(string sql, params object[] parameters)
    {
        var command = new NpgsqlBatchCommand(SqlText.Positional(sql.Replace("{schema}", store.Schema, StringComparison.Ordinal), parameters.Length));
        foreach (var parameter in parameters) command.Parameters.Add(Given(parameter));
        operations.Add(new OwnSql(command));
    }

    /// <summary>Commits everything in one transaction and one round trip.</summary>
    /// <remarks>Cancelling takes back a save that was not sent yet; one that was sent is waited for, so that its outcome is known.</remarks>
    /// <exception cref="ConcurrencyException">A stream moved since it was fetched.</exception>
    /// <exception cref="DuplicateMessageException">The enlisted message was consumed before.</exception>
    /// <exception cref="DuplicateIdempotencyKeyException">The idempotency key is taken.</exception>
    public async Task SaveChangesAsync(CancellationToken cancellationToken = default)
    {
        var unit = await PrepareAsync(cancellationToken);
        if (unit.IsEmpty) return;
        await store.Commits.CommitAsync(unit, cancellationToken);
        foreach (var action in actions) action.Close();
        actions.Clear();
        operations.Clear();
        personal.Clear();
        message = null;
        claim = null;
    }

    /// <summary>What a save now would write.</summary>
    internal async Task<UnitOfWork> PrepareAsync(CancellationToken cancellationToken)
    {
        // Asked for at each save: a key that was destroyed since the last must not seal anything more.
        keys.Clear();
        var persons = actions.SelectMany(action => action.NewEvents.Concat((action.Known ?? []).Select(known => known.Data))).Concat(personal.Select(write => write.Document)).Select(store.Persons.Sealing).OfType<string>();
        foreach (var person in persons.Distinct()) keys[person] = await store.Persons.EnsureAsync(TenantId, person, cancellationToken);
        foreach (var (place, document) in personal) operations[place] = (DocumentWrite)operations[place] with { Body = Body(document, document.GetType()) };
        return Prepare();
    }

    private string Body(object value, Type type) => store.Persons.Sealing(value) is { } person ? store.Options.Personal.Seal(value, type, keys[person]) : JsonSerializer.Serialize(value, type, StoreOptions.Json);

    private UnitOfWork Prepare()
    {
        // PostgreSQL keeps microseconds; what a snapshot folds must be what the log holds.
        var now = store.Options.TimeProvider.GetUtcNow().ToUniversalTime();
        now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        var appends = new List<PreparedAppend>();
        var writes = new List<Operation>();
        var caused = 0;
        foreach (var action in actions)
        {
            if (action.NewEvents.Count == 0) continue;
            var timestamp = action.Known is [.., var last] && last.Timestamp > now ? last.Timestamp : now;
            var events = new List<RecordedEvent>(action.NewEvents.Count);
            foreach (var data in action.NewEvents)
            {
                // Derived from the message, so that a redelivery that slips past the inbox meets the same ids in the unique index.
                var id = message is null ? Guid.CreateVersion7() : DeterministicGuid.Create(message.MessageId, $"{message.Consumer}/{caused++}");
                events.Add(new RecordedEvent(
                    id, 0, 0, action.Key, (action.ExpectedVersion ?? 0) + events.Count + 1, data, store.Options.Events.NameOf(data.GetType()),
                    timestamp, TenantId, CorrelationId, Causation, LastModifiedBy, TraceParent ?? Activity.Current?.Id));
            }
            appends.Add(new PreparedAppend(action.Key, action.ExpectedVersion, action.Starts, timestamp, [.. events.Select(Prepared)]));
            writes.AddRange(store.Options.Projections.InlineSnapshotsOf(action.Key).Select(snapshot => Snapshot(snapshot, action, events)));
        }
        // Streams are locked in one order everywhere, so that two saves over the same streams cannot wait for each other.
        appends.Sort(static (left, right) => string.CompareOrdinal(left.Stream, right.Stream));
        writes.AddRange(operations);
        return new UnitOfWork(TenantId, CorrelationId, Causation, LastModifiedBy, message, claim, appends, writes, acrossTenants);
    }

    private string? Causation => CausationId ?? message?.MessageId.ToString();

    private PreparedEvent Prepared(RecordedEvent @event) => new(
        @event.Id, @event.EventTypeName, Body(@event.Data, @event.Data.GetType()),
        @event.TraceParent is null ? null : $$"""{"traceparent":"{{@event.TraceParent}}"}""");

    private DocumentWrite Snapshot(StreamSnapshot snapshot, StreamAction action, List<RecordedEvent> events)
    {
        if (action.ExpectedVersion is null)
            throw new InvalidOperationException($"{action.Key} feeds an inline snapshot: start it or fetch it for writing.");
        object? document = null;
        foreach (var @event in (action.Known ?? []).Concat(events)) document = snapshot.Evolve(document, @event);
        return Write(snapshot.DocumentType, action.Key[snapshot.StreamPrefix.Length..], document, events[^1].Version);
    }

    private DocumentWrite Write(Type type, string id, object? document, long version) => new(
        store.Options.Projections.DocumentOf(type).Alias, type.Name, id, document is null ? null : Body(document, type), version);

    /// <summary>Writes a document that is serialised already; null removes it.</summary>
    internal void StoreSerialised(Type type, string id, string? body, long version) =>
        operations.Add(new DocumentWrite(store.Options.Projections.DocumentOf(type).Alias, type.Name, id, body, version));

    internal StreamAction Start(string key)
    {
        if (Find(key) is not null) throw new InvalidOperationException($"This session writes to {key} already; it cannot start it too.");
        return Add(new StreamAction(key, 0, starts: true, null));
    }

    internal StreamAction Append(string key) => Find(key) ?? Add(new StreamAction(key, null, starts: false, null));

    /// <summary>Remembers the version that a decision rests on. Fetched again before the save, the first version still counts: what was decided on it must not be overtaken.</summary>
    internal StreamAction Fetched(string key, IReadOnlyList<RecordedEvent> known)
    {
        if (Find(key) is not { } action) return Add(new StreamAction(key, known.Count, starts: false, known));
        if (action.Known is null) throw new InvalidOperationException($"This session appends to {key} already without having fetched it; save first.");
        return action;
    }

    private StreamAction? Find(string key) => actions.Find(action => action.Key == key);

    private StreamAction Add(StreamAction action)
    {
        actions.Add(action);
        return action;
    }

    /// <summary>The events of a stream of this tenant after a version, in order.</summary>
    internal async Task<IReadOnlyList<RecordedEvent>> ReadStreamAsync(string key, long after, long version, DateTimeOffset? timestamp, CancellationToken cancellationToken)
    {
        var command = new NpgsqlBatchCommand($"select {EventColumns} from {store.Schema}.mt_events where tenant_id = $1 and stream_id = $2 and version > $3 and version <= $4 and timestamp <= $5 order by version");
        command.Parameters.Add(new() { Value = TenantId });
        command.Parameters.Add(new() { Value = key });
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = version == 0 ? long.MaxValue : version });
        command.Parameters.Add(new() { Value = timestamp?.ToUniversalTime() ?? EndOfTime });
        return await OpenAsync(store, await ReadAsync(command, prepare: true, ReadEvent, cancellationToken), cancellationToken);
    }

    /// <summary>The next events behind the safe horizon, read in one statement and so in one snapshot.</summary>
    internal static async Task<IReadOnlyList<RecordedEvent>> ReadPageAsync(DocumentStore store, NpgsqlConnection connection, LogPosition after, int limit, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select {EventColumns} from {store.Schema}.mt_events
            where (transaction_id, seq_id) > ($1, $2) and transaction_id < pg_snapshot_xmin(pg_current_snapshot())
            order by transaction_id, seq_id limit $3
            """, connection);
        command.Parameters.Add(new() { Value = after.TransactionId, NpgsqlDbType = NpgsqlDbType.Xid8 });
        command.Parameters.Add(new() { Value = after.Sequence });
        command.Parameters.Add(new() { Value = limit });
        await command.PrepareAsync(cancellationToken);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var events = new List<RecordedEvent>();
        while (await reader.ReadAsync(cancellationToken)) events.Add(ReadEvent(reader));
        await reader.CloseAsync();
        return await OpenAsync(store, events, cancellationToken);
    }

    /// <summary>An event with its stored JSON in place of the fact.</summary>
    internal static RecordedEvent ReadEvent(NpgsqlDataReader reader)
    {
        return new RecordedEvent(
            reader.GetGuid(0), reader.GetFieldValue<ulong>(1), reader.GetInt64(2), reader.GetString(3), reader.GetInt64(4), reader.GetFieldValue<byte[]>(5), reader.GetString(6),
            reader.GetFieldValue<DateTimeOffset>(7), reader.GetString(8), Text(9), Text(10), Text(11), Text(12));

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }

    /// <summary>Stored events with their facts.</summary>
    internal static async Task<IReadOnlyList<RecordedEvent>> OpenAsync(DocumentStore store, IReadOnlyList<RecordedEvent> stored, CancellationToken cancellationToken)
    {
        var facts = await store.Persons.OpenAsync([.. stored.Select(e => (byte[])e.Data)], cancellationToken);
        return [.. stored.Select((e, place) => e with { Data = store.Options.Events.Read(e.EventTypeName, facts[place]) })];
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Events to append to one stream, with what is known of it.</summary>
internal sealed class StreamAction(string key, long? expectedVersion, bool starts, IReadOnlyList<RecordedEvent>? known)
{
    private readonly List<object> newEvents = [];
    private bool saved;

    public string Key { get; } = key;
    public long? ExpectedVersion { get; } = expectedVersion;
    public bool Starts { get; } = starts;
    public IReadOnlyList<RecordedEvent>? Known { get; } = known;
    public IReadOnlyList<object> NewEvents => newEvents;

    public void Add(IEnumerable<object> events)
    {
        if (saved) throw new InvalidOperationException($"{Key} was fetched for a save that is done; fetch it again.");
        newEvents.AddRange(events);
    }

    public void Close() => saved = true;
}

/// <summary>A stored answer; <paramref name="Body"/> is JSON.</summary>
public sealed record IdempotentAnswer(string Fingerprint, int Status, string? Location, string? Body, long? Version = null);
