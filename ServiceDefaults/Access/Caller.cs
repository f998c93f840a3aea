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

/// <summary>Who acts.</summary>
/// <param name="Id">The person, the account that he acts for, or the program itself.</param>
/// <param name="Through">The program that speaks for a human; null for who speaks for himself.</param>
/// <param name="IsProgram">Whether a program acts in its own name.</param>
public sealed record Actor(string Id, string? Through = null, bool IsProgram = false)
{
    /// <summary>Both in one: <c>program/human</c>.</summary>
    public string Signature => Through is null ? Id : $"{Through}/{Id}";
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

    /// <summary>Who acts. Of a person the token says it, the account where he acts for one; only a program may name the human that it acts for.</summary>
    /// <param name="named">Who the request says it is.</param>
    public static Actor Actor(this HttpContext context, string? named)
    {
        var subject = context.Subject();
        if (!context.User.IsInRole(Roles.ApiClient) && !context.User.IsInRole(Roles.Service)) return new Actor(context.OwnAccount() ?? subject);
        return string.IsNullOrWhiteSpace(named) ? new Actor(subject, IsProgram: true) : new Actor(named.Trim(), subject);
    }

    /// <summary>The one account that the caller acts for; null for programs and for people of the desk, who take in what others say.</summary>
    public static string? OwnAccount(this HttpContext context) => context.User.FindFirstValue(CallerClaims.Account);

    /// <summary>Who takes in what somebody says; null for who speaks for himself.</summary>
    public static string? Through(this HttpContext context, string? speaker) => context.OwnAccount() is { } own && own == speaker ? null : context.Subject();

    private static IEnumerable<Permission> ScopesOf(ClaimsPrincipal caller) =>
        caller.FindAll(CallerClaims.Scope).SelectMany(claim => claim.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(Access.Permissions.FromScope).OfType<Permission>();
}
