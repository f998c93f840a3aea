using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ImageRights.Dashboard;

/// <param name="BrowserToken">The token of the sign-in link; null when nobody has to sign in.</param>
/// <param name="OtlpApiKey">What senders of telemetry must present; null when anyone on this machine may send.</param>
public sealed record DashboardOptions(
    Uri PageUrl, Uri OtlpGrpcUrl, Uri OtlpHttpUrl, string? BrowserToken, string? OtlpApiKey, string ApplicationName);

public static class DashboardApplication
{
    public static async Task<IAsyncDisposable> StartAsync(
        IResourceService resources, DashboardOptions options, ILoggerFactory? loggers, CancellationToken ct)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(options.PageUrl.ToString());
        var application = builder.Build();
        application.MapGet("/", (HttpContext context) => options.BrowserToken is null || context.Request.Query["t"] == options.BrowserToken
            ? Results.Ok(resources.Snapshots)
            : Results.Unauthorized());
        await application.StartAsync(ct);
        return application;
    }
}
