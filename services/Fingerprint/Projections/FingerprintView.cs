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
    /// <param name="LumaSha256">SHA-256 of the decoded picture's size and luma: the same for other bytes or metadata around the same pixels; null in what earlier versions stored.</param>
    /// <param name="DHash">dHash of 256 bits in the convention of ImageHash, 64 hexadecimal digits; null in what earlier versions stored.</param>
    /// <param name="Iscc">Image-Code of ISO 24138:2024, 256 bits, such as <c>ISCC:EED…</c>; null in what earlier versions stored.</param>
    public sealed record Hashes(
        string Pdq, IReadOnlyList<string> PdqDihedrals, int PdqQuality, string Algorithm, string Format, int Width, int Height, int Version = 0,
        string? LumaSha256 = null, string? DHash = null, string? Iscc = null);

    /// <summary>Folds a fact.</summary>
    public static FingerprintView? Evolve(FingerprintView? view, RecordedEvent @event) => @event.Data switch
    {
        PictureFingerprinted fact => new FingerprintView(
            fact.SubjectId, fact.Role, fact.AccountId, fact.Surface, fact.ListingId, fact.Sha256,
            new Hashes(fact.Pdq, fact.PdqDihedrals, fact.PdqQuality, fact.Algorithm, fact.Format, fact.Width, fact.Height, fact.Version,
                fact.LumaSha256, fact.DHash, fact.Iscc), null, fact.OccurredAt, fact.FingerprintedAt),
        PictureUnreadable fact => new FingerprintView(
            fact.SubjectId, fact.Role, fact.AccountId, fact.Surface, fact.ListingId, fact.Sha256, null, fact.Code, fact.OccurredAt, fact.FoundAt),
        _ => view,
    };
}
