using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ImageRights.ServiceDefaults.Access;

/// <summary>The permission that an operation asks for. Of several the last counts: an operation's own goes before its group's.</summary>
public sealed record RequiredPermission(Permission Permission);

/// <summary>Says of an operation what its caller must be allowed.</summary>
public static class Requirements
{
    /// <summary>Only callers with this permission; without any such line an operation is refused to all.</summary>
    public static TBuilder Requires<TBuilder>(this TBuilder operation, Permission permission) where TBuilder : IEndpointConventionBuilder =>
        operation.WithMetadata(new RequiredPermission(permission));
}

/// <summary>Holds for every request that is not declared open to all.</summary>
internal sealed class PermissionRequirement : AuthorizationHandler<PermissionRequirement>, IAuthorizationRequirement
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, PermissionRequirement requirement)
    {
        // What is no route has nothing to protect: no such address, or not with this method.
        var allowed = (context.Resource as HttpContext)?.GetEndpoint() is not RouteEndpoint operation
            || (operation.Metadata.GetMetadata<RequiredPermission>() is { } required && context.User.May(required.Permission)
                && (operation.Metadata.GetMetadata<HeldToAccount>() is not null || Roles.IsOfEverybody(required.Permission) || !context.User.IsPartyFor(required.Permission)));
        if (allowed && context.User.HasClaim(claim => claim.Type == CallerClaims.Tenant)) context.Succeed(requirement);
        return Task.CompletedTask;
    }
}
