using ImageRights.EventStore;
using ImageRights.Ingestion.Sellers;
using ImageRights.ServiceDefaults.Http;

namespace ImageRights.Ingestion.Projections;

/// <summary>An account as the marketplace told of it, without name and address.</summary>
/// <param name="HasEmail">Whether there is an address to write to.</param>
/// <param name="AsOf">When it held, by the marketplace's clock.</param>
/// <param name="Version">Version of the account's stream; its ETag.</param>
public sealed record SellerView(
    string AccountId, string? Country, string? Language, string? PayoutHash, IReadOnlyList<string> DeviceHashes, bool HasEmail,
    DateTimeOffset AsOf, DateTimeOffset ReportedAt, DateTimeOffset ChangedAt, long Version)
{
    /// <summary>SQL expressions that lists filter by.</summary>
    public static readonly string[] Indexes = ["(data ->> 'payoutHash'), id", $"{ListShape<SellerView>.SortSql("changedAt")}, id"];

    /// <summary>Folds the next event.</summary>
    public static SellerView? Evolve(SellerView? view, RecordedEvent recorded) => recorded.Data switch
    {
        SellerReported e => new SellerView(e.AccountId, e.Country, e.Language, e.PayoutHash, e.DeviceHashes, e.HasEmail, e.AsOf, view?.ReportedAt ?? e.ReportedAt, e.ReportedAt, recorded.Version),
        SellerContactErased e => view! with { PayoutHash = null, DeviceHashes = [], HasEmail = false, ChangedAt = e.ErasedAt, Version = recorded.Version },
        _ => view,
    };
}
