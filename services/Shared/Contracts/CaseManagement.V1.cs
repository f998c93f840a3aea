using ImageRights.Contracts.Ingestion.V1;

namespace ImageRights.Contracts.CaseManagement.V1;

/// <summary>How a case came about.</summary>
public enum CaseOrigin
{
    /// <summary>Somebody reported the picture.</summary>
    Report,

    /// <summary>Screening at upload found a registered work in it.</summary>
    Screening,

    /// <summary>A later registration was found in it.</summary>
    Retroactive,
}

/// <summary>Why a case ended.</summary>
public enum CaseOutcome
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

/// <summary>A dispute over one picture began.</summary>
/// <param name="CaseId">Identity, <c>case_…</c>.</param>
/// <param name="RespondentAccountId">Account that published the picture.</param>
/// <param name="ComplainantAccountId">Account of the rights holder; null for a reporter without an account.</param>
/// <param name="Regime">Name and version of the procedure that the case follows to its end.</param>
/// <param name="Surface">Where the marketplace showed the picture when the case began; null in messages of earlier versions, as is the listing.</param>
/// <param name="ListingId">The marketplace's id of the listing, where there is one.</param>
public sealed record CaseOpened(
    string TenantId, string CaseId, CaseOrigin Origin, string ImageId, string? WorkId, string RespondentAccountId,
    string? ComplainantAccountId, string Regime, DateTimeOffset OpenedAt, Surface? Surface = null, string? ListingId = null);

/// <summary>The picture was taken down.</summary>
/// <param name="ReasonCode">Stable code of the ground.</param>
/// <param name="LegalBasis">Law or clause that it is based on; null for the marketplace's own procedure.</param>
/// <param name="Territories">ISO 3166 codes of the countries in which it is down; null for everywhere.</param>
/// <param name="Rule">Rule of the regime.</param>
/// <param name="Cause">Fact whose effect it is, such as a court's order; null for a decision of its own.</param>
/// <param name="Surface">Where the marketplace showed the picture when the case began; null in messages of earlier versions, as is the listing.</param>
/// <param name="ListingId">The marketplace's id of the listing, where there is one.</param>
public sealed record MeasureApplied(
    string TenantId, string CaseId, string MeasureId, string ImageId, string RespondentAccountId, string? ComplainantAccountId,
    string ReasonCode, string Statement, string DecidedBy, DateTimeOffset AppliedAt,
    string? LegalBasis = null, IReadOnlyList<string>? Territories = null, string? Rule = null, string? Cause = null, Surface? Surface = null, string? ListingId = null);

/// <summary>The respondent objected.</summary>
/// <param name="Surface">Where the marketplace showed the picture when the case began; null in messages of earlier versions, as is the listing.</param>
/// <param name="ListingId">The marketplace's id of the listing, where there is one.</param>
public sealed record CounterNoticeReceived(
    string TenantId, string CaseId, string ImageId, string RespondentAccountId, string? ComplainantAccountId, string ReasonCode, DateTimeOffset ReceivedAt,
    Surface? Surface = null, string? ListingId = null);

/// <summary>The measure ended; the picture is back as far as no other measure holds it down.</summary>
/// <param name="Rule">Rule of the regime.</param>
/// <param name="Cause">Fact or clock whose effect it is; null for a decision of its own.</param>
/// <param name="Surface">Where the marketplace showed the picture when the case began; null in messages of earlier versions, as is the listing.</param>
/// <param name="ListingId">The marketplace's id of the listing, where there is one.</param>
public sealed record MeasureLifted(
    string TenantId, string CaseId, string MeasureId, string ImageId, string RespondentAccountId, string? ComplainantAccountId, string ReasonCode, string DecidedBy, DateTimeOffset LiftedAt,
    string? Rule = null, string? Cause = null, Surface? Surface = null, string? ListingId = null);

/// <summary>The parties settled.</summary>
/// <param name="Amount">Money that the respondent pays; 0 for a settlement without payment.</param>
/// <param name="Currency">ISO 4217 code of <paramref name="Amount"/>.</param>
/// <param name="Surface">Where the marketplace showed the picture when the case began; null in messages of earlier versions, as is the listing.</param>
/// <param name="ListingId">The marketplace's id of the listing, where there is one.</param>
public sealed record SettlementExecuted(
    string TenantId, string CaseId, string ImageId, string RespondentAccountId, string? ComplainantAccountId, decimal Amount, string Currency, DateTimeOffset ExecutedAt,
    Surface? Surface = null, string? ListingId = null);

