using ImageRights.EventStore;
using ImageRights.Ingestion.Settlements;
using ImageRights.ServiceDefaults.Http;

namespace ImageRights.Ingestion.Projections;

/// <summary>A settlement as the marketplace carried it out.</summary>
/// <param name="Status"><c>paid</c> or <c>withdrawn</c>.</param>
/// <param name="Amount">Null when it was withdrawn before any money was seen.</param>
public sealed record SettlementView(
    string SettlementId, string Status, string CaseId, string? PayerAccountId, string? PayeeAccountId, decimal? Amount, string? Currency, string? ReasonCode,
    DateTimeOffset? PaidAt, DateTimeOffset? WithdrawnAt, DateTimeOffset RecordedAt)
{
    /// <summary>SQL expressions that lists filter by.</summary>
    public static readonly string[] Indexes = ["(data ->> 'caseId'), id", $"{ListShape<SettlementView>.SortSql("recordedAt")}, id"];

    /// <summary>Folds the next event.</summary>
    public static SettlementView? Evolve(SettlementView? view, RecordedEvent recorded) => recorded.Data switch
    {
        SettlementPaid e => new SettlementView(e.SettlementId, "paid", e.CaseId, e.PayerAccountId, e.PayeeAccountId, e.Amount, e.Currency, null, e.PaidAt, null, e.RecordedAt),
        SettlementWithdrawn e => (view ?? new SettlementView(e.SettlementId, "withdrawn", e.CaseId, null, null, null, null, null, null, null, e.RecordedAt))
            with { Status = "withdrawn", ReasonCode = e.ReasonCode, WithdrawnAt = e.WithdrawnAt },
        _ => view,
    };
}
