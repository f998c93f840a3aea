using ImageRights.Contracts.CaseManagement.V1;
using ImageRights.EventStore;
using ImageRights.Matching.Removals;
using ImageRights.ServiceDefaults.Messaging;
using MassTransit;
using static ImageRights.Matching.Features.MessageChecks;

namespace ImageRights.Matching.Features.RecordingRemovals;

/// <summary>Takes in that a measure was lifted; what no other measure keeps down is a removed picture no more.</summary>
public sealed class MeasureLiftedConsumer(DocumentStore store) : IConsumer<MeasureLifted>
{
    /// <inheritdoc />
    public async Task Consume(ConsumeContext<MeasureLifted> context)
    {
        var message = context.Message;
        var end = new RemovalEndRecorded(RequiredId(message.MeasureId), RequiredId(message.CaseId), RequiredId(message.ImageId), message.LiftedAt);
        await using var session = store.LightweightSession(RequiredId(message.TenantId));
        session.Enlist(context, this);
        var stream = await session.Events.FetchForWriting<RemovalState>(Removal.StreamKey(end.MeasureId), context.CancellationToken);
        stream.AppendMany(Removal.Decide(stream.Aggregate, end));
        await session.SaveChangesAsync(context.CancellationToken);
    }
}
