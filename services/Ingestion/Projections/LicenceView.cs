using ImageRights.EventStore;
using ImageRights.Ingestion.Licences;

namespace ImageRights.Ingestion.Projections;

/// <summary>A licence as it is read.</summary>
/// <param name="Status"><c>granted</c> or <c>ended</c>; whether it covers a given day is for <paramref name="From"/> and <paramref name="Until"/> to say.</param>
/// <param name="Version">Version of the licence's stream; its ETag.</param>
public sealed record LicenceView(
    string LicenceId, string Status, string WorkId, string LicenseeAccountId, DateTimeOffset From, DateTimeOffset? Until,
    DateTimeOffset GrantedAt, DateTimeOffset? EndedAt, long Version)
{
    /// <summary>Related addresses.</summary>
    public IReadOnlyDictionary<string, string> Links => new Dictionary<string, string> { ["self"] = $"/v1/licences/{LicenceId}", ["work"] = $"/v1/works/{WorkId}" };

    /// <summary>Folds the next event.</summary>
    public static LicenceView? Evolve(LicenceView? view, RecordedEvent recorded) => recorded.Data switch
    {
        LicenceGranted e => new LicenceView(e.LicenceId, "granted", e.WorkId, e.LicenseeAccountId, e.From, e.Until, e.GrantedAt, null, recorded.Version),
        LicenceEnded e => view! with { Status = "ended", EndedAt = e.EndedAt, Version = recorded.Version },
        _ => view,
    };
}
