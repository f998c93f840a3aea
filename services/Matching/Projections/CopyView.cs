using System.Text.Json.Serialization;
using ImageRights.Matching.Screening;

namespace ImageRights.Matching.Projections;

/// <summary>Which of the two came later and was compared.</summary>
public enum FoundBy
{
    /// <summary>The upload came after the work.</summary>
    [JsonStringEnumMemberName("screening")] Screening,

    /// <summary>The work was registered after the upload.</summary>
    [JsonStringEnumMemberName("registration")] Registration,
}

/// <summary>An upload in which a work was found and which its uploader may not use. Written by the screener with the fact it tells of.</summary>
/// <param name="Transform">How the upload was turned or mirrored against the work.</param>
public sealed record CopyView(
    string WorkId, string ImageId, string ImageAccountId, Surface Surface, string? ListingId, FoundBy FoundBy,
    int Distance, Orientation Transform, Thresholds Thresholds, DateTimeOffset FoundAt, Evidence? Evidence = null)
{
    /// <summary>Key: a pair is found once.</summary>
    [JsonIgnore]
    public string Id => IdOf(WorkId, ImageId);

    /// <summary>Key of a pair; the copies of a work lie together, by upload.</summary>
    public static string IdOf(string workId, string imageId) => $"{workId}:{imageId}";

    /// <summary>The copies that a fact tells of.</summary>
    public static IEnumerable<CopyView> Of(object fact) => fact switch
    {
        CopyFound copy =>
        [
            new CopyView(copy.WorkId, copy.ImageId, copy.ImageAccountId, copy.Surface, copy.ListingId, FoundBy.Registration,
                copy.Distance, copy.Transform, copy.Thresholds, copy.FoundAt, copy.Evidence),
        ],
        ImageScreened screened =>
            from match in screened.Matches
            where match is { Bank: Bank.Works or Bank.Portraits, Disposition: Disposition.Hit }
            select new CopyView(match.ReferenceId, screened.ImageId, screened.AccountId, screened.Surface, screened.ListingId, FoundBy.Screening,
                match.Distance, match.Transform, screened.Thresholds, screened.ScreenedAt, match.Evidence),
        _ => [],
    };
}
