using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Notices;
using ImageRights.EventStore;
using static ImageRights.CaseManagement.Notices.NoticeEvent;

namespace ImageRights.CaseManagement.Projections;

/// <summary>A notice as it is read; written in the transaction of each of its facts.</summary>
/// <param name="Version">Version of the stream, and the entity tag.</param>
/// <param name="ReceivedAt">First receipt, kept through its correction.</param>
public sealed record NoticeView(
    string NoticeId, long Version, string Regime, NoticeState State, string? ComplainantAccountId, string? WorkId, IReadOnlyList<string> Elements, IReadOnlyList<string> Items,
    IReadOnlyList<Lack> Lacks, DateTimeOffset ReceivedAt, DateTimeOffset? CorrectBefore, DateTimeOffset? EffectiveAt, ChosenSettings? Settings = null)
{
    /// <summary>Streams of notices begin with this.</summary>
    public const string StreamPrefix = "notice-";

    /// <summary>Folds the next fact as it stands in the log.</summary>
    public static NoticeView? Evolve(NoticeView? view, RecordedEvent @event) => Evolve(view, @event.StreamKey[StreamPrefix.Length..], @event.Version, (NoticeEvent)@event.Data);

    /// <summary>Folds the next fact.</summary>
    public static NoticeView Evolve(NoticeView? view, string id, long version, NoticeEvent fact) => fact switch
    {
        NoticeReceived e => new NoticeView(id, version, e.Regime, NoticeState.None, e.ComplainantAccountId, e.WorkId, e.Elements, e.Items, [], e.At, null, null, e.Settings),
        CorrectionRequested e => view! with { Version = version, State = NoticeState.CorrectionRequested, Lacks = e.Lacks, CorrectBefore = e.CorrectBefore },
        NoticeCorrected e => view! with { Version = version, Elements = e.Elements, Lacks = e.Lacks },
        NoticeEffective e => view! with { Version = version, State = NoticeState.Effective, Lacks = [], EffectiveAt = e.At },
        NoticeRejected e => view! with { Version = version, State = NoticeState.Rejected, Lacks = e.Lacks },
        NoticeLapsed => view! with { Version = version, State = NoticeState.Lapsed },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no fact of a notice."),
    };
}

/// <summary>The words of a notice's elements, apart from the log so that they can be erased.</summary>
/// <param name="PersonId">Whose words they are, and under whose key; the notice itself stands for somebody without an account.</param>
public sealed record NoticePapers(string NoticeId, IReadOnlyDictionary<string, string> Elements, IReadOnlyList<string> Urls, string? PersonId = null);
