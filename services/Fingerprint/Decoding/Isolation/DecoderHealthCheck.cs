using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ImageRights.Fingerprint.Decoding.Isolation;

/// <summary>Whether a known picture of one pixel decodes. Where all processes are busy for long, the service is slow and not broken.</summary>
internal sealed class DecoderHealthCheck(DecoderPool decoders) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            var outcome = await decoders.DecodeAsync(DecodeWorker.KnownPicture, cancellation: limit.Token);
            return outcome.Succeeded ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy($"The known picture is refused: {outcome.Refusal}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Degraded($"No decoder was free within {Patience.TotalSeconds:0} s.");
        }
        catch (DecoderUnavailableException failure)
        {
            return HealthCheckResult.Unhealthy(failure.Message);
        }
    }
}
