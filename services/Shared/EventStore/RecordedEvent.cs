namespace ImageRights.EventStore;

/// <summary>A fact as it stands in the log: what happened, with the metadata the store keeps beside it.</summary>
/// <param name="Id">Identity; also the message id under which the fact is published.</param>
/// <param name="TransactionId">PostgreSQL's xid8 of the commit, first half of a follower's position.</param>
/// <param name="Sequence">Global sequence number, second half of a follower's position; not dense.</param>
/// <param name="StreamKey">Stream, such as <c>case-…</c>.</param>
/// <param name="Version">1-based position in the stream; dense.</param>
/// <param name="Data">The fact, upcast to its current type.</param>
/// <param name="EventTypeName">Stored name, such as <c>case_opened_v1</c>.</param>
/// <param name="Timestamp">Clock of the appending process (<see cref="StoreOptions.TimeProvider"/>), to the microsecond; never before the event that precedes it in the stream.</param>
/// <param name="TenantId">Tenant that owns the stream.</param>
/// <param name="CorrelationId">Business conversation that the fact belongs to.</param>
/// <param name="CausationId">Identity of the message or event that led to it.</param>
/// <param name="UserName">Who caused it.</param>
/// <param name="TraceParent">W3C trace context of the write, restored when the fact is published.</param>
public sealed record RecordedEvent(
    Guid Id, ulong TransactionId, long Sequence, string StreamKey, long Version, object Data, string EventTypeName,
    DateTimeOffset Timestamp, string TenantId, string? CorrelationId, string? CausationId, string? UserName, string? TraceParent)
{
    /// <summary>Where a follower stands after this event.</summary>
    public LogPosition Position => new(TransactionId, Sequence);
}

/// <summary>Place in the log. Sequence numbers alone do not order commits: a transaction may draw a low number and commit late.</summary>
public readonly record struct LogPosition(ulong TransactionId, long Sequence) : IComparable<LogPosition>
{
    /// <summary>Before the first event.</summary>
    public static readonly LogPosition Start = new(0, 0);

    /// <inheritdoc />
    public int CompareTo(LogPosition other) =>
        TransactionId != other.TransactionId ? TransactionId.CompareTo(other.TransactionId) : Sequence.CompareTo(other.Sequence);
}

/// <summary>What <c>mt_streams</c> says of a stream.</summary>
public sealed record StreamState(string Key, long Version, DateTimeOffset Created, DateTimeOffset LastTimestamp);
