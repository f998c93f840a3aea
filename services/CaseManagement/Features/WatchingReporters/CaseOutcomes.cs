using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Reporters;
using static ImageRights.CaseManagement.Cases.CaseEvent;

namespace ImageRights.CaseManagement.Features.WatchingReporters;

/// <summary>What a case's facts say of each complaint in it.</summary>
public static class CaseOutcomes
{
    /// <summary>One row for each complainant with an account.</summary>
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
            : new ComplaintOutcome(caseId, each.Key, each.Value, at, result, hours))];
    }

    private static (ComplaintResult Result, DateTimeOffset? At, double HoursDown) Judge(IReadOnlyList<CaseEvent> history)
    {
        var (result, at, hours, down) = (ComplaintResult.Open, (DateTimeOffset?)null, 0d, (DateTimeOffset?)null);
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
                case MeasureLifted when result == ComplaintResult.Upheld:
                    (result, at) = (ComplaintResult.Countered, fact.Act.At);
                    hours += (fact.Act.At - (down ?? fact.Act.At)).TotalHours;
                    down = null;
                    break;
            }
        }
        return (result, at, hours);
    }
}
