namespace ImageRights.Notification.Deliveries;

/// <summary>How one attempt ended.</summary>
public enum AttemptOutcome
{
    /// <summary>Answered 2xx.</summary>
    Succeeded,

    /// <summary>Answered 4xx or 5xx.</summary>
    Refused,

    /// <summary>Answered 3xx, which is not followed.</summary>
    Redirected,

    /// <summary>Answered 429 or 503: too much at once.</summary>
    Throttled,

    /// <summary>Answered 410: wants no more deliveries.</summary>
    Gone,

    /// <summary>No answer in time.</summary>
    TimedOut,

    /// <summary>No connection, no TLS or a broken answer.</summary>
    Unreachable,

    /// <summary>The address leads to where nothing may be sent; no connection was made.</summary>
    Forbidden,
}

/// <summary>What happens to the delivery of one event to one endpoint. What the receiver answered beyond its status is foreign text and kept outside of facts.</summary>
public abstract record DeliveryEvent
{
    private DeliveryEvent()
    {
    }

    /// <summary>The event is to reach the endpoint; the first attempt is due at once.</summary>
    public sealed record Scheduled(
        string DeliveryId, string EndpointId, Guid EventId, string EventType, string? Subject, DateTimeOffset ScheduledAt) : DeliveryEvent;

    /// <summary>The first attempt succeeded, which it does for most: <see cref="Scheduled"/> and <see cref="Attempted"/> in one.</summary>
    public sealed record Delivered(
        string DeliveryId, string EndpointId, Guid EventId, string EventType, string? Subject, DateTimeOffset ScheduledAt,
        Guid AttemptId, string Url, DateTimeOffset StartedAt, int DurationMilliseconds, int? Status) : DeliveryEvent;

    /// <summary>It was sent. When the outcome says that it succeeded, the receiver has it.</summary>
    /// <param name="AttemptId">Identity of this attempt; recording it twice writes once.</param>
    /// <param name="Attempt">1-based count over the life of the delivery.</param>
    /// <param name="Status">HTTP status, when there was an answer.</param>
    /// <param name="Error">What went wrong without an answer: a stable word, such as <c>NameResolutionError</c>.</param>
    /// <param name="NextAttemptAt">When the next attempt is due; null when this one ended the delivery.</param>
    public sealed record Attempted(
        Guid AttemptId, int Attempt, string Url, DateTimeOffset StartedAt, int DurationMilliseconds, AttemptOutcome Outcome, int? Status, string? Error,
        DateTimeOffset? NextAttemptAt) : DeliveryEvent;

    /// <summary>The receiver has it. No longer written: the attempt says so.</summary>
    public sealed record Succeeded(int Attempts, DateTimeOffset SucceededAt) : DeliveryEvent;

    /// <summary>No attempt is left; it stays until somebody replays it.</summary>
    /// <param name="Reason">Last answer or error.</param>
    public sealed record Exhausted(string DeliveryId, string EndpointId, string EventType, int Attempts, string Reason, DateTimeOffset ExhaustedAt) : DeliveryEvent;

    /// <summary>It is to be sent again from the first attempt, under the same webhook id.</summary>
    public sealed record Replayed(DateTimeOffset ReplayedAt) : DeliveryEvent;
}
