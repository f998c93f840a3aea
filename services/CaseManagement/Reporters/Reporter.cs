using static ImageRights.CaseManagement.Reporters.ReporterEvent;

namespace ImageRights.CaseManagement.Reporters;

/// <summary>What decisions about a reporter need of his history.</summary>
/// <param name="Warning">The last warning; null before the first and after a suspension that rested on it.</param>
/// <param name="Proposal">A proposal to suspend that waits for a person.</param>
/// <param name="Suspension">The last suspension, unless it was lifted.</param>
/// <param name="Appeal">An appeal against it.</param>
/// <param name="IsAppealDecided">Whether the appeal has its answer.</param>
public sealed record Reporter(
    bool IsFast, DateTimeOffset? ReadmissionFrom, IReadOnlyList<SignalRaised> Signals, MisuseWarned? Warning, SuspensionProposed? Proposal, ReporterSuspended? Suspension,
    SuspensionAppealed? Appeal, bool IsAppealDecided)
{
    /// <summary>Streams of reporters begin with this.</summary>
    public const string StreamPrefix = "reporter-";

    /// <summary>Before the first event.</summary>
    public static readonly Reporter Initial = new(false, null, [], null, null, null, null, false);

    /// <summary>Whether his complaints are not processed at an instant.</summary>
    public bool IsSuspended(DateTimeOffset at) => Suspension is { } suspension && at < suspension.Until;

    /// <summary>Folds the next fact.</summary>
    public static Reporter Evolve(Reporter reporter, object fact) => fact switch
    {
        FastLaneEntered => reporter with { IsFast = true },
        FastLaneLeft e => reporter with { IsFast = false, ReadmissionFrom = e.ReadmissionFrom },
        SignalRaised e => reporter with { Signals = [.. reporter.Signals, e] },
        MisuseWarned e => reporter with { Warning = e },
        SuspensionProposed e => reporter with { Proposal = e },
        ReporterSuspended e => reporter with { Suspension = e, Proposal = null, Appeal = null, IsAppealDecided = false },
        SuspensionAppealed e => reporter with { Appeal = e },
        SuspensionConfirmed => reporter with { IsAppealDecided = true },
        SuspensionLifted => reporter with { Suspension = null, IsAppealDecided = true },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no fact of a reporter."),
    };
}

/// <summary>Codes with which requests of and about reporters are refused; texts are in <c>problems.json</c>.</summary>
public static class ReporterCodes
{
    /// <summary>His complaints are not processed for a time.</summary>
    public const string Suspended = "Reporter_Suspended";

    /// <summary>Too many complaints in too short a time.</summary>
    public const string RateLimited = "Reporter_Rate_Limited";

    /// <summary>Nobody is suspended who was not warned.</summary>
    public const string NotWarned = "Suspension_Without_Warning";

    /// <summary>Nothing happened since the warning.</summary>
    public const string NotProposed = "Suspension_Not_Proposed";

    /// <summary>Gravity and intent were not weighed.</summary>
    public const string FactorsMissing = "Suspension_Factors_Missing";

    /// <summary>It has no end, or one too far away.</summary>
    public const string TooLong = "Suspension_Too_Long";

    /// <summary>He is suspended already.</summary>
    public const string AlreadySuspended = "Suspension_Already_Active";

    /// <summary>There is no suspension.</summary>
    public const string NotSuspended = "Suspension_Not_Active";

    /// <summary>Only the reporter himself appeals.</summary>
    public const string AppealNotByReporter = "Appeal_Not_By_Reporter";

    /// <summary>There is an appeal already.</summary>
    public const string AppealLodged = "Appeal_Already_Lodged";

    /// <summary>There is no appeal to decide.</summary>
    public const string AppealNotPending = "Appeal_Not_Pending";

    /// <summary>Who decided does not review himself.</summary>
    public const string SamePerson = "Appeal_Same_Person";
}
