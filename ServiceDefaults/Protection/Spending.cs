using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http;

namespace ImageRights.ServiceDefaults.Protection;

/// <summary>What the request at hand has cost so far, for operations that learn on the way what they cost. Work that no caller waits for costs nobody.</summary>
public sealed class Spending
{
    private Func<int, TimeSpan?>? spend;
    private RateLimits? limits;

    /// <summary>Takes tokens for decoding a picture of so many pixels; the refusal when there are not enough.</summary>
    public Rejection? Decode(long pixels)
    {
        if (limits is null || spend is null) return null;
        var megapixels = (int)Math.Min(int.MaxValue / 1024, (pixels + 999_999) / 1_000_000);
        return spend(megapixels * limits.MegapixelCost) is { } wait ? Refusal(wait) : null;
    }

    internal void Begin(RateLimits its, Func<int, TimeSpan?> take) => (limits, spend) = (its, take);

    internal static Rejection Refusal(TimeSpan wait) => new("Rate_Limited", RetryAfter: wait);
}

/// <summary>Every request costs its caller and its tenant; services cost nobody when they call each other.</summary>
internal sealed class RateLimiting(RequestDelegate next, RateLimits limits, Buckets buckets)
{
    public async Task InvokeAsync(HttpContext context, Spending spending)
    {
        if (context.User.FindFirst(CallerClaims.Subject)?.Value is { } caller && context.User.FindFirst(CallerClaims.Tenant)?.Value is { } tenant && !context.User.IsInRole(Roles.Service))
        {
            TimeSpan? Take(int tokens) => buckets.Spend(tenant, caller, tokens);
            if (Take(limits.RequestCost) is { } wait)
            {
                await context.Problem(Spending.Refusal(wait)).ExecuteAsync(context);
                return;
            }
            spending.Begin(limits, Take);
        }
        await next(context);
    }
}
