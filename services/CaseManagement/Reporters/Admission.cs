namespace ImageRights.CaseManagement.Reporters;

/// <summary>How a complaint is taken.</summary>
public enum Lane
{
    /// <summary>In its turn.</summary>
    Ordinary,

    /// <summary>Before others.</summary>
    Fast,

    /// <summary>A person looks at it before anything follows from it.</summary>
    Sampled,
}

/// <summary>Earlier complaints that count against a limit.</summary>
/// <param name="Items">Pictures that they named.</param>
public sealed record Filed(DateTimeOffset At, int Items);

/// <summary>Whether and how a complaint is taken.</summary>
/// <param name="Code">Why it is not; null when it is.</param>
/// <param name="RetryAt">When it may be filed again; null when it may not.</param>
public sealed record Admission(Lane Lane, string? Code = null, DateTimeOffset? RetryAt = null)
{
    /// <summary>Decides on a complaint. Pure.</summary>
    /// <param name="isTrusted">Whether he is a trusted flagger.</param>
    /// <param name="isNew">Whether he, or one of the accounts that belong to him, is not known yet.</param>
    /// <param name="isLinked">Whether other accounts belong to him.</param>
    /// <param name="filed">What all accounts that belong together filed within a day.</param>
    /// <param name="ordinal">How many complaints they filed before, ever.</param>
    public static Admission Decide(Reporter reporter, bool isTrusted, bool isNew, bool isLinked, IReadOnlyList<Filed> filed, long ordinal, int items, NewcomerLimits limits, DateTimeOffset at)
    {
        if (reporter.IsSuspended(at)) return new Admission(Lane.Ordinary, ReporterCodes.Suspended, reporter.Suspension!.Until);
        if (isTrusted) return new Admission(Lane.Fast);
        if (!isNew && !isLinked) return new Admission(reporter.IsFast ? Lane.Fast : Lane.Ordinary);
        var hour = Free(filed, items, limits.PerHour, TimeSpan.FromHours(1), at);
        var day = Free(filed, items, limits.PerDay, TimeSpan.FromDays(1), at);
        if (hour > at || day > at) return new Admission(Lane.Ordinary, ReporterCodes.RateLimited, hour > day ? hour : day);
        return new Admission(ordinal % limits.SampleEvery == 0 ? Lane.Sampled : Lane.Ordinary);
    }

    /// <summary>From when on so many more stay within a limit; never, where they alone are too many.</summary>
    private static DateTimeOffset Free(IReadOnlyList<Filed> filed, int items, int limit, TimeSpan window, DateTimeOffset at)
    {
        if (items > limit) return DateTimeOffset.MaxValue;
        var counted = filed.Where(each => each.At > at - window).OrderBy(each => each.At).ToList();
        var sum = counted.Sum(each => each.Items);
        var free = at;
        foreach (var each in counted)
        {
            if (sum + items <= limit) break;
            sum -= each.Items;
            free = each.At + window;
        }
        return free;
    }
}
