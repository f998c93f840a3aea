using System.Text.Json.Serialization;
using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Notices;
using ImageRights.CaseManagement.Proceedings;
using ImageRights.CaseManagement.Regimes;
using ImageRights.EventStore;
using NodaTime;

namespace ImageRights.CaseManagement.Projections;

/// <summary>The next thing that a term does by itself.</summary>
/// <param name="Rule">The clock.</param>
/// <param name="Party">Whose term it is; null for both.</param>
public sealed record DueItem(string Rule, string? Party, DateTimeOffset StartedAt, DueKind Kind, DateTimeOffset DueAt);

/// <summary>What a case's running terms will do, and when; written in the transaction of each of its facts. A case without one has nothing due.</summary>
/// <param name="Due">When the first is due, in microseconds since 1970, rounded up; null when nothing is.</param>
public sealed record CaseAgenda(string CaseId, long? Due, IReadOnlyList<DueItem> Items)
{
    /// <summary>What the table has besides its columns: the index that the next due terms are found by, and which replica's turn it is.</summary>
    public const string Table =
        """
        create index if not exists mt_doc_case_agenda_due on {schema}.mt_doc_case_agenda (((data ->> 'due')::bigint)) where data ->> 'due' is not null;
        alter table {schema}.mt_doc_case_agenda add column if not exists claimed_until timestamptz, add column if not exists claimed_version bigint;
        create index if not exists mt_doc_notice_agenda_due on {schema}.mt_doc_notice_agenda (((data ->> 'due')::bigint)) where data ->> 'due' is not null;
        alter table {schema}.mt_doc_notice_agenda add column if not exists claimed_until timestamptz, add column if not exists claimed_version bigint;
        """;

    /// <summary>State of the fold; what is stored is what follows from it.</summary>
    [JsonIgnore]
    public Proceeding? Proceeding { get; private init; }

    /// <summary>Folds the next fact as it stands in the log; null while the case follows no law.</summary>
    public static CaseAgenda? Evolve(CaseAgenda? agenda, RecordedEvent @event, RegimeCatalogue catalogue)
    {
        var fact = (CaseEvent)@event.Data;
        if (Proceeding.Evolve(agenda?.Proceeding, fact, catalogue) is not { } proceeding) return null;
        IReadOnlyList<DueItem> items = fact is CaseEvent.CaseClosed ? [] : [.. ItemsOf(proceeding)];
        return new CaseAgenda(Cases.CaseId.OfStream(@event.StreamKey).Value, items.Count == 0 ? null : Micros(items[0].DueAt), items) { Proceeding = proceeding };
    }

    /// <summary>What running clocks will do, the first first.</summary>
    public static IEnumerable<DueItem> ItemsOf(Proceeding proceeding) => proceeding.Clocks
        .Where(clock => clock.Status == ClockStatus.Running)
        .SelectMany(clock => new[]
        {
            Item(clock, DueKind.Warning, clock.HasWarned ? null : clock.WarnsAt),
            Item(clock, clock.FiresAt is null ? DueKind.End : DueKind.Effect, clock.Ends),
        })
        .OfType<DueItem>()
        .OrderBy(item => item.DueAt).ThenBy(item => item.Kind);

    internal static long Micros(DateTimeOffset at) => ((at.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) + TimeSpan.TicksPerMicrosecond - 1) / TimeSpan.TicksPerMicrosecond;

    private static DueItem? Item(RunningClock clock, DueKind kind, Instant? due) =>
        due is not { } at ? null : new DueItem(clock.Clock.Id, clock.Party, clock.StartedAt.ToDateTimeOffset(), kind, at.ToDateTimeOffset());
}

/// <summary>Until when a notice can be corrected; written in the transaction of each of its facts.</summary>
/// <param name="Due">In microseconds since 1970; null when it cannot lapse any more.</param>
public sealed record NoticeAgenda(string NoticeId, long? Due)
{
    /// <summary>Folds the next fact as it stands in the log.</summary>
    public static NoticeAgenda Evolve(NoticeAgenda? agenda, RecordedEvent @event) => (NoticeEvent)@event.Data switch
    {
        NoticeEvent.CorrectionRequested e => new NoticeAgenda(@event.StreamKey[NoticeView.StreamPrefix.Length..], CaseAgenda.Micros(e.CorrectBefore)),
        NoticeEvent.NoticeEffective or NoticeEvent.NoticeRejected or NoticeEvent.NoticeLapsed => new NoticeAgenda(@event.StreamKey[NoticeView.StreamPrefix.Length..], null),
        _ => agenda ?? new NoticeAgenda(@event.StreamKey[NoticeView.StreamPrefix.Length..], null),
    };
}
