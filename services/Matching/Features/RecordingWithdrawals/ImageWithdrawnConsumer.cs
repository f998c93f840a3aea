using ImageRights.Contracts.Ingestion.V1;
using ImageRights.EventStore;
using ImageRights.Matching.Screening;
using MassTransit;
using static ImageRights.Matching.Features.MessageChecks;

namespace ImageRights.Matching.Features.RecordingWithdrawals;

/// <summary>Takes in that an upload is no longer published; from this fact on nothing is matched against it.</summary>
public sealed class ImageWithdrawnConsumer(DocumentStore store) : IConsumer<ImageWithdrawn>
{
    /// <inheritdoc />
    public Task Consume(ConsumeContext<ImageWithdrawn> context)
    {
        var message = context.Message;
        var withdrawal = new PictureWithdrawn(RequiredId(message.ImageId), RequiredId(message.AccountId), message.WithdrawnAt);
        return context.RecordAsync<ScreeningState>(store, this, message.TenantId, ScreeningDecider.StreamKey(withdrawal.ImageId), state => ScreeningDecider.Decide(state, new ScreeningCommand.RecordWithdrawal(withdrawal)));
    }
}
