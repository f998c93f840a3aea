using ImageRights.EventStore;
using ImageRights.Ingestion.Erasures;
using ImageRights.Ingestion.Images;
using ImageRights.Ingestion.Licences;
using ImageRights.Ingestion.Sellers;
using ImageRights.Ingestion.Settlements;
using ImageRights.Ingestion.Slots;
using ImageRights.Ingestion.Works;
using V1 = ImageRights.Contracts.Ingestion.V1;

namespace ImageRights.Ingestion.Publishing;

/// <summary>What others hear of this service's facts. Metadata, descriptions and titles' owners stay inside unless the contract names them.</summary>
public static class IngestionContracts
{
    /// <summary>Facts that nobody outside hears of.</summary>
    public static readonly IReadOnlySet<Type> Internal = new HashSet<Type> { typeof(PicturePlaced), typeof(PictureRemoved) };

    /// <summary>The contract that tells of a fact; null for internal facts.</summary>
    public static object? Translate(RecordedEvent recorded) => recorded.Data switch
    {
        ImageReceived e => new V1.ImageReceived(
            recorded.TenantId, e.ImageId, e.AccountId, Translate(e.Surface), e.ListingId,
            e.Picture.Sha256, e.Picture.Format, e.Picture.Width, e.Picture.Height, e.Picture.ByteCount, e.ReceivedAt),
        ImageWithdrawn e => new V1.ImageWithdrawn(recorded.TenantId, e.ImageId, e.AccountId, e.WithdrawnAt),
        WorkRegistered e => new V1.WorkRegistered(
            recorded.TenantId, e.WorkId, e.AccountId, e.Title, null, e.CreatedOn,
            e.Picture.Sha256, e.Picture.Format, e.Picture.Width, e.Picture.Height, e.RegisteredAt, Translate(e.Kind)),
        WorkWithdrawn e => new V1.WorkWithdrawn(recorded.TenantId, e.WorkId, e.AccountId, e.WithdrawnAt),
        WorkSuspended e => new V1.WorkSuspended(recorded.TenantId, e.WorkId, e.AccountId, e.SuspensionId, e.SuspendedAt),
        WorkResumed e => new V1.WorkResumed(recorded.TenantId, e.WorkId, e.AccountId, e.SuspensionId, e.ResumedAt),
        LicenceGranted e => new V1.LicenceGranted(recorded.TenantId, e.LicenceId, e.WorkId, e.LicenseeAccountId, e.From, e.Until, e.GrantedAt),
        PersonErased e => new V1.PersonErased(recorded.TenantId, e.ErasureId, e.PersonId, e.Keys, e.ErasedAt),
        LicenceEnded e => new V1.LicenceEnded(recorded.TenantId, e.LicenceId, e.WorkId, e.LicenseeAccountId, e.EndedAt),
        SellerReported e => new V1.SellerReported(recorded.TenantId, e.AccountId, e.Country, e.Language, e.PayoutHash, e.DeviceHashes, e.HasEmail, e.AsOf, e.ReportedAt),
        SellerContactErased e => new V1.SellerContactErased(recorded.TenantId, e.AccountId, e.ErasedAt),
        SettlementPaid e => new V1.SettlementPaid(recorded.TenantId, e.SettlementId, e.CaseId, e.PayerAccountId, e.PayeeAccountId, e.Amount, e.Currency, e.PaidAt),
        SettlementWithdrawn e => new V1.SettlementWithdrawn(recorded.TenantId, e.SettlementId, e.CaseId, e.ReasonCode, e.WithdrawnAt),
        _ => null,
    };

    private static V1.WorkKind Translate(WorkKind kind) => kind switch
    {
        WorkKind.Original => V1.WorkKind.Original,
        WorkKind.Portrait => V1.WorkKind.Portrait,
    };

    private static V1.Surface Translate(Surface surface) => surface switch
    {
        Surface.Listing => V1.Surface.Listing,
        Surface.Sku => V1.Surface.Sku,
        Surface.Detail => V1.Surface.Detail,
        Surface.VideoCover => V1.Surface.VideoCover,
        Surface.Avatar => V1.Surface.Avatar,
        Surface.Profile => V1.Surface.Profile,
        Surface.Review => V1.Surface.Review,
    };
}
