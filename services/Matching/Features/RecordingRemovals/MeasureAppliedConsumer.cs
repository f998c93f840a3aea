using ImageRights.Contracts.CaseManagement.V1;
using ImageRights.EventStore;
using ImageRights.Matching.Removals;
using ImageRights.ServiceDefaults.Messaging;
using MassTransit;
using static ImageRights.Matching.Features.MessageChecks;

namespace ImageRights.Matching.Features.RecordingRemovals;

/// <summary>Takes in that an upload was taken down; from this fact on a copy of it is a copy of a removed picture, also when it is withdrawn.</summary>
public sealed class MeasureAppliedConsumer(DocumentStore store) : IConsumer<MeasureApplied>
{
    /// <inheritdoc />
    public async Task Consume(ConsumeContext<MeasureApplied> context)
    {
        var message = context.Message;
        var removal = new RemovalRecorded(RequiredId(message.MeasureId), RequiredId(message.CaseId), RequiredId(message.ImageId), message.AppliedAt);
        await using var session = store.LightweightSession(RequiredId(message.TenantId));
        session.Enlist(context, this);
        var stream = await session.Events.FetchForWriting<RemovalState>(Removal.StreamKey(removal.MeasureId), context.CancellationToken);
        stream.AppendMany(Removal.Decide(stream.Aggregate, removal));
        await session.SaveChangesAsync(context.CancellationToken);
    }
}
