using ImageRights.EventStore;
using ImageRights.Matching.Screening;
using ImageRights.ServiceDefaults.Messaging;
using MassTransit;
using static ImageRights.Matching.Features.MessageChecks;

namespace ImageRights.Matching.Features.RecordingWithdrawals;

/// <summary>Takes in that a work is not to be matched against any more.</summary>
public sealed class WorkWithdrawnConsumer(DocumentStore store) : IConsumer<Contracts.Ingestion.V1.WorkWithdrawn>
{
    /// <inheritdoc />
    public async Task Consume(ConsumeContext<Contracts.Ingestion.V1.WorkWithdrawn> context)
    {
        var message = context.Message;
        var withdrawal = new WorkWithdrawn(RequiredId(message.WorkId), RequiredId(message.AccountId), message.WithdrawnAt);
        await using var session = store.LightweightSession(RequiredId(message.TenantId));
        session.Enlist(context, this);
        var stream = await session.Events.FetchForWriting<ScreeningState>(ScreeningDecider.StreamKey(withdrawal.WorkId), context.CancellationToken);
        stream.AppendMany(ScreeningDecider.Decide(stream.Aggregate, new ScreeningCommand.RecordWorkWithdrawal(withdrawal)));
        await session.SaveChangesAsync(context.CancellationToken);
    }
}
