using ImageRights.CaseManagement.Notices;

namespace ImageRights.CaseManagement.Cases;

/// <summary>The rule that a fact rests on.</summary>
/// <param name="Rule">Identity of the rule or clock in the case's regime.</param>
/// <param name="Source">Keys of the pack's sources.</param>
public sealed record Ground(string Rule, string? Source);

/// <summary>An effective notice, as far as the procedure needs it.</summary>
/// <param name="ReceivedAt">Its first receipt, kept through its correction.</param>
/// <param name="FirstMissing">Elements that it lacked at first; empty when it was complete.</param>
/// <param name="Priority">Why it goes before others; null when it does not.</param>
public sealed record NoticeReference(string NoticeId, DateTimeOffset ReceivedAt, DateTimeOffset EffectiveAt, IReadOnlyList<string> FirstMissing, NoticePriority? Priority = null);

/// <summary>Why a notice goes before others.</summary>
public enum NoticePriority
{
    /// <summary>Its author's notices are nearly always right.</summary>
    FastLane,

    /// <summary>Its author is a trusted flagger (Regulation (EU) 2022/2065, Article 22).</summary>
    TrustedFlagger,
}

/// <summary>What a tenant had chosen in a pack when the case began; nulls are the pack's own.</summary>
/// <param name="Zone">IANA time zone.</param>
/// <param name="Restoration">How the picture returns.</param>
/// <param name="OnAction">What an action that becomes known after the restoration does.</param>
public sealed record ChosenSettings(string? Zone, string? Calendar, string? Restoration, IReadOnlyDictionary<string, ChosenClock>? Clocks, string? OnAction = null);

/// <summary>What a tenant had chosen for a clock.</summary>
public sealed record ChosenClock(int? Days, string? Roll);

/// <summary>How far a measure reaches and on what it rests.</summary>
/// <param name="LegalBasis">Law or clause that it is based on.</param>
/// <param name="Territories">ISO 3166 codes, sorted; null for everywhere.</param>
/// <param name="Automated">Whether a machine decided.</param>
public sealed record MeasureScope(string LegalBasis, IReadOnlyList<string>? Territories, bool Automated)
{
    /// <summary>Whether nothing is left of another scope beside this one.</summary>
    public bool Covers(MeasureScope? other) => Territories is null || (other?.Territories is { } theirs && theirs.All(Territories.Contains));
}

/// <summary>Who says something in a proceeding.</summary>
public enum Speaker
{
    /// <summary>Who complains.</summary>
    Complainant,

    /// <summary>Who published the picture.</summary>
    Respondent,

    /// <summary>A person who acts for the marketplace.</summary>
    Platform,

    /// <summary>A machine that acts for the marketplace.</summary>
    Machine,
}

/// <summary>What is special in a step.</summary>
/// <param name="Reference">Docket, file number or the like, by which it can be found elsewhere.</param>
/// <param name="Body">Court, authority, out-of-court body or channel.</param>
/// <param name="Party">Party that it is addressed to.</param>
/// <param name="OccurredAt">When it was, where that is earlier than its record, such as an arrival.</param>
/// <param name="Proof">What proves it, such as the delivery's id.</param>
/// <param name="Outcome">What came of it, in a code.</param>
/// <param name="StatementId">Statement of reasons that it is about.</param>
public sealed record Particulars(
    string? Reference = null, string? Body = null, Speaker? Party = null, DateTimeOffset? OccurredAt = null, string? Proof = null, string? Outcome = null, string? StatementId = null);

/// <summary>The facts of a case under law. The name of a step is the name of the fact that regime packs know it by.</summary>
public abstract partial record CaseEvent
{
    /// <summary>A step that the regime of the case has a rule for.</summary>
    public abstract record Step : CaseEvent
    {
        /// <summary>Rule of the regime.</summary>
        public abstract Ground Ground { get; init; }

        /// <summary>Who says it.</summary>
        public abstract Speaker Speaker { get; init; }

        /// <summary>What is special in it.</summary>
        public abstract Particulars Particulars { get; init; }
    }

