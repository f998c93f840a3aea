using Aspire.Hosting.ApplicationModel;
using ImageRights.Dashboard;
using Npgsql;

namespace ImageRights.Hosting;

/// <summary>A database or broker that runs as a local process.</summary>
internal sealed class LocalServerUnit(
    IResource resource, string kind, LocalServer server, Func<string, CancellationToken, Task> onHealthy, Action onEnded, SecretMask mask, string logPath, ResourceNotificationService notifications)
    : Supervised(resource, resource.Name, kind, server.Log, notifications)
{
    protected override string LogPath => logPath;

    protected override async Task<ChildProcess> StartProcessAsync(CancellationToken cancellationToken)
    {
        await server.StartAsync(cancellationToken);
        mask.Add(server.Password);
        Update(s => s with
        {
            Urls = [new ResourceUrl("tcp", $"tcp://127.0.0.1:{server.Port}")],
            Properties = new Dictionary<string, string> { ["connection string"] = mask.Mask(server.ConnectionString), ["log"] = logPath },
        });
        return server.Child!;
    }

    protected override Task StopProcessAsync(ChildProcess child, CancellationToken urgent) => server.StopAsync(urgent);

    protected override Task<string?> CheckHealthAsync(CancellationToken cancellationToken) => server.CheckAsync(cancellationToken);

    protected override Task OnHealthyAsync(CancellationToken cancellationToken) => onHealthy(server.ConnectionString, cancellationToken);

    protected override void OnEnded() => onEnded();
}

/// <summary>Something that has no process of ours: a database, a server from outside, a value.</summary>
internal sealed class PassiveUnit
{
    private readonly ResourceNotificationService notifications;
    private ResourceSnapshot snapshot;

    internal PassiveUnit(IResource resource, string kind, string state, ResourceNotificationService notifications)
    {
        this.notifications = notifications;
        IReadOnlyList<string> references = resource is IResourceWithParent child ? [child.Parent.Name] : [];
        snapshot = new ResourceSnapshot(resource.Name, resource.Name, kind, state, ResourceHealth.Unknown, null, null, null, null, [],
            new Dictionary<string, string>(), new Dictionary<string, string>(), references, 0);
        notifications.Publish(snapshot);
    }

    internal void Update(Func<ResourceSnapshot, ResourceSnapshot> change) => notifications.Publish(snapshot = change(snapshot));

    /// <summary>Waits until the server from outside answers, then looks at it now and then.</summary>
    internal async Task WatchAsync(Func<CancellationToken, Task<string?>> check, Func<CancellationToken, Task> onReady, CancellationToken cancellationToken)
    {
        try
        {
            var ready = false;
            while (true)
            {
                var report = await check(cancellationToken);
                if (report is null && !ready)
                {
                    try
                    {
                        await onReady(cancellationToken);
                        ready = true;
                    }
                    catch (NpgsqlException fault)
                    {
                        report = fault.Message;
                    }
                }
                Update(s => s with
                {
                    State = report is null ? KnownResourceStates.Running : s.State, HealthReport = report,
                    Health = report is null ? ResourceHealth.Healthy : ResourceHealth.Unhealthy,
                });
                await Task.Delay(report is null ? TimeSpan.FromSeconds(5) : TimeSpan.FromMilliseconds(500), cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The application stops.
        }
    }
}
