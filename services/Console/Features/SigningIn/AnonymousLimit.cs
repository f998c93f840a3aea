using System.Threading.RateLimiting;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Console.Features.SigningIn;

/// <summary>How often one address may send what needs no sign-in: passwords, secrets, PINs. Accounts and reports lock besides; this keeps one address from trying all of them.</summary>
internal sealed class AnonymousLimit(RequestDelegate next, IConfiguration configuration) : IDisposable
{
    private readonly PartitionedRateLimiter<string> addresses = PartitionedRateLimiter.Create<string, string>(address => RateLimitPartition.GetTokenBucketLimiter(address, _ => new TokenBucketRateLimiterOptions
    {
        TokenLimit = configuration.GetValue("RateLimits:Anonymous:Capacity", 120), TokensPerPeriod = configuration.GetValue("RateLimits:Anonymous:PerSecond", 4),
        ReplenishmentPeriod = TimeSpan.FromSeconds(1), AutoReplenishment = true,
    }));

    public async Task InvokeAsync(HttpContext context)
    {
        if (HttpMethods.IsPost(context.Request.Method) && context.User.Identity?.IsAuthenticated != true)
        {
            using var lease = addresses.AttemptAcquire(context.Connection.RemoteIpAddress?.ToString() ?? "");
            if (!lease.IsAcquired)
            {
                await context.Problem(new Rejection("Rate_Limited", RetryAfter: TimeSpan.FromSeconds(1))).ExecuteAsync(context);
                return;
            }
        }
        await next(context);
    }

    public void Dispose() => addresses.Dispose();
}