    /// <summary>A case that a hint had opened follows a law from here on, because an effective notice came.</summary>
    public sealed record RegimeAdopted(Dispute Dispute, string Regime, ChosenSettings? Settings, NoticeReference Notice, Act Act) : CaseEvent;

    /// <summary>A closed case goes on, because something came that the law gives a place after its end.</summary>
    /// <param name="Cause">Fact that it is.</param>
    public sealed record CaseReopened(Dispute Dispute, string Cause, Act Act) : CaseEvent;

    /// <summary>A term was made longer, once.</summary>
    /// <param name="StartedAt">Which of the term's runs.</param>
    /// <param name="Days">By so many, of the kind that the regime says.</param>
    public sealed record DeadlineExtended(Dispute Dispute, Ground Ground, DateTimeOffset StartedAt, int Days, DateTimeOffset DueBefore, DateTimeOffset DueAt, Act Act) : CaseEvent;

    /// <summary>An objection lacks elements of the regime's form and has no effect.</summary>
    /// <param name="Elements">Names of the elements that were given.</param>
    public sealed record CounterNoticeDeficient(Dispute Dispute, IReadOnlyList<string> Elements, IReadOnlyList<Lack> Missing, Ground Ground, Act Act) : CaseEvent;

    /// <summary>One of several complainants takes his complaint back; the others' stand.</summary>
    /// <param name="ComplainantAccountId">His account; his report's number where he has none.</param>
    public sealed record ComplainantWithdrew(Dispute Dispute, string ComplainantAccountId, Act Act) : CaseEvent;

    /// <summary>The picture stays down while an action or order lasts.</summary>
    public sealed record LitigationHold(Dispute Dispute, Ground Ground, string Cause, Act Act) : CaseEvent;

    /// <summary>The action or order has ended.</summary>
    public sealed record LitigationHoldEnded(Dispute Dispute, Ground Ground, string Cause, Act Act) : CaseEvent;

    /// <summary>The complainant may not give the same notice again.</summary>
    public sealed record NoticesBarred(Dispute Dispute, Ground Ground, string Cause, Act Act) : CaseEvent;

    /// <summary>The platform is warned that a term runs out.</summary>
    public sealed record DeadlineWarned(Dispute Dispute, Ground Ground, DateTimeOffset StartedAt, DateTimeOffset DueAt, Act Act) : CaseEvent;

    /// <summary>A term has run out without what it asked for; what it does by itself is a fact of its own.</summary>
    public sealed record DeadlineElapsed(Dispute Dispute, Ground Ground, DateTimeOffset StartedAt, DateTimeOffset DueAt, Act Act) : CaseEvent;

    /// <summary>A term has its effect.</summary>
    public sealed record DeadlineFired(Dispute Dispute, Ground Ground, DateTimeOffset StartedAt, DateTimeOffset DueAt, Act Act) : CaseEvent;

    /// <summary>A term had its effect later than the product allows itself.</summary>
    /// <param name="LateSeconds">How much later than due.</param>
    public sealed record DeadlineExecutedLate(Dispute Dispute, Ground Ground, DateTimeOffset DueAt, double LateSeconds, Act Act) : CaseEvent;

    /// <summary>The complainant was told that the notice arrived.</summary>
    public sealed record NoticeAcknowledged(Dispute Dispute, Ground Ground, Speaker Speaker, Particulars Particulars, Act Act) : Step;

    /// <summary>The notice went to the respondent.</summary>
    public sealed record NoticeForwarded(Dispute Dispute, Ground Ground, Speaker Speaker, Particulars Particulars, Act Act) : Step;

    /// <summary>The last complainant took the complaint back.</summary>
    public sealed record NoticeRetracted(Dispute Dispute, Ground Ground, Speaker Speaker, Particulars Particulars, Act Act) : Step;

    /// <summary>The objection went to the complainant.</summary>
    public sealed record CounterNoticeForwarded(Dispute Dispute, Ground Ground, Speaker Speaker, Particulars Particulars, Act Act) : Step;

