using Npgsql;

namespace ImageRights.EventStore;

/// <summary>Streams of one session's tenant. Reads go to the database at once; writes wait for <see cref="DocumentSession.SaveChangesAsync"/>.</summary>
public sealed class EventOperations
{
    private readonly DocumentSession session;

    internal EventOperations(DocumentSession session) => this.session = session;

    /// <summary>Starts a stream.</summary>
    /// <exception cref="ExistingStreamIdCollisionException">At save, when the key is taken.</exception>
    public void StartStream(string key, params object[] events) => session.Start(key).Add(events);

    /// <summary>Appends whatever the stream's version is; starts the stream when it does not exist.</summary>
    public void Append(string key, params object[] events) => session.Append(key).Add(events);

    /// <summary>Loads a stream's state for a decision; what is appended to the result is refused at save if the stream has moved since.</summary>
    public Task<EventStream<TState>> FetchForWriting<TState>(string key, CancellationToken cancellationToken = default) where TState : notnull =>
        FetchForWriting<TState>(key, [], cancellationToken);

    /// <summary>Loads the state of the stream that an event is of. Where it begins with this event, only what comes after is read.</summary>
    public Task<EventStream<TState>> FetchForWriting<TState>(RecordedEvent known, CancellationToken cancellationToken = default) where TState : notnull =>
        FetchForWriting<TState>(known.StreamKey, known.Version == 1 ? [known] : [], cancellationToken);

    private async Task<EventStream<TState>> FetchForWriting<TState>(string key, IReadOnlyList<RecordedEvent> known, CancellationToken cancellationToken) where TState : notnull
    {
        IReadOnlyList<RecordedEvent> events = [.. known, .. await session.ReadStreamAsync(key, known.Count, 0, null, cancellationToken)];
        var action = session.Fetched(key, events);
        return new EventStream<TState>(key, session.Owner.Options.Projections.Fold<TState>(events), events.Count, events, action);
    }

    /// <summary>A stream that the decision starts, without a read; the save is refused if it exists.</summary>
    public EventStream<TState> StartForWriting<TState>(string key) where TState : notnull =>
        new(key, session.Owner.Options.Projections.Fold<TState>([]), 0, [], session.Fetched(key, []));

    /// <summary>The events of a stream in order, optionally only up to a version or an instant.</summary>
    public Task<IReadOnlyList<RecordedEvent>> FetchStreamAsync(string key, long version = 0, DateTimeOffset? timestamp = null, CancellationToken cancellationToken = default) =>
        session.ReadStreamAsync(key, 0, version, timestamp, cancellationToken);

    /// <summary>State of a stream as it is, or as it was at a version or an instant; null if it had no event then.</summary>
    public async Task<TState?> AggregateStreamAsync<TState>(string key, long version = 0, DateTimeOffset? timestamp = null, CancellationToken cancellationToken = default) where TState : notnull
    {
        var events = await FetchStreamAsync(key, version, timestamp, cancellationToken);
        return events.Count == 0 ? default : session.Owner.Options.Projections.Fold<TState>(events);
    }

    /// <summary>Version and times of a stream, or null.</summary>
    public async Task<StreamState?> FetchStreamStateAsync(string key, CancellationToken cancellationToken = default)
    {
        var command = new NpgsqlBatchCommand($"select version, created, timestamp from {session.Owner.Schema}.mt_streams where tenant_id = $1 and id = $2");
        command.Parameters.Add(new() { Value = session.TenantId });
        command.Parameters.Add(new() { Value = key });
        var states = await session.ReadAsync(
            command, prepare: true, reader => new StreamState(key, reader.GetInt64(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetFieldValue<DateTimeOffset>(2)), cancellationToken);
        return states.SingleOrDefault();
    }
}

/// <summary>A stream loaded for one decision.</summary>
public sealed class EventStream<TState>
{
    private readonly StreamAction action;

    internal EventStream(string key, TState aggregate, long currentVersion, IReadOnlyList<RecordedEvent> events, StreamAction action) =>
        (Key, Aggregate, CurrentVersion, Events, this.action) = (key, aggregate, currentVersion, events, action);

    /// <summary>Stream key.</summary>
    public string Key { get; }

    /// <summary>State before the decision.</summary>
    public TState Aggregate { get; }

    /// <summary>Version the decision rests on; 0 when the stream does not exist.</summary>
    public long CurrentVersion { get; }

    /// <summary>Version after the save.</summary>
    public long NextVersion => CurrentVersion + action.NewEvents.Count;

    /// <summary>Events before the decision.</summary>
    public IReadOnlyList<RecordedEvent> Events { get; }

    /// <summary>Adds one fact.</summary>
    public void AppendOne(object @event) => action.Add([@event]);

    /// <summary>Adds facts in order.</summary>
    public void AppendMany(IEnumerable<object> events) => action.Add(events);
}
