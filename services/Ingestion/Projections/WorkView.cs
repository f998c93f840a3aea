using ImageRights.EventStore;
using ImageRights.Ingestion.Pictures;
using ImageRights.Ingestion.Works;

namespace ImageRights.Ingestion.Projections;

/// <summary>A suspension under way.</summary>
/// <param name="By">Who said so.</param>
/// <param name="Reason">Why, in their words.</param>
public sealed record WorkSuspension(DateTimeOffset Since, string By, string Reason);

/// <summary>A registered original as it is read.</summary>
/// <param name="WithdrawnAt">Since when it is not matched against any more.</param>
/// <param name="WithdrawnBy">Who said so.</param>
/// <param name="WithdrawalReason">Why, in their words.</param>
/// <param name="Suspension">Why it is not matched against for now; null when it is.</param>
/// <param name="Version">Version of the work's stream; its ETag.</param>
public sealed record WorkView(
    string WorkId, string AccountId, string Title, string Author, DateOnly? CreatedOn, string? Description,
    string Sha256, string Format, int Width, int Height, int Frames, long ByteCount,
    PictureMetadata Metadata, int PdqQuality, DateTimeOffset RegisteredAt, long Version,
    DateTimeOffset? WithdrawnAt = null, string? WithdrawnBy = null, string? WithdrawalReason = null, WorkKind Kind = WorkKind.Original,
    WorkSuspension? Suspension = null)
{
    /// <summary>Related addresses.</summary>
    public IReadOnlyDictionary<string, string> Links => new Dictionary<string, string> { ["self"] = $"/v1/works/{WorkId}", ["licences"] = $"/v1/licences?workId={WorkId}" };

    /// <summary>Folds the next event.</summary>
    public static WorkView? Evolve(WorkView? view, RecordedEvent recorded) => recorded.Data switch
    {
        WorkRegistered e => new WorkView(
            e.WorkId, e.AccountId, e.Title, e.Author, e.CreatedOn, e.Description, e.Picture.Sha256, e.Picture.Format, e.Picture.Width, e.Picture.Height,
            e.Picture.Frames, e.Picture.ByteCount, e.Metadata, e.PdqQuality, e.RegisteredAt, recorded.Version, Kind: e.Kind),
        WorkWithdrawn e => view! with { WithdrawnAt = e.WithdrawnAt, WithdrawnBy = e.By, WithdrawalReason = e.Reason, Version = recorded.Version },
        WorkSuspended e => view! with { Suspension = new WorkSuspension(e.SuspendedAt, e.By, e.Reason), Version = recorded.Version },
        WorkResumed => view! with { Suspension = null, Version = recorded.Version },
        _ => view,
    };
}
