using System.Text.Json.Serialization;
using ImageRights.EventStore;
using ImageRights.Matching.Screening;
using ImageRights.ServiceDefaults.Http;

namespace ImageRights.Matching.Projections;

/// <summary>How far the search for a work among what came before it is.</summary>
public enum WorkSearchStatus
{
    /// <summary>Others are before it.</summary>
    [JsonStringEnumMemberName("waiting")] Waiting,

    /// <summary>It was compared with everything before it.</summary>
    [JsonStringEnumMemberName("done")] Done,

    /// <summary>It cannot be compared, for it has no fingerprint.</summary>
    [JsonStringEnumMemberName("unreadable")] Unreadable,

    /// <summary>Nothing was recorded: the work is from before searches were, or was withdrawn before its turn.</summary>
    [JsonStringEnumMemberName("notStated")] NotStated,
}

/// <summary>The search for a new work among all uploads before it, as others read it.</summary>
/// <param name="Since">When it came to this status; null when nothing was recorded.</param>
/// <param name="Uploads">Uploads that it was compared with; null until it is done, as are the four that follow.</param>
/// <param name="Detailed">Those of them that were compared by local features too; the others were by bytes, pixels and hashes alone.</param>
/// <param name="Copies">Uploads in which it was found then.</param>
/// <param name="Conflicts">Works of other accounts that it looks like.</param>
public sealed record WorkSearchView(
    string WorkId, string AccountId, WorkSearchStatus Status, DateTimeOffset? Since = null,
    int? Uploads = null, int? Detailed = null, int? Copies = null, int? Conflicts = null, Thresholds? Thresholds = null, string? UnreadableCode = null)
{
    /// <summary>SQL expressions that works are counted by.</summary>
    public static readonly string[] Indexes = [$"(data ->> 'status'), {ListShape<WorkSearchView>.SortSql("since")}", "(data ->> 'accountId')"];

    /// <summary>Folds the stream of a work; of one from before searches were recorded nothing is left.</summary>
    public static WorkSearchView? Evolve(WorkSearchView? view, RecordedEvent @event) => @event.Data switch
    {
        WorkSearchRequested requested => new WorkSearchView(requested.WorkId, requested.AccountId, WorkSearchStatus.Waiting, @event.Timestamp),
        WorkSearched search => new WorkSearchView(
            search.WorkId, search.AccountId, WorkSearchStatus.Done, search.SearchedAt, search.Uploads, search.Detailed, search.Copies, search.Conflicts, search.Thresholds),
        UnreadableRecorded { Role: not PictureRole.Upload } work =>
            new WorkSearchView(work.SubjectId, work.AccountId, WorkSearchStatus.Unreadable, @event.Timestamp, UnreadableCode: work.Code),
        WorkWithdrawn when view?.Status == WorkSearchStatus.Waiting => null,
        _ => view,
    };
}
