using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using ImageRights.TestKit;

namespace ImageRights.EndToEnd.Tests;

/// <summary>The whole system as an operator starts it: AppHost with its own PostgreSQL, RabbitMQ, services and dashboard, on free ports, with data that is thrown away.</summary>
public sealed class RunningSystem : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(60);
    private readonly Process process;
    private readonly StringBuilder output = new();

    private RunningSystem(Process process, string data) => (this.process, Data) = (process, data);

    public string Data { get; }
    public int ProcessId => process.Id;
    public IReadOnlyDictionary<string, string> Endpoints { get; private set; } = new Dictionary<string, string>();
    public string Output { get { lock (output) return output.ToString(); } }
    public Uri this[string service] => new(Endpoints[service]);

    public static async Task<RunningSystem> StartAsync(string? data = null)
    {
        data ??= Path.Combine(Path.GetTempPath(), $"imagerights-{Guid.CreateVersion7():N}");
        Directory.CreateDirectory(data);
        var endpoints = Path.Combine(data, "endpoints.json");
        File.Delete(endpoints);
        var start = new ProcessStartInfo("dotnet", [OutputOf("AppHost")]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var inherited in start.Environment.Keys.Where(name => name.StartsWith("ConnectionStrings__", StringComparison.OrdinalIgnoreCase) || name.StartsWith("OTEL_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(inherited);
        start.Environment["IMAGERIGHTS_DATA"] = data;
        start.Environment["IMAGERIGHTS_RANDOM_PORTS"] = "true";
        start.Environment["ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS"] = "true";
        var system = new RunningSystem(Process.Start(start)!, data);
        system.Collect();
        var watch = Stopwatch.StartNew();
        while (!File.Exists(endpoints))
        {
            if (system.process.HasExited || watch.Elapsed > StartTimeout)
            {
                var said = system.Output;
                await system.DisposeAsync();
                throw new InvalidOperationException($"AppHost was not ready after {watch.Elapsed.TotalSeconds:0} s:\n{said}");
            }
            await Task.Delay(100);
        }
        system.Endpoints = await Eventually.GetAsync(async () => JsonSerializer.Deserialize<Dictionary<string, string>>(await File.ReadAllTextAsync(endpoints)), what: "endpoints.json");
        return system;
    }

    public static string OutputOf(string project)
    {
        // …/artifacts/bin/EndToEnd.Tests/release/ → …/artifacts/bin/AppHost/release/
        var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        return Path.Combine(here.Parent!.Parent!.FullName, project, here.Name, $"ImageRights.{project}.dll");
    }

    /// <summary>Processes whose parent chain leads to AppHost.</summary>
    public IReadOnlyList<int> Descendants()
    {
        var parents = new Dictionary<int, int>();
        foreach (var directory in Directory.GetDirectories("/proc").Where(directory => int.TryParse(Path.GetFileName(directory), out _)))
        {
            try
            {
                var stat = File.ReadAllText(Path.Combine(directory, "stat"));
                parents[int.Parse(Path.GetFileName(directory))] = int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1]);
            }
            catch (IOException)
            {
            }
        }
        return [.. parents.Keys.Where(LeadsHere)];

        bool LeadsHere(int id)
        {
            while (parents.TryGetValue(id, out var parent))
            {
                if (parent == process.Id) return true;
                id = parent;
            }
            return false;
        }
    }

    /// <summary>Process that runs a service's assembly.</summary>
    public IReadOnlyList<int> ProcessesOf(string service) =>
        [.. Descendants().Where(id => CommandLine(id).Contains($"ImageRights.{service}.dll", StringComparison.OrdinalIgnoreCase))];

    public static void Kill(int processId) => _ = SendSignal(processId, 9);

    /// <summary>Ctrl-C; gives the exit code.</summary>
    public async Task<int> InterruptAsync()
    {
        _ = SendSignal(process.Id, 2);
        await process.WaitForExitAsync().WaitAsync(StopTimeout);
        return process.ExitCode;
    }

    public static string CommandLine(int processId)
    {
        try
        {
            return File.ReadAllText($"/proc/{processId}/cmdline").Replace('\0', ' ');
        }
        catch (IOException)
        {
            return "";
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            try
            {
                await InterruptAsync();
            }
            catch (TimeoutException)
            {
                process.Kill(entireProcessTree: true);
            }
        }
        process.Dispose();
    }

    private void Collect()
    {
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        void Add(string? line)
        {
            if (line is not null) lock (output) output.AppendLine(line);
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int SendSignal(int processId, int signal);
}
