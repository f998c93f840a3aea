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
            .WithTags("Sellers").WithName("ForgetSeller").WithSummary("Erases name and address of an account; what it did stays on record. Needs If-Match");

    private static async Task<IResult> ForgetAsync(string accountId, HttpContext context, DocumentStore store, TimeProvider clock)
    {
        accountId = FieldReader.OfPath(accountId);
        if (!FieldReader.IsIdentifier(accountId)) return context.Problem(new Rejection("Seller_Not_Found"));
        await using var session = store.LightweightSession(context.Tenant());
        var stream = await session.Events.FetchForWriting<SellerState>(Seller.Stream(accountId), context.RequestAborted);
        var decision = Seller.Decide(stream.Aggregate, new SellerCommand.EraseContact(clock.GetUtcNow()));
        if (decision.Code is { } code) return context.Problem(new Rejection(code));
        if (context.Request.CheckVersion(stream.CurrentVersion) is { } stale) return context.Problem(stale);
        stream.AppendMany(decision.Events);
        session.Delete<SellerContact>(accountId);
        var version = stream.NextVersion;
        await session.SaveChangesAsync(context.RequestAborted);
        context.Response.SetVersion(version);
        return TypedResults.NoContent();
    }
}
