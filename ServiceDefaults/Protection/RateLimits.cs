using System.Threading.RateLimiting;
using Microsoft.Extensions.Configuration;

namespace ImageRights.ServiceDefaults.Protection;

/// <summary>A token bucket.</summary>
/// <param name="Capacity">Tokens when full: what may come at once.</param>
/// <param name="PerSecond">Tokens that come back in a second.</param>
public sealed record Bucket(int Capacity, int PerSecond);

/// <summary>How much a caller may ask for: section <c>RateLimits</c>.</summary>
/// <param name="Caller">For each person or program.</param>
/// <param name="Tenant">For all of a tenant together, so that one does not take what others need.</param>
/// <param name="RequestCost">Tokens of any request.</param>
/// <param name="MegapixelCost">Further tokens for each million pixels that are to be decoded, begun ones whole.</param>
public sealed record RateLimits(Bucket Caller, Bucket Tenant, int RequestCost = 1, int MegapixelCost = 5)
{
    /// <summary>Reads the section; what is not set is as it fits two cores.</summary>
    /// <exception cref="InvalidOperationException">A number is not above zero.</exception>
    public static RateLimits Read(IConfiguration configuration)
    {
        var section = configuration.GetSection("RateLimits");
        return new RateLimits(Read(section.GetSection("Caller"), new Bucket(10_000, 2_000)), Read(section.GetSection("Tenant"), new Bucket(20_000, 4_000)));
    }

    private static Bucket Read(IConfigurationSection section, Bucket otherwise)
    {
        var bucket = new Bucket(section.GetValue("Capacity", otherwise.Capacity), section.GetValue("PerSecond", otherwise.PerSecond));
        return bucket is { Capacity: > 0, PerSecond: > 0 } ? bucket : throw new InvalidOperationException($"{section.Path}: Capacity and PerSecond take 1 or more.");
    }
}

/// <summary>The buckets of all callers. Thread-safe.</summary>
internal sealed class Buckets(RateLimits limits) : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private readonly PartitionedRateLimiter<string> callers = Create(limits.Caller), tenants = Create(limits.Tenant);

    /// <summary>Takes tokens of a caller and of its tenant; null when both had enough, else how long to wait.</summary>
    public TimeSpan? Spend(string tenant, string caller, int tokens)
    {
        // The caller first: one that asks too much must not empty the bucket of its tenant.
        using var own = callers.AttemptAcquire($"{tenant}/{caller}", Math.Min(tokens, limits.Caller.Capacity));
        if (!own.IsAcquired) return Wait(own, limits.Caller, tokens);
        using var shared = tenants.AttemptAcquire(tenant, Math.Min(tokens, limits.Tenant.Capacity));
        return shared.IsAcquired ? null : Wait(shared, limits.Tenant, tokens);
    }

    public void Dispose()
    {
        callers.Dispose();
        tenants.Dispose();
    }

    private static PartitionedRateLimiter<string> Create(Bucket bucket)
    {
        // A bucket that fills slowly is filled seldom: at least one token a time.
        var period = bucket.PerSecond >= 10 ? Tick : TimeSpan.FromSeconds(1);
        return PartitionedRateLimiter.Create<string, string>(key => RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = bucket.Capacity, TokensPerPeriod = Math.Max(1, (int)(bucket.PerSecond * period.TotalSeconds)), ReplenishmentPeriod = period, QueueLimit = 0, AutoReplenishment = true,
        }));
    }

    private static TimeSpan Wait(RateLimitLease lease, Bucket bucket, int tokens) =>
        lease.TryGetMetadata(MetadataName.RetryAfter, out var after) && after > TimeSpan.Zero ? after : TimeSpan.FromSeconds(Math.Min(tokens, bucket.Capacity) / (double)bucket.PerSecond);
}
