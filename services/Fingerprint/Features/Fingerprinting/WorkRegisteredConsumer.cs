using ImageRights.Contracts.Fingerprint.V1;
using ImageRights.Contracts.Ingestion.V1;
using ImageRights.EventStore;
using ImageRights.Fingerprint.Picture;
using ImageRights.ServiceDefaults.Messaging;
using MassTransit;
using static ImageRights.Fingerprint.Features.MessageChecks;

namespace ImageRights.Fingerprint.Features.Fingerprinting;

/// <summary>Fingerprints a registered original.</summary>
public sealed class WorkRegisteredConsumer(DocumentStore store, PictureProcessor processor) : IConsumer<WorkRegistered>
{
    /// <inheritdoc />
    public async Task Consume(ConsumeContext<WorkRegistered> context)
    {
        var message = context.Message;
        var picture = new PictureRequest(
            message.Kind == WorkKind.Portrait ? PictureRole.Portrait : PictureRole.Work, RequiredId(message.WorkId), RequiredId(message.AccountId), Surface: null, ListingId: null,
            RequiredSha256(message.Sha256), message.RegisteredAt);
        await using var session = store.LightweightSession(RequiredId(message.TenantId));
        session.Enlist(context, this);
        await processor.AttemptAsync(session, picture, parked: null, context.CancellationToken);
    }
}
