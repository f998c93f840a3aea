using ImageRights.Contracts.Ingestion.V1;
using ImageRights.EventStore;
using ImageRights.Matching.Suspensions;
using ImageRights.ServiceDefaults.Messaging;
using MassTransit;
using static ImageRights.Matching.Features.MessageChecks;

namespace ImageRights.Matching.Features.RecordingSuspensions;

/// <summary>Takes in that a suspension ended; what no other one holds is matched against again.</summary>
public sealed class WorkResumedConsumer(DocumentStore store) : IConsumer<WorkResumed>
{
    /// <inheritdoc />
    public async Task Consume(ConsumeContext<WorkResumed> context)
    {
        var message = context.Message;
        var fact = new SuspensionEndRecorded(RequiredId(message.SuspensionId), RequiredId(message.WorkId), message.ResumedAt);
        await using var session = store.LightweightSession(RequiredId(message.TenantId));
        session.Enlist(context, this);
        var stream = await session.Events.FetchForWriting<SuspensionState>(Suspension.StreamKey(fact.SuspensionId), context.CancellationToken);
        stream.AppendMany(Suspension.Decide(stream.Aggregate, fact));
        await session.SaveChangesAsync(context.CancellationToken);
    }
}
