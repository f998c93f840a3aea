using ImageRights.Dashboard;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Tells who waits how a resource is doing.</summary>
public sealed class ResourceNotificationService
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, ResourceSnapshot> snapshots = [];
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal IReadOnlyList<ResourceSnapshot> Snapshots
    {
        get { lock (gate) return [.. snapshots.Values]; }
    }

    internal void Publish(ResourceSnapshot snapshot)
    {
        TaskCompletionSource wake;
        lock (gate)
        {
            snapshots[snapshot.Name] = snapshot;
            (wake, changed) = (changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        wake.SetResult();
    }

    /// <summary>Waits until all replicas of the resource are in the state; any state when none is named.</summary>
    public Task WaitForResourceAsync(string resourceName, string? targetState = null, CancellationToken cancellationToken = default) =>
        WaitUntilAsync(resourceName, replicas => targetState is null || replicas.All(r => r.State == targetState), cancellationToken);

    /// <summary>Waits until all replicas of the resource run and pass their health check.</summary>
    public Task WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default) =>
        WaitUntilAsync(resourceName, replicas => replicas.All(IsHealthy), cancellationToken);

    internal static bool IsHealthy(ResourceSnapshot replica) =>
        replica.Health == ResourceHealth.Healthy && (replica.State == KnownResourceStates.Running || replica.State == KnownResourceStates.Active);

    internal Task WaitUntilAsync(string resourceName, Func<IReadOnlyList<ResourceSnapshot>, bool> condition, CancellationToken cancellationToken) =>
        WaitUntilAnyAsync(all => all.Where(s => s.Group == resourceName || s.Name == resourceName).ToList() is { Count: > 0 } replicas && condition(replicas), cancellationToken);

    internal async Task WaitUntilAnyAsync(Func<IReadOnlyList<ResourceSnapshot>, bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            List<ResourceSnapshot> all;
            lock (gate) (all, next) = ([.. snapshots.Values], changed.Task);
            if (condition(all)) return;
            await next.WaitAsync(cancellationToken);
        }
    }
}
