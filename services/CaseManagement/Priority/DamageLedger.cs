using ImageRights.CaseManagement.Cases;
using static ImageRights.CaseManagement.Cases.CaseEvent;

namespace ImageRights.CaseManagement.Priority;

/// <summary>A time in which a picture was down.</summary>
/// <param name="To">When it came back; the end of the account while it is still down.</param>
public sealed record Downtime(DateTimeOffset From, DateTimeOffset To, double Hours);

/// <summary>What a picture's being down cost, for claims over a wrong notice (17 USC 512(f); E-Commerce Law, Article 42(3)).</summary>
/// <param name="Hours">Hours down, all together.</param>
/// <param name="Amount">Hours times the sales of an hour, rounded to hundredths.</param>
/// <param name="Doubled">Twice the amount, for a notice in bad faith under the E-Commerce Law.</param>
public sealed record DamageLedger(string CaseId, IReadOnlyList<Downtime> Downtimes, double Hours, decimal SalesPerHour, string Currency, decimal Amount, decimal Doubled)
{
    /// <summary>Reckons from the facts of a case. Pure.</summary>
    /// <param name="until">End of the account.</param>
    public static DamageLedger Of(string caseId, IReadOnlyList<CaseEvent> history, decimal salesPerHour, string currency, DateTimeOffset until)
    {
        var (times, active, since) = (new List<Downtime>(), new HashSet<string>(), default(DateTimeOffset));
        foreach (var fact in history)
        {
            if (fact is MeasureApplied applied)
            {
                if (active.Count == 0) since = fact.Act.At;
                active.Add(applied.MeasureId);
            }
            else if (fact is MeasureLifted lifted && active.Remove(lifted.MeasureId) && active.Count == 0)
            {
                times.Add(Span(since, fact.Act.At));
            }
        }
        if (active.Count > 0) times.Add(Span(since, until));
        var hours = Math.Round(times.Sum(time => time.Hours), 4);
        var amount = Math.Round((decimal)hours * salesPerHour, 2, MidpointRounding.AwayFromZero);
        return new DamageLedger(caseId, times, hours, salesPerHour, currency, amount, amount * 2);
    }

    private static Downtime Span(DateTimeOffset from, DateTimeOffset to) => new(from, to, Math.Round((to - from).TotalHours, 4));
}
