using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Messages;
using ImageRights.CaseManagement.Notices;
using ImageRights.CaseManagement.Proceedings;
using ImageRights.CaseManagement.Regimes;
using ImageRights.CaseManagement.Reporters;
using ImageRights.CaseManagement.StatementsOfReasons;
using NodaTime;
using static ImageRights.CaseManagement.Cases.CaseEvent;

namespace ImageRights.CaseManagement.Features.Informing;

/// <summary>A message that is due to somebody because of a fact.</summary>
/// <param name="AccountId">Addressee; null for somebody without an account.</param>
public sealed record Letter(string? AccountId, MessageValues Values);

/// <summary>Who hears what of which fact. Pure: the same history gives the same letters.</summary>
public sealed class Correspondence(RegimeCatalogue catalogue, MessageBook book)
{
    /// <summary>Template of the end of an order beside which another holds.</summary>
    public const string OneOrderEnded = "OneOrderEnded";

    /// <summary>Template of the end of an action beside which another is pending.</summary>
    public const string OneActionEnded = "OneActionEnded";

    /// <summary>Template of what matching found, of which the work's owner knew nothing.</summary>
    public const string WorkFound = "WorkFound";

    /// <summary>Letters of the last of a case's facts.</summary>
    public IReadOnlyList<Letter> Of(string caseId, IReadOnlyList<CaseEvent> history)
    {
        var fact = history[^1];
        // Of several measures that end together the last one's end is told.
        if (fact is MeasureLifted { Cause: nameof(MeasureLifted) }) return [];
        var proceeding = Proceeding.Of(history, catalogue);
        var pack = proceeding?.Pack ?? catalogue.Find(history.OfType<CaseOpened>().First().Regime);
        var zone = proceeding?.Settings.Zone ?? (pack is null ? DateTimeZone.Utc : DateTimeZoneProviders.Tzdb[pack.Zone]);
        var isFinding = fact is CaseOpened { ReportId: null } or ComplainantJoined { ReportId: null };
        var name = isFinding ? WorkFound : fact is RemovalOrderEnded && proceeding?.Orders.Count > 0 ? OneOrderEnded
            : fact is CourtActionDismissed && proceeding?.Actions.Count > 0 ? OneActionEnded : fact.GetType().Name;
        var step = pack?.Steps.FirstOrDefault(step => step.On == name);
        // A term of the platform's own is nobody else's matter.
        var rule = fact switch { DeadlineWarned e => e.Ground.Rule, DeadlineElapsed e => e.Ground.Rule, _ => null };
        var redress = TextOf(catalogue.RedressOf(pack?.Id ?? HouseRegime.Name, history.OfType<MeasureApplied>().LastOrDefault()?.IsOrdered == true));
        // Who has heard nothing of a case is not told that it ends or goes on.
        var wouldBeNews = fact is (CaseClosed or CaseReopened) && !HasHeard(Party.Respondent, caseId, history);
        return [.. Addressees(fact, history).Where(to => book.Find(name, to.Party) is not null && (rule is null || book.Concerns(rule, to.Party)) && !(wouldBeNews && to.Party == Party.Respondent)).Select(to => new Letter(to.AccountId, new MessageValues(
            name, to.Party, caseId, null, fact.Dispute.ImageId, pack?.Jurisdiction, TextOf(pack?.Title), CodesOf(fact, pack), TextOf(step?.Text), TermsOf(proceeding, to.Party, zone),
            fact is MeasureApplied measure && to.Party == Party.Respondent ? StatementOfReasons.IdOf(measure.MeasureId, 1) : null, WorkId: isFinding ? fact.Dispute.WorkId : null, Redress: redress)))];
    }

    private bool HasHeard(Party party, string caseId, IReadOnlyList<CaseEvent> history) =>
        Enumerable.Range(1, history.Count - 1).Any(count => Of(caseId, [.. history.Take(count)]).Any(letter => letter.Values.Party == party));

