namespace ImageRights.Fingerprint.Computing;

/// <summary>Pictures that somebody waits for: uploads, works and requests. What has time lets them go first. Thread-safe.</summary>
public sealed class Foreground
{
    private readonly Lock gate = new();
    private TaskCompletionSource? idle;
    private int present;

    /// <summary>A picture is in work until what is given is disposed of.</summary>
    public IDisposable Enter()
    {
        lock (gate)
        {
            if (present++ == 0) idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        return new Presence(this);
    }

    /// <summary>Waits until none is in work, or for so long: a service that is never idle still gets on with what has time.</summary>
    public async Task LetPassAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        Task idling;
        lock (gate) idling = idle?.Task ?? Task.CompletedTask;
        try
        {
            await idling.WaitAsync(longest, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Never idle.
        }
    }

    private void Leave()
    {
        lock (gate)
        {
            if (--present > 0) return;
            idle!.SetResult();
            idle = null;
        }
    }

    private sealed class Presence(Foreground foreground) : IDisposable
    {
        private Foreground? entered = foreground;

        public void Dispose() => Interlocked.Exchange(ref entered, null)?.Leave();
    }
}
