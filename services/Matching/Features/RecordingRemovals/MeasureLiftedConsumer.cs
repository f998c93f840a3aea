using ImageRights.Contracts.CaseManagement.V1;
using ImageRights.EventStore;
using ImageRights.Matching.Intervals;
using ImageRights.Matching.Removals;
using MassTransit;
using static ImageRights.Matching.Features.MessageChecks;

namespace ImageRights.Matching.Features.RecordingRemovals;

/// <summary>Takes in that a measure was lifted; what no other measure keeps down is a removed picture no more.</summary>
public sealed class MeasureLiftedConsumer(DocumentStore store) : IConsumer<MeasureLifted>
{
    /// <inheritdoc />
    public Task Consume(ConsumeContext<MeasureLifted> context)
    {
        var message = context.Message;
        var end = new RemovalEndRecorded(RequiredId(message.MeasureId), RequiredId(message.CaseId), RequiredId(message.ImageId), message.LiftedAt);
        return context.RecordAsync<IntervalState>(store, this, message.TenantId, Removal.StreamKey(end.MeasureId), state => Interval.Decide(state, end));
    }
}
