using System.Diagnostics;
using System.Globalization;
using ImageRights.TestKit;
using Npgsql;

namespace ImageRights.EventStore.Tests;

/// <summary>A PostgreSQL server of one's own in a temporary directory: to kill, or to measure without strangers' transactions.</summary>
public sealed class PrivateServer : IAsyncDisposable
{
    private readonly string directory;
    private readonly int port;
    private Process? postmaster;

    private PrivateServer(string directory, int port) => (this.directory, this.port) = (directory, port);

    /// <summary>Directory of the server's programs, among them <c>pgbench</c>.</summary>
    public static string Binaries { get; } =
        Directory.Exists("/usr/lib/postgresql") && Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).LastOrDefault() is { } version ? Path.Combine(version, "bin") : "";

    public string ConnectionString => $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres";

    public int Port => port;

    public static async Task<PrivateServer> StartAsync(params string[] settings)
    {
        var directory = Directory.CreateTempSubdirectory("imagerights-postgres-").FullName;
        var server = new PrivateServer(directory, FreePort.Next());
        // PostgreSQL refuses to run as root.
        if (Environment.IsPrivilegedProcess) await RunAsync("chown", "postgres", directory);
        await RunAsync(AsServerUser(Path.Combine(Binaries, "initdb"), "-D", Path.Combine(directory, "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"));
        await server.StartAgainAsync(settings);
        return server;
    }

    /// <summary>Starts the server on the data it has, and waits until it answers.</summary>
    public async Task StartAgainAsync(params string[] settings)
    {
        string[] arguments = ["-D", Path.Combine(directory, "data"), "-p", $"{port}", "-c", "listen_addresses=127.0.0.1", "-c", $"unix_socket_directories={directory}", .. settings.SelectMany(setting => new[] { "-c", setting })];
        var start = Silent(AsServerUser(Path.Combine(Binaries, "postgres"), arguments));
        postmaster = Process.Start(start)!;
        postmaster.ErrorDataReceived += (_, _) => { };
        postmaster.OutputDataReceived += (_, _) => { };
        postmaster.BeginErrorReadLine();
        postmaster.BeginOutputReadLine();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false;Timeout=5");
                await connection.OpenAsync(limit.Token);
                return;
            }
            catch (NpgsqlException) when (!limit.IsCancellationRequested && !postmaster.HasExited)
            {
                await Task.Delay(50, limit.Token);
            }
        }
    }

    /// <summary>Processor time that the server has used, ended backends included.</summary>
    public TimeSpan ProcessorTime() => TimeSpan.FromTicks(ProcessStat.All().Sum(process =>
        process.Id == postmaster!.Id ? process.Own.Ticks + process.OfEnded.Ticks
        : process.Parent == postmaster.Id ? process.Own.Ticks
        : 0));

    /// <summary>kill -9 of the server and all its backends, as a machine does it that loses its power (but for the page cache).</summary>
    public async Task KillAsync()
    {
        postmaster!.Kill(entireProcessTree: true);
        await postmaster.WaitForExitAsync();
        File.Delete(Path.Combine(directory, "data", "postmaster.pid"));
    }

    private static string[] AsServerUser(string program, params string[] arguments) =>
        Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", program, .. arguments] : [program, .. arguments];

    private static ProcessStartInfo Silent(params string[] command) =>
        new(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };

    private static async Task RunAsync(params string[] command)
    {
        using var process = Process.Start(Silent(command))!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        await output;
        if (process.ExitCode != 0) throw new InvalidOperationException($"{command[0]} failed: {await errors}");
    }

    public async ValueTask DisposeAsync()
    {
        if (postmaster is { HasExited: false }) await KillAsync();
        postmaster?.Dispose();
        Directory.Delete(directory, recursive: true);
    }
}
