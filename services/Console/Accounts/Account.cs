using Microsoft.AspNetCore.Identity;

namespace ImageRights.Console.Accounts;

/// <summary>A marketplace that uses this installation.</summary>
public sealed class Tenant
{
    /// <summary>What tokens, streams and vault paths name it by.</summary>
    public required string Id { get; init; }

    /// <summary>For people.</summary>
    public required string Name { get; set; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A person who signs in.</summary>
public sealed class Account : IdentityUser<string>
{
    /// <summary>Whose data this person sees.</summary>
    public required string TenantId { get; init; }

    /// <summary>Roles of the one table (<see cref="ServiceDefaults.Access.Roles"/>).</summary>
    public List<string> Roles { get; set; } = [];

    /// <summary>For parties: the marketplace's account that this person acts for.</summary>
    public string? MarketplaceAccountId { get; set; }

    /// <summary>The password was chosen by somebody else and opens nothing but the page that replaces it.</summary>
    public bool MustChangePassword { get; set; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A program that gets tokens by OAuth 2.0 client credentials.</summary>
public sealed class ApiClient
{
    /// <summary>Most secrets that are valid at a time: the one in use and the one that replaces it.</summary>
    public const int MostSecrets = 2;

    /// <summary><c>cli_…</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Whose data it sees.</summary>
    public required string TenantId { get; init; }

    /// <summary>For people.</summary>
    public required string Name { get; set; }

    /// <summary>What it may.</summary>
    public List<string> Scopes { get; set; } = [];

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Since when it gets no more tokens.</summary>
    public DateTimeOffset? DisabledAt { get; set; }

    /// <summary>Its valid secrets, the older first.</summary>
    public List<ClientSecret> Secrets { get; init; } = [];
}

/// <summary>A secret of a program; only its hash is kept.</summary>
public sealed class ClientSecret
{
    /// <summary>Names it to people.</summary>
    public required string Id { get; init; }

    /// <summary>Whose.</summary>
    public required string ClientId { get; init; }

    /// <summary>SHA-256; enough for 256 random bits, which nobody guesses.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it last got a token, to the minute.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }
}

/// <summary>A key that signs tokens.</summary>
public sealed class SigningKey
{
    /// <summary><c>kid</c>: the key's thumbprint (RFC 7638).</summary>
    public required string Id { get; init; }

    /// <summary>Private key (PKCS #8), sealed.</summary>
    public required byte[] Sealed { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A key of ASP.NET's data protection, sealed: cookies, forms and signing keys hang on it.</summary>
public sealed class ProtectionKey
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The key.</summary>
    public required string Xml { get; init; }
}
