using ImageRights.Contracts.Ingestion.V1;
using ImageRights.EventStore;
using ImageRights.Matching.Sellers;
using ImageRights.ServiceDefaults.Messaging;
using MassTransit;
using static ImageRights.Matching.Features.MessageChecks;

namespace ImageRights.Matching.Features.RecordingSellers;

/// <summary>Takes in that nobody is to know any more who is behind an account; from this fact on it is linked to no other.</summary>
public sealed class SellerContactErasedConsumer(DocumentStore store) : IConsumer<SellerContactErased>
{
    /// <inheritdoc />
    public async Task Consume(ConsumeContext<SellerContactErased> context)
    {
        var message = context.Message;
        var erased = new SellerRecorded(RequiredId(message.AccountId), null, [], message.ErasedAt);
        await using var session = store.LightweightSession(RequiredId(message.TenantId));
        session.Enlist(context, this);
        var stream = await session.Events.FetchForWriting<SellerState>(Seller.StreamKey(erased.AccountId), context.CancellationToken);
        stream.AppendMany(Seller.Decide(stream.Aggregate, erased));
        await session.SaveChangesAsync(context.CancellationToken);
    }
}
