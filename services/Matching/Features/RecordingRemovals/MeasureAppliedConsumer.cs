using ImageRights.Contracts.CaseManagement.V1;
using ImageRights.EventStore;
using ImageRights.Matching.Intervals;
using ImageRights.Matching.Removals;
using MassTransit;
using static ImageRights.Matching.Features.MessageChecks;

namespace ImageRights.Matching.Features.RecordingRemovals;

/// <summary>Takes in that an upload was taken down; from this fact on a copy of it is a copy of a removed picture, also when it is withdrawn.</summary>
public sealed class MeasureAppliedConsumer(DocumentStore store) : IConsumer<MeasureApplied>
{
    /// <inheritdoc />
    public Task Consume(ConsumeContext<MeasureApplied> context)
    {
        var message = context.Message;
        var removal = new RemovalRecorded(RequiredId(message.MeasureId), RequiredId(message.CaseId), RequiredId(message.ImageId), message.AppliedAt);
        return context.RecordAsync<IntervalState>(store, this, message.TenantId, Removal.StreamKey(removal.MeasureId), state => Interval.Decide(state, removal));
    }
}
