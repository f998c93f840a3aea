namespace ImageRights.Notification.Deliveries;

/// <summary>What can be asked of a delivery.</summary>
public abstract record DeliveryCommand
{
    private DeliveryCommand()
    {
    }

    /// <summary>Tells how an attempt went.</summary>
    /// <param name="Order">What was to be delivered: the first attempt begins the history, for until then a delivery is only due.</param>
    /// <param name="Policy">When to try again.</param>
    /// <param name="Draw">Random number in [0, 1) that places the next attempt within the jitter.</param>
    public sealed record RecordAttempt(
        DeliveryEvent.Scheduled Order, Guid AttemptId, string Url, AttemptResult Result, DateTimeOffset StartedAt, DateTimeOffset FinishedAt, RetryPolicy Policy, double Draw) : DeliveryCommand;

    /// <summary>Sends it again.</summary>
    public sealed record Replay(DateTimeOffset At) : DeliveryCommand;
}

/// <summary>How an attempt ended.</summary>
/// <param name="RetryAfter">What the receiver asked for in Retry-After, counted from the answer.</param>
public sealed record AttemptResult(AttemptOutcome Outcome, int? Status = null, string? Error = null, TimeSpan? RetryAfter = null)
{
    /// <summary>Status or error, in one word.</summary>
    public string Reason => Status is { } status ? $"HTTP {status}" : Error ?? Outcome.ToString();
}
