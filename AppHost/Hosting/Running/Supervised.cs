using Aspire.Hosting.ApplicationModel;
using ImageRights.Dashboard;

namespace ImageRights.Hosting;

/// <summary>
/// Keeps one process running: starts it when what it waits for is healthy, watches its health, starts it again after a crash
/// (after 1, 2, 5, 10, 20, then every 30 s), and obeys start, stop and restart.
/// </summary>
internal abstract class Supervised : IAsyncDisposable
{
    private static readonly TimeSpan[] Pauses = [.. new[] { 1, 2, 5, 10, 20, 30 }.Select(seconds => TimeSpan.FromSeconds(seconds))];
    private static readonly TimeSpan StableAfter = TimeSpan.FromMinutes(1);
    private const int CrashesBeforeFirstHealth = 4;

    private readonly ResourceNotificationService notifications;
    private readonly CancellationTokenSource stopping = new();
    private readonly Lock gate = new();
    private ResourceSnapshot snapshot;
    private TaskCompletionSource orders = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool wanted = true;
    private bool restarting;
    private Task run = Task.CompletedTask;

    protected Supervised(IResource resource, string name, string kind, ConsoleLog log, ResourceNotificationService notifications)
    {
        (Resource, Log, this.notifications) = (resource, log, notifications);
        var references = resource.Annotations.OfType<ResourceRelationshipAnnotation>().Select(r => r.Resource.Name).Distinct().ToList();
        snapshot = new ResourceSnapshot(name, resource.Name, kind, KnownResourceStates.NotStarted, ResourceHealth.Unknown, null, null, null, null, [],
            new Dictionary<string, string>(), new Dictionary<string, string>(), references, 0);
        notifications.Publish(snapshot);
    }

    internal string Name => snapshot.Name;
    internal IResource Resource { get; }
    internal ConsoleLog Log { get; }
    internal ResourceSnapshot Snapshot => snapshot;
    internal bool IsAlive => snapshot.State == KnownResourceStates.Running && snapshot.Health != ResourceHealth.Unhealthy;

    /// <summary>Why it will not be started again by itself.</summary>
    internal HostingException? Failure { get; private set; }

    internal void Start() => run = Task.Run(() => RunAsync(stopping.Token));

    /// <summary>Ends the process for good; <paramref name="urgent"/> cuts its time to finish short.</summary>
    internal async Task StopAsync(CancellationToken urgent)
    {
        await stopping.CancelAsync();
        await using var hurry = urgent.Register(() => Urgent.Cancel());
        await run;
    }

    internal Task ExecuteAsync(string command)
    {
        lock (gate)
        {
            (wanted, restarting) = command switch
            {
                "start" => (true, false),
                "stop" => (false, false),
                "restart" => (true, true),
                _ => throw new ArgumentException($"There is no command \"{command}\".", nameof(command)),
            };
            Failure = null;
            var signal = orders;
            orders = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            signal.SetResult();
        }
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        stopping.Dispose();
        Urgent.Dispose();
        Log.Dispose();
    }

    protected CancellationTokenSource Urgent { get; } = new();

    protected abstract Task<ChildProcess> StartProcessAsync(CancellationToken cancellationToken);
    protected abstract Task StopProcessAsync(ChildProcess child, CancellationToken urgent);

    /// <summary>Null when healthy, otherwise why not.</summary>
    protected abstract Task<string?> CheckHealthAsync(CancellationToken cancellationToken);

    /// <summary>Runs each time it gets healthy, before others that wait for it are let go.</summary>
    protected virtual Task OnHealthyAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs each time the process has ended.</summary>
    protected virtual void OnEnded()
    {
    }

