namespace ImageRights.Contracts.Ingestion.V1;

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

/// <summary>A picture was uploaded; its bytes are in the vault.</summary>
/// <param name="TenantId">Marketplace.</param>
/// <param name="ImageId">Identity of the upload, <c>img_…</c>; the same bytes uploaded twice are two images.</param>
/// <param name="AccountId">The marketplace's id of the account that uploaded it.</param>
/// <param name="ListingId">The marketplace's id of the listing, where there is one.</param>
/// <param name="Sha256">SHA-256 of the bytes, 64 lower-case hexadecimal digits; address in the vault.</param>
/// <param name="Format">JPEG, PNG, WEBP, GIF or AVIF, by content.</param>
/// <param name="ReceivedAt">When the upload was accepted.</param>
public sealed record ImageReceived(
    string TenantId, string ImageId, string AccountId, Surface Surface, string? ListingId,
    string Sha256, string Format, int Width, int Height, long ByteCount, DateTimeOffset ReceivedAt);

/// <summary>An uploaded picture is no longer published; it is not to be matched against any more.</summary>
public sealed record ImageWithdrawn(string TenantId, string ImageId, string AccountId, DateTimeOffset WithdrawnAt);

/// <summary>An original was registered by its author or their agent.</summary>
/// <param name="WorkId">Identity of the work, <c>wrk_…</c>.</param>
/// <param name="AccountId">Account of the rights holder.</param>
/// <param name="Author">Not told any more: a name that was sent cannot be erased. The work's own address has it.</param>
/// <param name="CreatedOn">When the author made it, as claimed.</param>
public sealed record WorkRegistered(
    string TenantId, string WorkId, string AccountId, string Title, string? Author, DateOnly? CreatedOn,
    string Sha256, string Format, int Width, int Height, DateTimeOffset RegisteredAt);

/// <summary>The rights holder allowed an account to use a work.</summary>
/// <param name="Until">Last instant at which the licence covers a use; null: no end.</param>
public sealed record LicenceGranted(
    string TenantId, string LicenceId, string WorkId, string LicenseeAccountId, DateTimeOffset From, DateTimeOffset? Until, DateTimeOffset GrantedAt);

/// <summary>A licence was ended before its term.</summary>
public sealed record LicenceEnded(string TenantId, string LicenceId, string WorkId, string LicenseeAccountId, DateTimeOffset EndedAt);

/// <summary>This service destroyed the key that it had of a person.</summary>
/// <param name="Keys">Keys destroyed; 0 where there was none.</param>
public sealed record PersonErased(string TenantId, string ErasureId, string PersonId, int Keys, DateTimeOffset ErasedAt);
