using System.Text.Json.Serialization;

namespace ImageRights.CaseManagement.Cases;

/// <summary>Who acted, why and when. An act is the same act at any time: a repetition differs in <paramref name="At"/> only.</summary>
/// <param name="By">Account or reviewer by id; a report by its id when its author has no account; <c>screening</c> for the product itself.</param>
/// <param name="ReasonCode">Stable code of the ground.</param>
/// <param name="Statement">The ground in the actor's words.</param>
/// <param name="At">When it was received.</param>
/// <param name="Through">The program that spoke for him; null where he did so himself.</param>
public sealed record Act(string By, string ReasonCode, string Statement, DateTimeOffset At, string? Through = null)
{
    /// <summary>Whether both say the same, by whichever program.</summary>
    public bool Repeats(Act other) => this with { At = other.At, Through = other.Through } == other;

    /// <summary>Who and through whom: <c>program/human</c>.</summary>
    [JsonIgnore]
    public string Signature => Through is null ? By : $"{Through}/{By}";
}

/// <summary>What a case is about and between whom.</summary>
/// <param name="WorkId">The work that is said to be in the picture; null when the complaint names none, as for a portrait.</param>
/// <param name="RespondentAccountId">Account that published the picture.</param>
/// <param name="ComplainantAccountId">First complainant who has an account; null while there is none.</param>
/// <param name="Location">Where the picture was shown when the case began, so that each fact tells it; null in the opening, which says it beside, and in facts of earlier versions.</param>
public sealed record Dispute(string ImageId, string? WorkId, string RespondentAccountId, string? ComplainantAccountId, Location? Location = null);

/// <summary>Where the marketplace shows the picture.</summary>
/// <param name="Surface">Kind of place, such as <c>Listing</c> or <c>Avatar</c>.</param>
/// <param name="ListingId">The marketplace's id of the listing, where there is one.</param>
public sealed record Location(string Surface, string? ListingId);

/// <summary>What matching found, as evidence that can be computed again.</summary>
/// <param name="Distance">Hamming distance between the hashes, in bits.</param>
/// <param name="Transform">How the picture was turned or mirrored against the work.</param>
/// <param name="Algorithm">Name and version of the fingerprint.</param>
/// <param name="MaxDistance">Threshold that the finding passed, in bits.</param>
/// <param name="IndexVersion">State of the index that was searched.</param>
public sealed record Finding(int Distance, string Transform, string Algorithm, int MaxDistance, long IndexVersion);

/// <summary>How a case came about.</summary>
public enum Origin
{
    /// <summary>Somebody reported the picture.</summary>
    Report,

    /// <summary>Screening at upload found a registered work in it.</summary>
    Screening,

    /// <summary>A later registration was found in it.</summary>
    Retroactive,
}

/// <summary>How a case ended.</summary>
public enum Outcome
{
    /// <summary>The complaint was not upheld.</summary>
    Dismissed,

    /// <summary>The picture stays down.</summary>
    Upheld,

    /// <summary>The picture is back.</summary>
    Reinstated,

    /// <summary>The parties settled.</summary>
    Settled,
}

/// <summary>The facts of a case. These records are the stored format: a change is a new version beside the old one.</summary>
public abstract partial record CaseEvent
{
    private CaseEvent()
    {
    }

    /// <summary>What the case is about and between whom.</summary>
    public abstract Dispute Dispute { get; init; }

    /// <summary>Who, why, when.</summary>
    public abstract Act Act { get; init; }

    /// <summary>A dispute over one picture began.</summary>
    /// <param name="Regime">Name and version of the procedure that the case keeps to its end.</param>
    /// <param name="ReportId">The report that opened it; null when matching did.</param>
    /// <param name="Finding">What matching had found of the work in the picture, if it had.</param>
    /// <param name="Notice">The effective notice that opened it; null for a report or a finding.</param>
    /// <param name="Settings">What the tenant had chosen in the regime; null for the pack's own.</param>
    public sealed record CaseOpened(
        Dispute Dispute, Origin Origin, string Regime, Location Location, string? ReportId, Finding? Finding, Act Act, NoticeReference? Notice = null, ChosenSettings? Settings = null) : CaseEvent;

    /// <summary>Somebody else complained of the same picture and work while the case was open.</summary>
    /// <param name="ComplainantAccountId">Account of the further complainant; null for a reporter without one.</param>
    /// <param name="Notice">The further complainant's effective notice; null for a report or a finding.</param>
    public sealed record ComplainantJoined(Dispute Dispute, string? ReportId, string? ComplainantAccountId, Finding? Finding, Act Act, NoticeReference? Notice = null) : CaseEvent;

    /// <summary>The picture was taken down.</summary>
    /// <param name="Scope">Legal basis and territory; null for everywhere by the marketplace's own rules.</param>
    /// <param name="Ground">Rule of the regime; null under the house regime.</param>
    /// <param name="Cause">Fact whose effect it is; null for a decision of its own.</param>
    public sealed record MeasureApplied(Dispute Dispute, string MeasureId, Act Act, MeasureScope? Scope = null, Ground? Ground = null, string? Cause = null) : CaseEvent
    {
        /// <summary>Whether a court ordered it, so that only the court ends it.</summary>
        [JsonIgnore]
        public bool IsOrdered => Cause == nameof(CourtOrderedRemoval);
    }

    /// <summary>The complaint was found to be without ground.</summary>
    public sealed record CaseDismissed(Dispute Dispute, Act Act) : CaseEvent;

    /// <summary>The respondent objected to the measure.</summary>
    /// <param name="Elements">Names of the form's elements that were given; null under the house regime, which has no form.</param>
    public sealed record CounterNoticeReceived(Dispute Dispute, Act Act, IReadOnlyList<string>? Elements = null, Ground? Ground = null) : CaseEvent;

    /// <summary>The measure ended; the picture is back as far as no other measure holds it down.</summary>
    /// <param name="Ground">Rule of the regime; null under the house regime.</param>
    /// <param name="Cause">Fact or clock whose effect it is; null for a decision of its own.</param>
    public sealed record MeasureLifted(Dispute Dispute, string MeasureId, Act Act, Ground? Ground = null, string? Cause = null) : CaseEvent;

    /// <summary>The parties settled.</summary>
    /// <param name="AgreedBy">Accounts that agreed: the respondent and every complainant with an account.</param>
    /// <param name="Amount">Money that the respondent pays, in units of <paramref name="Currency"/>; 0 for none.</param>
    /// <param name="Currency">ISO 4217 code.</param>
    /// <param name="ImageStays">Whether the picture may be shown again.</param>
    public sealed record SettlementExecuted(
        Dispute Dispute, IReadOnlyList<string> AgreedBy, decimal Amount, string Currency, bool ImageStays, Act Act) : CaseEvent;

    /// <summary>The case ended.</summary>
    public sealed record CaseClosed(Dispute Dispute, Outcome Outcome, Act Act) : CaseEvent;
}
