using ImageRights.Contracts.Fingerprint.V1;
using ImageRights.Contracts.Ingestion.V1;
using ImageRights.EventStore;
using ImageRights.Fingerprint.Picture;
using ImageRights.ServiceDefaults.Messaging;
using MassTransit;
using static ImageRights.Fingerprint.Features.MessageChecks;

namespace ImageRights.Fingerprint.Features.Fingerprinting;

/// <summary>Fingerprints an upload.</summary>
public sealed class ImageReceivedConsumer(DocumentStore store, PictureProcessor processor) : IConsumer<ImageReceived>
{
    /// <inheritdoc />
    public async Task Consume(ConsumeContext<ImageReceived> context)
    {
        var message = context.Message;
        var picture = new PictureRequest(
            PictureRole.Upload, RequiredId(message.ImageId), RequiredId(message.AccountId), message.Surface, OptionalId(message.ListingId),
            RequiredSha256(message.Sha256), message.ReceivedAt);
        await using var session = store.LightweightSession(RequiredId(message.TenantId));
        session.Enlist(context, this);
        await processor.AttemptAsync(session, picture, parked: null, context.CancellationToken);
    }
}
