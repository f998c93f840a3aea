using ImageRights.CaseManagement.Cases;

namespace ImageRights.CaseManagement.Reporters;

/// <summary>What decided complaints of a reporter came to within the window of trust.</summary>
/// <param name="Decided">Complaints that were decided.</param>
/// <param name="Upheld">Those whose measure stands.</param>
/// <param name="Countered">Those whose measure fell.</param>
public sealed record Score(int Decided, int Upheld, int Countered);

/// <summary>The four factors of Article 23(3), as they were found.</summary>
/// <param name="Unfounded">Absolute number of complaints without ground in the window.</param>
/// <param name="Complaints">Complaints decided in the window; the first in proportion to this one is the second factor.</param>
/// <param name="WronglyDown">Pictures that were down because of them: the consequences, which are part of gravity.</param>
/// <param name="HoursDown">How long, in hours, all together.</param>
/// <param name="Signals">Codes of what speaks for intent, such as <c>PriorityContradiction</c> and <c>Doc_Forged</c>.</param>
/// <param name="Gravity">Gravity in words; empty until a person has weighed it.</param>
/// <param name="Intent">Intent, where it can be known, in words; empty until a person has weighed it.</param>
public sealed record MisuseFactors(int Unfounded, int Complaints, int WronglyDown, double HoursDown, IReadOnlyList<string> Signals, string Gravity, string Intent)
{
    /// <summary>Share of complaints without ground, in percent, rounded down.</summary>
    public int Percent() => Complaints == 0 ? 0 : Unfounded * 100 / Complaints;
}

/// <summary>The facts of a reporter: decisions about him, each with what it rests on. Outcomes of his complaints are the cases' facts.
/// These records are the stored format: a change is a new version beside the old one.</summary>
public abstract record ReporterEvent
{
    private ReporterEvent()
    {
    }

    /// <summary>Account of the reporter.</summary>
    public abstract string AccountId { get; init; }

    /// <summary>When it was.</summary>
    public abstract DateTimeOffset At { get; init; }

    /// <summary>His complaints overtake others from here on.</summary>
    public sealed record FastLaneEntered(string AccountId, Score Score, DateTimeOffset At) : ReporterEvent;

    /// <summary>They no longer do.</summary>
    /// <param name="ReadmissionFrom">Not before this can he come back.</param>
    public sealed record FastLaneLeft(string AccountId, Score Score, DateTimeOffset ReadmissionFrom, DateTimeOffset At) : ReporterEvent;

    /// <summary>Something speaks for intent.</summary>
    /// <param name="Signal">Its code.</param>
    public sealed record SignalRaised(string AccountId, string Signal, string CaseId, DateTimeOffset At) : ReporterEvent;

    /// <summary>He was warned that he will be suspended when he goes on.</summary>
    public sealed record MisuseWarned(string AccountId, MisuseFactors Factors, DateTimeOffset StandsUntil, DateTimeOffset At) : ReporterEvent;

    /// <summary>He went on after the warning; a person is to decide.</summary>
    public sealed record SuspensionProposed(string AccountId, MisuseFactors Factors, DateTimeOffset At) : ReporterEvent;

    /// <summary>His complaints are not processed for a time.</summary>
    public sealed record ReporterSuspended(string AccountId, MisuseFactors Factors, DateTimeOffset Until, Act Act, DateTimeOffset At) : ReporterEvent;

    /// <summary>He complains of the suspension.</summary>
    public sealed record SuspensionAppealed(string AccountId, Act Act, DateTimeOffset At) : ReporterEvent;

    /// <summary>Another person found the suspension right.</summary>
    public sealed record SuspensionConfirmed(string AccountId, Act Act, DateTimeOffset At) : ReporterEvent;

    /// <summary>Another person found it wrong; it ends at once.</summary>
    public sealed record SuspensionLifted(string AccountId, Act Act, DateTimeOffset At) : ReporterEvent;
}
