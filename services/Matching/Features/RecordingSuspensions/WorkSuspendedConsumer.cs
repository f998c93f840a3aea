using ImageRights.Contracts.Ingestion.V1;
using ImageRights.EventStore;
using ImageRights.Matching.Intervals;
using ImageRights.Matching.Suspensions;
using MassTransit;
using static ImageRights.Matching.Features.MessageChecks;

namespace ImageRights.Matching.Features.RecordingSuspensions;

/// <summary>Takes in that a work is not to be matched against for now; from this fact on nothing is.</summary>
public sealed class WorkSuspendedConsumer(DocumentStore store) : IConsumer<WorkSuspended>
{
    /// <inheritdoc />
    public Task Consume(ConsumeContext<WorkSuspended> context)
    {
        var message = context.Message;
        var fact = new SuspensionRecorded(RequiredId(message.SuspensionId), RequiredId(message.WorkId), message.SuspendedAt);
        return context.RecordAsync<IntervalState>(store, this, message.TenantId, Suspension.StreamKey(fact.SuspensionId), state => Interval.Decide(state, fact));
    }
}
