using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ImageRights.Hosting;

/// <summary>How a local server is set up.</summary>
/// <param name="Directory">Where it keeps its data; made when it is missing.</param>
public sealed record LocalServerOptions(string Directory)
{
    /// <summary>The name that messages use.</summary>
    public string Name { get; init; } = "server";

    /// <summary>The port on 127.0.0.1; 0 for the last one used, or any free one.</summary>
    public int Port { get; init; }

    /// <summary>The first user; the product's usual one when null.</summary>
    public string? UserName { get; init; }

    /// <summary>Its password; generated at the first start and kept beside the data when null.</summary>
    public string? Password { get; init; }

    /// <summary>For tests: data is not safe from a crash of the machine, and is deleted when the server stops.</summary>
    public bool ThrowAway { get; init; }

    /// <summary>RabbitMQ only: serves the management API on this port of 127.0.0.1; null for none.</summary>
    public int? ManagementPort { get; init; }

    /// <summary>RabbitMQ only: further users and what they may do, a file in RabbitMQ's definitions format without passwords; null for the first user alone.</summary>
    public string? Definitions { get; init; }

    /// <summary>Lines for the operator, such as where the data went.</summary>
    public Action<string>? Notice { get; init; }

    /// <summary>How long the server may take to answer.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(90);
}

