using Microsoft.AspNetCore.Http;

namespace ImageRights.ServiceDefaults.Protection;

/// <summary>What a browser may make of answers that are for programs: nothing. An operation that says more itself keeps its word.</summary>
internal static class SecurityHeaders
{
    public static Task AddAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers.TryAdd("X-Content-Type-Options", "nosniff");
            headers.TryAdd("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox");
            headers.TryAdd("Referrer-Policy", "no-referrer");
            headers.TryAdd("Cross-Origin-Resource-Policy", "same-site");
            return Task.CompletedTask;
        });
        return next(context);
    }
}
