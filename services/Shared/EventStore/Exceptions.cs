namespace ImageRights.EventStore;

/// <summary>Another writer appended to the stream first: load it again and decide anew.</summary>
public class ConcurrencyException(string stream, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Key of the stream that moved.</summary>
    public string Stream { get; } = stream;
}

/// <summary>A stream was started under a key that exists already.</summary>
public sealed class ExistingStreamIdCollisionException(string stream, Exception? inner = null)
    : ConcurrencyException(stream, $"Stream {stream} exists already.", inner);

/// <summary>The message was consumed before; its effects are committed, so the delivery can be acknowledged.</summary>
public sealed class DuplicateMessageException(Guid messageId, string consumer)
    : Exception($"Message {messageId} was consumed before by {consumer}.")
{
    /// <summary>Identity of the message, equal over all its deliveries.</summary>
    public Guid MessageId { get; } = messageId;
}

/// <summary>The idempotency key is taken: read the stored answer.</summary>
public sealed class DuplicateIdempotencyKeyException(string key) : Exception($"Idempotency key {key} is taken.");

/// <summary>The store holds an event name that the names table lacks: an older binary reads a newer log, or a name was removed.</summary>
public sealed class UnknownEventTypeException(string type) : Exception($"No event is mapped to the stored name '{type}'.");

/// <summary>Another follower moved this follower's progress: leadership was lost.</summary>
public sealed class ProgressionProgressOutOfOrderException(string follower) : Exception($"Progress of follower {follower} was moved by another.");
