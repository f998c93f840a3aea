using ImageRights.Contracts.Fingerprint.V1;
using ImageRights.Contracts.Ingestion.V1;
using ImageRights.EventStore;
using ImageRights.Fingerprint.Picture;

namespace ImageRights.Fingerprint.Projections;

/// <summary>What became of an image or work, as it is shown.</summary>
/// <param name="Fingerprint">Null for a picture that gets none.</param>
/// <param name="UnreadableCode">Why it gets none.</param>
public sealed record FingerprintView(
    string SubjectId, PictureRole Role, string AccountId, Surface? Surface, string? ListingId, string Sha256,
    FingerprintView.Hashes? Fingerprint, string? UnreadableCode, DateTimeOffset OccurredAt, DateTimeOffset DecidedAt)
{
    /// <summary>The fingerprint itself.</summary>
    /// <param name="Version">Version of the fingerprint as a whole; 0 for what was stored before it was counted.</param>
    public sealed record Hashes(
        string Pdq, IReadOnlyList<string> PdqDihedrals, int PdqQuality, string Algorithm, string Format, int Width, int Height, int Version = 0);

    /// <summary>Folds a fact.</summary>
    public static FingerprintView? Evolve(FingerprintView? view, RecordedEvent @event) => @event.Data switch
    {
        PictureFingerprinted fact => new FingerprintView(
            fact.SubjectId, fact.Role, fact.AccountId, fact.Surface, fact.ListingId, fact.Sha256,
            new Hashes(fact.Pdq, fact.PdqDihedrals, fact.PdqQuality, fact.Algorithm, fact.Format, fact.Width, fact.Height, fact.Version), null, fact.OccurredAt, fact.FingerprintedAt),
        PictureUnreadable fact => new FingerprintView(
            fact.SubjectId, fact.Role, fact.AccountId, fact.Surface, fact.ListingId, fact.Sha256, null, fact.Code, fact.OccurredAt, fact.FoundAt),
        _ => view,
    };
}
