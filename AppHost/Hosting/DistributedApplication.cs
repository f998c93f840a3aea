using Aspire.Hosting.ApplicationModel;
using ImageRights.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>The application that AppHost.cs describes: starts its parts in order, watches them, and stops them.</summary>
public sealed class DistributedApplication : IHost, IAsyncDisposable
{
    private readonly IHost host;
    private readonly ApplicationRunner runner;

    internal DistributedApplication(IHost host)
    {
        this.host = host;
        runner = host.Services.GetRequiredService<ApplicationRunner>();
    }

    public static IDistributedApplicationBuilder CreateBuilder() => CreateBuilder([]);

    public static IDistributedApplicationBuilder CreateBuilder(string[] args) => CreateBuilder(new DistributedApplicationOptions { Args = args });

    public static IDistributedApplicationBuilder CreateBuilder(DistributedApplicationOptions options) => new DistributedApplicationBuilder(options);

    public IServiceProvider Services => host.Services;

    public ResourceNotificationService ResourceNotifications => Services.GetRequiredService<ResourceNotificationService>();

    /// <summary>Starts every resource and returns when all are healthy.</summary>
    /// <exception cref="HostingException">A part cannot start; the message names it and the next step.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await host.StartAsync(cancellationToken);
        await runner.StartAsync(cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        await runner.StopAsync(cancellationToken);
        await host.StopAsync(cancellationToken);
    }

    public void Run() => RunAsync().GetAwaiter().GetResult();

    /// <summary>Runs until Ctrl-C, SIGTERM or the token; a second signal does not wait for anyone to finish. The exit code is 1 if a part could not start.</summary>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        using var signals = new ShutdownSignals(cancellationToken);
        try
        {
            await StartAsync(signals.Requested);
            await signals.WaitAsync();
        }
        catch (OperationCanceledException) when (signals.Requested.IsCancellationRequested)
        {
            // Ctrl-C while starting is a normal way to stop.
        }
        catch (HostingException fault)
        {
            Terminal.Fault(fault);
            Environment.ExitCode = 1;
        }
        finally
        {
            await StopAsync(signals.Urgent);
            await DisposeAsync();
        }
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    public async ValueTask DisposeAsync()
    {
        await runner.DisposeAsync();
        host.Dispose();
    }
}
