using static ImageRights.CaseManagement.Notices.NoticeEvent;

namespace ImageRights.CaseManagement.Notices;

/// <summary>Where a notice stands.</summary>
public enum NoticeState
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>A correction is awaited.</summary>
    CorrectionRequested,

    /// <summary>It is complete.</summary>
    Effective,

    /// <summary>It was refused.</summary>
    Rejected,

    /// <summary>It was not corrected in time.</summary>
    Lapsed,
}

/// <summary>What decisions need of a notice's history.</summary>
public sealed record Notice(NoticeState State, NoticeReceived? Received, IReadOnlyList<string> Elements, IReadOnlyList<Lack> Lacks, DateTimeOffset? CorrectBefore)
{
    /// <summary>Before the first event.</summary>
    public static readonly Notice Initial = new(NoticeState.None, null, [], [], null);

    /// <summary>Folds the next fact.</summary>
    public static Notice Evolve(Notice notice, object fact) => fact switch
    {
        NoticeReceived e => notice with { Received = e, Elements = e.Elements },
        CorrectionRequested e => notice with { State = NoticeState.CorrectionRequested, Lacks = e.Lacks, CorrectBefore = e.CorrectBefore },
        NoticeCorrected e => notice with { Elements = e.Elements, Lacks = e.Lacks },
        NoticeEffective => notice with { State = NoticeState.Effective, Lacks = [] },
        NoticeRejected e => notice with { State = NoticeState.Rejected, Lacks = e.Lacks },
        NoticeLapsed => notice with { State = NoticeState.Lapsed },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no fact of a notice."),
    };
}

/// <summary>The rules of a notice. Pure; what the regime's form asks for comes in as what is lacking.</summary>
public static class NoticeDecider
{
    /// <summary>Decides a first receipt.</summary>
    /// <param name="correctBefore">End of the correction window where the regime asks for a correction; null where it refuses.</param>
    public static IReadOnlyList<NoticeEvent> Receive(NoticeReceived received, IReadOnlyList<Lack> lacks, DateTimeOffset? correctBefore) =>
        lacks.Count == 0 ? [received, new NoticeEffective(received.At, received.At)]
        : correctBefore is { } before ? [received, new CorrectionRequested(lacks, before, received.At)]
        : [received, new NoticeRejected(lacks, received.At)];

    /// <summary>Decides that a notice was not corrected in time.</summary>
    /// <returns>Nothing when no correction is awaited or when there is still time.</returns>
    public static IReadOnlyList<NoticeEvent> Lapse(Notice notice, DateTimeOffset at) =>
        notice.State == NoticeState.CorrectionRequested && at >= notice.CorrectBefore ? [new NoticeLapsed(at)] : [];

    /// <summary>Decides a correction: nothing that was given before is asked for again, and the window is that of the first receipt.</summary>
    /// <returns>Nothing when no correction is awaited or when it brings nothing new.</returns>
    public static IReadOnlyList<NoticeEvent> Correct(Notice notice, IReadOnlyCollection<string> supplied, DateTimeOffset at)
    {
        if (notice.State != NoticeState.CorrectionRequested) return [];
        if (Lapse(notice, at) is { Count: > 0 } lapsed) return lapsed;
        IReadOnlyList<string> elements = [.. notice.Elements.Union(supplied).Order(StringComparer.Ordinal)];
        if (elements.Count == notice.Elements.Count) return [];
        IReadOnlyList<Lack> lacks = [.. notice.Lacks.Where(lack => lack.Field is null || !supplied.Contains(lack.Field))];
        var corrected = new NoticeCorrected(elements, lacks, at);
        return lacks.Count == 0 ? [corrected, new NoticeEffective(notice.Received!.At, at)] : [corrected];
    }
}
