using ImageRights.Contracts.Ingestion.V1;
using ImageRights.EventStore;
using ImageRights.Matching.Sellers;
using MassTransit;
using static ImageRights.Matching.Features.MessageChecks;

namespace ImageRights.Matching.Features.RecordingSellers;

/// <summary>Takes in that nobody is to know any more who is behind an account; from this fact on it is linked to no other.</summary>
public sealed class SellerContactErasedConsumer(DocumentStore store) : IConsumer<SellerContactErased>
{
    /// <inheritdoc />
    public Task Consume(ConsumeContext<SellerContactErased> context)
    {
        var message = context.Message;
        var erased = new SellerRecorded(RequiredId(message.AccountId), null, [], message.ErasedAt);
        return context.RecordAsync<SellerState>(store, this, message.TenantId, Seller.StreamKey(erased.AccountId), state => Seller.Decide(state, erased));
    }
}
