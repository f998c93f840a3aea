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

/// <summary>What a registered original is.</summary>
public enum WorkKind
{
    /// <summary>A picture that its author made.</summary>
    Original,

    /// <summary>A picture of a person, registered for that person. Whose it is, is told to nobody in whose pictures it is found.</summary>
    Portrait,
}

/// <summary>An original was registered by its author or their agent.</summary>
/// <param name="WorkId">Identity of the work, <c>wrk_…</c>.</param>
/// <param name="AccountId">Account of the rights holder.</param>
/// <param name="Author">Not told any more: a name that was sent cannot be erased. The work's own address has it.</param>
/// <param name="CreatedOn">When the author made it, as claimed.</param>
public sealed record WorkRegistered(
    string TenantId, string WorkId, string AccountId, string Title, string? Author, DateOnly? CreatedOn,
    string Sha256, string Format, int Width, int Height, DateTimeOffset RegisteredAt, WorkKind Kind = WorkKind.Original);

/// <summary>A registered original is not to be matched against any more, and gives no rights.</summary>
public sealed record WorkWithdrawn(string TenantId, string WorkId, string AccountId, DateTimeOffset WithdrawnAt);

/// <summary>A registered original is not to be matched against until it is resumed.</summary>
public sealed record WorkSuspended(string TenantId, string WorkId, string AccountId, string SuspensionId, DateTimeOffset SuspendedAt);

/// <summary>A suspension ended: the original is matched against again.</summary>
public sealed record WorkResumed(string TenantId, string WorkId, string AccountId, string SuspensionId, DateTimeOffset ResumedAt);

/// <summary>The rights holder allowed an account to use a work.</summary>
/// <param name="Until">Last instant at which the licence covers a use; null: no end.</param>
public sealed record LicenceGranted(
    string TenantId, string LicenceId, string WorkId, string LicenseeAccountId, DateTimeOffset From, DateTimeOffset? Until, DateTimeOffset GrantedAt);

/// <summary>A licence was ended before its term.</summary>
public sealed record LicenceEnded(string TenantId, string LicenceId, string WorkId, string LicenseeAccountId, DateTimeOffset EndedAt);

/// <summary>The marketplace told of an account; what is left out is not known any more. Accounts that share a hash may be one person's.</summary>
/// <param name="Country">ISO 3166-1 code of two letters.</param>
/// <param name="Language">Language tag, BCP 47, in which to write to them.</param>
/// <param name="PayoutHash">Keyed hash of the account that money goes to.</param>
/// <param name="DeviceHashes">Keyed hashes of the devices that the account was used from.</param>
/// <param name="HasEmail">Whether an address to write to is known; the address itself is not published.</param>
/// <param name="AsOf">When it held, by the marketplace's clock.</param>
public sealed record SellerReported(
    string TenantId, string AccountId, string? Country, string? Language, string? PayoutHash, IReadOnlyList<string> DeviceHashes, bool HasEmail, DateTimeOffset AsOf, DateTimeOffset ReportedAt);

/// <summary>Who is behind an account is not to be known any more: what was told of it until then links it to no other.</summary>
public sealed record SellerContactErased(string TenantId, string AccountId, DateTimeOffset ErasedAt);

/// <summary>The marketplace saw the money of a settlement arrive.</summary>
/// <param name="SettlementId">The marketplace's id of it.</param>
/// <param name="Currency">ISO 4217 code of <paramref name="Amount"/>.</param>
public sealed record SettlementPaid(
    string TenantId, string SettlementId, string CaseId, string PayerAccountId, string? PayeeAccountId, decimal Amount, string Currency, DateTimeOffset PaidAt);

/// <summary>A settlement does not hold: it was called off, or its money went back.</summary>
/// <param name="ReasonCode">The marketplace's word for why.</param>
public sealed record SettlementWithdrawn(string TenantId, string SettlementId, string CaseId, string? ReasonCode, DateTimeOffset WithdrawnAt);

/// <summary>This service destroyed the key that it had of a person.</summary>
/// <param name="Keys">Keys destroyed; 0 where there was none.</param>
public sealed record PersonErased(string TenantId, string ErasureId, string PersonId, int Keys, DateTimeOffset ErasedAt);
