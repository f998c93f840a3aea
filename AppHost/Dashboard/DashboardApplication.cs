using ImageRights.Dashboard.Telemetry;
using Microsoft.Extensions.Logging;

namespace ImageRights.Dashboard;

/// <summary>Where the dashboard listens and who may look.</summary>
/// <param name="PageUrl">Address of the pages. All three addresses must be loopback; port 0 takes a free port.</param>
/// <param name="OtlpGrpcUrl">OTLP over gRPC, cleartext HTTP/2.</param>
/// <param name="OtlpHttpUrl">OTLP over HTTP with protobuf bodies.</param>
/// <param name="BrowserToken">What <c>/login?t=…</c> must carry; null: no login.</param>
/// <param name="OtlpApiKey">What senders must put into <c>x-otlp-api-key</c>; null: anyone on this machine may send.</param>
/// <param name="ApplicationName">Shown in the title.</param>
public sealed record DashboardOptions(
    Uri PageUrl, Uri OtlpGrpcUrl, Uri OtlpHttpUrl, string? BrowserToken, string? OtlpApiKey, string ApplicationName);

/// <summary>The operators' dashboard: resources, console output and telemetry of one run, kept in memory.</summary>
public static class DashboardApplication
{
    /// <summary>Starts to listen; disposing the result stops it.</summary>
    /// <exception cref="ArgumentException">An address is not a loopback http address.</exception>
    /// <exception cref="IOException">A port is in use.</exception>
    public static async Task<IAsyncDisposable> StartAsync(
        IResourceService resources, DashboardOptions options, ILoggerFactory? loggers, CancellationToken ct) =>
        await DashboardServer.StartAsync(resources, options, loggers, TimeProvider.System, new TelemetryLimits(), ct);
}
