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
public sealed record CaseOpened(
    string TenantId, string CaseId, CaseOrigin Origin, string ImageId, string? WorkId, string RespondentAccountId,
    string? ComplainantAccountId, string Regime, DateTimeOffset OpenedAt);

/// <summary>The picture was taken down.</summary>
/// <param name="ReasonCode">Stable code of the ground.</param>
public sealed record MeasureApplied(
    string TenantId, string CaseId, string MeasureId, string ImageId, string RespondentAccountId, string? ComplainantAccountId,
    string ReasonCode, string Statement, string DecidedBy, DateTimeOffset AppliedAt);

/// <summary>The respondent objected.</summary>
public sealed record CounterNoticeReceived(string TenantId, string CaseId, string ImageId, string RespondentAccountId, string? ComplainantAccountId, string ReasonCode, DateTimeOffset ReceivedAt);

/// <summary>The measure ended and the picture is back.</summary>
public sealed record MeasureLifted(
    string TenantId, string CaseId, string MeasureId, string ImageId, string RespondentAccountId, string? ComplainantAccountId, string ReasonCode, string DecidedBy, DateTimeOffset LiftedAt);

/// <summary>The parties settled.</summary>
/// <param name="Amount">Money that the respondent pays; 0 for a settlement without payment.</param>
/// <param name="Currency">ISO 4217 code of <paramref name="Amount"/>.</param>
public sealed record SettlementExecuted(
    string TenantId, string CaseId, string ImageId, string RespondentAccountId, string? ComplainantAccountId, decimal Amount, string Currency, DateTimeOffset ExecutedAt);

/// <summary>The case ended.</summary>
public sealed record CaseClosed(
    string TenantId, string CaseId, string ImageId, string RespondentAccountId, string? ComplainantAccountId, CaseOutcome Outcome, DateTimeOffset ClosedAt);

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
