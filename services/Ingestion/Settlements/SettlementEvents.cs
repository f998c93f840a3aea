namespace ImageRights.Ingestion.Settlements;

// These are the stored form: a change here needs a new stored name and an upcast.

/// <summary>The marketplace saw the money of a settlement arrive.</summary>
/// <param name="SettlementId">The marketplace's id of it.</param>
/// <param name="CaseId">Case that it settles.</param>
/// <param name="Currency">ISO 4217 code of <paramref name="Amount"/>.</param>
/// <param name="PaidAt">By the marketplace's clock.</param>
public sealed record SettlementPaid(
    string SettlementId, string CaseId, string PayerAccountId, string? PayeeAccountId, decimal Amount, string Currency, DateTimeOffset PaidAt, DateTimeOffset RecordedAt);

/// <summary>A settlement does not hold: it was called off, or its money went back.</summary>
/// <param name="ReasonCode">The marketplace's word for why.</param>
public sealed record SettlementWithdrawn(string SettlementId, string CaseId, string? ReasonCode, DateTimeOffset WithdrawnAt, DateTimeOffset RecordedAt);