    /// <summary>Letters of the last of a notice's facts.</summary>
    public IReadOnlyList<Letter> Of(string noticeId, IReadOnlyList<NoticeEvent> history)
    {
        var (fact, received) = (history[^1], history.OfType<NoticeEvent.NoticeReceived>().First());
        var pack = catalogue.Find(received.Regime)!;
        var zone = DateTimeZoneProviders.Tzdb[pack.Zone];
        IReadOnlyList<Lack> lacks = fact switch
        {
            NoticeEvent.CorrectionRequested e => e.Lacks,
            NoticeEvent.NoticeCorrected e => e.Lacks,
            NoticeEvent.NoticeRejected e => e.Lacks,
            _ => [],
        };
        var asked = history.OfType<NoticeEvent.CorrectionRequested>().LastOrDefault();
        IReadOnlyList<MessageTerm> terms = lacks.Count > 0 && asked is not null && fact is not NoticeEvent.NoticeRejected
            ? [new MessageTerm("IR-03", null, Moment(Instant.FromDateTimeOffset(asked.CorrectBefore), zone, isDay: true))] : [];
        if (book.Find(fact.GetType().Name, Party.Complainant) is null) return [];
        return [new Letter(received.ComplainantAccountId, new MessageValues(
            fact.GetType().Name, Party.Complainant, null, noticeId, null, pack.Jurisdiction, TextOf(pack.Title), [.. lacks.Select(lack => CodeOf(lack, pack))], null, terms, null))];
    }

    /// <summary>Letters of a decision about a reporter.</summary>
    public IReadOnlyList<Letter> Of(ReporterEvent fact)
    {
        if (book.Find(fact.GetType().Name, Party.Complainant) is null) return [];
        IReadOnlyList<MessageCode> codes = fact switch
        {
            ReporterEvent.MisuseWarned e => Misuse(e.Factors),
            ReporterEvent.ReporterSuspended e => [new MessageCode("Reporter_Suspended", TextOf("Reporter_Suspended")), .. Misuse(e.Factors)],
            ReporterEvent.SuspensionConfirmed e => [new MessageCode(e.Act.ReasonCode, ReasonOf(e.Act.ReasonCode))],
            ReporterEvent.SuspensionLifted e => [new MessageCode(e.Act.ReasonCode, ReasonOf(e.Act.ReasonCode))],
            _ => [],
        };
        DateTimeOffset? until = fact switch { ReporterEvent.ReporterSuspended e => e.Until, ReporterEvent.MisuseWarned e => e.StandsUntil, ReporterEvent.FastLaneLeft e => e.ReadmissionFrom, _ => null };
        return [new Letter(fact.AccountId, new MessageValues(
            fact.GetType().Name, Party.Complainant, null, null, null, null, null, codes, null, [], null, until is { } end ? Moment(Instant.FromDateTimeOffset(end), DateTimeZone.Utc, isDay: false) : null))];
    }

    /// <summary>Letters about a contradiction of priority.</summary>
    public IReadOnlyList<Letter> Of(Priority.PriorityEvent fact, Priority.PriorityEvent.PriorityContradictionFound found)
    {
        IReadOnlyList<MessageCode> codes = [new MessageCode(Priority.PriorityCodes.Contradiction, TextOf(Priority.PriorityCodes.Contradiction))];
        LocalMoment? hearing = fact is Priority.PriorityEvent.PriorityContradictionFound ? Moment(Instant.FromDateTimeOffset(found.HearUntil), DateTimeZone.Utc, isDay: false) : null;
        return [.. new[] { (Party: Party.Complainant, Account: found.Complainant.AccountId), (Party: Party.Respondent, Account: found.Respondent.AccountId) }
            .Where(to => book.Find(fact.GetType().Name, to.Party) is not null && (fact is not Priority.PriorityEvent.PartyHeard heard || heard.AccountId == to.Account))
            .Select(to => new Letter(to.Party == Party.Complainant && found.Complainant.IsGuest ? null : to.Account, new MessageValues(fact.GetType().Name, to.Party, found.CaseId, null, found.Respondent.ImageId, null, null, codes, null, [], null, hearing,
                Redress: TextOf(catalogue.RedressOf(HouseRegime.Name, isOrdered: false)))))];
    }

    private static IEnumerable<(Party Party, string? AccountId)> Addressees(CaseEvent fact, IReadOnlyList<CaseEvent> history)
    {
        switch (fact)
        {
            case CaseOpened or ComplainantJoined:
                foreach (var complainant in Complaining(fact)) yield return (Party.Complainant, complainant);
                break;
            case ComplainantWithdrew withdrew:
                yield return (Party.Complainant, withdrew.ComplainantAccountId);
                break;
            case InformedOfDecision { Particulars.Party: Speaker.Respondent }:
                yield return (Party.Respondent, fact.Dispute.RespondentAccountId);
                break;
            default:
                foreach (var complainant in Complainants(history)) yield return (Party.Complainant, complainant);
                if (fact is not InformedOfDecision { Particulars.Party: Speaker.Complainant }) yield return (Party.Respondent, fact.Dispute.RespondentAccountId);
                break;
        }
    }

