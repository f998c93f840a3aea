using ImageRights.EventStore;
using ImageRights.Ingestion.Intake;
using ImageRights.Ingestion.Projections;
using ImageRights.Ingestion.Sellers;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Ingestion.Features.ReadingSellers;

/// <summary>Accounts as they are read.</summary>
public static class SellerQueries
{
    internal static readonly ListShape<SellerView> Shape = new ListShape<SellerView>(view => view.AccountId)
        .Sorted("changedAt", "changedAt", view => view.ChangedAt)
        .By("accountId", "Only this account.")
        .By("country", "Only accounts of this country, ISO 3166-1.")
        .By("payoutHash", "Only accounts that are paid in this place.")
        .By("deviceHash", "Only accounts that were used from this device.", sql: "data -> 'deviceHashes' @> jsonb_build_array(?::text)");

    /// <summary>GET /v1/sellers, GET /v1/sellers/{accountId}, and the address for the service that writes to people.</summary>
    public static void MapReadSellers(this IEndpointRouteBuilder app)
    {
        var sellers = app.MapGroup("/v1/sellers").WithTags("Sellers").Requires(Permission.SellersRead);
        sellers.MapList("", Shape).WithName("ListSellers").WithSummary("Accounts that the marketplace told of, last changed first; without names and addresses");
        sellers.MapGet("/{accountId}", GetAsync).WithName("GetSeller").WithSummary("An account; ETag is its version");
        app.MapGet("/internal/v1/sellers/{accountId}/contact", ContactAsync).Requires(Permission.ContactsRead).WithTags("Internal").WithName("GetSellerContact").WithSummary("Name and address of an account, for other services")
            .ExcludeFromDescription();
    }

    private static Task<IResult> GetAsync(string accountId, HttpContext context, DocumentStore store)
    {
        accountId = FieldReader.OfPath(accountId);
        return context.ReadAsync<SellerView>(store, accountId, Texts.IsIdentifier(accountId), "Seller_Not_Found", view => view.Version);
    }

    private static async Task<IResult> ContactAsync(string accountId, HttpContext context, DocumentStore store)
    {
        accountId = FieldReader.OfPath(accountId);
        await using var session = store.LightweightSession(context.Tenant());
        var contact = Texts.IsIdentifier(accountId) ? await session.LoadAsync<SellerContact>(accountId, context.RequestAborted) : null;
        context.Response.Headers.CacheControl = "no-store";
        // Erased with everything else of the person, it is as good as gone.
        return contact is null or { Email: PersonalFields.Erased } or { DisplayName: PersonalFields.Erased } ? context.Problem(new Rejection("Seller_Not_Found")) : TypedResults.Ok(contact);
    }
}
