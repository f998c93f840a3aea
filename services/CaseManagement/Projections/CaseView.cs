using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Notices;
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
    /// <summary>Measures that hold the picture down.</summary>
    public IReadOnlyList<ActiveMeasure> Measures { get; init; } = [];

    /// <summary>The objection as it was last received; null while there is none.</summary>
    public Objection? CounterNotice { get; init; }

    /// <summary>Complaints of a decision that wait for their answer, by the party's part.</summary>
    public IReadOnlyList<Speaker> OpenComplaints { get; init; } = [];

    /// <summary>Parts of the parties that were told of a decision, from when they can complain of it.</summary>
    public IReadOnlyList<Speaker> Told { get; init; } = [];

    /// <summary>Whether an out-of-court body was called.</summary>
    public bool IsBeforeBody { get; init; }

    /// <summary>Effective notices that stand behind the case.</summary>
    public IReadOnlyList<string> NoticeIds { get; init; } = [];

    /// <summary>The items of one work and one respondent that are dealt with together.</summary>
    public string? DossierId { get; init; }

    /// <summary>Whether an action or order holds the picture down.</summary>
    public bool IsHeld { get; init; }

    /// <summary>When it went on after it had been closed; null when it never did.</summary>
    public DateTimeOffset? ReopenedAt { get; init; }

    /// <summary>Whether an action or a complaint to an authority is pending, which holds down whatever is down.</summary>
    public bool IsActionPending { get; init; }

    /// <summary>Docket numbers of what is pending.</summary>
    public IReadOnlyList<string> PendingActions { get; init; } = [];

    /// <summary>Whether the same complainant is barred from giving the same notice again.</summary>
    public bool AreNoticesBarred { get; init; }

    /// <summary>Whether a notice behind it goes before others.</summary>
    public bool IsUrgent { get; init; }

    /// <summary>Place in the order of work: urgent ones first, then the oldest.</summary>
    public string Queue => $"{(IsUrgent ? 0 : 1)}-{OpenedAt.UtcDateTime:O}";

    /// <summary>Name of the unique index that keeps a picture and a work from having two open cases under one regime.</summary>
    public const string OneOpenCase = "one_open_case_of_law";

    /// <summary>What the document's table has besides its columns: the rule of one open case for a picture, a work and a law holds in the transaction of the opening
    /// because the snapshot is written in it, and ends by itself when the snapshot says Closed. Versions of a pack are one law. A case that was opened again stands beside
    /// one that began after it was closed.</summary>
    public const string Constraints =
        $$"""
        drop index if exists {schema}.one_open_case;
        drop index if exists {schema}.one_open_proceeding;
        create unique index if not exists {{OneOpenCase}} on {schema}.mt_doc_case_view
            (tenant_id, (data ->> 'imageId'), (coalesce(data ->> 'workId', '')), (split_part(data ->> 'regime', '.', 1)))
            where data ->> 'state' <> 'Closed' and data ->> 'reopenedAt' is null;
        create index if not exists mt_doc_case_view_complainants on {schema}.mt_doc_case_view using gin ((data -> 'complainantAccountIds') jsonb_path_ops);
        """;

    /// <summary>Expressions that the list filters by; the id follows because lists are ordered by it.</summary>
    public static readonly string[] Indexes =
        ["(data ->> 'state'), id", "(data ->> 'respondentAccountId'), id", "(data ->> 'imageId'), id", "(data ->> 'workId'), id", "(data ->> 'dossierId'), id", $"{ListShape<CaseView>.SortSql("changedAt")}, id", $"{ListShape<CaseView>.SortSql("queue")}, id"];

    /// <summary>Folds the next fact as it stands in the log.</summary>
    public static CaseView? Evolve(CaseView? view, RecordedEvent @event) =>
        Evolve(view, Cases.CaseId.OfStream(@event.StreamKey), @event.Version, (CaseEvent)@event.Data);

    /// <summary>Folds the next fact.</summary>
    public static CaseView Evolve(CaseView? view, CaseId id, long version, CaseEvent fact) => fact is CaseOpened opened
        ? Open(opened, id, version)
        : Evolve(view!, fact) with { Version = version, ChangedAt = fact.Act.At, Told = [.. view!.Told.Union(DecisionRecipients.Of(fact))] };

    /// <summary>Identity of the dossier of a work and a respondent: the same for ever, so that nothing has to be looked up to join it.</summary>
    public static string DossierOf(string workId, string respondentAccountId) => $"dos_{DeterministicGuid.Create(Dossiers, Fit($"{workId}/{respondentAccountId}")):N}";

    private static readonly Guid Dossiers = new("6f0f3a52-1f0b-5c8e-9a53-3d5b5c0d7f11");

    // Ids are of at most 128 characters each and names of at most 200.
    private static string Fit(string name) => name.Length <= 200 ? name : Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name)));

    private static CaseView Open(CaseOpened e, CaseId id, long version) => new(
        id.Value, version, CaseStatus.Open, null, e.Origin, e.Regime, e.Dispute.ImageId, e.Dispute.WorkId, e.Location,
        e.Dispute.RespondentAccountId, e.Dispute.ComplainantAccountId, e.Dispute.ComplainantAccountId is { } first ? [first] : [], 1,
        e.Act.ReasonCode, e.Finding, null, null, e.Act.At, e.Act.At, null)
    {
        NoticeIds = e.Notice is { } notice ? [notice.NoticeId] : [],
        IsUrgent = e.Notice?.Priority is not null,
        DossierId = e.Dispute.WorkId is { } work ? DossierOf(work, e.Dispute.RespondentAccountId) : null,
    };

    private static CaseView Evolve(CaseView view, CaseEvent fact) => fact switch
    {
        ComplainantJoined e => view with
        {
            ComplainantAccountId = e.Dispute.ComplainantAccountId,
            ComplainantAccountIds = view.ComplainantAccountIds.With(e.ComplainantAccountId),
            Complaints = view.Complaints + 1,
            NoticeIds = e.Notice is { } notice ? [.. view.NoticeIds, notice.NoticeId] : view.NoticeIds,
            Finding = view.Finding ?? e.Finding,
            IsUrgent = view.IsUrgent || e.Notice?.Priority is not null,
        },
        RegimeAdopted e => view with { Regime = e.Regime },
        MeasureApplied e => view with
        {
            State = view.State is CaseStatus.CounterNoticed or CaseStatus.LitigationHold ? view.State : CaseStatus.TakenDown,
            MeasureId = e.MeasureId,
            CounterNotice = view.Measures.Count == 0 ? null : view.CounterNotice,
            Measures = [.. view.Measures, new ActiveMeasure(e.MeasureId, e.Scope?.LegalBasis ?? view.Regime, e.Scope?.Territories, e.Act.At) { IsOrdered = e.IsOrdered }],
        },
        CaseDismissed => view with { State = CaseStatus.Dismissed },
        CounterNoticeReceived e => view with
        {
            State = view.IsHeld ? CaseStatus.LitigationHold : view.Measures.Count == 0 ? view.State : CaseStatus.CounterNoticed,
            CounterNotice = new Objection(IsAccepted: true, e.Act.At, []),
        },
        CounterNoticeDeficient e => view with { CounterNotice = new Objection(IsAccepted: false, e.Act.At, e.Missing) },
        CounterNoticeRejected => view with { State = view.State == CaseStatus.CounterNoticed ? CaseStatus.TakenDown : view.State, CounterNotice = null },
        MeasureLifted e => Lifted(view, e),
        LitigationHold => view with { State = CaseStatus.LitigationHold, IsHeld = true },
        LitigationHoldEnded => view with
        {
            State = view.Settlement is not null ? CaseStatus.Settled : view.CounterNotice is { IsAccepted: true } ? CaseStatus.CounterNoticed : CaseStatus.TakenDown,
            IsHeld = false,
        },
        NoticesBarred => view with { AreNoticesBarred = true },
        SettlementExecuted e => view with { State = view.Measures.Any(measure => measure.IsOrdered) ? CaseStatus.LitigationHold : CaseStatus.Settled, Settlement = new Settlement(e.AgreedBy, e.Amount, e.Currency, e.ImageStays) },
        ComplaintLodged e => view with { OpenComplaints = [.. view.OpenComplaints, e.Speaker] },
        DecisionOverturned { Particulars.Party: Speaker.Complainant } => view with
        {
            State = view.State is CaseStatus.Dismissed or CaseStatus.Reinstated ? CaseStatus.Open : view.State,
            OpenComplaints = [.. view.OpenComplaints.Where(party => party != Speaker.Complainant)],
        },
        DecisionOverturned or DecisionConfirmed => view with { OpenComplaints = [.. view.OpenComplaints.Where(party => party != ((CaseEvent.Step)fact).Particulars.Party)] },
        CaseReopened when view.Outcome is { } outcome => view with { State = CaseState.StatusOf(outcome), Outcome = null, ClosedAt = null, ReopenedAt = fact.Act.At },
        CourtActionNotified or AuthorityComplaintNotified => view with { IsActionPending = true, PendingActions = view.PendingActions.With(((CaseEvent.Step)fact).Particulars.Reference) },
        CourtActionDismissed e when view.PendingActions.HaveBeside(e.Particulars.Reference) => view with { PendingActions = view.PendingActions.Without(e.Particulars.Reference) },
        CourtActionDismissed => view with { IsActionPending = false, PendingActions = [] },
        OdsComplaintReceived => view with { IsBeforeBody = true },
        Step or CaseReopened or ComplainantWithdrew or DeadlineExtended or DeadlineWarned or DeadlineElapsed or DeadlineFired or DeadlineExecutedLate => view,
        CaseClosed e => view with { State = CaseStatus.Closed, Outcome = e.Outcome, ClosedAt = e.Act.At },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no fact of a case."),
    };

    private static CaseView Lifted(CaseView view, MeasureLifted lift)
    {
        IReadOnlyList<ActiveMeasure> remaining = [.. view.Measures.Where(measure => measure.MeasureId != lift.MeasureId)];
        var state = remaining.Count > 0 ? view.State : view.Settlement is not null ? CaseStatus.Settled : CaseStatus.Reinstated;
        // The pending action was about what the notice held down.
        var isPending = view.IsActionPending && remaining.Any(measure => !measure.IsOrdered) == view.Measures.Any(measure => !measure.IsOrdered);
        return view with { State = state, Measures = remaining, IsHeld = view.IsHeld && remaining.Count > 0, IsActionPending = isPending, PendingActions = isPending ? view.PendingActions : [] };
    }
}

/// <summary>What the parties agreed.</summary>
public sealed record Settlement(IReadOnlyList<string> AgreedBy, decimal Amount, string Currency, bool ImageStays);

/// <summary>A measure that holds the picture down.</summary>
/// <param name="Territories">ISO 3166 codes; null for everywhere.</param>
public sealed record ActiveMeasure(string MeasureId, string LegalBasis, IReadOnlyList<string>? Territories, DateTimeOffset Since)
{
    /// <summary>Whether a court ordered it, so that only the court ends it.</summary>
    public bool IsOrdered { get; init; }
}

/// <summary>An objection as it was last received.</summary>
/// <param name="IsAccepted">Whether it is complete.</param>
/// <param name="Missing">Elements that it lacks, with their codes.</param>
public sealed record Objection(bool IsAccepted, DateTimeOffset At, IReadOnlyList<Lack> Missing);
