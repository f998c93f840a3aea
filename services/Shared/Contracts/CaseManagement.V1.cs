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

/// <summary>Somebody's personal data are to be made unreadable: every service destroys the key that it has of that person.</summary>
/// <param name="PersonId">Account, or the notice of somebody without one.</param>
/// <param name="LegalBasis">Stable code of what entitles the person to it.</param>
public sealed record ErasureApproved(string TenantId, string ErasureId, string PersonId, string LegalBasis, DateTimeOffset ApprovedAt);
