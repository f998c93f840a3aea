using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace ImageRights.ServiceDefaults.Access;

/// <summary>Names of the claims that say who calls (RFC 9068 where it has one).</summary>
public static class CallerClaims
{
    /// <summary>Person, program or service.</summary>
    public const string Subject = "sub";

    /// <summary>Whose data.</summary>
    public const string Tenant = "tenant";

    /// <summary>A role; several claims for several.</summary>
    public const string Role = "roles";

    /// <summary>Scopes of a program, separated by blanks.</summary>
    public const string Scope = "scope";

    /// <summary>The program.</summary>
    public const string Client = "client_id";

    /// <summary>For people: the name that they signed in with.</summary>
    public const string Name = "name";

    /// <summary>The marketplace's account that a party acts for.</summary>
    public const string Account = "account";
}

/// <summary>Who calls, as the token says.</summary>
public static class Caller
{
    /// <summary>What the caller may do: what its roles may, and of a program's role only what its scopes name.</summary>
    public static IReadOnlySet<Permission> Permissions(this ClaimsPrincipal caller) => caller.Permissions(_ => true);

    /// <summary>What those of the caller's roles that <paramref name="counts"/> may.</summary>
    internal static IReadOnlySet<Permission> Permissions(this ClaimsPrincipal caller, Predicate<string> counts)
    {
        var granted = new HashSet<Permission>();
        foreach (var role in caller.FindAll(CallerClaims.Role).Select(claim => claim.Value).Where(role => counts(role)))
        {
            var permissions = Roles.PermissionsOf(role);
            granted.UnionWith(role == Roles.ApiClient ? permissions.Intersect(ScopesOf(caller)) : permissions);
        }
        return granted;
    }

    /// <summary>Whether the caller may.</summary>
    public static bool May(this ClaimsPrincipal caller, Permission permission) => caller.Permissions().Contains(permission);

    /// <summary>Person, program or service that calls.</summary>
    public static string Subject(this HttpContext context) =>
        context.User.FindFirstValue(CallerClaims.Subject) ?? throw new InvalidOperationException("Nobody is authenticated here.");

    private static IEnumerable<Permission> ScopesOf(ClaimsPrincipal caller) =>
        caller.FindAll(CallerClaims.Scope).SelectMany(claim => claim.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(Access.Permissions.FromScope).OfType<Permission>();
}
