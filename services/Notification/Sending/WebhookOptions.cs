using ImageRights.Notification.Deliveries;

namespace ImageRights.Notification.Sending;

/// <summary>Section <c>Webhooks</c>.</summary>
public sealed record WebhookOptions
{
    /// <summary>Waits between attempts: <c>Schedule</c> (list of hh:mm:ss), <c>Jitter</c> (share), <c>LongestRetryAfter</c>.</summary>
    public RetryPolicy Retry { get; init; } = RetryPolicy.Standard;

    /// <summary>Time for one attempt, from connecting to the end of the answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a replica may hold a delivery before others take it for dead.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often the database is asked for due deliveries when nothing else wakes the dispatcher.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Deliveries claimed at once by this replica: waiting for their turn, sent, or being recorded. Endpoints that fail get half of them at most.</summary>
    public int InFlight { get; init; } = 4096;

    /// <summary>Most deliveries to one endpoint claimed at once. It begins with as many as are sent at once, and each success within a second earns it one more, until a failure.</summary>
    public int ClaimedPerEndpoint { get; init; } = 1024;

    /// <summary>Requests under way at once to one endpoint.</summary>
    public int InFlightPerEndpoint { get; init; } = 8;

    /// <summary>Attempts under way at once to an endpoint whose last attempt failed.</summary>
    public int InFlightPerFailingEndpoint { get; init; } = 2;

    /// <summary>An endpoint that had no success for this long is disabled at its next failure.</summary>
    public TimeSpan DisableAfter { get; init; } = TimeSpan.FromDays(5);

    /// <summary>How long the previous secret signs beside a new one.</summary>
    public TimeSpan SecretOverlap { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Health is degraded when a delivery to a working endpoint has been due for longer.</summary>
    public TimeSpan BacklogDegradedAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Reads the section.</summary>
    /// <exception cref="InvalidOperationException">A value makes no sense; the service does not start.</exception>
    public static WebhookOptions FromConfiguration(IConfigurationSection section)
    {
        var defaults = new WebhookOptions();
        var options = new WebhookOptions
        {
            Retry = new RetryPolicy(
                section.GetSection("Schedule").Get<TimeSpan[]>() ?? RetryPolicy.Standard.Delays,
                section.GetValue("Jitter", RetryPolicy.Standard.Jitter),
                section.GetValue("LongestRetryAfter", RetryPolicy.Standard.LongestRetryAfter)),
            Timeout = section.GetValue("Timeout", defaults.Timeout),
            Lease = section.GetValue("Lease", defaults.Lease),
            Poll = section.GetValue("Poll", defaults.Poll),
            InFlight = section.GetValue("InFlight", defaults.InFlight),
            ClaimedPerEndpoint = section.GetValue("ClaimedPerEndpoint", defaults.ClaimedPerEndpoint),
            InFlightPerEndpoint = section.GetValue("InFlightPerEndpoint", defaults.InFlightPerEndpoint),
            InFlightPerFailingEndpoint = section.GetValue("InFlightPerFailingEndpoint", defaults.InFlightPerFailingEndpoint),
            DisableAfter = section.GetValue("DisableAfter", defaults.DisableAfter),
            SecretOverlap = section.GetValue("SecretOverlap", defaults.SecretOverlap),
            BacklogDegradedAfter = section.GetValue("BacklogDegradedAfter", defaults.BacklogDegradedAfter),
        };
        Require(options.Retry.Delays.Count > 0 && options.Retry.Delays.All(delay => delay >= TimeSpan.Zero), "Schedule needs at least one wait, none below zero");
        Require(options.Retry.Jitter is >= 0 and < 1, "Jitter is a share from 0 to below 1");
        Require(options.Timeout > TimeSpan.Zero && options.Poll > TimeSpan.Zero, "Timeout and Poll are above zero");
        // A sender that is still within its timeout must still hold its lease, or two replicas send the same attempt.
        Require(options.Lease >= options.Timeout + TimeSpan.FromSeconds(1), "Lease outlasts Timeout by a second at least");
        Require(options.InFlight >= 2 && options.ClaimedPerEndpoint >= 1 && options.InFlightPerEndpoint >= 1 && options.InFlightPerFailingEndpoint >= 1, "InFlight is 2 at least, the limits of an endpoint 1");
        return options;

        static void Require(bool holds, string rule)
        {
            if (!holds) throw new InvalidOperationException($"Configuration section Webhooks: {rule}.");
        }
    }
}
