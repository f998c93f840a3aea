using System.Diagnostics;
using ImageRights.EventStore;
using ImageRights.Ingestion.Decoding;
using ImageRights.Ingestion.Fetching;
using ImageRights.Ingestion.Images;
using ImageRights.Ingestion.Intake;
using ImageRights.Ingestion.Probing;
using ImageRights.Ingestion.Slots;
using ImageRights.ServiceDefaults.Problems;
using ImageRights.ServiceDefaults.Telemetry;

namespace ImageRights.Ingestion.Inbound;

/// <summary>What became of an event.</summary>
/// <param name="Outcome"><c>taken</c>, <c>duplicate</c> or <c>parked</c>.</param>
/// <param name="Subject">Image or licence that it is about.</param>
/// <param name="ParkedEventId">Where it waits, when it was parked.</param>
/// <param name="Code">Why, when it was parked.</param>
public sealed record EventOutcome(string? Source, string? Id, string Outcome, string? Subject = null, string? ParkedEventId = null, string? Code = null, string? Detail = null);

/// <summary>Takes the marketplace's events, whichever door they came by: once each, by source and id.</summary>
public sealed class InboundHandler(
    DocumentStore store, PictureIntake intake, PictureFetcher fetcher, Parking parking, PictureLimits limits, UploadOptions uploads, TimeProvider clock)
{
    /// <summary>A picture appeared in a listing.</summary>
    public const string ListingImagePublished = "imagerights.inbound.listing_image.published.v1";

    /// <summary>A listing shows another picture in the same place.</summary>
    public const string ListingImageChanged = "imagerights.inbound.listing_image.changed.v1";

    /// <summary>A listing no longer shows a picture.</summary>
    public const string ListingImageWithdrawn = "imagerights.inbound.listing_image.withdrawn.v1";

    /// <summary>A person shows a picture of themselves.</summary>
    public const string AvatarPublished = "imagerights.inbound.avatar.published.v1";

    /// <summary>A buyer's review shows a picture.</summary>
    public const string ReviewPhotoPublished = "imagerights.inbound.review_photo.published.v1";

    /// <summary>A rights holder allowed an account to use a work.</summary>
    public const string LicenceGrantedType = "imagerights.inbound.licence.granted.v1";

    /// <summary>A licence ended before its term.</summary>
    public const string LicenceEndedType = "imagerights.inbound.licence.ended.v1";

    /// <summary>An account came to the marketplace.</summary>
    public const string SellerRegistered = "imagerights.inbound.seller.registered.v1";

    /// <summary>What the marketplace knows of an account changed.</summary>
    public const string SellerChanged = "imagerights.inbound.seller.changed.v1";

    /// <summary>The money of a settlement arrived.</summary>
    public const string SettlementPaidType = "imagerights.inbound.settlement.paid.v1";

    /// <summary>A settlement does not hold.</summary>
    public const string SettlementWithdrawnType = "imagerights.inbound.settlement.withdrawn.v1";

    private const string Consumer = "inbound";
    private const int Attempts = 5;
    private static readonly ActivitySource Activities = new("ImageRights.Ingestion");

    /// <summary>Takes an event, or parks it with the reason.</summary>
    public async Task<EventOutcome> TakeAsync(string tenant, CloudEvent incoming, string door, CancellationToken cancellationToken)
    {
        if (await IsTakenAsync(tenant, incoming, cancellationToken)) return new EventOutcome(incoming.Source, incoming.Id, "duplicate");
        var (subject, rejection) = await TryAsync(tenant, incoming, cancellationToken);
        if (rejection is null) return new EventOutcome(incoming.Source, incoming.Id, subject is null ? "duplicate" : "taken", subject);
        // The same event may have been taken by the other door meanwhile, and so left nothing to do here.
        if (await IsTakenAsync(tenant, incoming, cancellationToken)) return new EventOutcome(incoming.Source, incoming.Id, "duplicate");
        return await parking.ParkAsync(tenant, incoming, incoming.ToJson(), door, rejection, cancellationToken);
    }

    /// <summary>Tries a parked event once more.</summary>
    public async Task<(string? Subject, Rejection? Rejection)> TryAsync(string tenant, CloudEvent incoming, CancellationToken cancellationToken)
    {
        using var activity = Activities.StartActivity("take inbound event");
        activity?.SetTag("imagerights.event.type", incoming.Type).SetTag(Subjects.EventTag, incoming.Id);
        return incoming.Type switch
        {
            ListingImagePublished or ListingImageChanged => await PlaceAsync(tenant, incoming, Surface.Listing, cancellationToken),
            AvatarPublished => await PlaceAsync(tenant, incoming, Surface.Avatar, cancellationToken),
            ReviewPhotoPublished => await PlaceAsync(tenant, incoming, Surface.Review, cancellationToken),
            ListingImageWithdrawn => await WriteAsync(tenant, incoming, session => RemoveAsync(session, incoming, cancellationToken), cancellationToken),
            LicenceGrantedType => await WriteAsync(tenant, incoming, session => MarketplaceFacts.GrantAsync(session, incoming, clock.GetUtcNow(), cancellationToken), cancellationToken),
            LicenceEndedType => await WriteAsync(tenant, incoming, session => MarketplaceFacts.EndAsync(session, incoming, clock.GetUtcNow(), cancellationToken), cancellationToken),
            SellerRegistered or SellerChanged => await WriteAsync(tenant, incoming, session => MarketplaceFacts.ReportAsync(session, incoming, clock.GetUtcNow(), cancellationToken), cancellationToken),
            SettlementPaidType or SettlementWithdrawnType =>
                await WriteAsync(tenant, incoming, session => MarketplaceFacts.SettleAsync(session, incoming, clock.GetUtcNow(), cancellationToken), cancellationToken),
            _ => (null, new Rejection("Event_Type_Unknown", $"{incoming.Type} is not a type that is taken here.", "/type")),
        };
    }

    private async Task<(string? Subject, Rejection? Rejection)> PlaceAsync(string tenant, CloudEvent incoming, Surface usual, CancellationToken cancellationToken)
    {
        var fields = new FieldReader(incoming.Field);
        var pictureId = fields.Identifier("pictureId");
        var accountId = fields.Identifier("accountId");
        var surface = fields.OneOf("surface", usual);
        var listingId = fields.OptionalIdentifier("listingId");
        if (fields.Rejection is { } invalid) return (null, MarketplaceFacts.InData(invalid));
        var (received, refused) = await ReceiveAsync(incoming, cancellationToken);
        if (received is null) return (null, refused);
        await using var file = received;
        var (examined, rejection) = await intake.ExamineAsync(tenant, file, cancellationToken);
        if (examined is null) return (null, rejection! with { Pointer = "/data" });
        await intake.KeepAsync(tenant, file, cancellationToken);
        return await WriteAsync(tenant, incoming, async session =>
        {
            var (imageId, now) = (Identity.New(Image.IdPrefix), clock.GetUtcNow());
            var slot = await session.Events.FetchForWriting<SlotState>(Slot.Stream(pictureId), cancellationToken);
            if (slot.Aggregate.ImageId is { } earlier) await WithdrawAsync(session, earlier, now, cancellationToken);
            session.Events.StartStream(Image.Stream(imageId), [.. Image.Decide(ImageState.Initial, new ImageCommand.Receive(
                imageId, accountId, surface, listingId, examined.Picture, examined.Metadata, examined.Decode is DecodeAnswer.Decoded, now)).Events]);
            slot.AppendMany(Slot.Decide(slot.Aggregate, new SlotCommand.Place(pictureId, imageId, now)).Events);
            return (imageId, null);
        }, cancellationToken);
    }

    private async Task<(SpooledUpload? File, Rejection? Rejection)> ReceiveAsync(CloudEvent incoming, CancellationToken cancellationToken)
    {
        if (incoming.Bytes is { } bytes)
        {
            using var body = new MemoryStream(bytes, writable: false);
            return await SpooledUpload.ReceiveAsync(body, limits.Bytes, uploads.Directory, cancellationToken) is { } file
                ? (file, null)
                : (null, new Rejection("Image_Too_Large", $"{limits.Bytes} bytes are allowed.", "/data_base64"));
        }
        return (incoming.Field("url") ?? incoming.Field("dataref")) is { } url
            ? await fetcher.FetchAsync(url, cancellationToken)
            : (null, new Rejection("Request_Invalid", "The picture is missing: give its bytes as the event's data, or its address as url.", "/data/url"));
    }

    private async Task<(string? Subject, Rejection? Rejection)> RemoveAsync(DocumentSession session, CloudEvent incoming, CancellationToken cancellationToken)
    {
        var fields = new FieldReader(incoming.Field);
        var pictureId = fields.Identifier("pictureId");
        if (fields.Rejection is { } invalid) return (null, MarketplaceFacts.InData(invalid));
        var slot = await session.Events.FetchForWriting<SlotState>(Slot.Stream(pictureId), cancellationToken);
        var decision = Slot.Decide(slot.Aggregate, new SlotCommand.Remove(clock.GetUtcNow()));
        if (decision.Code is { } code) return (null, new Rejection(code, decision.Detail, decision.Pointer));
        await WithdrawAsync(session, slot.Aggregate.ImageId!, clock.GetUtcNow(), cancellationToken);
        slot.AppendMany(decision.Events);
        return (slot.Aggregate.ImageId, null);
    }

    private static async Task WithdrawAsync(DocumentSession session, string imageId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var image = await session.Events.FetchForWriting<ImageState>(Image.Stream(imageId), cancellationToken);
        image.AppendMany(Image.Decide(image.Aggregate, new ImageCommand.Withdraw(now)).Events);
    }

    // The inbox row commits with the effect. Whoever loses a race looks again at what the winner left.
    private async Task<(string? Subject, Rejection? Rejection)> WriteAsync(
        string tenant, CloudEvent incoming, Func<DocumentSession, Task<(string? Subject, Rejection? Rejection)>> write, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var session = store.LightweightSession(tenant);
            session.Enlist(incoming.MessageId, Consumer);
            try
            {
                var (subject, rejection) = await write(session);
                if (rejection is not null) return (null, rejection);
                await session.SaveChangesAsync(cancellationToken);
                return (subject, null);
            }
            catch (DuplicateMessageException)
            {
                return (null, null);
            }
            catch (ConcurrencyException) when (attempt < Attempts)
            {
            }
        }
    }

    private async Task<bool> IsTakenAsync(string tenant, CloudEvent incoming, CancellationToken cancellationToken)
    {
        await using var session = store.LightweightSession(tenant);
        var rows = await session.QueryRowsAsync(
            "select 1 from {schema}.mt_inbox where tenant_id = ? and consumer = ? and message_id = ?", [tenant, Consumer, incoming.MessageId], reader => reader.GetInt32(0), cancellationToken);
        return rows.Count > 0;
    }
}
