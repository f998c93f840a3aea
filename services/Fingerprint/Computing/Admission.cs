using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace ImageRights.Fingerprint.Computing;

/// <summary>Bounds the requests that hold a picture in memory: each may be of 25 MB, and a caller that sends faster than can be decoded must hear of it.</summary>
public sealed class Admission(IOptions<FingerprintOptions> options) : IDisposable
{
    private readonly ConcurrencyLimiter limiter = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = options.Value.RequestsAtOnce,
        QueueLimit = options.Value.RequestsAtOnce * 16,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <returns>A lease to dispose of; not acquired when too many wait already.</returns>
    public ValueTask<RateLimitLease> EnterAsync(CancellationToken cancellationToken) => limiter.AcquireAsync(1, cancellationToken);

    /// <inheritdoc />
    public void Dispose() => limiter.Dispose();
}
