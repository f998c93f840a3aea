using ImageRights.CaseManagement.Cases;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Http;
using static ImageRights.CaseManagement.Cases.CaseEvent;

namespace ImageRights.CaseManagement.Projections;

/// <summary>A case as it is read and searched; written in the transaction of each of its facts.</summary>
/// <param name="Version">Version of the stream, and the entity tag.</param>
/// <param name="ComplainantAccountIds">Everybody with an account who complained.</param>
/// <param name="Complaints">Complaints, those without an account included.</param>
/// <param name="ReasonCode">Ground of the first complaint.</param>
public record CaseView(
    string CaseId, long Version, CaseStatus State, Outcome? Outcome, Origin Origin, string Regime, string ImageId, string? WorkId, Location Location,
    string RespondentAccountId, string? ComplainantAccountId, IReadOnlyList<string> ComplainantAccountIds, int Complaints,
    string ReasonCode, Finding? Finding, string? MeasureId, Settlement? Settlement, DateTimeOffset OpenedAt, DateTimeOffset ChangedAt, DateTimeOffset? ClosedAt)
{
    /// <summary>Name of the unique index that keeps a picture and a work from having two open cases.</summary>
    public const string OneOpenCase = "one_open_case";

    /// <summary>What the document's table has besides its columns: the rule of one open case for a picture and a work holds in the transaction of the opening
    /// because the snapshot is written in it, and ends by itself when the snapshot says Closed.</summary>
    public const string Constraints =
        $$"""
        create unique index if not exists {{OneOpenCase}} on {schema}.mt_doc_case_view (tenant_id, (data ->> 'imageId'), (coalesce(data ->> 'workId', '')))
            where data ->> 'state' <> 'Closed';
        create index if not exists mt_doc_case_view_complainants on {schema}.mt_doc_case_view using gin ((data -> 'complainantAccountIds') jsonb_path_ops);
        """;

    /// <summary>Expressions that the list filters by; the id follows because lists are ordered by it.</summary>
    public static readonly string[] Indexes =
        ["(data ->> 'state'), id", "(data ->> 'respondentAccountId'), id", "(data ->> 'imageId'), id", "(data ->> 'workId'), id", $"{ListShape<CaseView>.SortSql("changedAt")}, id"];

    /// <summary>Folds the next fact as it stands in the log.</summary>
    public static CaseView? Evolve(CaseView? view, RecordedEvent @event) =>
        Evolve(view, Cases.CaseId.OfStream(@event.StreamKey), @event.Version, (CaseEvent)@event.Data);

    /// <summary>Folds the next fact.</summary>
    public static CaseView Evolve(CaseView? view, CaseId id, long version, CaseEvent fact) => fact is CaseOpened opened
        ? Open(opened, id, version)
        : Evolve(view!, fact) with { Version = version, ChangedAt = fact.Act.At };

    private static CaseView Open(CaseOpened e, CaseId id, long version) => new(
        id.Value, version, CaseStatus.Open, null, e.Origin, e.Regime, e.Dispute.ImageId, e.Dispute.WorkId, e.Location,
        e.Dispute.RespondentAccountId, e.Dispute.ComplainantAccountId, Accounts([], e.Dispute.ComplainantAccountId), 1,
        e.Act.ReasonCode, e.Finding, null, null, e.Act.At, e.Act.At, null);

    private static CaseView Evolve(CaseView view, CaseEvent fact) => fact switch
    {
        ComplainantJoined e => view with
        {
            ComplainantAccountId = e.Dispute.ComplainantAccountId,
            ComplainantAccountIds = Accounts(view.ComplainantAccountIds, e.ComplainantAccountId),
            Complaints = view.Complaints + 1,
            Finding = view.Finding ?? e.Finding,
        },
        MeasureApplied e => view with { State = CaseStatus.TakenDown, MeasureId = e.MeasureId },
        CaseDismissed => view with { State = CaseStatus.Dismissed },
        CounterNoticeReceived => view with { State = CaseStatus.CounterNoticed },
        MeasureLifted => view with { State = view.State == CaseStatus.Settled ? CaseStatus.Settled : CaseStatus.Reinstated },
        SettlementExecuted e => view with { State = CaseStatus.Settled, Settlement = new Settlement(e.AgreedBy, e.Amount, e.Currency, e.ImageStays) },
        CaseClosed e => view with { State = CaseStatus.Closed, Outcome = e.Outcome, ClosedAt = e.Act.At },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no fact of a case."),
    };

    private static IReadOnlyList<string> Accounts(IReadOnlyList<string> known, string? account) =>
        account is null || known.Contains(account) ? known : [.. known, account];
}

/// <summary>What the parties agreed.</summary>
public sealed record Settlement(IReadOnlyList<string> AgreedBy, decimal Amount, string Currency, bool ImageStays);
