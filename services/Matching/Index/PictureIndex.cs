using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using ImageRights.EventStore;
using Microsoft.Extensions.Options;

namespace ImageRights.Matching.Index;

/// <summary>The index of this replica: a read model in memory, fed by the log alone and therefore the same in all replicas.</summary>
public sealed class PictureIndex : ISubscription
{
    /// <summary>Name of the follower that feeds it.</summary>
    public const string FollowerName = "index";

    /// <summary>Meter and activity source of the service.</summary>
    public const string TelemetryName = "ImageRights.Matching";

    private static readonly TimeSpan LongestStandstill = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, TenantIndex> tenants = new();
    private readonly Lock gate = new();
    private readonly MatchingOptions options;
    private LogPosition position = LogPosition.Start;
    private TaskCompletionSource moved = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>An empty index.</summary>
    public PictureIndex(IOptions<MatchingOptions> options, IMeterFactory meters)
    {
        this.options = options.Value;
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

    /// <summary>The index of a tenant; empty when nothing of it is known.</summary>
    public TenantIndex For(string tenantId) => tenants.GetOrAdd(tenantId, _ => new TenantIndex(options.MinQuality));

    /// <inheritdoc />
    public Task ProcessEventsAsync(EventPage page, CancellationToken cancellationToken)
    {
        Apply(page.Events);
        return Task.CompletedTask;
    }

    /// <summary>Takes in consecutive events. What it has already is passed over: after a fault the follower reads the log again from its start.</summary>
    public void Apply(IReadOnlyList<RecordedEvent> events)
    {
        var reached = Position;
        foreach (var @event in events)
        {
            if (@event.Position.CompareTo(reached) <= 0) continue;
            For(@event.TenantId).Apply(@event);
            reached = @event.Position;
        }
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
}