/// <summary>A server process with its data in a folder, listening on 127.0.0.1 only, ending with this process.</summary>
public abstract class LocalServer : IAsyncDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private string? home;

    private protected LocalServer(LocalServerOptions options, ConsoleLog? log)
    {
        Options = options;
        Log = log ?? new ConsoleLog();
        Port = options.Port;
    }

    /// <summary>What clients connect with; complete once the server has started.</summary>
    public abstract string ConnectionString { get; }

    /// <summary>The port on 127.0.0.1; 0 before the first start when none was asked for.</summary>
    public int Port { get; private set; }

    public int? ProcessId => Child?.Id;

    private protected LocalServerOptions Options { get; }
    internal string Password { get; private set; } = "";
    private protected ServerAccount? Account { get; private set; }
    internal ConsoleLog Log { get; }
    internal ChildProcess? Child { get; private set; }

    /// <summary>The real folder: <see cref="LocalServerOptions.Directory"/> may be a link to it.</summary>
    private protected string Home => home ?? throw new InvalidOperationException("The server was not started.");

    private protected abstract string PackageUser { get; }
    private protected abstract string Package { get; }

    /// <exception cref="HostingException">A program is missing, the port is taken, or the server ends or does not answer in time.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        Require();
        if (Child is not null) await AfterStopAsync();
        Account = ServerAccount.For(PackageUser, Package);
        home = await PrepareDirectoryAsync(cancellationToken);
        await StopLeftoversAsync(cancellationToken);
        Port = ChoosePort();
        Password = Options.Password ?? KeptPassword();
        await PrepareAsync(cancellationToken);
        Child = await LaunchAsync(cancellationToken);
        Remember(Child.Id);
        await WaitUntilReadyAsync(Child, cancellationToken);
    }

    /// <summary>Lets the server finish and end; <paramref name="urgent"/> cuts that short.</summary>
    public async Task StopAsync(CancellationToken urgent = default)
    {
        if (Child is { } child) await StopAsync(child, urgent);
        await AfterStopAsync();
        Child = null;
        if (home is null) return;
        File.Delete(RecordPath);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Log.Dispose();
        if (Options.ThrowAway && home is not null)
        {
            Directory.Delete(home, recursive: true);
            if (new DirectoryInfo(Options.Directory) is { LinkTarget: not null } link) link.Delete();
        }
        GC.SuppressFinalize(this);
    }

    /// <summary>Throws when a program that the server needs is not installed.</summary>
    private protected abstract void Require();

    private protected abstract Task PrepareAsync(CancellationToken cancellationToken);
    private protected abstract Task<ChildProcess> LaunchAsync(CancellationToken cancellationToken);

    /// <summary>Whether the server takes a client's connection; the reason when it does not.</summary>
    internal abstract Task<string?> CheckAsync(CancellationToken cancellationToken);

    private protected virtual void OnReady()
    {
    }

    private protected abstract Task StopAsync(ChildProcess child, CancellationToken urgent);
    private protected virtual Task AfterStopAsync() => Task.CompletedTask;

    /// <summary>Processes of a host that was killed and that still use this folder.</summary>
    private protected abstract bool IsOurs(int pid, string commandLine);

    private protected string MakeServerDirectory(string name)
    {
        var path = Path.Combine(Home, name);
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Account?.TakeOver(path);
        return path;
    }

    private protected void WriteServerFile(string path, string text)
    {
        PrivateFile.Write(path, text);
        Account?.TakeOver(path);
    }

    private string RecordPath => Path.Combine(Home, "server.json");
    private string PortPath => Path.Combine(Home, "port");

    private async Task<string> PrepareDirectoryAsync(CancellationToken cancellationToken)
    {
        var wanted = Path.GetFullPath(Options.Directory);
        Directory.CreateDirectory(wanted);
        var real = Directory.ResolveLinkTarget(wanted, returnFinalTarget: true)?.FullName ?? wanted;
        if (Account is null || await Account.CanEnterAsync(real, cancellationToken)) return real;

        // A clone under /root, for example: its server's user cannot get in.
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetDirectoryName(wanted)!)))[..12];
        var elsewhere = Path.Combine(Options.ThrowAway ? Path.GetTempPath() : "/var/lib", "imagerights", hash, Path.GetFileName(wanted));
        var found = Directory.Exists(elsewhere) ? "; data of an earlier run is there" : "";
        Directory.CreateDirectory(elsewhere);
        Directory.Delete(wanted);
        Directory.CreateSymbolicLink(wanted, elsewhere);
        Options.Notice?.Invoke($"The user \"{Account.Name}\" cannot enter {wanted}, so {Options.Name} keeps its data in {elsewhere} (linked from there{found}).");
        return elsewhere;
    }

    private int ChoosePort()
    {
        if (Options.Port == 0)
        {
            var last = Port > 0 ? Port : File.Exists(PortPath) && int.TryParse(File.ReadAllText(PortPath), out var kept) ? kept : 0;
            var port = last > 0 && PortRange.IsFree(last) ? last : Ports.Free();
            File.WriteAllText(PortPath, $"{port}");
            return port;
        }
        Ports.EnsureFree(Options.Port, Options.Name, "give the server another port in AppHost.cs");
        return Options.Port;
    }

    private string KeptPassword()
    {
        var path = Path.Combine(Home, "password");
        if (!File.Exists(path)) PrivateFile.Write(path, RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 32));
        return File.ReadAllText(path);
    }

    private void Remember(int pid) =>
        File.WriteAllText(RecordPath, JsonSerializer.Serialize(new ServerRecord(pid, ProcessTable.StartTicks(pid) ?? 0)));

    /// <summary>A killed host's server gets the death signal and may still be shutting down; two on the same data must never be.</summary>
    private async Task StopLeftoversAsync(CancellationToken cancellationToken)
    {
        var recorded = File.Exists(RecordPath) ? JsonSerializer.Deserialize<ServerRecord>(File.ReadAllText(RecordPath)) : null;
        var deadline = DateTimeOffset.UtcNow + TimeSpan.FromSeconds(30);
        var asked = new HashSet<int>();
        while (true)
        {
            var left = ProcessTable.All()
                .Where(pid => recorded is not null && pid == recorded.Pid && ProcessTable.StartTicks(pid) == recorded.StartTicks || IsOurs(pid, ProcessTable.CommandLine(pid)))
                .Where(pid => ProcessTable.StartTicks(pid) is not null)
                .ToList();
            if (left.Count == 0) break;
            foreach (var pid in left.Where(asked.Add))
            {
                Options.Notice?.Invoke($"{Options.Name}: process {pid} is left from an earlier run; stopping it.");
                ProcessTable.Signal(pid, StopSignal);
            }
            if (DateTimeOffset.UtcNow > deadline)
            {
                foreach (var pid in left) ProcessTable.Signal(pid, ProcessTable.SigKill);
                deadline = DateTimeOffset.UtcNow + TimeSpan.FromSeconds(30);
            }
            await Task.Delay(Poll, cancellationToken);
        }
        File.Delete(RecordPath);
    }

    /// <summary>The signal that lets the server end in good order.</summary>
    private protected abstract int StopSignal { get; }

    private async Task WaitUntilReadyAsync(ChildProcess child, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Options.StartTimeout);
        string? reason = null;
        try
        {
            while (true)
            {
                if (child.Exited.IsCompleted) throw new HostingException(
                    $"{Options.Name} ended while starting (exit code {await child.Exited}).", $"Look at its last lines; its data is in {Home}.", Log.Tail());
                reason = await CheckAsync(timeout.Token);
                if (reason is null)
                {
                    OnReady();
                    return;
                }
                await Task.Delay(Poll, timeout.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await StopAsync(CancellationToken.None);
            throw new HostingException($"{Options.Name} did not answer within {Options.StartTimeout.TotalSeconds:0} s: {reason}.", $"Look at its last lines; its data is in {Home}.", Log.Tail());
        }
        catch
        {
            await StopAsync(CancellationToken.None);
            throw;
        }
    }

    private sealed record ServerRecord(int Pid, long StartTicks);
}