    protected void Update(Func<ResourceSnapshot, ResourceSnapshot> change)
    {
        lock (gate)
        {
            snapshot = change(snapshot);
            notifications.Publish(snapshot);
        }
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var crashes = 0;
        var everHealthy = false;
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                Task ordered;
                bool idle;
                lock (gate) (ordered, idle) = (orders.Task, !wanted || Failure is not null);
                if (idle)
                {
                    await ordered.WaitAsync(cancellationToken);
                    continue;
                }

                ChildProcess child;
                try
                {
                    await WaitForDependenciesAsync(cancellationToken);
                    lock (gate) restarting = false;
                    Update(s => s with { State = KnownResourceStates.Starting, Health = ResourceHealth.Unknown, HealthReport = null, ExitCode = null });
                    child = await StartProcessAsync(cancellationToken);
                }
                catch (HostingException fault) when (everHealthy)
                {
                    // What ran before will run again: somebody may have taken its port for the moment that it was away.
                    var wait = PauseAfter(++crashes);
                    Terminal.Fault(new HostingException(fault.Message, $"It is tried again in {wait.TotalSeconds:0} s. {fault.NextStep}"));
                    Update(s => s with { State = KnownResourceStates.FailedToStart, Health = ResourceHealth.Unhealthy, HealthReport = fault.Message });
                    await Task.WhenAny(Task.Delay(wait, cancellationToken), ordered);
                    continue;
                }
                catch (HostingException fault)
                {
                    Fail(fault);
                    continue;
                }

                Update(s => s with { State = KnownResourceStates.Running, ProcessId = child.Id, StartedAt = child.StartedAt });
                await File.WriteAllTextAsync(PidPath, $"{child.Id}", CancellationToken.None);
                using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                var health = WatchHealthAsync(() => everHealthy = true, watching.Token);
                var byItself = await EndsByItselfAsync(child, watching.Token);
                if (!byItself)
                {
                    Update(s => s with { State = KnownResourceStates.Stopping });
                    await StopProcessAsync(child, Urgent.Token);
                }
                await watching.CancelAsync();
                await health;
                var exitCode = await child.Exited;
                File.Delete(PidPath);
                OnEnded();
                Update(s => s with { State = KnownResourceStates.Exited, Health = ResourceHealth.Unknown, HealthReport = null, ProcessId = null, ExitCode = exitCode });
                if (!byItself) continue;

                crashes = DateTimeOffset.UtcNow - child.StartedAt > StableAfter ? 1 : crashes + 1;
                var pause = PauseAfter(crashes);
                var lived = DateTimeOffset.UtcNow - child.StartedAt;
                if (!everHealthy && crashes >= CrashesBeforeFirstHealth)
                {
                    Fail(new HostingException($"{Name} ended {crashes} times while starting, the last time with exit code {exitCode}.",
                        $"Its last lines above say why; all of them are in {LogPath}.", Log.Tail()));
                    continue;
                }
                Terminal.Fault(new HostingException($"{Name} ended by itself after {lived.TotalSeconds:0.0} s ({ExitText(exitCode)}).",
                    $"it is started again in {pause.TotalSeconds:0} s. If it keeps ending, read its console in the dashboard or in {LogPath}.", Log.Tail(8)));
                Update(s => s with { RestartCount = s.RestartCount + 1 });
                lock (gate) ordered = orders.Task;
                await Task.WhenAny(Task.Delay(pause, cancellationToken), ordered);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The application stops while this one waits for something.
        }
        catch (Exception fault)
        {
            Fail(new HostingException($"{Name}: {fault.Message}", "This is a fault of the AppHost: please report it with this text.", [.. fault.ToString().Split('\n')], fault));
        }
    }

    protected abstract string LogPath { get; }

    /// <summary>For scripts and tests that want this very process.</summary>
    private string PidPath => Path.ChangeExtension(LogPath, ".pid");

    private void Fail(HostingException fault)
    {
        Failure = fault;
        Update(s => s with { State = KnownResourceStates.FailedToStart, Health = ResourceHealth.Unhealthy, HealthReport = fault.Message });
    }

    private async Task WaitForDependenciesAsync(CancellationToken cancellationToken)
    {
        foreach (var wait in Resource.Annotations.OfType<WaitAnnotation>())
        {
            Update(s => s with { State = KnownResourceStates.Waiting, HealthReport = $"waits for {wait.Resource.Name}" });
            await notifications.WaitUntilAsync(wait.Resource.Name, replicas => wait.WaitType == WaitType.WaitUntilStarted
                ? replicas.All(r => r.State == KnownResourceStates.Running || r.State == KnownResourceStates.Active)
                : replicas.All(ResourceNotificationService.IsHealthy), cancellationToken);
        }
    }

    private async Task WatchHealthAsync(Action onHealthy, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var report = await CheckHealthAsync(cancellationToken);
                if (report is null && snapshot.Health != ResourceHealth.Healthy)
                {
                    await OnHealthyAsync(cancellationToken);
                    onHealthy();
                    if (snapshot.RestartCount > 0) Terminal.Progress(Name, "healthy", "again");
                }
                var health = report is null ? ResourceHealth.Healthy : ResourceHealth.Unhealthy;
                if (snapshot.Health != health || snapshot.HealthReport != report) Update(s => s with { Health = health, HealthReport = report });
                await Task.Delay(report is null ? TimeSpan.FromSeconds(5) : TimeSpan.FromMilliseconds(250), cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The process ended or is being stopped.
        }
        catch (Exception fault)
        {
            Fail(fault as HostingException ?? new HostingException($"{Name} runs but cannot be used: {fault.Message}", $"Read its console in {LogPath}.", Log.Tail(), fault));
        }
    }

    private static TimeSpan PauseAfter(int crashes) => Pauses[Math.Min(crashes, Pauses.Length) - 1];

    private static string ExitText(int exitCode) => exitCode > 128 ? $"signal {exitCode - 128}" : $"exit code {exitCode}";

    /// <returns>False when it is to be stopped: by an order, or because the application ends.</returns>
    private async Task<bool> EndsByItselfAsync(ChildProcess child, CancellationToken cancellationToken)
    {
        var cancelled = UntilCancelled(cancellationToken);
        while (!cancellationToken.IsCancellationRequested)
        {
            Task ordered;
            lock (gate)
            {
                if (!wanted || restarting) return false;
                ordered = orders.Task;
            }
            if (await Task.WhenAny(cancelled, child.Exited, ordered) == child.Exited) return true;
        }
        return false;
    }

    private static Task UntilCancelled(CancellationToken cancellationToken)
    {
        var cancelled = new TaskCompletionSource();
        cancellationToken.Register(cancelled.SetResult);
        return cancelled.Task;
    }
}
