using ImageRights.Contracts.Fingerprint.V1;
using ImageRights.EventStore;
using ImageRights.Fingerprint.Picture;

namespace ImageRights.Fingerprint.Publishing;

/// <summary>Which facts others hear of, and as what.</summary>
public static class FingerprintContracts
{
    /// <summary>The contract that tells of a fact; null for facts that stay inside.</summary>
    /// <exception cref="InvalidOperationException">The fact is in neither list.</exception>
    public static object? Translate(RecordedEvent @event) => @event.Data switch
    {
        PictureFingerprinted fact => new ImageFingerprinted(
            @event.TenantId, fact.Role, fact.SubjectId, fact.AccountId, fact.Surface, fact.ListingId, fact.Sha256,
            fact.Pdq, fact.PdqDihedrals, fact.PdqQuality, fact.Algorithm, fact.OccurredAt, ToContract(fact.Features), fact.Version,
            fact.LumaSha256, fact.DHash, fact.Iscc),
        PictureUnreadable fact => new ImageUnreadable(
            @event.TenantId, fact.Role, fact.SubjectId, fact.AccountId, fact.Surface, fact.ListingId, fact.Sha256, fact.Code, fact.OccurredAt),
        _ => throw new InvalidOperationException($"{@event.EventTypeName} is neither published nor listed as internal."),
    };

    private static Contracts.Fingerprint.V1.PictureFeatures? ToContract(Picture.PictureFeatures? features) => features is null
        ? null
        : new(features.Algorithm, features.SignPdq, [.. features.Regions.Select(region => new Contracts.Fingerprint.V1.PictureRegion(
            region.Left, region.Top, region.Width, region.Height, region.SignPdq, region.IsTrimmed))], features.Local);
}
