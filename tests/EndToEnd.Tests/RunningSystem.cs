using System.Globalization;
using ImageRights.Hosting;
using ImageRights.TestKit;

namespace ImageRights.EndToEnd.Tests;

/// <summary>The whole system as an operator starts it: AppHost with its own PostgreSQL, RabbitMQ, services and dashboard, on free ports, with data that is thrown away.</summary>
public sealed class RunningSystem : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(3);
    private readonly AppHostProcess application;
    private bool stopped;

    private RunningSystem(AppHostProcess application) => this.application = application;

    public string Data => application.DataDirectory;
    public int ProcessId => application.ProcessId;
    public string Output => string.Join('\n', application.Output);
    /// <summary>What the first start drew: user, password, client_id, client_secret.</summary>
    public IReadOnlyDictionary<string, string> FirstCredentials =>
        File.ReadLines(Path.Combine(Data, "first-credentials.env")).Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

    public Uri this[string service] => new(application.Endpoints[service]);

    public static async Task<RunningSystem> StartAsync(string? data = null)
    {
        using var patience = new CancellationTokenSource(StartTimeout);
        // Not CreateTempSubdirectory: the servers' own users must be able to enter.
        data ??= Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"imagerights-{Guid.CreateVersion7():N}")).FullName;
        try
        {
            return new RunningSystem(await AppHostProcess.StartAsync(
                OutputOf("AppHost"), data, new Dictionary<string, string> { ["ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS"] = "true" }, patience.Token));
        }
        catch (HostingException fault)
        {
            // A test's report shows the message alone.
            throw new InvalidOperationException(fault.ToString(), fault);
        }
    }

    public static string OutputOf(string project)
    {
        // …/artifacts/bin/EndToEnd.Tests/release/ → …/artifacts/bin/AppHost/release/
        var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        return Path.Combine(here.Parent!.Parent!.FullName, project, here.Name, $"ImageRights.{project}.dll");
    }

    /// <summary>Ends every replica of a service without warning (kill -9).</summary>
    public void Kill(string service)
    {
        var replicas = new[] { service, $"{service}-0", $"{service}-1" }.Where(name => application.ProcessIdOf(name) is not null).ToList();
        replicas.ShouldNotBeEmpty(service);
        foreach (var replica in replicas) application.Kill(replica);
    }

    /// <summary>What the AppHost and each of its processes wrote last: all that a test's report can show of them.</summary>
    public string LastWords() => string.Join('\n',
    [
        "== AppHost", .. application.Output.TakeLast(60),
        .. Directory.GetFiles(Path.Combine(Data, "logs"), "*.log").Order().SelectMany(log => (IEnumerable<string>)[$"== {Path.GetFileNameWithoutExtension(log)}", .. File.ReadLines(log).TakeLast(30)]),
    ]);

    /// <summary>Ctrl-C; gives the exit code.</summary>
    public Task<int> InterruptAsync()
    {
        stopped = true;
        return application.StopAsync();
    }

    /// <summary>Processes whose parent chain leads to AppHost.</summary>
    public IReadOnlyList<int> Descendants()
    {
        var parents = ProcessStat.All().ToDictionary(process => process.Id, process => process.Parent);
        return [.. parents.Keys.Where(LeadsHere)];

        bool LeadsHere(int id)
        {
            while (parents.TryGetValue(id, out var parent))
            {
                if (parent == ProcessId) return true;
                id = parent;
            }
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!stopped) await application.DisposeAsync();
    }
}