/// <summary>A party was told something that it must hear of. Whoever reaches the party passes it on; it names nobody of the other side.</summary>
/// <param name="Fact">Name of the fact that it tells of.</param>
/// <param name="Party"><c>Complainant</c> or <c>Respondent</c>.</param>
/// <param name="AccountId">Who is written to; null for somebody without an account.</param>
/// <param name="CaseId">The case; null when it is about a notice or about the account itself.</param>
/// <param name="Codes">Codes that it gives as reasons.</param>
/// <param name="DueAt">The first instant at which a term of the addressee closes; null when none runs.</param>
/// <param name="Texts">The message in each language.</param>
public sealed record PartyMessageSent(
    string TenantId, string MessageId, string Fact, string Party, string? AccountId, string? CaseId, string? NoticeId, IReadOnlyList<string> Codes, DateTimeOffset? DueAt,
    IReadOnlyList<PartyMessageText> Texts, DateTimeOffset SentAt);

/// <summary>A message in one language.</summary>
/// <param name="Language"><c>en</c> or <c>zh</c>.</param>
public sealed record PartyMessageText(string Language, string Subject, string Body);

/// <summary>The case ended.</summary>
/// <param name="Surface">Where the marketplace showed the picture when the case began; null in messages of earlier versions, as is the listing.</param>
/// <param name="ListingId">The marketplace's id of the listing, where there is one.</param>
public sealed record CaseClosed(
    string TenantId, string CaseId, string ImageId, string RespondentAccountId, string? ComplainantAccountId, CaseOutcome Outcome, DateTimeOffset ClosedAt,
    Surface? Surface = null, string? ListingId = null);

/// <summary>A step was taken that only procedures of law know.</summary>
/// <param name="Fact">What happened, by its name in the regime packs, such as <c>CourtActionNotified</c>.</param>
/// <param name="Rule">Rule of the regime; null where the fact rests on none.</param>
/// <param name="Speaker">Part of who says it: Complainant, Respondent, Platform or Machine; null for an effect.</param>
/// <param name="OccurredAt">When it was, where the law counts from then, such as an arrival.</param>
/// <param name="Surface">Where the marketplace showed the picture when the case began; null in messages of earlier versions, as is the listing.</param>
/// <param name="ListingId">The marketplace's id of the listing, where there is one.</param>
public sealed record ProcedureStepTaken(
    string TenantId, string CaseId, string Fact, string ImageId, string RespondentAccountId, string? ComplainantAccountId, string? Rule, string? Speaker,
    string ReasonCode, DateTimeOffset OccurredAt, DateTimeOffset TakenAt, Surface? Surface = null, string? ListingId = null);

/// <summary>What a term did by itself.</summary>
public enum DeadlineEffect
{
    /// <summary>It warned.</summary>
    Warned,

    /// <summary>It had its effect.</summary>
    Fired,

    /// <summary>It ran out without what it asked for.</summary>
    Elapsed,

    /// <summary>It had its effect later than it should have.</summary>
    ExecutedLate,
}

/// <summary>A term of a case warned, acted or ran out.</summary>
/// <param name="Rule">The term's rule.</param>
/// <param name="DueAt">When it was due.</param>
/// <param name="RanAt">When it was done.</param>
/// <param name="Surface">Where the marketplace showed the picture when the case began; null in messages of earlier versions, as is the listing.</param>
/// <param name="ListingId">The marketplace's id of the listing, where there is one.</param>
public sealed record DeadlineRan(
    string TenantId, string CaseId, string Rule, DeadlineEffect Effect, string ImageId, string RespondentAccountId, string? ComplainantAccountId, DateTimeOffset DueAt, DateTimeOffset RanAt,
    Surface? Surface = null, string? ListingId = null);

/// <summary>Somebody's personal data are to be made unreadable: every service destroys the key that it has of that person.</summary>
/// <param name="PersonId">Account, or the notice of somebody without one.</param>
/// <param name="LegalBasis">Stable code of what entitles the person to it.</param>
public sealed record ErasureApproved(string TenantId, string ErasureId, string PersonId, string LegalBasis, DateTimeOffset ApprovedAt);
