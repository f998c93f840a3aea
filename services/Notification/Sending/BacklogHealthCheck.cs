using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ImageRights.Notification.Sending;

/// <summary>Degraded when deliveries to working endpoints wait: then it is this service that is slow, not a receiver.</summary>
internal sealed class BacklogHealthCheck(DueDeliveries due, WebhookOptions options) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var age = await due.OldestDueAsync(workingOnly: true, cancellationToken);
        return age <= options.BacklogDegradedAfter
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded($"A delivery to a working endpoint has been due for {age.TotalSeconds:0} s.");
    }
}
