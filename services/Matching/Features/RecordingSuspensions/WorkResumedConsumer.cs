using ImageRights.Contracts.Ingestion.V1;
using ImageRights.EventStore;
using ImageRights.Matching.Intervals;
using ImageRights.Matching.Suspensions;
using MassTransit;
using static ImageRights.Matching.Features.MessageChecks;

namespace ImageRights.Matching.Features.RecordingSuspensions;

/// <summary>Takes in that a suspension ended; what no other one holds is matched against again.</summary>
public sealed class WorkResumedConsumer(DocumentStore store) : IConsumer<WorkResumed>
{
    /// <inheritdoc />
    public Task Consume(ConsumeContext<WorkResumed> context)
    {
        var message = context.Message;
        var fact = new SuspensionEndRecorded(RequiredId(message.SuspensionId), RequiredId(message.WorkId), message.ResumedAt);
        return context.RecordAsync<IntervalState>(store, this, message.TenantId, Suspension.StreamKey(fact.SuspensionId), state => Interval.Decide(state, fact));
    }
}
