using System.Security.Claims;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ImageRights.ServiceDefaults.Access;

/// <summary>Whether a thing is an account's, as far as an operation on it needs.</summary>
public delegate Task<bool> Ownership(DocumentSession session, string id, string account, CancellationToken cancellationToken);

/// <summary>An operation that gives a party only what is its account's own. Parties are refused where this is not said.</summary>
public sealed record HeldToAccount;

/// <summary>Sellers, rights holders and agents: what their roles may, they may with what is their own account's; what is another's is not there for them.</summary>
public static class Parties
{
    /// <summary>The account that the caller is held to; null for one who may do this for the whole tenant. A party whose token names no account is held to none, and so owns nothing.</summary>
    public static string? PartyAccount(this HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<RequiredPermission>() is { } required && context.User.IsPartyFor(required.Permission) ? context.OwnAccount() ?? "" : null;

    /// <summary>Why the caller may not do this in the name of <paramref name="account"/>; null when he may.</summary>
    /// <param name="pointer">Field that names it.</param>
    public static Rejection? CheckAccount(this HttpContext context, string? account, string pointer) =>
        context.PartyAccount() is { } own && (own.Length == 0 || own != account?.Trim()) ? new Rejection("Access_Denied", "It is another account's than the one that your token acts for.", pointer) : null;

    /// <summary>Says of an operation that it looks at <see cref="PartyAccount"/> itself.</summary>
    public static TBuilder HoldsToAccount<TBuilder>(this TBuilder operation) where TBuilder : IEndpointConventionBuilder => operation.WithMetadata(new HeldToAccount());

    /// <summary>Lets parties use an operation on one thing when it is theirs; for others it does not exist.</summary>
    /// <param name="notFound">Code of what does not exist.</param>
    /// <param name="parameter">The route's parameter with its id.</param>
    public static RouteHandlerBuilder OfAccount(this RouteHandlerBuilder operation, string notFound, Ownership isOf, string parameter = "id") =>
        operation.HoldsToAccount().AddEndpointFilter(async (invocation, next) =>
        {
            var context = invocation.HttpContext;
            if (context.PartyAccount() is { } own)
            {
                var id = context.Request.RouteValues[parameter] as string ?? "";
                await using var session = context.RequestServices.GetRequiredService<DocumentStore>().LightweightSession(context.Tenant());
                if (own.Length == 0 || id.Any(char.IsControl) || !await isOf(session, id, own, context.RequestAborted)) return context.Problem(new Rejection(notFound));
            }
            return await next(invocation);
        });

    /// <summary>Whether only the caller's roles of parties give him the permission.</summary>
    internal static bool IsPartyFor(this ClaimsPrincipal caller, Permission permission) => !caller.Permissions(role => !Roles.OfParties.Contains(role)).Contains(permission);
}
