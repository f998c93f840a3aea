using System.Diagnostics;
using System.Text;
using ImageRights.EventStore;
using ImageRights.EventStore.Transparency;
using ImageRights.ServiceDefaults.Telemetry;
using MassTransit;

namespace ImageRights.ServiceDefaults.Messaging;

/// <summary>Publishes committed facts: in order within a stream, streams side by side, each under its event's id and in the trace that wrote it.
/// Progress moves after the broker confirmed, so a crash repeats at most one page, with the same message ids.</summary>
internal sealed class Relay(IBus bus, Subscribers subscribers, TransparencyLog log, Func<RecordedEvent, object?> translate) : ISubscription
{
    /// <summary>Header with the service's latest checkpoint when the message was published: the signed note in base64. Whoever keeps it is a witness.</summary>
    public const string CheckpointHeader = "imagerights-log-checkpoint";

    /// <summary>Header with the stream of the fact that a message tells of.</summary>
    public const string StreamHeader = "imagerights-stream";

    /// <summary>Header with the fact's version in its stream.</summary>
    public const string VersionHeader = "imagerights-stream-version";

    private const int InFlight = 64;
    private static readonly ActivitySource Activities = new("ImageRights.Relay");

    // RabbitMQ.Client waits for a confirm without limit (rabbitmq-dotnet-client #1682).
    private static readonly TimeSpan ConfirmTimeout = TimeSpan.FromSeconds(10);

    public async Task ProcessEventsAsync(EventPage page, CancellationToken cancellationToken)
    {
        var outgoing = page.Events
            .Select(@event => (Event: @event, Contract: translate(@event)))
            .Where(pair => pair.Contract is not null)
            .ToList();
        foreach (var contract in outgoing.Select(pair => pair.Contract!.GetType()).Distinct())
            await subscribers.AwaitAsync(contract, cancellationToken);

        var checkpoint = outgoing.Count > 0 && log.IsKept && await log.LatestCheckpointAsync(cancellationToken) is { } note ? Convert.ToBase64String(Encoding.UTF8.GetBytes(note)) : null;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(ConfirmTimeout);
        await Parallel.ForEachAsync(
            outgoing.GroupBy(pair => (pair.Event.TenantId, pair.Event.StreamKey)),
            new ParallelOptions { MaxDegreeOfParallelism = InFlight, CancellationToken = timeout.Token },
            async (stream, token) =>
            {
                foreach (var (@event, contract) in stream) await PublishAsync(@event, contract!, checkpoint, token);
            });
    }

    private async Task PublishAsync(RecordedEvent @event, object contract, string? checkpoint, CancellationToken cancellationToken)
    {
        ActivityContext.TryParse(@event.TraceParent, null, isRemote: true, out var origin);
        // The page's own span is no parent: each fact belongs to the trace of the request that led to it.
        var surrounding = Activity.Current;
        Activity.Current = null;
        using var activity = Activities.StartActivity($"relay {contract.GetType().Name}", ActivityKind.Internal, origin);
        activity?.SetTag("imagerights.stream", @event.StreamKey).SetTag("imagerights.event.type", @event.EventTypeName).About(@event.Id, contract);
        try
        {
            await bus.Publish(contract, contract.GetType(), context =>
            {
                context.MessageId = @event.Id;
                if (Guid.TryParse(@event.CorrelationId, out var correlation)) context.CorrelationId = correlation;
                context.Headers.Set(StreamHeader, @event.StreamKey);
                context.Headers.Set(VersionHeader, @event.Version);
                if (checkpoint is not null) context.Headers.Set(CheckpointHeader, checkpoint);
                if (@event.TraceParent is not null) context.Headers.Set("traceparent", activity?.Id ?? @event.TraceParent);
            }, cancellationToken);
        }
        finally
        {
            Activity.Current = surrounding;
        }
    }
}
