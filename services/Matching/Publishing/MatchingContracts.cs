using ImageRights.Contracts.Matching.V1;
using ImageRights.EventStore;
using ImageRights.Matching.Licences;
using ImageRights.Matching.Removals;
using ImageRights.Matching.Screening;
using ImageRights.Matching.Sellers;
using ImageRights.Matching.Suspensions;
using Facts = ImageRights.Matching.Screening;

namespace ImageRights.Matching.Publishing;

/// <summary>Which facts others hear of, and as what.</summary>
public static class MatchingContracts
{
    /// <summary>Matches that are told with their evidence. An event of 50 with it could be larger than CloudEvents may be (64 KiB), and would then be sent without any of its data.</summary>
    public const int MostWithEvidence = 10;

    /// <summary>The contract that tells of a fact; null for facts that stay inside.</summary>
    /// <exception cref="InvalidOperationException">The fact is in neither list.</exception>
    public static object? Translate(RecordedEvent @event) => @event.Data switch
    {
        Facts.ImageScreened screened => ToContract(@event.TenantId, screened),
        // Whether to complain, and so to be named, is for the person whom the portrait shows.
        Facts.CopyFound { IsPortrait: true } => null,
        Facts.CopyFound copy => new Contracts.Matching.V1.CopyFound(
            @event.TenantId, copy.WorkId, copy.WorkAccountId, copy.ImageId, copy.ImageAccountId, copy.Surface, copy.ListingId,
            copy.Distance, copy.Transform, ToContract(copy.Thresholds), copy.FoundAt, ToContract(copy.Evidence)),
        Facts.OwnershipConflictFound conflict => new Contracts.Matching.V1.OwnershipConflictFound(
            @event.TenantId, conflict.WorkId, conflict.AccountId, conflict.EarlierWorkId, conflict.EarlierAccountId, conflict.Distance, conflict.Transform, conflict.FoundAt),
        Facts.WorkSearched search => new Contracts.Matching.V1.WorkSearched(
            @event.TenantId, search.WorkId, search.AccountId, search.Uploads, search.Detailed, search.Copies, search.Conflicts, ToContract(search.Thresholds), search.SearchedAt),
        // Others said these; Matching only remembers them.
        FingerprintRecorded or FingerprintRenewed or UnreadableRecorded or PictureWithdrawn or WorkWithdrawn or LicenceRecorded or LicenceEndRecorded or RemovalRecorded or RemovalEndRecorded
            or SuspensionRecorded or SuspensionEndRecorded or SellerRecorded => null,
        // What comes of them is said by the facts above.
        WorkSearchRequested or RescanRequested or RescanAdvanced => null,
        _ => throw new InvalidOperationException($"{@event.EventTypeName} is neither published nor listed as internal."),
    };

    private static Contracts.Matching.V1.ImageScreened ToContract(string tenantId, Facts.ImageScreened screened)
    {
        // Those that weigh most, in the order of the judgement.
        var proved = screened.Matches.Where(match => match.Evidence is not null)
            .OrderBy(match => match.Disposition == Disposition.Hit ? 0 : 1).ThenBy(match => match.Bank).ThenBy(match => match.Distance).ToList();
        var told = proved.Take(MostWithEvidence).ToHashSet(ReferenceEqualityComparer.Instance);
        return new Contracts.Matching.V1.ImageScreened(
            tenantId, screened.ImageId, screened.AccountId, screened.Surface, screened.ListingId, screened.Verdict,
            [.. screened.Matches.Select(match => ToContract(told.Contains(match) ? match : match with { Evidence = null }))], ToContract(screened.Thresholds), screened.UnreadableCode, screened.ScreenedAt,
            screened.Band, screened.Related is null
                ? null
                : [.. screened.Related.Select(related => new Contracts.Matching.V1.RelatedPicture(related.Bank, related.ReferenceId, related.OwnerAccountId, ToContract(related.Evidence)!))],
            proved.Count > told.Count ? proved.Count - told.Count : null);
    }

    private static ScreeningMatch ToContract(Match match) =>
        new(match.Bank, match.ReferenceId, match.OwnerAccountId, match.Distance, match.Transform, match.Disposition, match.LicenceId, ToContract(match.Evidence), match.Band, match.CaseId);

    private static MatchEvidence? ToContract(Evidence? evidence) => evidence is null
        ? null
        : new(evidence.Algorithm, evidence.Class, evidence.IsInverted, ToContract(evidence.UploadArea), ToContract(evidence.ReferenceArea),
            evidence.UploadPercent, evidence.ReferencePercent, evidence.Distance, evidence.Inliers, evidence.BlocksCompared, evidence.BlocksAlike,
            evidence.Score, evidence.Overlays is null ? null : [.. evidence.Overlays.Select(area => new AreaRectangle(area.Left, area.Top, area.Width, area.Height))],
            evidence.BlocksDiscounted);

    private static IReadOnlyList<AreaCorner> ToContract(IReadOnlyList<Corner> corners) => [.. corners.Select(corner => new AreaCorner(corner.X, corner.Y))];

    private static ScreeningThresholds ToContract(Thresholds thresholds) =>
        new(thresholds.Algorithm, thresholds.MaxDistance, thresholds.MinQuality, thresholds.IndexVersion, thresholds.Model, ToContract(thresholds.Works), ToContract(thresholds.Uploads),
            ToContract(thresholds.Removed), ToContract(thresholds.Portraits));

    private static Contracts.Matching.V1.BandLimits? ToContract(Facts.BandLimits? limits) => limits is null ? null : new(limits.Review, limits.Auto);
}
