namespace ImageRights.Notification.Sending;

/// <summary>Writes together what arrives together: an item that comes alone is written at once, those that come while a write is under way wait for the next and share it.</summary>
/// <param name="most">Most items of one write.</param>
/// <param name="write">Writes them all, or throws: then each of them is told.</param>
public sealed class Gathering<T>(int most, Func<IReadOnlyList<T>, Task> write)
{
    private readonly Lock gate = new();
    private Queue<(T Item, TaskCompletionSource Done)> waiting = [];
    private bool isWriting;

    /// <summary>Ends when the item is written.</summary>
    public Task AddAsync(T item)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            waiting.Enqueue((item, done));
            if (isWriting) return done.Task;
            isWriting = true;
        }
        _ = Task.Run(WriteAllAsync);
        return done.Task;
    }

    private async Task WriteAllAsync()
    {
        while (true)
        {
            var batch = new List<(T Item, TaskCompletionSource Done)>();
            lock (gate)
            {
                while (batch.Count < most && waiting.TryDequeue(out var next)) batch.Add(next);
                if (batch.Count == 0)
                {
                    isWriting = false;
                    return;
                }
            }
            try
            {
                await write([.. batch.Select(entry => entry.Item)]);
                foreach (var (_, done) in batch) done.SetResult();
            }
#pragma warning disable CA1031 // Whoever waits for an item decides what its failure means.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                foreach (var (_, done) in batch) done.SetException(failure);
            }
        }
    }
}
