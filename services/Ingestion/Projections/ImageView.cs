using ImageRights.EventStore;
using ImageRights.Ingestion.Images;
using ImageRights.Ingestion.Pictures;

namespace ImageRights.Ingestion.Projections;

/// <summary>An image as it is read: state, what was measured, what it says about itself.</summary>
/// <param name="Status"><c>received</c> or <c>withdrawn</c>.</param>
/// <param name="Version">Version of the image's stream; its ETag.</param>
public sealed record ImageView(
    string ImageId, string Status, string AccountId, Surface Surface, string? ListingId,
    string Sha256, string Format, int Width, int Height, int Frames, long ByteCount,
    PictureMetadata Metadata, DateTimeOffset ReceivedAt, DateTimeOffset? WithdrawnAt, long Version)
{
    /// <summary>Related addresses.</summary>
    public IReadOnlyDictionary<string, string> Links => new Dictionary<string, string> { ["self"] = $"/v1/images/{ImageId}" };

    /// <summary>Folds the next event.</summary>
    public static ImageView? Evolve(ImageView? view, RecordedEvent recorded) => recorded.Data switch
    {
        ImageReceived e => new ImageView(
            e.ImageId, "received", e.AccountId, e.Surface, e.ListingId, e.Picture.Sha256, e.Picture.Format, e.Picture.Width, e.Picture.Height,
            e.Picture.Frames, e.Picture.ByteCount, e.Metadata, e.ReceivedAt, null, recorded.Version),
        ImageWithdrawn e => view! with { Status = "withdrawn", WithdrawnAt = e.WithdrawnAt, Version = recorded.Version },
        _ => view,
    };
}
