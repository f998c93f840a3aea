using ImageRights.Contracts.Fingerprint.V1;
using ImageRights.Contracts.Ingestion.V1;

namespace ImageRights.Contracts.Matching.V1;

/// <summary>Result of screening one upload.</summary>
public enum ScreeningVerdict
{
    /// <summary>Nothing known resembles it, or only what its uploader may use.</summary>
    Clear,

    /// <summary>It matches a picture that its uploader neither owns nor has a licence for.</summary>
    Match,

    /// <summary>It has too little detail to be compared.</summary>
    Featureless,

    /// <summary>It cannot be decoded.</summary>
    Unreadable,
}

/// <summary>Set of known pictures that an upload is compared with; what is found in the first weighs most.</summary>
public enum Bank
{
    /// <summary>Registered originals.</summary>
    Works,

    /// <summary>Registered portraits.</summary>
    Portraits,

    /// <summary>Uploads that a measure keeps down, whoever uploads them again and whether or not they are withdrawn.</summary>
    Removed,

    /// <summary>Pictures that other accounts uploaded earlier.</summary>
    Uploads,
}

/// <summary>What a match means for the uploader.</summary>
public enum Disposition
{
    /// <summary>Not the uploader's and not licensed.</summary>
    Hit,

    /// <summary>The uploader's own picture.</summary>
    Own,

    /// <summary>A licence covers the use.</summary>
    Licensed,
}

/// <summary>How sure a match is.</summary>
public enum Band
{
    /// <summary>Sure enough to act on.</summary>
    Auto,

    /// <summary>A human should look.</summary>
    Review,
}

/// <summary>One known picture that the upload matches, with what reproduces the finding.</summary>
/// <param name="ReferenceId">Work or image, as <paramref name="Bank"/> says; <see cref="Withheld"/> where the reader is not to know it.</param>
/// <param name="OwnerAccountId">Account that registered or uploaded the reference; <see cref="Withheld"/> where the reader is not to know it.</param>
/// <param name="Distance">Hamming distance between the hashes, 0 to 256 bits.</param>
/// <param name="Transform">How the upload was turned or mirrored against the reference.</param>
/// <param name="LicenceId">The licence that covers it, when <paramref name="Disposition"/> is Licensed.</param>
/// <param name="Evidence">How it was recognised; null when PDQ hashes alone were compared, and where <see cref="ImageScreened"/> leaves it out.</param>
/// <param name="Band">Where its score lies between the bank's limits; null in screenings of earlier versions.</param>
/// <param name="CaseId">Case in which the reference was taken down, when <paramref name="Bank"/> is Removed.</param>
public sealed record ScreeningMatch(
    Bank Bank, string ReferenceId, string OwnerAccountId, int Distance, Orientation Transform, Disposition Disposition, string? LicenceId,
    MatchEvidence? Evidence = null, Band? Band = null, string? CaseId = null)
{
    /// <summary>In place of what an uploader is not to know: whose portrait was found, and which.</summary>
    public const string Withheld = "withheld";
}

/// <summary>How widely a picture is used, at the time of asking. What many accounts show was rarely taken by one of them from another: it may be a supplier's, whose licence
/// covers them all or none.</summary>
/// <param name="Accounts">Independent accounts that have uploaded it, the asking one too if it has: those that have one owner count once.</param>
/// <param name="Pictures">Uploads that show it.</param>
/// <param name="Since">When the earliest of them was received, or a work like it registered; null when none is known.</param>
/// <param name="IsCommon">Whether so many independent accounts make it a common picture.</param>
/// <param name="AccountsInAll">Accounts that have uploaded it, each counted once.</param>
public sealed record Commonness(int Accounts, int Pictures, DateTimeOffset? Since, bool IsCommon, int? AccountsInAll = null);

/// <summary>A picture that shows the same place or thing as the upload and of which the upload is no copy.</summary>
/// <param name="ReferenceId">Work or image, as <paramref name="Bank"/> says.</param>
public sealed record RelatedPicture(Bank Bank, string ReferenceId, string OwnerAccountId, MatchEvidence Evidence);

/// <summary>What an upload is of the reference that it matches.</summary>
public enum MatchClass
{
    /// <summary>The same bytes.</summary>
    Exact,

    /// <summary>The whole picture, saved anew, resized, turned, recoloured or written on.</summary>
    NearExact,

    /// <summary>A part of it.</summary>
    Crop,

    /// <summary>It is one of the things in the upload: a collage, a frame, a screenshot.</summary>
    Composite,

    /// <summary>Its subject before something else.</summary>
    BackgroundChanged,

    /// <summary>Not a copy: another photograph of the same place or thing.</summary>
    SameScene,
}

