using System.Globalization;
using Npgsql;

namespace ImageRights.EventStore;

/// <summary>All that one save writes, ready to be sent.</summary>
internal sealed record UnitOfWork(
    string TenantId, string? CorrelationId, string? CausationId, string? UserName,
    EnlistedMessage? Message, IdempotencyClaim? Claim, IReadOnlyList<PreparedAppend> Appends, IReadOnlyList<Operation> Operations,
    bool AcrossTenants)
{
    public bool IsEmpty => Message is null && Claim is null && Appends.Count == 0 && Operations.Count == 0;

    public int Events { get; } = Appends.Sum(append => append.Events.Count);

    /// <summary>Whether it must have a transaction of its own: several streams stand or fall together, and nobody knows what a service's own SQL touches.</summary>
    public bool GoesAlone => Appends.Count > 1 || !IsOfTheStore;

    /// <summary>Whether all its statements are the store's, of which there are few, so that each session can keep them prepared.</summary>
    public bool IsOfTheStore => !Operations.Any(operation => operation is OwnSql);

    /// <summary>Which statement appends it together with others of its kind.</summary>
    public AppendKind Kind => Message is not null || Claim is not null || Appends is not [var append] ? AppendKind.Enlisted
        : append.ExpectedVersion switch { null => AppendKind.Any, 0 => AppendKind.Start, _ => AppendKind.Move };

    /// <summary>What it claims; two units that claim the same cannot be decided in one statement.</summary>
    public IEnumerable<(string Kind, string Tenant, string Key)> Claims()
    {
        if (Message is { } message) yield return ("inbox", TenantId, $"{message.MessageId}/{message.Consumer}");
        if (Claim is { } claim) yield return ("idempotency", TenantId, $"{claim.Route} {claim.Key}");
        foreach (var append in Appends) yield return ("stream", TenantId, append.Stream);
        foreach (var document in Operations.OfType<DocumentWrite>()) yield return (document.Alias, TenantId, document.Id);
    }

    /// <summary>Why <c>mt_append</c> refused it.</summary>
    public Exception Refused(int outcome, PreparedAppend? append, long version, Exception? inner = null) => outcome switch
    {
        1 => new DuplicateMessageException(Message!.MessageId, Message.Consumer),
        2 => new DuplicateIdempotencyKeyException(Claim!.Key),
        4 => new ExistingStreamIdCollisionException(append!.Stream, inner),
        5 => new ConcurrencyException(append!.Stream, $"Stream {append.Stream} is archived.", inner),
        _ => new ConcurrencyException(append!.Stream, $"Stream {append.Stream} is at version {version}, not {append.ExpectedVersion}.", inner),
    };

    /// <summary>What a failure of the database means to the caller.</summary>
    public Exception Translate(PostgresException failure)
    {
        if (failure is { SqlState: ['M', 'T', ..], Hint: { } hint } && hint.Split(' ') is [var outcome, var entry, var version])
        {
            return Refused(Number(outcome), Appends.ElementAtOrDefault(Number(entry) - 1), long.Parse(version, CultureInfo.InvariantCulture), failure);
        }
        return failure switch
        {
            { SqlState: "MT004" } => new ProgressionProgressOutOfOrderException(failure.MessageText),
            { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "idx_mt_events_event_id" } when Message is { } message => new DuplicateMessageException(message.MessageId, message.Consumer),
            { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "pk_mt_events_stream_and_version" } when Appends is [var append] => new ConcurrencyException(append.Stream, failure.MessageText, failure),
            _ => failure,
        };

        static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
    }
}

internal sealed record EnlistedMessage(Guid MessageId, string Consumer);

internal sealed record IdempotencyClaim(string Route, string Key, string Fingerprint, int Status, string? Location, string? Body, long? Version);

/// <summary>Events of one stream with the version they rest on; null appends at any version.</summary>
internal sealed record PreparedAppend(string Stream, long? ExpectedVersion, bool Starts, DateTimeOffset Timestamp, IReadOnlyList<PreparedEvent> Events)
{
    /// <summary>Kind of the stream: what its key begins with.</summary>
    public string Type => Stream[..Math.Max(0, Stream.IndexOf('-'))];
}

/// <summary>Ways of appending, in the order in which a group's statements take their locks: starts before all that waits for rows.</summary>
internal enum AppendKind
{
    /// <summary>With an inbox row or an idempotency key, or without a stream.</summary>
    Enlisted,

    /// <summary>A new stream.</summary>
    Start,

    /// <summary>At any version, the first too.</summary>
    Any,

    /// <summary>At the version that was read.</summary>
    Move,
}

internal sealed record PreparedEvent(Guid Id, string TypeName, string Body, string? Headers);

/// <summary>A write beside the events, in the order in which the session was told.</summary>
internal abstract record Operation;

/// <summary>A document to write, or to delete where <paramref name="Body"/> is null.</summary>
internal sealed record DocumentWrite(string Alias, string TypeName, string Id, string? Body, long Version) : Operation;

internal sealed record OwnSql(NpgsqlBatchCommand Command) : Operation;
