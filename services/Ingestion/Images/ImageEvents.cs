using ImageRights.Ingestion.Pictures;

namespace ImageRights.Ingestion.Images;

// These are the stored form: a change here needs a new stored name and an upcast.

/// <summary>Where on the marketplace a picture appears.</summary>
public enum Surface
{
    /// <summary>Main picture of a listing.</summary>
    Listing,

    /// <summary>Picture of one variant of a listing.</summary>
    Sku,

    /// <summary>Picture in a listing's description.</summary>
    Detail,

    /// <summary>Still in front of a video.</summary>
    VideoCover,

    /// <summary>Picture that stands for a person.</summary>
    Avatar,

    /// <summary>Picture on a person's page.</summary>
    Profile,

    /// <summary>Picture in a buyer's review.</summary>
    Review,
}

/// <summary>A picture was uploaded; its bytes were in the vault before this was written.</summary>
/// <param name="AccountId">The marketplace's id of the uploading account.</param>
/// <param name="ListingId">The marketplace's id of the listing, where there is one.</param>
/// <param name="Decoded">Whether it was decoded before it was accepted; false when Fingerprint did not answer and the header alone was judged.</param>
public sealed record ImageReceived(
    string ImageId, string AccountId, Surface Surface, string? ListingId, Picture Picture, PictureMetadata Metadata, bool Decoded, DateTimeOffset ReceivedAt);

/// <summary>The account took the picture down itself, or its listing ended.</summary>
public sealed record ImageWithdrawn(string ImageId, string AccountId, DateTimeOffset WithdrawnAt);
