using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ImageRights.Hosting;

/// <summary>The first Ctrl-C, SIGTERM or closed terminal asks the application to stop; the second one is urgent.</summary>
internal sealed class ShutdownSignals : IDisposable
{
    private readonly CancellationTokenSource requested;
    // `timeout` and some shells signal the process and then its group: that is one request.
    private static readonly TimeSpan Echo = TimeSpan.FromSeconds(1);
    private long firstAt;

    private readonly CancellationTokenSource urgent = new();
    private readonly List<PosixSignalRegistration> registrations;

    internal ShutdownSignals(CancellationToken cancellationToken)
    {
        requested = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, OnSignal))];
    }

    internal CancellationToken Requested => requested.Token;
    internal CancellationToken Urgent => urgent.Token;

    internal async Task WaitAsync()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = Requested.Register(done.SetResult);
        await done.Task;
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (requested.IsCancellationRequested)
        {
            if (Stopwatch.GetElapsedTime(firstAt) > Echo) urgent.Cancel();
        }
        else
        {
            firstAt = Stopwatch.GetTimestamp();
            Terminal.Say("Stopping (press Ctrl-C again to stop at once) …");
            requested.Cancel();
        }
    }

    public void Dispose()
    {
        foreach (var registration in registrations) registration.Dispose();
        requested.Dispose();
        urgent.Dispose();
    }
}
