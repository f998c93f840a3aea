using ImageRights.CaseManagement.Cases;

namespace ImageRights.CaseManagement.Notices;

/// <summary>The facts of a notice. They say which elements were given and never their words: names, addresses and signatures are papers, which can be erased.
/// These records are the stored format: a change is a new version beside the old one.</summary>
public abstract record NoticeEvent
{
    private NoticeEvent()
    {
    }

    /// <summary>When it was.</summary>
    public abstract DateTimeOffset At { get; init; }

    /// <summary>A notice arrived.</summary>
    /// <param name="Regime">Name and version of the pack that it is given under.</param>
    /// <param name="ComplainantAccountId">Who gives it; null for somebody without an account.</param>
    /// <param name="Elements">Names of the form's elements that it has.</param>
    /// <param name="Items">Pictures that it names, by our ids.</param>
    /// <param name="Settings">What the tenant had chosen in the pack; null for its own.</param>
    public sealed record NoticeReceived(
        string Regime, string? ComplainantAccountId, string? WorkId, IReadOnlyList<string> Elements, IReadOnlyList<string> Items, DateTimeOffset At,
        ChosenSettings? Settings = null) : NoticeEvent;

    /// <summary>It lacks elements that can be supplied under its first receipt.</summary>
    /// <param name="CorrectBefore">From this instant a correction is too late.</param>
    public sealed record CorrectionRequested(IReadOnlyList<Lack> Lacks, DateTimeOffset CorrectBefore, DateTimeOffset At) : NoticeEvent;

    /// <summary>Elements were supplied.</summary>
    /// <param name="Elements">Names of all elements that it has now.</param>
    /// <param name="Lacks">What it still lacks.</param>
    public sealed record NoticeCorrected(IReadOnlyList<string> Elements, IReadOnlyList<Lack> Lacks, DateTimeOffset At) : NoticeEvent;

    /// <summary>It is complete.</summary>
    /// <param name="ReceivedAt">Its first receipt.</param>
    public sealed record NoticeEffective(DateTimeOffset ReceivedAt, DateTimeOffset At) : NoticeEvent;

    /// <summary>It is refused.</summary>
    public sealed record NoticeRejected(IReadOnlyList<Lack> Lacks, DateTimeOffset At) : NoticeEvent;

    /// <summary>It was not corrected in time.</summary>
    public sealed record NoticeLapsed(DateTimeOffset At) : NoticeEvent;
}

/// <summary>Why a notice is not effective.</summary>
/// <param name="Field">Element of the form; null when the fault is no element's.</param>
public sealed record Lack(string? Field, string Code);