/// <summary>How a match was recognised.</summary>
/// <param name="Algorithm">Name and version of the comparison.</param>
/// <param name="IsInverted">Whether the upload is the reference's negative.</param>
/// <param name="UploadArea">Corners, clockwise, of what was recognised, in fractions of the upload's width and height.</param>
/// <param name="ReferenceArea">The same corners in the reference.</param>
/// <param name="UploadPercent">How much of the upload that is, 0 to 100.</param>
/// <param name="ReferencePercent">How much of the reference that is, 0 to 100.</param>
/// <param name="Distance">Distance of the hashes that agreed, 0 to 256 bits; null when local features were compared.</param>
/// <param name="Inliers">Local features that one transform explains.</param>
/// <param name="BlocksCompared">Blocks of the aligned thumbnails that have enough contrast to be compared.</param>
/// <param name="BlocksAlike">Those that correlate.</param>
/// <param name="Score">Probability that the upload is a copy, 0 to 1.</param>
/// <param name="Overlays">Rectangles of the upload that hide what was recognised: captions, logos.</param>
/// <param name="BlocksDiscounted">Blocks that were left out because they show what many pictures of one of the two accounts show: a backdrop, a frame, a logo.</param>
public sealed record MatchEvidence(
    string Algorithm, MatchClass Class, bool IsInverted, IReadOnlyList<AreaCorner> UploadArea, IReadOnlyList<AreaCorner> ReferenceArea,
    double UploadPercent, double ReferencePercent, int? Distance = null, int? Inliers = null, int? BlocksCompared = null, int? BlocksAlike = null,
    double? Score = null, IReadOnlyList<AreaRectangle>? Overlays = null, int? BlocksDiscounted = null);

/// <summary>A rectangle in fractions of a picture's width and height.</summary>
public sealed record AreaRectangle(double Left, double Top, double Width, double Height);

/// <summary>A point in fractions of a picture's width and height, from its top left.</summary>
public sealed record AreaCorner(double X, double Y);

/// <summary>Settings that a screening used; with the same index they give the same answer again.</summary>
/// <param name="MaxDistance">Largest distance that counts as a match, in bits.</param>
/// <param name="MinQuality">Smallest PDQ quality that is compared.</param>
/// <param name="IndexVersion">Number of pictures and changes that the index had taken in.</param>
/// <param name="Model">What the scores were computed with; null in screenings of earlier versions, as are the limits.</param>
/// <param name="Works">Limits of the bank of works.</param>
/// <param name="Uploads">Limits of the bank of uploads.</param>
/// <param name="Removed">Limits of the bank of removed pictures.</param>
/// <param name="Portraits">Limits of the bank of portraits.</param>
public sealed record ScreeningThresholds(
    string Algorithm, int MaxDistance, int MinQuality, long IndexVersion, string? Model = null, BandLimits? Works = null, BandLimits? Uploads = null,
    BandLimits? Removed = null, BandLimits? Portraits = null);

/// <summary>Scores at which bands begin; what is below review is not reported.</summary>
public sealed record BandLimits(double Review, double Auto);

/// <summary>An upload was screened; said exactly once for each upload.</summary>
/// <param name="Matches">Closest first; at most 50, of which at most 10 have their evidence.</param>
/// <param name="UnreadableCode">Why it cannot be decoded, when it cannot.</param>
/// <param name="Band">Of the surest hit; null when there is none.</param>
/// <param name="Related">Pictures of the same place or thing, which have no part in the verdict; at most 10.</param>
/// <param name="EvidenceLeftOut">Matches whose evidence is left out here and is in <c>GET /v1/screenings/{imageId}</c> of Matching; null when all of it is here.</param>
public sealed record ImageScreened(
    string TenantId, string ImageId, string AccountId, Surface Surface, string? ListingId, ScreeningVerdict Verdict,
    IReadOnlyList<ScreeningMatch> Matches, ScreeningThresholds Thresholds, string? UnreadableCode, DateTimeOffset ScreenedAt,
    Band? Band = null, IReadOnlyList<RelatedPicture>? Related = null, int? EvidenceLeftOut = null);

/// <summary>A newly registered work was found in an upload that came before it.</summary>
public sealed record CopyFound(
    string TenantId, string WorkId, string WorkAccountId, string ImageId, string ImageAccountId, Surface Surface, string? ListingId,
    int Distance, Orientation Transform, ScreeningThresholds Thresholds, DateTimeOffset FoundAt, MatchEvidence? Evidence = null);

/// <summary>Two accounts registered what looks like the same picture.</summary>
/// <param name="WorkId">The later registration.</param>
/// <param name="EarlierWorkId">The earlier one.</param>
public sealed record OwnershipConflictFound(
    string TenantId, string WorkId, string AccountId, string EarlierWorkId, string EarlierAccountId, int Distance, Orientation Transform, DateTimeOffset FoundAt);

/// <summary>A newly registered work or portrait was looked for among all uploads and works before it; said once for each, also when nothing was found, after what was found.</summary>
/// <param name="Uploads">Uploads that it was compared with: those that were published then.</param>
/// <param name="Detailed">Those of them that were compared by local features too, which find strong edits; the others were by bytes, pixels and hashes alone.</param>
/// <param name="Copies">Uploads in which it was found and that their accounts may not use.</param>
/// <param name="Conflicts">Works of other accounts that it looks like.</param>
public sealed record WorkSearched(
    string TenantId, string WorkId, string AccountId, int Uploads, int Detailed, int Copies, int Conflicts, ScreeningThresholds Thresholds, DateTimeOffset SearchedAt);
