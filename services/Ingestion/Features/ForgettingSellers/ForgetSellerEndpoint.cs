using ImageRights.EventStore;
using ImageRights.Ingestion.Intake;
using ImageRights.Ingestion.Sellers;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Ingestion.Features.ForgettingSellers;

/// <summary>The door for those who must not be known by name any more.</summary>
public static class ForgetSellerEndpoint
{
    /// <summary>DELETE /v1/sellers/{accountId}/contact.</summary>
    public static void MapForgetSeller(this IEndpointRouteBuilder app) =>
        app.MapDelete("/v1/sellers/{accountId}/contact", ForgetAsync).Requires(Permission.SellersErase)
            .WithTags("Sellers").WithName("ForgetSeller").WithSummary("Erases name and address of an account, and by which hashes it is linked to others; what it did stays on record. Needs If-Match");

    private static Task<IResult> ForgetAsync(string accountId, HttpContext context, DocumentStore store, TimeProvider clock)
    {
        accountId = FieldReader.OfPath(accountId);
        if (!Texts.IsIdentifier(accountId)) return Task.FromResult(context.Problem(new Rejection("Seller_Not_Found")));
        return context.EndAsync<SellerState>(
            store, Seller.Stream(accountId), seller => Seller.Decide(seller, new SellerCommand.EraseContact(clock.GetUtcNow())), session => session.Delete<SellerContact>(accountId));
    }
}
