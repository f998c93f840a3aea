using ImageRights.EventStore;
using ImageRights.Matching.Screening;
using MassTransit;
using static ImageRights.Matching.Features.MessageChecks;

namespace ImageRights.Matching.Features.RecordingWithdrawals;

/// <summary>Takes in that a work is not to be matched against any more.</summary>
public sealed class WorkWithdrawnConsumer(DocumentStore store) : IConsumer<Contracts.Ingestion.V1.WorkWithdrawn>
{
    /// <inheritdoc />
    public Task Consume(ConsumeContext<Contracts.Ingestion.V1.WorkWithdrawn> context)
    {
        var message = context.Message;
        var withdrawal = new WorkWithdrawn(RequiredId(message.WorkId), RequiredId(message.AccountId), message.WithdrawnAt);
        return context.RecordAsync<ScreeningState>(store, this, message.TenantId, ScreeningDecider.StreamKey(withdrawal.WorkId), state => ScreeningDecider.Decide(state, new ScreeningCommand.RecordWorkWithdrawal(withdrawal)));
    }
}
