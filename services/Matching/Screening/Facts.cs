namespace ImageRights.Matching.Screening;

/// <summary>A picture's fingerprint became known.</summary>
/// <param name="SubjectId">Image or work, as <paramref name="Role"/> says.</param>
/// <param name="Surface">Where an upload appears; null for a work.</param>
/// <param name="Pdq">PDQ hash, 64 lower-case hexadecimal digits.</param>
/// <param name="PdqDihedrals">PDQ hashes of the eight orientations in <see cref="Orientation"/> order.</param>
/// <param name="PdqQuality">0 to 100.</param>
/// <param name="OccurredAt">When the picture was received or registered.</param>
/// <param name="Features">What finds it after edits; null in facts of earlier versions.</param>
/// <param name="Version">Version of the fingerprint as a whole; 0 in facts of before it was counted.</param>
/// <param name="LumaSha256">SHA-256 of the decoded picture's size and luma, 64 hexadecimal digits; null in facts of earlier versions.</param>
public sealed record FingerprintRecorded(
    PictureRole Role, string SubjectId, string AccountId, Surface? Surface, string? ListingId, string Sha256,
    string Pdq, IReadOnlyList<string> PdqDihedrals, int PdqQuality, string Algorithm, DateTimeOffset OccurredAt, PictureFeatures? Features = null, int Version = 0,
    string? LumaSha256 = null)
{
    /// <summary>The fingerprint that a picture's facts end with; null when they have none.</summary>
    public static FingerprintRecorded? LastOf(IEnumerable<object> facts) => facts.Select(fact => fact switch
    {
        FingerprintRecorded recorded => recorded,
        FingerprintRenewed renewed => renewed.Fingerprint,
        _ => null,
    }).LastOrDefault(fingerprint => fingerprint is not null);
}

/// <summary>A known picture was fingerprinted anew, in a later version: from here on others are compared with this fingerprint. What was said of the picture stands.</summary>
public sealed record FingerprintRenewed(FingerprintRecorded Fingerprint);

/// <summary>What finds a picture after edits that change its PDQ hash.</summary>
/// <param name="SignPdq">64 hexadecimal digits.</param>
/// <param name="Local">Local features and thumbnail in Base64.</param>
public sealed record PictureFeatures(string Algorithm, string SignPdq, IReadOnlyList<PictureRegion> Regions, string? Local);

/// <summary>A rectangle of a picture, in fractions of its width and height.</summary>
/// <param name="IsTrimmed">Whether it is the picture without its border.</param>
public sealed record PictureRegion(double Left, double Top, double Width, double Height, string SignPdq, bool IsTrimmed);

/// <summary>A picture turned out to have no fingerprint, because it cannot be decoded.</summary>
public sealed record UnreadableRecorded(
    PictureRole Role, string SubjectId, string AccountId, Surface? Surface, string? ListingId, string Sha256, string Code, DateTimeOffset OccurredAt);

/// <summary>An upload is no longer published; nothing is matched against it from here on.</summary>
public sealed record PictureWithdrawn(string ImageId, string AccountId, DateTimeOffset WithdrawnAt);

/// <summary>A work is not to be matched against any more, and gives no rights from here on.</summary>
public sealed record WorkWithdrawn(string WorkId, string AccountId, DateTimeOffset WithdrawnAt);

/// <summary>An upload was compared with everything before it in the log.</summary>
/// <param name="Matches">Closest first; at most <see cref="Judgement.MostMatches"/>.</param>
/// <param name="Band">Of the surest hit; null when there is none.</param>
/// <param name="Related">Pictures of the same scene, which have no part in the verdict; at most <see cref="Judgement.MostRelated"/>.</param>
public sealed record ImageScreened(
    string ImageId, string AccountId, Surface Surface, string? ListingId, Verdict Verdict,
    IReadOnlyList<Match> Matches, Thresholds Thresholds, string? UnreadableCode, DateTimeOffset ScreenedAt,
    Band? Band = null, IReadOnlyList<RelatedPicture>? Related = null);

/// <summary>A new work was found in an upload that came before it.</summary>
/// <param name="Transform">How the upload was turned or mirrored against the work.</param>
/// <param name="IsPortrait">True of a portrait.</param>
public sealed record CopyFound(
    string WorkId, string WorkAccountId, string ImageId, string ImageAccountId, Surface Surface, string? ListingId,
    int Distance, Orientation Transform, Thresholds Thresholds, DateTimeOffset FoundAt, Evidence? Evidence = null, bool? IsPortrait = null);

/// <summary>A new work looks like one that another account had registered.</summary>
/// <param name="Transform">How the later work was turned or mirrored against the earlier.</param>
public sealed record OwnershipConflictFound(
    string WorkId, string AccountId, string EarlierWorkId, string EarlierAccountId,
    int Distance, Orientation Transform, Thresholds Thresholds, DateTimeOffset FoundAt);

/// <summary>A new work is to be looked for among what came before it.</summary>
public sealed record WorkSearchRequested(string WorkId, string AccountId);

/// <summary>A new work was looked for among all uploads and works before it in the log; said once, also when nothing was found.</summary>
/// <param name="Uploads">Uploads that it was compared with: those that were published then.</param>
/// <param name="Detailed">Those of them that were compared by local features too; the others were by bytes, pixels and hashes alone.</param>
/// <param name="Copies">Uploads in which it was found; each is a <see cref="CopyFound"/>.</param>
/// <param name="Conflicts">Works of other accounts that it looks like; each is an <see cref="OwnershipConflictFound"/>.</param>
public sealed record WorkSearched(
    string WorkId, string AccountId, int Uploads, int Detailed, int Copies, int Conflicts, Thresholds Thresholds, DateTimeOffset SearchedAt);

