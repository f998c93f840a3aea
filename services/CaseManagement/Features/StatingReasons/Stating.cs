using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Features.SubmittingStatements;
using ImageRights.CaseManagement.Projections;
using ImageRights.CaseManagement.Regimes;
using ImageRights.CaseManagement.Reporters;
using ImageRights.CaseManagement.StatementsOfReasons;
using ImageRights.EventStore;
using NodaTime;
using static ImageRights.CaseManagement.Cases.CaseEvent;

namespace ImageRights.CaseManagement.Features.StatingReasons;

/// <summary>States the reasons of each measure where the measure itself is recorded: in the same session, so that neither is without the other.</summary>
public sealed class Stating(RegimeCatalogue catalogue, TransparencyMapping mapping, ReporterPolicies policies)
{
    private const string Clause = "terms:";
    private const string Union = "EU";

    /// <summary>Adds what a case's new facts ask for to the session that appends them.</summary>
    /// <param name="history">Facts before these.</param>
    public async Task AccompanyAsync(DocumentSession session, CaseId id, IReadOnlyList<CaseEvent> history, IReadOnlyList<CaseEvent> facts, CancellationToken cancellationToken)
    {
        if (!facts.Any(fact => fact is MeasureApplied or MeasureLifted)) return;
        IReadOnlyList<CaseEvent> all = [.. history, .. facts];
        foreach (var measure in facts.OfType<MeasureApplied>())
        {
            var image = await session.LoadAsync<KnownImage>(measure.Dispute.ImageId, cancellationToken);
            var reasons = ReasonsOf(id, all, measure, image, policies.Of(session.TenantId));
            var statementId = StatementOfReasons.IdOf(measure.MeasureId, 1);
            var isForDatabase = IsForDatabase(all, reasons);
            session.Events.StartStream(StatementOfReasons.StreamPrefix + statementId, new StatementEvent.StatementIssued(reasons, null, isForDatabase, measure.Act.At));
            if (isForDatabase) TransparencyQueue.Enqueue(session, statementId);
        }
        foreach (var lift in facts.OfType<MeasureLifted>())
        {
            var stream = await session.Events.FetchForWriting<StatementStream>(StatementOfReasons.StreamPrefix + StatementOfReasons.IdOf(lift.MeasureId, 1), cancellationToken);
            // Measures that were applied before reasons were stated here have none.
            if (stream.Events.Count == 0) continue;
            stream.AppendMany(StatementDecider.End(StatementStream.Fold(stream.Events), DayOf(all, lift.Act.At), lift.Cause ?? lift.Act.ReasonCode, lift.Act.At));
        }
    }

    /// <summary>The reasons of a measure, as the case's facts have them.</summary>
    public Reasons ReasonsOf(CaseId id, IReadOnlyList<CaseEvent> facts, MeasureApplied measure, KnownImage? image, ReporterPolicy policy)
    {
        var (opened, pack) = (facts.OfType<CaseOpened>().First(), PackOf(facts));
        var complaints = facts.Select(ComplaintOf).OfType<HeardComplaint>().ToList();
        var notices = complaints.Where(complaint => complaint.Notice is not null).ToList();
        var isCompared = opened.Finding is not null || facts.OfType<ComplainantJoined>().Any(joined => joined.Finding is not null);
        var (impulse, heardAt) = measure.IsOrdered ? (Impulse.Order, measure.Act.At)
            : complaints.Count == 0 ? (Impulse.OwnInitiative, opened.Act.At)
            : notices.Count == 0 ? (Impulse.Report, complaints[0].At)
            : pack?.Jurisdiction != Union ? (Impulse.OtherNotice, notices[0].Notice!.ReceivedAt)
            : notices.Any(notice => policy.TrustedFlaggers?.Contains(notice.AccountId) == true) ? (Impulse.TrustedFlagger, notices[0].Notice!.ReceivedAt)
            : (Impulse.Notice, notices[0].Notice!.ReceivedAt);
        var code = mapping.Subjects.ContainsKey(measure.Act.ReasonCode) || mapping.Reasons.ContainsKey(measure.Act.ReasonCode) ? measure.Act.ReasonCode : opened.Act.ReasonCode;
        var basis = measure.Scope?.LegalBasis;
        var clause = basis?.StartsWith(Clause, StringComparison.Ordinal) == true ? basis[Clause.Length..].Trim() : null;
        var regime = pack?.Id ?? HouseRegime.Name;
        return new Reasons(
            id.Value, measure.MeasureId, measure.Dispute.RespondentAccountId, measure.Dispute.ImageId, Restriction.Disabled, measure.Scope?.Territories ?? [], DayOf(facts, measure.Act.At), null,
            mapping.SubjectOf(code, opened.Location.Surface), opened.Location.Surface, DayOf(facts, image?.ScreenedAt ?? opened.Act.At), impulse, DayOf(facts, heardAt),
            opened.Origin != Origin.Report || opened.Finding is not null, measure.Scope?.Automated == true ? Automation.Full : isCompared ? Automation.Partial : Automation.None,
            clause, measure.Act.Statement, regime, clause is null && basis != regime ? basis : null, isCompared ? true : null);
    }

    private sealed record HeardComplaint(string? AccountId, NoticeReference? Notice, DateTimeOffset At);

    /// <summary>What somebody said; a finding of matching is nobody's complaint.</summary>
    private static HeardComplaint? ComplaintOf(CaseEvent fact) => fact switch
    {
        CaseOpened { ReportId: not null } opened => new(opened.Dispute.ComplainantAccountId, opened.Notice, opened.Act.At),
        ComplainantJoined { ReportId: not null } joined => new(joined.ComplainantAccountId, joined.Notice, joined.Act.At),
        _ => null,
    };

    /// <summary>Owed to the database is what holds in the Union, under its law or in its countries, but for what a court ordered (Article 17(5)).</summary>
    private bool IsForDatabase(IReadOnlyList<CaseEvent> facts, Reasons reasons) => reasons.Impulse != Impulse.Order && (
        PackOf(facts)?.Jurisdiction == Union || reasons.Territories.Any(country => country == "EL" || mapping.Vocabulary["territorial_scope"].Contains(country)));

    private RegimePack? PackOf(IReadOnlyList<CaseEvent> facts) =>
        catalogue.Find(facts.OfType<RegimeAdopted>().LastOrDefault()?.Regime ?? facts.OfType<CaseOpened>().First().Regime);

    private DateOnly DayOf(IReadOnlyList<CaseEvent> facts, DateTimeOffset at)
    {
        var settings = facts.OfType<RegimeAdopted>().LastOrDefault()?.Settings ?? facts.OfType<CaseOpened>().First().Settings;
        var zone = settings?.Zone ?? PackOf(facts)?.Zone ?? "Etc/UTC";
        return Instant.FromDateTimeOffset(at).InZone(DateTimeZoneProviders.Tzdb[zone]).Date.ToDateOnly();
    }
}
