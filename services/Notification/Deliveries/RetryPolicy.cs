namespace ImageRights.Notification.Deliveries;

/// <summary>When an attempt follows another.</summary>
/// <param name="Delays">Wait before each attempt; the first is counted from the event, the others from the attempt before. Their number is the number of attempts.</param>
/// <param name="Jitter">Share by which a wait may be shorter or longer, so that what failed together does not come back together.</param>
/// <param name="LongestRetryAfter">Longest wait that a receiver may ask for.</param>
public sealed record RetryPolicy(IReadOnlyList<TimeSpan> Delays, double Jitter, TimeSpan LongestRetryAfter)
{
    /// <summary>Ten attempts over 75 hours and 35 minutes: the schedule that Standard Webhooks 1.0 recommends.</summary>
    public static readonly RetryPolicy Standard = new(
        [
            TimeSpan.Zero, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2),
            TimeSpan.FromHours(5), TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
        ],
        0.1,
        TimeSpan.FromHours(24));

    /// <summary>Wait after <paramref name="made"/> attempts; null when none is left.</summary>
    /// <param name="made">Attempts since the delivery was scheduled or replayed.</param>
    /// <param name="draw">Random number in [0, 1).</param>
    /// <param name="retryAfter">What the receiver asked for; the longer wait counts, up to the longest allowed.</param>
    public TimeSpan? DelayAfter(int made, double draw, TimeSpan? retryAfter = null)
    {
        if (made >= Delays.Count) return null;
        var delay = Delays[made] * (1 + Jitter * (2 * draw - 1));
        return retryAfter is { } asked && Capped(asked) > delay ? Capped(asked) : delay;
    }

    /// <summary>A receiver's wish, within what is allowed.</summary>
    public TimeSpan Capped(TimeSpan retryAfter) =>
        retryAfter > LongestRetryAfter ? LongestRetryAfter : retryAfter < TimeSpan.Zero ? TimeSpan.Zero : retryAfter;
}
