using ImageRights.CaseManagement.Cases;
using static ImageRights.CaseManagement.Reporters.ReporterEvent;

namespace ImageRights.CaseManagement.Reporters;

/// <summary>Facts to append, none when everything is recorded already, or a refusal.</summary>
public sealed record ReporterDecision(IReadOnlyList<ReporterEvent> Events, string? Code = null, string? Detail = null)
{
    internal static readonly ReporterDecision Nothing = new([]);
    internal static ReporterDecision Of(params ReporterEvent[] events) => new(events);
    internal static ReporterDecision Refused(string code, string? detail = null) => new([], code, detail);
}

/// <summary>What a reporter's complaints came to, as far as decisions about him look.</summary>
/// <param name="Score">Within the window of trust.</param>
/// <param name="Unfounded">Complaints without ground within the window of misuse.</param>
/// <param name="Complaints">Complaints decided within it.</param>
/// <param name="UnfoundedSinceWarning">Those without ground that were filed after the warning that stands.</param>
/// <param name="WronglyDown">Pictures that were down because of them.</param>
/// <param name="HoursDown">How long, in hours.</param>
public sealed record Tally(Score Score, int Unfounded, int Complaints, int UnfoundedSinceWarning, int WronglyDown, double HoursDown);

/// <summary>The rules about reporters. Pure: numbers, times and the tenant's policy come in.</summary>
public static class ReporterDecider
{
    /// <summary>Looks at a reporter after one of his complaints was decided: lanes, warning, proposal. A machine never suspends.</summary>
    public static IReadOnlyList<ReporterEvent> Assess(Reporter reporter, string accountId, Tally tally, ReporterPolicy policy, DateTimeOffset at)
    {
        var facts = new List<ReporterEvent>();
        var trusted = IsTrusted(tally.Score, policy.Trust);
        if (reporter.IsFast && !trusted) facts.Add(new FastLaneLeft(accountId, tally.Score, at.AddMonths(policy.Trust.ReadmissionMonths), at));
        if (!reporter.IsFast && trusted && !(at < reporter.ReadmissionFrom) && !reporter.IsSuspended(at)) facts.Add(new FastLaneEntered(accountId, tally.Score, at));

        var misuse = tally.Unfounded >= policy.Misuse.FewestUnfounded && tally.Unfounded * 100 >= policy.Misuse.UnfoundedPercent * tally.Complaints;
        if (!misuse || reporter.IsSuspended(at)) return facts;
        var factors = new MisuseFactors(tally.Unfounded, tally.Complaints, tally.WronglyDown, tally.HoursDown, [.. reporter.Signals.Select(signal => signal.Signal).Distinct()], "", "");
        if (!IsWarned(reporter, at)) facts.Add(new MisuseWarned(accountId, factors, at.AddMonths(policy.Misuse.WarningMonths), at));
        else if (reporter.Proposal is null && tally.UnfoundedSinceWarning > 0) facts.Add(new SuspensionProposed(accountId, factors, at));
        return facts;
    }

    /// <summary>Whether a score passes the gates; counted in whole complaints, so that 90 % is exactly that.</summary>
    public static bool IsTrusted(Score score, TrustGates gates) =>
        score.Decided >= gates.FewestDecided && score.Upheld * 100 >= gates.UpheldPercent * score.Decided && score.Countered * 100 <= gates.CounteredPercent * score.Decided;

    /// <summary>Whether a warning stands.</summary>
    public static bool IsWarned(Reporter reporter, DateTimeOffset at) => reporter.Warning is { } warning && at < warning.StandsUntil;

    /// <summary>Notes what speaks for intent; once for a case.</summary>
    public static IReadOnlyList<ReporterEvent> Signal(Reporter reporter, string accountId, string signal, string caseId, DateTimeOffset at) =>
        reporter.Signals.Any(raised => raised.Signal == signal && raised.CaseId == caseId) ? [] : [new SignalRaised(accountId, signal, caseId, at)];

    /// <summary>Suspends for a time: after a warning, after he went on, with all four factors, by a person.</summary>
    public static ReporterDecision Suspend(Reporter reporter, string accountId, string gravity, string intent, DateTimeOffset until, ReporterPolicy policy, Act act)
    {
        if (reporter.Suspension is { } active && active.Act.Repeats(act)) return ReporterDecision.Nothing;
        if (reporter.IsSuspended(act.At)) return ReporterDecision.Refused(ReporterCodes.AlreadySuspended);
        if (!IsWarned(reporter, act.At)) return ReporterDecision.Refused(ReporterCodes.NotWarned);
        if (reporter.Proposal is not { } proposal) return ReporterDecision.Refused(ReporterCodes.NotProposed);
        if (string.IsNullOrWhiteSpace(gravity) || string.IsNullOrWhiteSpace(intent)) return ReporterDecision.Refused(ReporterCodes.FactorsMissing);
        var longest = act.At.AddDays(policy.Misuse.LongestSuspensionDays);
        if (until <= act.At || until > longest) return ReporterDecision.Refused(ReporterCodes.TooLong, $"It ends after now and not after {longest:yyyy-MM-dd'T'HH:mm:ss'Z'}.");
        var factors = proposal.Factors with { Gravity = gravity, Intent = intent };
        var suspended = new ReporterSuspended(accountId, factors, until, act, act.At);
        return reporter.IsFast
            ? ReporterDecision.Of(new FastLaneLeft(accountId, new Score(factors.Complaints, factors.Complaints - factors.Unfounded, 0), act.At.AddMonths(policy.Trust.ReadmissionMonths), act.At), suspended)
            : ReporterDecision.Of(suspended);
    }

    /// <summary>Takes an appeal against a suspension.</summary>
    public static ReporterDecision Appeal(Reporter reporter, string accountId, Act act)
    {
        if (reporter.Appeal is { } lodged && lodged.Act.Repeats(act)) return ReporterDecision.Nothing;
        if (!reporter.IsSuspended(act.At)) return ReporterDecision.Refused(ReporterCodes.NotSuspended);
        if (act.By != accountId) return ReporterDecision.Refused(ReporterCodes.AppealNotByReporter);
        return reporter.Appeal is null ? ReporterDecision.Of(new SuspensionAppealed(accountId, act, act.At)) : ReporterDecision.Refused(ReporterCodes.AppealLodged);
    }

    /// <summary>Decides an appeal: another person than who suspended.</summary>
    public static ReporterDecision DecideAppeal(Reporter reporter, string accountId, bool lift, Act act)
    {
        if (reporter.Suspension is not { } suspension || reporter.Appeal is null || reporter.IsAppealDecided) return ReporterDecision.Refused(ReporterCodes.AppealNotPending);
        if (act.By == suspension.Act.By || act.By == accountId) return ReporterDecision.Refused(ReporterCodes.SamePerson);
        return ReporterDecision.Of(lift ? new SuspensionLifted(accountId, act, act.At) : new SuspensionConfirmed(accountId, act, act.At));
    }
}
