using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ImageRights.Fingerprint.Features.Renewing;

/// <summary>Says how many fingerprints are of an earlier version. They serve as well as ever, and so the service is healthy.</summary>
internal sealed class RenewalHealthCheck : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(HealthCheckResult.Healthy(Telemetry.OpenRenewals is var open and > 0 ? $"{open} fingerprints of an earlier version" : "all fingerprints of this version"));
}
