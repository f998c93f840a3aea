using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Protection;
using ImageRights.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry.Logs;

namespace Microsoft.Extensions.Hosting;

/// <summary>The Aspire service-defaults template: the same methods with the same names, so that real Aspire hosts these services unchanged.</summary>
public static class Extensions
{
    private const string HealthEndpointPath = "/health";
    private const string AlivenessEndpointPath = "/alive";

    /// <summary>Telemetry, health checks, service discovery.</summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        builder.ConfigureOpenTelemetry();
        builder.AddDefaultHealthChecks();
        builder.Services.AddSingleton<IConfigureOptions<KestrelServerOptions>, Connections>();
        builder.Services.AddTransient<IStartupFilter, HeadRequests>();
        // A request is a span already, which has its times and its outcome; so is a query. Before all other sources, so that each of them can say otherwise.
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = new[] { "Microsoft.AspNetCore", "Microsoft.EntityFrameworkCore.Database.Command" }.ToDictionary(category => $"Logging:LogLevel:{category}", string? (_) => nameof(LogLevel.Warning)),
        });
        builder.Services.ConfigureHttpClientDefaults(http => http
            .RemoveAllLoggers()
            .ConfigureHttpClient(client => client.Timeout = TimeSpan.FromSeconds(30))
            .AddHttpMessageHandler(services => new ServiceDiscoveryHandler(services.GetRequiredService<Configuration.IConfiguration>())));
        return builder;
    }

    /// <summary>Traces, metrics and logs by OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set; protocol and headers as the OTEL_ variables say.</summary>
    public static TBuilder ConfigureOpenTelemetry<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddSingleton(_ => new SpanEnrichment());
        if (string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"])) return builder;
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
            logging.SetResourceBuilder(Signals.Resource(builder.Environment.ApplicationName));
            logging.AddOtlpExporter();
        });
        builder.Services.AddHostedService(_ => new Signals(builder.Environment.ApplicationName));
        return builder;
    }

    /// <summary>A check that the process answers, for <c>/alive</c>.</summary>
    public static TBuilder AddDefaultHealthChecks<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), ["live"]);
        return builder;
    }

    /// <summary><c>/health</c>: all checks, and what those say that are not healthy. <c>/alive</c>: those that need nothing else.</summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        app.MapHealthChecks(HealthEndpointPath, new HealthCheckOptions { ResponseWriter = SayAsync }).AllowAnonymous();
        app.MapHealthChecks(AlivenessEndpointPath, new HealthCheckOptions { Predicate = check => check.Tags.Contains("live") }).AllowAnonymous();
        return app;
    }

    private static Task SayAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(string.Join('\n', report.Entries
            .Where(check => check.Value.Status != HealthStatus.Healthy).Select(check => $"{check.Key}: {check.Value.Description ?? check.Value.Status.ToString()}").Prepend(report.Status.ToString())));
    }
}
