using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using ImageRights.EventStore;
using ImageRights.Matching.Removals;
using ImageRights.Matching.Screening;
using Microsoft.Extensions.Options;

namespace ImageRights.Matching.Index;

/// <summary>The index of this replica: a read model in memory, fed by the log alone and therefore the same in all replicas.</summary>
public sealed class PictureIndex : ISubscription, IDisposable
{
    /// <summary>Name of the follower that feeds it.</summary>
    public const string FollowerName = "index";

    /// <summary>Meter and activity source of the service.</summary>
    public const string TelemetryName = "ImageRights.Matching";

    private static readonly TimeSpan LongestStandstill = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, TenantIndex> tenants = new();
    private readonly Lock gate = new();
    private readonly MatchingOptions options;
    private readonly TimeProvider clock;
    private readonly ILogger<PictureIndex>? logger;
    private readonly TableStore tables;
    private DocumentStore? log;
    private IndexCheckpoint? checkpoint;
    private LogPosition position = LogPosition.Start;
    private TaskCompletionSource moved = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>An empty index.</summary>
    public PictureIndex(IOptions<MatchingOptions> options, IMeterFactory meters, TimeProvider? clock = null, ILogger<PictureIndex>? logger = null)
    {
        (this.options, this.clock, this.logger) = (options.Value, clock ?? TimeProvider.System, logger);
        tables = new TableStore(logger);
        meters.Create(TelemetryName).CreateObservableGauge(
            "imagerights.matching.index.pictures", () => Enum.GetValues<Bank>().Select(bank => new Measurement<int>(
                tenants.Values.Sum(tenant => tenant.Count(bank)), KeyValuePair.Create<string, object?>("imagerights.bank", bank.ToString()))),
            "{picture}", "Pictures that can be found");
    }

    /// <summary>The last event taken in.</summary>
    public LogPosition Position
    {
        get { lock (gate) return position; }
    }

    /// <summary>The last event that a start need not read from the log again; the start of the log when no checkpoint is kept.</summary>
    public LogPosition CheckpointPosition => Volatile.Read(ref checkpoint)?.Written.Position ?? LogPosition.Start;

    /// <summary>The index of a tenant; empty when nothing of it is known.</summary>
    public TenantIndex For(string tenantId) => tenants.GetOrAdd(tenantId, _ => new TenantIndex(options.MinQuality, options.RecentUploads, tables));

    /// <summary>Pictures of all tenants that can be found by their local features, and those that can by hashes alone.</summary>
    public (int Detailed, int HashesOnly) Tiers => (tenants.Values.Sum(tenant => tenant.Detailed), tenants.Values.Sum(tenant => tenant.HashesOnly));

    /// <summary>Takes in the checkpoint of an earlier run, if there is one of this log.</summary>
    public async Task<LogPosition> ResumeAsync(DocumentStore store, CancellationToken cancellationToken)
    {
        log = store;
        Resume();
        if (checkpoint is null || Position == LogPosition.Start) return Position;
        await using var command = store.AcrossTenants.CreateCommand($"select id from {store.Options.DatabaseSchemaName}.mt_events where seq_id = $1");
        command.Parameters.Add(new() { Value = Position.Sequence });
        if (await command.ExecuteScalarAsync(cancellationToken) is Guid id && id == checkpoint.Written.Event) return Position;
        logger?.LogWarning("The checkpoint is of another log and is begun anew");
        tenants.Clear();
        checkpoint.Clear();
        lock (gate) position = LogPosition.Start;
        return LogPosition.Start;
    }

    /// <summary>Takes in the checkpoint of an earlier run.</summary>
    internal void Resume()
    {
        if (string.IsNullOrEmpty(options.CheckpointFolder) || checkpoint is not null) return;
        IndexCheckpoint opened;
        try
        {
            opened = IndexCheckpoint.Open(options.CheckpointFolder, options.RecentUploads, clock);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            logger?.LogWarning(failure, "No checkpoint is kept in {Folder}; each start reads the whole log", options.CheckpointFolder);
            return;
        }
        tables.Open(opened.TablesFolder);
        try
        {
            if (!opened.Load(Take)) logger?.LogWarning("The checkpoint is damaged or of another version after {Sequence}; the rest is read from the log", opened.Written.Position.Sequence);
            foreach (var tenant in tenants.Values) tenant.Settle();
            tables.Prune();
        }
        catch (Exception failure) when (failure is IOException or FormatException or ArgumentException)
        {
            logger?.LogWarning(failure, "The checkpoint cannot be read and is begun anew");
            tenants.Clear();
            opened.Clear();
        }
        Volatile.Write(ref checkpoint, opened);
        lock (gate) position = checkpoint.Written.Position;
    }

