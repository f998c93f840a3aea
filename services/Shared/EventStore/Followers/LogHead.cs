namespace ImageRights.EventStore;

/// <summary>Looks at the end of the log for all followers of a store that have read it: one small statement, however many wait, and none while nobody does.</summary>
internal sealed class LogHead(DocumentStore store)
{
    private static readonly TimeSpan ShortestPoll = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromMilliseconds(200);

    private readonly Lock gate = new();
    private Task<LogPosition> looking = Task.FromResult(LogPosition.Start);
    private Task appended = Task.CompletedTask;
    private TimeSpan poll = ShortestPoll;

    /// <summary>Waits until the log holds an event after <paramref name="position"/> behind the safe horizon, this process appends or it is time for the follower to look for itself.</summary>
    /// <param name="appended">Of the store, from before the follower's last read.</param>
    public async Task WaitAsync(LogPosition position, Task appended, TimeSpan longest, CancellationToken cancellationToken)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!appended.IsCompleted && TimeProvider.System.GetElapsedTime(since) < longest)
        {
            var look = Look();
            if (await Task.WhenAny(appended, look).WaitAsync(cancellationToken) == look && (await look).CompareTo(position) > 0) return;
        }
    }

    private Task<LogPosition> Look()
    {
        lock (gate) return looking.IsCompleted ? looking = LookAsync() : looking;
    }

    private async Task<LogPosition> LookAsync()
    {
        var before = looking.IsCompletedSuccessfully ? looking.Result : LogPosition.Start;
        var isWoken = await Task.WhenAny(appended, Task.Delay(poll)) == appended;
        // Whom the append woke as well reads by himself; this looks for what is still behind another's open transaction then.
        if (isWoken) await Task.Delay(ShortestPoll);
        appended = store.NextAppend;
        var last = await store.QueryAcrossTenantsAsync(
            $"""
            select transaction_id, seq_id from {store.Schema}.mt_events
            where transaction_id < pg_snapshot_xmin(pg_current_snapshot()) order by transaction_id desc, seq_id desc limit 1
            """, [], reader => new LogPosition(reader.GetFieldValue<ulong>(0), reader.GetInt64(1)));
        var head = last is [var position] ? position : LogPosition.Start;
        poll = isWoken || head != before ? ShortestPoll : TimeSpan.FromTicks(Math.Min(LongestPoll.Ticks, poll.Ticks * 2));
        return head;
    }
}
