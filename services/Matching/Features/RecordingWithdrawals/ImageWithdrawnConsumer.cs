using ImageRights.Contracts.Ingestion.V1;
using ImageRights.EventStore;
using ImageRights.Matching.Screening;
using ImageRights.ServiceDefaults.Messaging;
using MassTransit;
using static ImageRights.Matching.Features.MessageChecks;

namespace ImageRights.Matching.Features.RecordingWithdrawals;

/// <summary>Takes in that an upload is no longer published; from this fact on nothing is matched against it.</summary>
public sealed class ImageWithdrawnConsumer(DocumentStore store) : IConsumer<ImageWithdrawn>
{
    /// <inheritdoc />
    public async Task Consume(ConsumeContext<ImageWithdrawn> context)
    {
        var message = context.Message;
        var withdrawal = new PictureWithdrawn(RequiredId(message.ImageId), RequiredId(message.AccountId), message.WithdrawnAt);
        await using var session = store.LightweightSession(RequiredId(message.TenantId));
        session.Enlist(context, this);
        var stream = await session.Events.FetchForWriting<ScreeningState>(ScreeningDecider.StreamKey(withdrawal.ImageId), context.CancellationToken);
        stream.AppendMany(ScreeningDecider.Decide(stream.Aggregate, new ScreeningCommand.RecordWithdrawal(withdrawal)));
        await session.SaveChangesAsync(context.CancellationToken);
    }
}