    /// <summary>Everybody who complained and has not taken it back.</summary>
    private static IEnumerable<string?> Complainants(IReadOnlyList<CaseEvent> history)
    {
        var withdrawn = history.OfType<ComplainantWithdrew>().Select(fact => fact.ComplainantAccountId).ToHashSet();
        return history.SelectMany(Complaining).Where(account => account is null || !withdrawn.Contains(account)).Distinct();
    }

    /// <summary>Who complains by a fact; a finding of matching complains for nobody but the work's owner.</summary>
    private static IEnumerable<string?> Complaining(CaseEvent fact) => fact switch
    {
        CaseOpened { ReportId: null, Dispute.ComplainantAccountId: null } or ComplainantJoined { ReportId: null, ComplainantAccountId: null } => [],
        CaseOpened opened => [opened.Dispute.ComplainantAccountId],
        ComplainantJoined joined => [joined.ComplainantAccountId],
        _ => [],
    };

    private IReadOnlyList<MessageCode> CodesOf(CaseEvent fact, RegimePack? pack) => fact switch
    {
        CounterNoticeDeficient deficient => [.. deficient.Missing.Select(lack => CodeOf(lack, pack))],
        DeadlineWarned warned => [new MessageCode(warned.Ground.Rule, book.Terms.GetValueOrDefault(warned.Ground.Rule)?.What)],
        DeadlineElapsed elapsed => [new MessageCode(elapsed.Ground.Rule, book.Terms.GetValueOrDefault(elapsed.Ground.Rule)?.What)],
        CaseClosed closed => [new MessageCode(closed.Outcome.ToString(), ReasonOf(closed.Outcome.ToString())), new MessageCode(closed.Act.ReasonCode, ReasonOf(closed.Act.ReasonCode))],
        _ => [new MessageCode(fact.Act.ReasonCode, ReasonOf(fact.Act.ReasonCode))],
    };

    private MessageCode CodeOf(Lack lack, RegimePack? pack) => new(
        lack.Code, TextOf(lack.Code), TextOf(pack?.Forms.SelectMany(form => form.Fields).FirstOrDefault(field => field.Name == lack.Field)?.Example));

    private IReadOnlyList<MessageTerm> TermsOf(Proceeding? proceeding, Party party, DateTimeZone zone) => proceeding is null ? [] :
        [.. proceeding.Clocks
            .Where(clock => clock.Status == ClockStatus.Running && clock.Window is { } window && (window.Opens ?? window.Closes) is not null)
            .Where(clock => book.Concerns(clock.Clock.Id, party) && clock.IsFor(party == Party.Complainant ? "complainant" : "respondent"))
            // Product levels repeat a law's own term under one identity, and each decision has a term for complaining of it; the law's latest is told.
            .GroupBy(clock => clock.Clock.Id, (_, same) => same.LastOrDefault(proceeding.Law.Clocks.Contains) ?? same.First())
            .Select(clock => new MessageTerm(clock.Clock.Id, Moment(clock.Window!.Opens, clock, zone), Moment(clock.Window.Closes, clock, zone)))];

    private static LocalMoment? Moment(Edge? edge, RunningClock clock, DateTimeZone zone) =>
        edge is null ? null : Moment(edge.At, zone, clock.Clock.DayKind is not (DayKind.Elapsed or DayKind.AtOnce));

    private static LocalMoment Moment(Instant at, DateTimeZone zone, bool isDay) => new(
        at.InZone(zone).ToDateTimeOffset(), isDay ? (at - Duration.Epsilon).InZone(zone).Date.ToDateOnly() : null, zone.Id);

    private static IReadOnlyList<MessageCode> Misuse(MisuseFactors factors) =>
        [new MessageCode("Misuse", new Text($"{factors.Unfounded} of {factors.Complaints} complaints and objections ({factors.Percent()} %)", $"{factors.Complaints}项投诉和异议中{factors.Unfounded}项不成立({factors.Percent()}%)")), .. factors.Signals.Select(signal => new MessageCode(signal, null))];

    private Text? ReasonOf(string code) => book.Reasons.GetValueOrDefault(code) ?? TextOf(code);

    private Text? TextOf(string code) => catalogue.Codes.GetValueOrDefault(code) is { } known ? new Text(known.En, known.Zh) : null;

    private static Text? TextOf(Words? words) => words is null ? null : new Text(words.En, words.Zh);
}
