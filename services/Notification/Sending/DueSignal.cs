namespace ImageRights.Notification.Sending;

/// <summary>Wakes the dispatcher of this process when something has become due, so that it need not wait for its next poll. Losing a signal costs a poll, nothing else.</summary>
public sealed class DueSignal : IDisposable
{
    private readonly SemaphoreSlim semaphore = new(0);
    private int isSet;

    /// <summary>Something is due, or room has become free.</summary>
    public void Set()
    {
        if (Interlocked.Exchange(ref isSet, 1) == 0) semaphore.Release();
    }

    /// <summary>Waits for a signal, or for <paramref name="longest"/>.</summary>
    public async Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        if (await semaphore.WaitAsync(longest, cancellationToken)) Volatile.Write(ref isSet, 0);
    }

    /// <inheritdoc />
    public void Dispose() => semaphore.Dispose();
}
