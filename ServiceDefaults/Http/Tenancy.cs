using System.Security.Claims;
using ImageRights.ServiceDefaults.Access;
using Microsoft.AspNetCore.Http;

namespace ImageRights.ServiceDefaults.Http;

/// <summary>Whose data a request sees.</summary>
public static class Tenancy
{
    /// <summary>The tenant that the caller's token names; nothing in the request itself can choose another.</summary>
    /// <exception cref="InvalidOperationException">The operation is open to all and has no caller: a bug.</exception>
    public static string Tenant(this HttpContext context) =>
        context.User.FindFirstValue(CallerClaims.Tenant) ?? throw new InvalidOperationException("Nobody is authenticated here, so there is no tenant.");
}
