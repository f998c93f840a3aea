using System.Security.Claims;
using ImageRights.Console.Accounts;
using ImageRights.ServiceDefaults.Access;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ImageRights.Console.Issuing;

/// <summary>Makes access tokens (RFC 9068).</summary>
public sealed class TokenIssuer(SigningKeys keys, IConfiguration configuration, TimeProvider clock)
{
    /// <summary>A program's token; what it may is looked up again after that.</summary>
    public static readonly TimeSpan ProgramLifetime = TimeSpan.FromMinutes(15);

    // One page is drawn with it.
    private static readonly TimeSpan PageLifetime = TimeSpan.FromMinutes(2);

    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    /// <summary>Value of <c>iss</c>: this console's address.</summary>
    public string Issuer { get; } = configuration["Access:Issuer"]?.TrimEnd('/')
        ?? throw new InvalidOperationException("Access:Issuer is missing: the address that this console is reached at. Start it through AppHost or set Access__Issuer.");

    /// <summary>For a program, with the scopes that it asked for.</summary>
    public Task<string> ForProgramAsync(ApiClient client, IEnumerable<string> scopes, CancellationToken cancellationToken) => CreateAsync(ProgramLifetime, new Dictionary<string, object>
    {
        [CallerClaims.Subject] = client.Id,
        [CallerClaims.Client] = client.Id,
        [CallerClaims.Tenant] = client.TenantId,
        [CallerClaims.Role] = new[] { Roles.ApiClient },
        [CallerClaims.Scope] = string.Join(' ', scopes),
    }, cancellationToken);

    /// <summary>For the person who is signed in, with that person's roles.</summary>
    public Task<string> ForPersonAsync(ClaimsPrincipal person, CancellationToken cancellationToken)
    {
        var claims = new Dictionary<string, object>
        {
            [CallerClaims.Subject] = person.FindFirstValue(CallerClaims.Subject)!,
            [CallerClaims.Client] = "console",
            [CallerClaims.Tenant] = person.FindFirstValue(CallerClaims.Tenant)!,
            [CallerClaims.Name] = person.FindFirstValue(CallerClaims.Name)!,
            [CallerClaims.Role] = person.FindAll(CallerClaims.Role).Select(claim => claim.Value).ToArray(),
        };
        if (person.FindFirstValue(CallerClaims.Account) is { } account) claims[CallerClaims.Account] = account;
        return CreateAsync(PageLifetime, claims, cancellationToken);
    }

    /// <summary>For pages that nobody signed in to: one role, one tenant.</summary>
    public Task<string> ForPagesAsync(string role, string tenant, CancellationToken cancellationToken) => CreateAsync(PageLifetime, new Dictionary<string, object>
    {
        [CallerClaims.Subject] = $"console {role}",
        [CallerClaims.Client] = "console",
        [CallerClaims.Tenant] = tenant,
        [CallerClaims.Role] = new[] { role },
    }, cancellationToken);

    private async Task<string> CreateAsync(TimeSpan lifetime, Dictionary<string, object> claims, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        claims["jti"] = Guid.CreateVersion7().ToString("N");
        return Handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = AccessOptions.Audience,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = (now + lifetime).UtcDateTime,
            Claims = claims,
            TokenType = "at+jwt",
            SigningCredentials = (await keys.CurrentAsync(cancellationToken)).Credentials,
        });
    }
}
