using ImageRights.EventStore;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ImageRights.ServiceDefaults.Telemetry;

/// <summary>Tracer and meter providers of the process. The runtime emits natively; only the sources have to be named.</summary>
internal sealed class Signals(string applicationName) : IHostedService, IDisposable
{
    private TracerProvider? traces;
    private MeterProvider? metrics;

    public static ResourceBuilder Resource(string applicationName) =>
        ResourceBuilder.CreateEmpty().AddService(applicationName).AddTelemetrySdk().AddEnvironmentVariableDetector();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(Resource(applicationName))
            .AddSource("Microsoft.AspNetCore", "System.Net.Http", "MassTransit", "Npgsql", DocumentStore.TelemetryName, applicationName, "ImageRights.*")
            .AddProcessor(new QuietSpans())
            .AddProcessor(new RetriedRequests())
            .AddOtlpExporter()
            .Build();
        metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Resource(applicationName))
            .AddMeter(
                "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Routing", "Microsoft.AspNetCore.Diagnostics", "Microsoft.AspNetCore.Server.Kestrel",
                "System.Net.Http", "System.Runtime", "MassTransit", "Npgsql", DocumentStore.TelemetryName, "ImageRights.*")
            .AddOtlpExporter()
            .Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        traces?.ForceFlush(2000);
        metrics?.ForceFlush(2000);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        traces?.Dispose();
        metrics?.Dispose();
    }
}
