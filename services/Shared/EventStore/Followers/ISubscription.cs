namespace ImageRights.EventStore;

/// <summary>Reads the committed log in order. A page's writes and the progress over it commit together, so database effects happen exactly once;
/// effects elsewhere (publishing) happen at least once and carry the event's id.</summary>
public interface ISubscription
{
    /// <summary>Handles the next events, across all tenants, in commit order. Throwing keeps the follower where it is: it says so in its health and tries again; it never skips.</summary>
    Task ProcessEventsAsync(EventPage page, CancellationToken cancellationToken);

    /// <summary>Where an in-memory follower begins: after what it has kept from an earlier run. Asked once, before the first page.</summary>
    Task<LogPosition> ResumeAsync(DocumentStore store, CancellationToken cancellationToken) => Task.FromResult(LogPosition.Start);
}

/// <summary>Consecutive events and a place for what they cause.</summary>
public sealed class EventPage
{
    private readonly DocumentStore store;
    private readonly Dictionary<string, DocumentSession> sessions = [];
    private readonly List<DocumentSession> caused = [];

    internal EventPage(DocumentStore store, string follower, IReadOnlyList<RecordedEvent> events, bool isCaughtUp, LogPosition from) =>
        (this.store, Follower, Events, IsCaughtUp, From) = (store, follower, events, isCaughtUp, from);

    /// <summary>Name of the follower.</summary>
    public string Follower { get; }

    /// <summary>The events; never empty.</summary>
    public IReadOnlyList<RecordedEvent> Events { get; }

    /// <summary>Whether the log ends with this page, as far as is known.</summary>
    public bool IsCaughtUp { get; }

    /// <summary>What is stored in this session commits with the follower's progress; not for in-memory followers.</summary>
    public DocumentSession ForTenant(string tenantId) =>
        sessions.TryGetValue(tenantId, out var session) ? session : sessions[tenantId] = store.LightweightSession(tenantId);

    /// <summary>What is written here is of all tenants: for the store's own followers.</summary>
    internal DocumentSession AcrossTenants()
    {
        var session = new DocumentSession(store, DocumentStore.DefaultTenant, acrossTenants: true);
        caused.Add(session);
        return session;
    }

    /// <summary>A session for what one event leads to: written in the event's trace and conversation, with it as the cause; commits with the follower's progress.</summary>
    public DocumentSession CausedBy(RecordedEvent @event)
    {
        var session = store.LightweightSession(@event.TenantId);
        session.CausationId = @event.Id.ToString();
        session.CorrelationId = @event.CorrelationId;
        session.TraceParent = @event.TraceParent;
        caused.Add(session);
        return session;
    }

    internal IEnumerable<DocumentSession> Sessions => sessions.Values.Concat(caused);

    internal LogPosition From { get; }
}

/// <summary>What a follower is doing.</summary>
public enum FollowerState
{
    /// <summary>Another replica leads; this one waits to take over.</summary>
    Standby,

    /// <summary>Following.</summary>
    Running,

    /// <summary>Stands at an event that it cannot pass; retries, never skips.</summary>
    Stopped,
}

/// <summary>Health of a follower in this process.</summary>
/// <param name="Error">Why it is stopped.</param>
/// <param name="CaughtUp">Whether its last read reached the end of the log.</param>
public sealed record FollowerStatus(string Name, FollowerState State, LogPosition Position, string? Error, bool CaughtUp);
