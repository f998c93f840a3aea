using System.Diagnostics;
using System.Diagnostics.Metrics;
using ImageRights.Notification.Deliveries;

namespace ImageRights.Notification.Sending;

/// <summary>What the service tells of its deliveries.</summary>
public static class WebhookTelemetry
{
    /// <summary>Activity source and meter.</summary>
    public const string Name = "ImageRights.Notification";

    internal static readonly ActivitySource Activities = new(Name);
    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Attempts = Meter.CreateCounter<long>("imagerights.webhook.attempts", "{attempt}", "Delivery attempts by outcome");

    private static double oldestPendingSeconds;

    static WebhookTelemetry() => Meter.CreateObservableGauge(
        "imagerights.webhook.oldest_pending", () => Volatile.Read(ref oldestPendingSeconds), "s", "How long the oldest due delivery to an enabled endpoint has been due");

    internal static void Attempted(AttemptOutcome outcome) => Attempts.Add(1, new KeyValuePair<string, object?>("outcome", outcome.ToString()));

    internal static void OldestPending(TimeSpan age) => Volatile.Write(ref oldestPendingSeconds, age.TotalSeconds);
}
