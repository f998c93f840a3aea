using System.Net;
using ImageRights.Dashboard.Otlp;
using ImageRights.Dashboard.Pages;
using ImageRights.Dashboard.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImageRights.Dashboard;

/// <summary>One web server with three listeners that share nothing but the process: pages, OTLP/gRPC, OTLP/HTTP.</summary>
internal sealed class DashboardServer : IAsyncDisposable
{
    private const string ListenerKey = "dashboard-listener";
    private readonly WebApplication _application;

    private DashboardServer(WebApplication application, TelemetryStore store)
    {
        (_application, Store) = (application, store);
        var addresses = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
            .Select(address => new Uri(address)).ToList();
        (PageUrl, OtlpGrpcUrl, OtlpHttpUrl) = (addresses[0], addresses[1], addresses[2]);
    }

    public TelemetryStore Store { get; }
    public Uri PageUrl { get; }
    public Uri OtlpGrpcUrl { get; }
    public Uri OtlpHttpUrl { get; }

    public static async Task<DashboardServer> StartAsync(
        IResourceService resources, DashboardOptions options, ILoggerFactory? loggers,
        TimeProvider clock, TelemetryLimits limits, CancellationToken cancellationToken)
    {
        // Empty: the process around it owns configuration and environment variables, and through OuterLifetime its signals.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = typeof(DashboardServer).Assembly.GetName().Name });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = OtlpEndpoints.MessageLimit + 5;
            Listen(kestrel, options.PageUrl, Listener.Pages);
            Listen(kestrel, options.OtlpGrpcUrl, Listener.OtlpGrpc);
            Listen(kestrel, options.OtlpHttpUrl, Listener.OtlpHttp);
        });

        var store = new TelemetryStore(limits);
        builder.Services.AddSingleton(loggers ?? NullLoggerFactory.Instance);
        builder.Services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        builder.Services.AddSingleton(new DashboardState(resources, store, options, clock));
        builder.Services.AddSingleton<IHostLifetime, OuterLifetime>();
        builder.Services.AddRoutingCore();
        builder.Services.AddRazorComponents();
        builder.Services.AddAntiforgery(antiforgery => antiforgery.Cookie.Name = "imagerights-dashboard-form");
        // Keys live as long as the process; nothing of the dashboard's is written to disk.
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();

        var application = builder.Build();
        var otlp = new OtlpEndpoints(store, options.OtlpApiKey, application.Services.GetRequiredService<ILogger<OtlpEndpoints>>());
        application.MapWhen(context => ListenerOf(context) == Listener.OtlpGrpc, branch => branch.Run(otlp.HandleGrpcAsync));
        application.MapWhen(context => ListenerOf(context) == Listener.OtlpHttp, branch => branch.Run(otlp.HandleHttpAsync));
        application.UsePages(options.BrowserToken is { } token ? new BrowserLogin(token, clock) : null);
        try
        {
            await application.StartAsync(cancellationToken);
            return new DashboardServer(application, store);
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _application.StopAsync(deadline.Token);
        await _application.DisposeAsync();
    }

    private static void Listen(KestrelServerOptions kestrel, Uri url, Listener listener)
    {
        if (url.Scheme != Uri.UriSchemeHttp || !url.IsLoopback)
            throw new ArgumentException($"The dashboard listens on http loopback addresses only, not on {url}.", nameof(url));
        if (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address))
            kestrel.Listen(address, url.Port, Configure);
        else if (url.Port == 0)
            kestrel.Listen(IPAddress.Loopback, 0, Configure);
        else
            kestrel.ListenLocalhost(url.Port, Configure);

        void Configure(ListenOptions listen)
        {
            // Without TLS there is no negotiation: gRPC's port speaks HTTP/2 from the first byte.
            listen.Protocols = listener == Listener.OtlpGrpc ? HttpProtocols.Http2 : HttpProtocols.Http1;
            listen.Use(next => connection =>
            {
                connection.Items[ListenerKey] = listener;
                return next(connection);
            });
        }
    }

    private static Listener ListenerOf(HttpContext context) =>
        (Listener)context.Features.GetRequiredFeature<IConnectionItemsFeature>().Items[ListenerKey]!;

    /// <summary>The default lifetime would take Ctrl-C and SIGTERM away from the process that the dashboard lives in.</summary>
    private sealed class OuterLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private enum Listener { Pages, OtlpGrpc, OtlpHttp }
}