/// <summary>Somebody asked for a comparison of everything anew.</summary>
public sealed record RescanRequested(string RescanId, DateTimeOffset RequestedAt)
{
    /// <summary>Stream of the rescan.</summary>
    internal string StreamKey => $"rescan-{RescanId}";
}

/// <summary>A rescan came so far; what it found is said by <see cref="CopyFound"/> and <see cref="OwnershipConflictFound"/>.</summary>
/// <param name="IndexVersion">What is compared is what the index held at this version.</param>
/// <param name="Works">Works to look for.</param>
/// <param name="Done">Those that were looked for.</param>
/// <param name="Found">Copies and conflicts that had not been found before.</param>
/// <param name="NextRow">Place of the next work among the works, in the order of the log; null: done.</param>
public sealed record RescanAdvanced(
    string RescanId, long IndexVersion, int Works, int Done, int Found, int? NextRow, DateTimeOffset RequestedAt, DateTimeOffset BegunAt, DateTimeOffset At)
{
    /// <summary>Stream of the rescan.</summary>
    internal string StreamKey => $"rescan-{RescanId}";
}

/// <summary>One known picture that an upload matches.</summary>
/// <param name="Distance">Hamming distance of the hashes, 0 to 256 bits.</param>
/// <param name="Transform">How the upload was turned or mirrored against the reference.</param>
/// <param name="LicenceId">Licence that covers the use, when <paramref name="Disposition"/> is Licensed.</param>
/// <param name="Band">Where its score lies; null where there is none.</param>
/// <param name="CaseId">Case in which the reference was taken down, when <paramref name="Bank"/> is Removed.</param>
public sealed record Match(
    Bank Bank, string ReferenceId, string OwnerAccountId, int Distance, Orientation Transform, Disposition Disposition, string? LicenceId,
    Evidence? Evidence = null, Band? Band = null, string? CaseId = null);

/// <summary>A picture that shows the same place or thing as an upload that is no copy of it.</summary>
public sealed record RelatedPicture(Bank Bank, string ReferenceId, string OwnerAccountId, Evidence Evidence);

/// <summary>How a match was recognised; null where PDQ hashes alone were compared.</summary>
/// <param name="UploadArea">Corners, clockwise, of what was recognised.</param>
/// <param name="ReferenceArea">The same corners in the reference.</param>
/// <param name="UploadPercent">How much of the upload that is.</param>
/// <param name="ReferencePercent">How much of the reference that is.</param>
/// <param name="Distance">Distance of the hashes that agreed; null when local features were compared.</param>
/// <param name="Inliers">Local features that one transform explains.</param>
/// <param name="BlocksCompared">Blocks of the aligned thumbnails with enough contrast.</param>
/// <param name="BlocksAlike">Those that correlate.</param>
/// <param name="Score">Probability that it is a copy, 0 to 1; null in facts of earlier versions.</param>
/// <param name="Overlays">Rectangles of the upload that lie on what was recognised and hide it: captions, logos. Null where pixels were not compared.</param>
/// <param name="Measures">What the score follows from, by the model that the thresholds name. Null where pixels were not compared.</param>
/// <param name="BlocksDiscounted">Blocks that were left out because they show what many pictures of one of the two accounts show: a backdrop, a frame, a logo. Null: none.</param>
public sealed record Evidence(
    string Algorithm, MatchClass Class, bool IsInverted, IReadOnlyList<Corner> UploadArea, IReadOnlyList<Corner> ReferenceArea,
    double UploadPercent, double ReferencePercent, int? Distance, int? Inliers, int? BlocksCompared, int? BlocksAlike,
    double? Score = null, IReadOnlyList<Area>? Overlays = null, IReadOnlyDictionary<string, double>? Measures = null,
    int? BlocksDiscounted = null)
{
    /// <summary>The same finding with the roles exchanged: what was the upload is the reference.</summary>
    public Evidence Swapped() => this with
    {
        Class = Class switch
        {
            MatchClass.Crop => MatchClass.Composite,
            MatchClass.Composite => MatchClass.Crop,
            var same => same,
        },
        UploadArea = ReferenceArea,
        ReferenceArea = UploadArea,
        UploadPercent = ReferencePercent,
        ReferencePercent = UploadPercent,
        // They lie on what is now the reference.
        Overlays = null,
    };
}

/// <summary>A rectangle in fractions of a picture's width and height.</summary>
public sealed record Area(double Left, double Top, double Width, double Height);

/// <summary>A point in fractions of a picture's width and height.</summary>
public sealed record Corner(double X, double Y);

/// <summary>What reproduces a finding: the same search over the index as it was at <paramref name="IndexVersion"/> gives it again.</summary>
/// <param name="IndexVersion">Number of pictures and changes of the tenant that preceded the picture in the log.</param>
/// <param name="Model">What the scores were computed with; null in facts of earlier versions, as are the limits.</param>
public sealed record Thresholds(
    string Algorithm, int MaxDistance, int MinQuality, long IndexVersion, string? Model = null, BandLimits? Works = null, BandLimits? Uploads = null,
    BandLimits? Removed = null, BandLimits? Portraits = null);

/// <summary>Scores at which bands begin, 0 to 1; what is below review is no match.</summary>
public sealed record BandLimits(double Review, double Auto)
{
    /// <summary>Where a score lies.</summary>
    public Band BandOf(double score) => score >= Auto ? Band.Auto : Band.Review;
}
