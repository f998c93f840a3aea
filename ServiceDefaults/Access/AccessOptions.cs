using Microsoft.Extensions.Configuration;

namespace ImageRights.ServiceDefaults.Access;

/// <summary>Somebody else's issuer: tokens of its own users and programs, for one tenant.</summary>
/// <param name="Issuer">Value of <c>iss</c>.</param>
/// <param name="JwksUrl">Where its key set is; without it, where its OpenID configuration says.</param>
/// <param name="Tenant">The one tenant that it speaks for.</param>
/// <param name="Audience">Value of <c>aud</c> that it names us by.</param>
/// <param name="RolesClaim">Claim in which it says our roles.</param>
public sealed record ForeignIssuer(string Issuer, string? JwksUrl, string Tenant, string Audience, string RolesClaim);

/// <summary>Whose tokens a service takes: section <c>Access</c>.</summary>
/// <param name="Issuer">Our own issuer, the console's address; it speaks for every tenant.</param>
/// <param name="JwksUrl">Where its key set is.</param>
/// <param name="KeySet">Its key set itself (RFC 7517), in place of an address.</param>
/// <param name="ServiceKey">Secret of the services among themselves, 32 bytes.</param>
/// <param name="Foreign">Further issuers.</param>
public sealed record AccessOptions(string Issuer, string JwksUrl, string? KeySet, byte[] ServiceKey, IReadOnlyList<ForeignIssuer> Foreign)
{
    /// <summary>The audience of our own tokens.</summary>
    public const string Audience = "imagerights";

    /// <summary>Reads the section.</summary>
    /// <exception cref="InvalidOperationException">Something is missing or unfit; the message says what to set.</exception>
    public static AccessOptions Read(IConfiguration configuration)
    {
        var section = configuration.GetSection("Access");
        var issuer = section["Issuer"]?.TrimEnd('/')
            ?? throw new InvalidOperationException("Access:Issuer is missing: the address of the console, whose tokens count. Start the service through AppHost or set Access__Issuer.");
        var foreign = section.GetSection("Issuers").GetChildren().Select(entry => new ForeignIssuer(
            Required(entry, "Issuer"), entry["JwksUrl"], Required(entry, "Tenant"), entry["Audience"] ?? Audience, entry["RolesClaim"] ?? CallerClaims.Role)).ToList();
        if (foreign.Select(other => other.Issuer).Append(issuer).GroupBy(name => name).Any(name => name.Count() > 1))
            throw new InvalidOperationException("Access:Issuers names an issuer twice; one issuer speaks for one tenant.");
        return new AccessOptions(issuer, section["JwksUrl"] ?? $"{issuer}/.well-known/jwks.json", section["KeySet"], ReadServiceKey(configuration), foreign);
    }

    /// <summary>The services' own secret.</summary>
    /// <exception cref="InvalidOperationException">It is missing or short.</exception>
    public static byte[] ReadServiceKey(IConfiguration configuration)
    {
        var key = new byte[32];
        return Convert.TryFromBase64String(configuration["Access:ServiceKey"] ?? "", key, out var length) && length == key.Length
            ? key
            : throw new InvalidOperationException("Access:ServiceKey takes 32 bytes in base64, the same for all services: `openssl rand -base64 32`.");
    }

    private static string Required(IConfigurationSection entry, string name) =>
        entry[name] ?? throw new InvalidOperationException($"{entry.Path}:{name} is missing.");
}
