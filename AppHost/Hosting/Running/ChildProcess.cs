using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;

namespace ImageRights.Hosting;

/// <summary>
/// A process that ends with this one, even when this one is killed, and that the terminal's Ctrl-C does not reach
/// (it is for the AppHost to say who stops when).
/// </summary>
internal sealed class ChildProcess
{
    private static readonly BlockingCollection<Action> Starts = [];

    private readonly Process process;
    private readonly TaskCompletionSource<int> exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    static ChildProcess()
    {
        // The kernel sends the parent-death signal when the *thread* that forked ends. Threads of the pool come and go; this one stays.
        new Thread(() =>
        {
            foreach (var start in Starts.GetConsumingEnumerable()) start();
        }) { IsBackground = true, Name = "process starter" }.Start();
    }

    private ChildProcess(Process process) => this.process = process;

    internal int Id => process.Id;
    internal DateTimeOffset StartedAt { get; } = DateTimeOffset.UtcNow;

    /// <summary>Completes with the exit code; 128 + n when signal n ended the process.</summary>
    internal Task<int> Exited => exited.Task;

    /// <param name="deathSignal">What the process gets when this process dies.</param>
    /// <param name="account">The user to run as; null for the present one.</param>
    /// <param name="environment">The whole environment; nothing is inherited.</param>
    /// <exception cref="HostingException"><c>setsid</c> or <c>setpriv</c> is missing.</exception>
    internal static async Task<ChildProcess> StartAsync(
        string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string workingDirectory,
        int deathSignal, ServerAccount? account, Action<string, bool> onLine)
    {
        var start = new ProcessStartInfo("setsid")
        {
            WorkingDirectory = workingDirectory, UseShellExecute = false,
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment) start.Environment[name] = value;
        foreach (var argument in (string[])["setpriv", "--pdeathsig", ProcessTable.SignalName(deathSignal), .. account?.SetprivArguments ?? [], "--", file, .. arguments])
            start.ArgumentList.Add(argument);

        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var child = new ChildProcess(process);
        process.OutputDataReceived += (_, line) => { if (line.Data is not null) onLine(line.Data, false); };
        process.ErrorDataReceived += (_, line) => { if (line.Data is not null) onLine(line.Data, true); };
        process.Exited += (_, _) => child.exited.TrySetResult(process.ExitCode);

        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Starts.Add(() =>
        {
            try
            {
                process.Start();
                started.SetResult();
            }
            catch (Exception fault)
            {
                started.SetException(fault);
            }
        });
        try
        {
            await started.Task;
        }
        catch (Win32Exception fault)
        {
            throw new HostingException($"{file} cannot be started: {fault.Message}.", "Install the package util-linux (setsid, setpriv), or run ./run.sh.", inner: fault);
        }
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return child;
    }

    internal void Signal(int signal)
    {
        if (!process.HasExited) ProcessTable.Signal(process.Id, signal);
    }

    /// <summary>Asks the process to end and, after the grace or when it is urgent, ends it.</summary>
    internal async Task StopAsync(int signal, TimeSpan grace, CancellationToken urgent, int lastResort = ProcessTable.SigKill)
    {
        Signal(signal);
        try
        {
            await Exited.WaitAsync(grace, urgent);
        }
        catch (Exception fault) when (fault is TimeoutException or OperationCanceledException)
        {
            Signal(lastResort);
            await Exited.WaitAsync(TimeSpan.FromSeconds(10), CancellationToken.None);
        }
    }

    /// <summary>Runs a tool to its end.</summary>
    /// <returns>Its exit code and everything it wrote.</returns>
    internal static async Task<(int ExitCode, IReadOnlyList<string> Output)> RunAsync(
        string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string workingDirectory,
        ServerAccount? account, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var log = new ConsoleLog();
        var child = await StartAsync(file, arguments, environment, workingDirectory, ProcessTable.SigKill, account, log.Add);
        try
        {
            await child.Exited.WaitAsync(timeout, cancellationToken);
        }
        catch
        {
            child.Signal(ProcessTable.SigKill);
            throw;
        }
        // Exit is known before the last lines have been read from the pipes.
        await child.process.WaitForExitAsync(cancellationToken).WaitAsync(TimeSpan.FromSeconds(5), cancellationToken);
        return (await child.Exited, log.Tail(200));
    }
}
