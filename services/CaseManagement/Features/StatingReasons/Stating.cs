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
        var opened = facts.OfType<CaseOpened>().First();
        var notice = facts.OfType<RegimeAdopted>().LastOrDefault()?.Notice ?? opened.Notice;
        var isDetected = opened.Origin != Origin.Report || opened.Finding is not null || facts.OfType<ComplainantJoined>().Any(joined => joined.Finding is not null);
        var complainants = facts.OfType<ComplainantJoined>().Select(joined => joined.ComplainantAccountId).Append(opened.Dispute.ComplainantAccountId).OfType<string>().ToHashSet();
        var reports = facts.OfType<ComplainantJoined>().Any(joined => joined.ReportId is not null) || opened.ReportId is not null;
        var impulse = measure.Cause is nameof(CourtOrderedRemoval) ? Impulse.Order
            : !reports ? Impulse.OwnInitiative
            : complainants.Overlaps(policy.TrustedFlaggers ?? []) ? Impulse.TrustedFlagger
            : Impulse.Notice;
        var code = mapping.Subjects.ContainsKey(measure.Act.ReasonCode) || mapping.Reasons.ContainsKey(measure.Act.ReasonCode) ? measure.Act.ReasonCode : opened.Act.ReasonCode;
        return new Reasons(
            id.Value, measure.MeasureId, measure.Dispute.RespondentAccountId, measure.Dispute.ImageId, Restriction.Disabled, measure.Scope?.Territories ?? [], DayOf(facts, measure.Act.At), null,
            mapping.SubjectOf(code, opened.Location.Surface), opened.Location.Surface, DayOf(facts, image?.ScreenedAt ?? opened.Act.At), impulse, DayOf(facts, notice?.ReceivedAt ?? opened.Act.At),
            isDetected, measure.Scope?.Automated == true ? Automation.Full : isDetected ? Automation.Partial : Automation.None,
            measure.Scope?.LegalBasis is { } basis && basis.StartsWith(Clause, StringComparison.Ordinal) ? basis[Clause.Length..].Trim() : null, measure.Act.Statement);
    }

    /// <summary>Owed to the database is what holds in the Union, under its law or in its countries, but for what a court ordered (Article 17(5)).</summary>
    private bool IsForDatabase(IReadOnlyList<CaseEvent> facts, Reasons reasons) => reasons.Impulse != Impulse.Order && (
        PackOf(facts)?.Jurisdiction == "EU" || reasons.Territories.Any(country => country == "EL" || mapping.Vocabulary["territorial_scope"].Contains(country)));

    private RegimePack? PackOf(IReadOnlyList<CaseEvent> facts) =>
        catalogue.Find(facts.OfType<RegimeAdopted>().LastOrDefault()?.Regime ?? facts.OfType<CaseOpened>().First().Regime);

    private DateOnly DayOf(IReadOnlyList<CaseEvent> facts, DateTimeOffset at)
    {
        var settings = facts.OfType<RegimeAdopted>().LastOrDefault()?.Settings ?? facts.OfType<CaseOpened>().First().Settings;
        var zone = settings?.Zone ?? PackOf(facts)?.Zone ?? "Etc/UTC";
        return Instant.FromDateTimeOffset(at).InZone(DateTimeZoneProviders.Tzdb[zone]).Date.ToDateOnly();
    }
}
