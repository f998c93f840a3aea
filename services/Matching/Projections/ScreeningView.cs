using System.Text.Json.Serialization;
using ImageRights.EventStore;
using ImageRights.Matching.Screening;

namespace ImageRights.Matching.Projections;

/// <summary>How far an upload's screening is.</summary>
public enum ScreeningStatus
{
    /// <summary>It is known and not yet compared.</summary>
    [JsonStringEnumMemberName("pending")] Pending,

    /// <summary>The verdict stands.</summary>
    [JsonStringEnumMemberName("screened")] Screened,
}

/// <summary>An upload's screening as others read it.</summary>
/// <param name="Verdict">Null while pending.</param>
/// <param name="Matches">Closest first; empty while pending.</param>
/// <param name="Band">Of the surest hit.</param>
/// <param name="Related">Pictures of the same scene, which have no part in the verdict.</param>
/// <param name="ReceivedAt">When the upload was received; null while only its withdrawal is known.</param>
/// <param name="WithdrawnAt">When it ceased to be published.</param>
public sealed record ScreeningView(
    string ImageId, string AccountId, Surface? Surface, string? ListingId, ScreeningStatus Status, Verdict? Verdict,
    IReadOnlyList<Match> Matches, Thresholds? Thresholds, string? UnreadableCode,
    DateTimeOffset? ReceivedAt, DateTimeOffset? ScreenedAt, DateTimeOffset? WithdrawnAt,
    Band? Band = null, IReadOnlyList<RelatedPicture>? Related = null)
{
    /// <summary>SQL expressions that lists filter by; with the id, so that a page is read off the index in order.</summary>
    public static readonly string[] Indexes = ["(data ->> 'verdict'), id", "(data ->> 'accountId'), id"];

    /// <summary>Folds the stream of an upload; works have no screening.</summary>
    public static ScreeningView? Evolve(ScreeningView? view, RecordedEvent @event) => @event.Data switch
    {
        FingerprintRecorded { Role: PictureRole.Upload } upload =>
            Pending(view, upload.SubjectId, upload.AccountId) with { Surface = upload.Surface, ListingId = upload.ListingId, ReceivedAt = upload.OccurredAt },
        UnreadableRecorded { Role: PictureRole.Upload } upload =>
            Pending(view, upload.SubjectId, upload.AccountId) with { Surface = upload.Surface, ListingId = upload.ListingId, ReceivedAt = upload.OccurredAt },
        PictureWithdrawn withdrawal => Pending(view, withdrawal.ImageId, withdrawal.AccountId) with { WithdrawnAt = withdrawal.WithdrawnAt },
        ImageScreened screened => Pending(view, screened.ImageId, screened.AccountId) with
        {
            Status = ScreeningStatus.Screened,
            Verdict = screened.Verdict,
            Matches = screened.Matches,
            Thresholds = screened.Thresholds,
            UnreadableCode = screened.UnreadableCode,
            ScreenedAt = screened.ScreenedAt,
            Band = screened.Band,
            Related = screened.Related,
        },
        _ => view,
    };

    /// <summary>The same for its uploader.</summary>
    public ScreeningView ForUploader()
    {
        var (matches, related) = UploaderSight.Of(Matches, Related ?? []);
        return this with { Matches = matches, Related = Related is null ? null : related };
    }

    private static ScreeningView Pending(ScreeningView? view, string imageId, string accountId) =>
        view ?? new ScreeningView(imageId, accountId, null, null, ScreeningStatus.Pending, null, [], null, null, null, null, null);
}
