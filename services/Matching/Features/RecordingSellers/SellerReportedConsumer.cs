using ImageRights.Contracts.Ingestion.V1;
using ImageRights.EventStore;
using ImageRights.Matching.Sellers;
using MassTransit;
using static ImageRights.Matching.Features.MessageChecks;

namespace ImageRights.Matching.Features.RecordingSellers;

/// <summary>Takes in by which hashes an account shows whose it is; where it is and how to write to it is no business of this service.</summary>
public sealed class SellerReportedConsumer(DocumentStore store) : IConsumer<SellerReported>
{
    /// <inheritdoc />
    public Task Consume(ConsumeContext<SellerReported> context)
    {
        var message = context.Message;
        var told = new SellerRecorded(
            RequiredId(message.AccountId), OptionalSha256(message.PayoutHash), [.. (message.DeviceHashes ?? []).Select(device => RequiredSha256(device, "deviceHashes"))], message.AsOf);
        return context.RecordAsync<SellerState>(store, this, message.TenantId, Seller.StreamKey(told.AccountId), state => Seller.Decide(state, told));
    }
}
