namespace ImageRights.Matching.Screening;

/// <summary>A picture's fingerprint became known.</summary>
/// <param name="SubjectId">Image or work, as <paramref name="Role"/> says.</param>
/// <param name="Surface">Where an upload appears; null for a work.</param>
/// <param name="Pdq">PDQ hash, 64 lower-case hexadecimal digits.</param>
/// <param name="PdqDihedrals">PDQ hashes of the eight orientations in <see cref="Orientation"/> order.</param>
/// <param name="PdqQuality">0 to 100.</param>
/// <param name="OccurredAt">When the picture was received or registered.</param>
public sealed record FingerprintRecorded(
    PictureRole Role, string SubjectId, string AccountId, Surface? Surface, string? ListingId, string Sha256,
    string Pdq, IReadOnlyList<string> PdqDihedrals, int PdqQuality, string Algorithm, DateTimeOffset OccurredAt);

/// <summary>A picture turned out to have no fingerprint, because it cannot be decoded.</summary>
public sealed record UnreadableRecorded(
    PictureRole Role, string SubjectId, string AccountId, Surface? Surface, string? ListingId, string Sha256, string Code, DateTimeOffset OccurredAt);

/// <summary>An upload is no longer published; nothing is matched against it from here on.</summary>
public sealed record PictureWithdrawn(string ImageId, string AccountId, DateTimeOffset WithdrawnAt);

/// <summary>An upload was compared with everything before it in the log.</summary>
/// <param name="Matches">Closest first; at most <see cref="Judgement.MostMatches"/>.</param>
public sealed record ImageScreened(
    string ImageId, string AccountId, Surface Surface, string? ListingId, Verdict Verdict,
    IReadOnlyList<Match> Matches, Thresholds Thresholds, string? UnreadableCode, DateTimeOffset ScreenedAt);

/// <summary>A new work was found in an upload that came before it.</summary>
/// <param name="Transform">How the upload was turned or mirrored against the work.</param>
public sealed record CopyFound(
    string WorkId, string WorkAccountId, string ImageId, string ImageAccountId, Surface Surface, string? ListingId,
    int Distance, Orientation Transform, Thresholds Thresholds, DateTimeOffset FoundAt);

/// <summary>A new work looks like one that another account had registered.</summary>
/// <param name="Transform">How the later work was turned or mirrored against the earlier.</param>
public sealed record OwnershipConflictFound(
    string WorkId, string AccountId, string EarlierWorkId, string EarlierAccountId,
    int Distance, Orientation Transform, Thresholds Thresholds, DateTimeOffset FoundAt);

/// <summary>One known picture that an upload matches.</summary>
/// <param name="Distance">Hamming distance of the hashes, 0 to 256 bits.</param>
/// <param name="Transform">How the upload was turned or mirrored against the reference.</param>
/// <param name="LicenceId">Licence that covers the use, when <paramref name="Disposition"/> is Licensed.</param>
public sealed record Match(
    Bank Bank, string ReferenceId, string OwnerAccountId, int Distance, Orientation Transform, Disposition Disposition, string? LicenceId);

/// <summary>What reproduces a finding: the same search over the index as it was at <paramref name="IndexVersion"/> gives it again.</summary>
/// <param name="IndexVersion">Number of pictures and changes of the tenant that preceded the picture in the log.</param>
public sealed record Thresholds(string Algorithm, int MaxDistance, int MinQuality, long IndexVersion);
