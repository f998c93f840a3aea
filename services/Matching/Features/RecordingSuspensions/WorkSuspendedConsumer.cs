using ImageRights.Contracts.Ingestion.V1;
using ImageRights.EventStore;
using ImageRights.Matching.Suspensions;
using ImageRights.ServiceDefaults.Messaging;
using MassTransit;
using static ImageRights.Matching.Features.MessageChecks;

namespace ImageRights.Matching.Features.RecordingSuspensions;

/// <summary>Takes in that a work is not to be matched against for now; from this fact on nothing is.</summary>
public sealed class WorkSuspendedConsumer(DocumentStore store) : IConsumer<WorkSuspended>
{
    /// <inheritdoc />
    public async Task Consume(ConsumeContext<WorkSuspended> context)
    {
        var message = context.Message;
        var fact = new SuspensionRecorded(RequiredId(message.SuspensionId), RequiredId(message.WorkId), message.SuspendedAt);
        await using var session = store.LightweightSession(RequiredId(message.TenantId));
        session.Enlist(context, this);
        var stream = await session.Events.FetchForWriting<SuspensionState>(Suspension.StreamKey(fact.SuspensionId), context.CancellationToken);
        stream.AppendMany(Suspension.Decide(stream.Aggregate, fact));
        await session.SaveChangesAsync(context.CancellationToken);
    }
}
