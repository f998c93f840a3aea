using ImageRights.Contracts.Ingestion.V1;

namespace ImageRights.Contracts.Inbound.V1;

/// <summary>A picture that the marketplace shows. Its bytes are the event's data instead where no <paramref name="Url"/> is given; these fields are extension attributes then.</summary>
/// <param name="PictureId">The marketplace's name of the place that shows it.</param>
/// <param name="AccountId">Who shows it.</param>
/// <param name="Url">Where to fetch it from.</param>
public sealed record PublishedPicture(string PictureId, string AccountId, string? ListingId = null, Surface? Surface = null, string? Url = null);

/// <summary>A place shows no picture any more.</summary>
public sealed record WithdrawnPicture(string PictureId);

/// <summary>A rights holder allowed an account to use a work.</summary>
/// <param name="From">First instant covered; when it was taken in, unless given.</param>
/// <param name="Until">Last instant covered; no end unless given.</param>
public sealed record GrantedLicence(string WorkId, string LicenseeAccountId, DateTimeOffset? From = null, DateTimeOffset? Until = null);

/// <summary>A licence ended before its term.</summary>
public sealed record EndedLicence(string LicenceId);

/// <summary>An account, the whole of what is known of it.</summary>
/// <param name="Language">Language tag, BCP 47.</param>
/// <param name="Country">ISO 3166-1 code of two letters.</param>
/// <param name="PayoutHash">Keyed hash, 64 hexadecimal digits.</param>
/// <param name="DeviceHashes">Keyed hashes, 64 hexadecimal digits each.</param>
public sealed record ReportedSeller(
    string AccountId, string? DisplayName = null, string? Email = null, string? Language = null, string? Country = null, string? PayoutHash = null, IReadOnlyList<string>? DeviceHashes = null);

/// <summary>The money of a settlement arrived.</summary>
/// <param name="SettlementId">The marketplace's id of it.</param>
/// <param name="Currency">ISO 4217 code.</param>
public sealed record PaidSettlement(string SettlementId, string CaseId, string PayerAccountId, decimal Amount, string Currency, string? PayeeAccountId = null);

/// <summary>A settlement does not hold.</summary>
public sealed record WithdrawnSettlement(string SettlementId, string CaseId, string? ReasonCode = null);

/// <summary>Events that the marketplace sends: CloudEvents by HTTP, or as plain JSON on an exchange.</summary>
public static class InboundEvents
{
    /// <summary>Topic exchange for them.</summary>
    public const string Exchange = "imagerights.inbound";

    /// <summary>Form of the data by CloudEvents type.</summary>
    public static readonly IReadOnlyDictionary<string, Type> Types = new Dictionary<string, Type>
    {
        ["imagerights.inbound.listing_image.published.v1"] = typeof(PublishedPicture),
        ["imagerights.inbound.listing_image.changed.v1"] = typeof(PublishedPicture),
        ["imagerights.inbound.listing_image.withdrawn.v1"] = typeof(WithdrawnPicture),
        ["imagerights.inbound.avatar.published.v1"] = typeof(PublishedPicture),
        ["imagerights.inbound.review_photo.published.v1"] = typeof(PublishedPicture),
        ["imagerights.inbound.licence.granted.v1"] = typeof(GrantedLicence),
        ["imagerights.inbound.licence.ended.v1"] = typeof(EndedLicence),
        ["imagerights.inbound.seller.registered.v1"] = typeof(ReportedSeller),
        ["imagerights.inbound.seller.changed.v1"] = typeof(ReportedSeller),
        ["imagerights.inbound.settlement.paid.v1"] = typeof(PaidSettlement),
        ["imagerights.inbound.settlement.withdrawn.v1"] = typeof(WithdrawnSettlement),
    };
}
