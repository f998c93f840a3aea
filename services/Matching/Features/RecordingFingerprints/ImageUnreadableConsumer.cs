using ImageRights.Contracts.Fingerprint.V1;
using ImageRights.EventStore;
using ImageRights.Matching.Screening;
using MassTransit;
using static ImageRights.Matching.Features.MessageChecks;

namespace ImageRights.Matching.Features.RecordingFingerprints;

/// <summary>Takes in that a picture has no fingerprint; an upload is still screened, with that as its verdict.</summary>
public sealed class ImageUnreadableConsumer(DocumentStore store) : IConsumer<ImageUnreadable>
{
    /// <inheritdoc />
    public Task Consume(ConsumeContext<ImageUnreadable> context)
    {
        var message = context.Message;
        if (message.Role == PictureRole.Upload && message.Surface is null) throw new MalformedMessageException(nameof(message.Surface), "given for an upload");
        var unreadable = new UnreadableRecorded(
            message.Role, RequiredId(message.SubjectId), RequiredId(message.AccountId), message.Surface, OptionalId(message.ListingId),
            RequiredId(message.Sha256), RequiredId(message.Code), message.OccurredAt);
        return context.RecordAsync<ScreeningState>(store, this, message.TenantId, ScreeningDecider.StreamKey(unreadable.SubjectId), state => ScreeningDecider.Decide(state, new ScreeningCommand.RecordUnreadable(unreadable)));
    }
}
