using System.Globalization;
using System.Text.Json;

namespace ImageRights.Hosting;

/// <summary>
/// Runs a built AppHost for a test, as its own process, on free ports and with data of its own. What is given here is what
/// an operator could give in the environment.
/// </summary>
public sealed class AppHostProcess : IAsyncDisposable
{
    private readonly ChildProcess child;
    private readonly ConsoleLog log;

    private AppHostProcess(ChildProcess child, ConsoleLog log, string dataDirectory, IReadOnlyDictionary<string, string> endpoints) =>
        (this.child, this.log, DataDirectory, Endpoints) = (child, log, dataDirectory, endpoints);

    public string DataDirectory { get; }

    /// <summary>What <c>endpoints.json</c> says: addresses of services, connection strings of servers and databases, the dashboard's sign-in link.</summary>
    public IReadOnlyDictionary<string, string> Endpoints { get; }

    /// <summary>What the AppHost printed.</summary>
    public IReadOnlyList<string> Output => log.Tail(1000);

    public int ProcessId => child.Id;

    /// <param name="assembly">The AppHost's assembly (<c>ImageRights.AppHost.dll</c>).</param>
    /// <param name="dataDirectory">Where data goes; kept after the end, so that a second start can find it.</param>
    /// <param name="settings">More environment, for example <c>ConnectionStrings__postgres</c>; <c>IMAGERIGHTS_THROW_AWAY</c>=true makes servers faster.</param>
    /// <exception cref="HostingException">It did not become healthy; holds what it printed.</exception>
    public static async Task<AppHostProcess> StartAsync(
        string assembly, string dataDirectory, IReadOnlyDictionary<string, string>? settings = null, CancellationToken cancellationToken = default)
    {
        var environment = ProjectEnvironment.Inherited();
        environment["IMAGERIGHTS_DATA"] = dataDirectory;
        environment["IMAGERIGHTS_RANDOM_PORTS"] = "true";
        foreach (var (name, value) in settings ?? new Dictionary<string, string>()) environment[name] = value;

        var endpointsPath = Path.Combine(dataDirectory, "endpoints.json");
        File.Delete(endpointsPath);
        var log = new ConsoleLog();
        var child = await ChildProcess.StartAsync(ProjectBuild.DotNet, [assembly], environment, Path.GetDirectoryName(assembly)!, ProcessTable.SigTerm, account: null, log.Add);
        while (!File.Exists(endpointsPath))
        {
            // The AppHost has a time-out of its own and ends when it is over.
            if (child.Exited.IsCompleted) throw new HostingException($"The AppHost ended while starting (exit code {await child.Exited}).", "Read what it printed.", log.Tail(200));
            try
            {
                await Task.Delay(100, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                await child.StopAsync(ProcessTable.SigTerm, TimeSpan.FromSeconds(60), CancellationToken.None);
                throw;
            }
        }
        var endpoints = JsonSerializer.Deserialize<Dictionary<string, string>>(await File.ReadAllTextAsync(endpointsPath, cancellationToken))!;
        return new AppHostProcess(child, log, dataDirectory, endpoints);
    }

    /// <summary>The process id of a service or server, <c>fingerprint-0</c> for one of several; null while it does not run.</summary>
    public int? ProcessIdOf(string name)
    {
        var path = Path.Combine(DataDirectory, "logs", name + ".pid");
        return File.Exists(path) && int.TryParse(File.ReadAllText(path), CultureInfo.InvariantCulture, out var pid) ? pid : null;
    }

    /// <summary>Ends one process of the application without warning (kill -9).</summary>
    public void Kill(string name) => ProcessTable.Signal(ProcessIdOf(name) ?? throw new InvalidOperationException($"{name} does not run."), ProcessTable.SigKill);

    /// <summary>Ends the AppHost itself without warning (kill -9); its processes end with it.</summary>
    public async Task KillAsync()
    {
        child.Signal(ProcessTable.SigKill);
        await child.Exited;
    }

    /// <summary>Ctrl-C.</summary>
    /// <returns>The AppHost's exit code.</returns>
    public async Task<int> StopAsync()
    {
        await child.StopAsync(ProcessTable.SigInt, TimeSpan.FromSeconds(90), CancellationToken.None);
        return await child.Exited;
    }

    public async ValueTask DisposeAsync() => await StopAsync();
}