    /// <summary>The objection arrived at the complainant.</summary>
    public sealed record CounterNoticeDelivered(Dispute Dispute, Ground Ground, Speaker Speaker, Particulars Particulars, Act Act) : Step;

    /// <summary>A reviewer found the objection without ground.</summary>
    public sealed record CounterNoticeRejected(Dispute Dispute, Ground Ground, Speaker Speaker, Particulars Particulars, Act Act) : Step;

    /// <summary>The complainant has gone to court.</summary>
    public sealed record CourtActionNotified(Dispute Dispute, Ground Ground, Speaker Speaker, Particulars Particulars, Act Act) : Step;

    /// <summary>The action ended without an order against the picture.</summary>
    public sealed record CourtActionDismissed(Dispute Dispute, Ground Ground, Speaker Speaker, Particulars Particulars, Act Act) : Step;

    /// <summary>The complainant has complained to the authority.</summary>
    public sealed record AuthorityComplaintNotified(Dispute Dispute, Ground Ground, Speaker Speaker, Particulars Particulars, Act Act) : Step;

    /// <summary>A court ordered the picture down.</summary>
    public sealed record CourtOrderedRemoval(Dispute Dispute, Ground Ground, Speaker Speaker, Particulars Particulars, Act Act) : Step;

    /// <summary>A court ordered the picture back.</summary>
    public sealed record CourtOrderedRestoration(Dispute Dispute, Ground Ground, Speaker Speaker, Particulars Particulars, Act Act) : Step;

    /// <summary>An order against the picture ended.</summary>
    public sealed record RemovalOrderEnded(Dispute Dispute, Ground Ground, Speaker Speaker, Particulars Particulars, Act Act) : Step;

    /// <summary>A party was told the decision and the redress.</summary>
    public sealed record InformedOfDecision(Dispute Dispute, Ground Ground, Speaker Speaker, Particulars Particulars, Act Act) : Step;

    /// <summary>A party complains of a decision.</summary>
    public sealed record ComplaintLodged(Dispute Dispute, Ground Ground, Speaker Speaker, Particulars Particulars, Act Act) : Step;

    /// <summary>The complaint of a decision was upheld.</summary>
    public sealed record DecisionOverturned(Dispute Dispute, Ground Ground, Speaker Speaker, Particulars Particulars, Act Act) : Step;

    /// <summary>The complaint of a decision was found without ground.</summary>
    public sealed record DecisionConfirmed(Dispute Dispute, Ground Ground, Speaker Speaker, Particulars Particulars, Act Act) : Step;

    /// <summary>An out-of-court body received a complaint.</summary>
    public sealed record OdsComplaintReceived(Dispute Dispute, Ground Ground, Speaker Speaker, Particulars Particulars, Act Act) : Step;

    /// <summary>An out-of-court body has decided.</summary>
    public sealed record OdsOutcomeRecorded(Dispute Dispute, Ground Ground, Speaker Speaker, Particulars Particulars, Act Act) : Step;

    /// <summary>The EU Transparency Database has a statement of reasons of the case (Regulation (EU) 2022/2065, Article 24(5)).</summary>
    public sealed record StatementSubmitted(Dispute Dispute, Ground Ground, Speaker Speaker, Particulars Particulars, Act Act) : Step;

    /// <summary>The platform upholds the notice.</summary>
    public sealed record ComplaintUpheld(Dispute Dispute, Ground Ground, Speaker Speaker, Particulars Particulars, Act Act) : Step;

    /// <summary>An appeal was filed.</summary>
    public sealed record AppealFiled(Dispute Dispute, Ground Ground, Speaker Speaker, Particulars Particulars, Act Act) : Step;

    /// <summary>A dispute was filed.</summary>
    public sealed record DisputeFiled(Dispute Dispute, Ground Ground, Speaker Speaker, Particulars Particulars, Act Act) : Step;

    /// <summary>The respondent reports a change of the picture.</summary>
    public sealed record ChangeReported(Dispute Dispute, Ground Ground, Speaker Speaker, Particulars Particulars, Act Act) : Step;
}