    /// <inheritdoc />
    public Task ProcessEventsAsync(EventPage page, CancellationToken cancellationToken) => ApplyAsync(page.Events, FactsOfAsync, cancellationToken);

    /// <summary>As <see cref="Apply"/>, and what a removal needs of a demoted picture is read again.</summary>
    /// <param name="read">The events of a stream of a tenant.</param>
    internal async Task ApplyAsync(
        IReadOnlyList<RecordedEvent> events, Func<string, string, CancellationToken, Task<IReadOnlyList<RecordedEvent>>> read, CancellationToken cancellationToken)
    {
        for (var from = 0; from < events.Count;)
        {
            // What is demoted is known when everything before is in.
            var before = events.Skip(from).TakeWhile(@event => @event.Data is not RemovalRecorded).ToList();
            Apply(before);
            from += before.Count;
            if (from == events.Count) break;
            var removal = events[from++];
            var imageId = ((RemovalRecorded)removal.Data).ImageId;
            var isDemoted = removal.Position.CompareTo(Position) > 0 && For(removal.TenantId).IsDemoted(imageId);
            Apply([removal], isDemoted ? IndexFacts.Recall(imageId, await read(removal.TenantId, ScreeningDecider.StreamKey(imageId), cancellationToken), removal.Position) : null);
        }
    }

    /// <summary>Takes in consecutive events. What it has already is passed over: after a fault the follower reads the log again from its start.</summary>
    public void Apply(IReadOnlyList<RecordedEvent> events) => Apply(events, null);

    private void Apply(IReadOnlyList<RecordedEvent> events, FeaturesRecalled? recalled)
    {
        var (reached, last) = (Position, (Guid?)null);
        foreach (var @event in events)
        {
            if (@event.Position.CompareTo(reached) <= 0) continue;
            foreach (var fact in new[] { recalled, IndexFacts.Of(@event.Data) }.OfType<object>())
            {
                For(@event.TenantId).Apply(fact, @event.Position);
                checkpoint?.Add(@event.TenantId, @event.Position, fact);
            }
            reached = @event.Position;
            last = @event.Id;
        }
        if (last is { } id) Keep(reached, id);
        lock (gate)
        {
            position = reached;
            moved.TrySetResult();
            moved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Waits until everything up to a position is in.</summary>
    /// <exception cref="TimeoutException">The index has not moved for half a minute.</exception>
    public async Task ReachAsync(LogPosition wanted, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (position.CompareTo(wanted) >= 0) return;
                next = moved.Task;
            }
            await next.WaitAsync(LongestStandstill, cancellationToken);
        }
    }

    /// <summary>Writes what the checkpoint does not hold yet.</summary>
    public void Dispose()
    {
        tables.Dispose();
        checkpoint?.Dispose();
    }

    private async Task<IReadOnlyList<RecordedEvent>> FactsOfAsync(string tenantId, string streamKey, CancellationToken cancellationToken)
    {
        await using var session = log!.LightweightSession(tenantId);
        return await session.Events.FetchStreamAsync(streamKey, cancellationToken: cancellationToken);
    }

    private void Take(string tenantId, LogPosition at, object fact)
    {
        var tenant = For(tenantId);
        tenant.Defer();
        tenant.Apply(fact, at);
    }

    // A disk that is full must not stop the index.
    private void Keep(LogPosition reached, Guid last)
    {
        try
        {
            checkpoint?.Reach(reached, last);
        }
        catch (IOException failure)
        {
            logger?.LogWarning(failure, "The checkpoint cannot be written; it ends at {Sequence}", checkpoint!.Written.Position.Sequence);
            Volatile.Write(ref checkpoint, null);
        }
    }
}
