namespace ImageRights.CaseManagement.Reporters;

/// <summary>What a complaint came to.</summary>
public enum ComplaintResult
{
    /// <summary>It waits.</summary>
    Open,

    /// <summary>A measure stands because of it; an objection brought the picture back or the decision down.</summary>
    Upheld,

    /// <summary>Its measure fell: to an objection, a review or a court.</summary>
    Countered,

    /// <summary>It was found without ground.</summary>
    Unfounded,

    /// <summary>It was taken back.</summary>
    Withdrawn,

    /// <summary>The parties settled.</summary>
    Settled,
}

/// <summary>What a party asked for in a case, a complaint of the picture or an objection to what was decided, as the case's facts have it now.</summary>
/// <param name="FiledAt">When he complained.</param>
/// <param name="DecidedAt">When it got its result.</param>
/// <param name="HoursDown">How long the picture was down where it should not have been, in hours.</param>
/// <param name="IsObjection">Whether it is a counter-notice or a complaint of a decision.</param>
/// <param name="Number">Which of the case's objections, from 1; 0 for a complaint of the picture.</param>
public sealed record ComplaintOutcome(
    string CaseId, string AccountId, DateTimeOffset FiledAt, DateTimeOffset? DecidedAt, ComplaintResult Result, double HoursDown, bool IsObjection = false, int Number = 0)
{
    /// <summary>Identity of the row: a reporter has one complaint in a case, and as many objections as he made.</summary>
    public string Id => IsObjection ? $"{CaseId}/{Number}/{AccountId}" : $"{CaseId}-{AccountId}";

    /// <summary>Counts within the two windows that end at an instant.</summary>
    public static Tally Count(IEnumerable<ComplaintOutcome> outcomes, Reporter reporter, ReporterPolicy policy, DateTimeOffset at)
    {
        var decided = outcomes.Where(each => each.DecidedAt <= at && each.Result is ComplaintResult.Upheld or ComplaintResult.Countered or ComplaintResult.Unfounded).ToList();
        // Trust is in who reports; misuse is of notices and of complaints alike (Article 23(2)).
        var trust = decided.Where(each => !each.IsObjection && each.DecidedAt > at.AddMonths(-policy.Trust.Months)).ToList();
        var misuse = decided.Where(each => each.DecidedAt > at.AddDays(-policy.Misuse.Days)).ToList();
        // A measure that falls to an objection shows no misuse by itself; that a picture was down wrongly is part of how grave misuse is.
        var unfounded = misuse.Where(each => each.Result == ComplaintResult.Unfounded).ToList();
        var wrong = misuse.Where(each => each.HoursDown > 0).ToList();
        return new Tally(
            new Score(trust.Count, trust.Count(each => each.Result == ComplaintResult.Upheld), trust.Count(each => each.Result == ComplaintResult.Countered)),
            unfounded.Count, misuse.Count, unfounded.Count(each => ReporterDecider.IsWarned(reporter, at) && each.FiledAt > reporter.Warning!.At),
            wrong.Count, Math.Round(wrong.Sum(each => each.HoursDown), 2));
    }
}
