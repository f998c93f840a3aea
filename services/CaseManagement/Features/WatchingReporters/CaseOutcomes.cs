using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Reporters;
using static ImageRights.CaseManagement.Cases.CaseEvent;

namespace ImageRights.CaseManagement.Features.WatchingReporters;

/// <summary>What a case's facts say of each complaint in it.</summary>
public static class CaseOutcomes
{
    /// <summary>One row for each complainant with an account, and one for each objection of either side.</summary>
    public static IReadOnlyList<ComplaintOutcome> Of(string caseId, IReadOnlyList<CaseEvent> history)
    {
        var filed = new Dictionary<string, DateTimeOffset>();
        foreach (var fact in history)
        {
            if (fact is CaseOpened { ReportId: not null, Dispute.ComplainantAccountId: { } first }) filed.TryAdd(first, fact.Act.At);
            else if (fact is ComplainantJoined { ReportId: not null, ComplainantAccountId: { } further }) filed.TryAdd(further, fact.Act.At);
        }
        var (result, at, hours) = Judge(history);
        var withdrawn = history.OfType<ComplainantWithdrew>().ToDictionary(fact => fact.ComplainantAccountId, fact => fact.Act.At);
        return [.. filed.Select(each => withdrawn.TryGetValue(each.Key, out var since)
            ? new ComplaintOutcome(caseId, each.Key, each.Value, since, ComplaintResult.Withdrawn, 0)
            : new ComplaintOutcome(caseId, each.Key, each.Value, at, result, hours)), .. Objections(caseId, history)];
    }

    private static IReadOnlyList<ComplaintOutcome> Objections(string caseId, IReadOnlyList<CaseEvent> history)
    {
        var made = new List<(Speaker By, bool IsComplaint, ComplaintOutcome Outcome)>();
        foreach (var fact in history)
        {
            switch (fact)
            {
                case CounterNoticeReceived:
                    Make(Speaker.Respondent, isComplaint: false, fact);
                    break;
                case ComplaintLodged lodged:
                    Make(lodged.Speaker, isComplaint: true, fact);
                    break;
                case CounterNoticeRejected or CourtOrderedRemoval:
                    Answer(fact, ComplaintResult.Unfounded);
                    break;
                case MeasureLifted:
                    Answer(fact, ComplaintResult.Upheld);
                    break;
                case SettlementExecuted:
                    Answer(fact, ComplaintResult.Settled);
                    break;
                case DecisionConfirmed confirmed:
                    Answer(fact, ComplaintResult.Unfounded, confirmed.Particulars.Party);
                    break;
                case DecisionOverturned overturned:
                    Answer(fact, ComplaintResult.Upheld, overturned.Particulars.Party);
                    break;
            }
        }
        return [.. made.Select(each => each.Outcome)];

        void Make(Speaker by, bool isComplaint, CaseEvent fact) =>
            made.Add((by, isComplaint, new ComplaintOutcome(caseId, fact.Act.By, fact.Act.At, null, ComplaintResult.Open, 0, IsObjection: true, made.Count + 1)));

        // A complaint of a decision is answered to its party; a counter-notice by what becomes of the picture.
        void Answer(CaseEvent fact, ComplaintResult result, Speaker? party = null)
        {
            for (var index = 0; index < made.Count; index++)
            {
                var (by, isComplaint, outcome) = made[index];
                if (outcome.Result == ComplaintResult.Open && isComplaint == party is not null && (party is null || party == by))
                    made[index] = (by, isComplaint, outcome with { Result = result, DecidedAt = fact.Act.At });
            }
        }
    }

    private static (ComplaintResult Result, DateTimeOffset? At, double HoursDown) Judge(IReadOnlyList<CaseEvent> history)
    {
        var (result, at, hours, down) = (ComplaintResult.Open, (DateTimeOffset?)null, 0d, (DateTimeOffset?)null);
        var ordered = history.OfType<MeasureApplied>().Where(measure => measure.IsOrdered).Select(measure => measure.MeasureId).ToHashSet();
        foreach (var fact in history)
        {
            switch (fact)
            {
                case MeasureApplied:
                    (result, at, down) = (ComplaintResult.Upheld, fact.Act.At, down ?? fact.Act.At);
                    break;
                case CaseDismissed:
                    (result, at) = (ComplaintResult.Unfounded, fact.Act.At);
                    break;
                case NoticeRetracted:
                    (result, at) = (ComplaintResult.Withdrawn, fact.Act.At);
                    break;
                case SettlementExecuted:
                    (result, at) = (ComplaintResult.Settled, fact.Act.At);
                    break;
                case MeasureLifted lift when result == ComplaintResult.Upheld && !ordered.Contains(lift.MeasureId):
                    (result, at) = (ComplaintResult.Countered, fact.Act.At);
                    hours += (fact.Act.At - (down ?? fact.Act.At)).TotalHours;
                    down = null;
                    break;
            }
        }
        return (result, at, hours);
    }
}
