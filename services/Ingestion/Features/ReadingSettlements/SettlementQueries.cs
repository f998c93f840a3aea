using ImageRights.EventStore;
using ImageRights.Ingestion.Projections;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;

namespace ImageRights.Ingestion.Features.ReadingSettlements;

/// <summary>Settlements as they are read.</summary>
public static class SettlementQueries
{
    internal static readonly ListShape<SettlementView> Shape = new ListShape<SettlementView>(view => view.SettlementId)
        .Sorted("createdAt", "recordedAt", view => view.RecordedAt)
        .By("settlementId", "The marketplace's id of it.")
        .By("caseId", "Only settlements of this case.")
        .By("status", "Takes", ["paid", "withdrawn"])
        .By("accountId", "Only those that this account pays or is paid by.", sql: "?::text in (data ->> 'payerAccountId', data ->> 'payeeAccountId')");

    /// <summary>GET /v1/settlements.</summary>
    public static void MapReadSettlements(this IEndpointRouteBuilder app) =>
        app.MapList("/v1/settlements", Shape).Requires(Permission.SettlementsRead).WithTags("Settlements").WithName("ListSettlements").WithSummary("Settlements as the marketplace carried them out, last told first");
}
