using System.Security.Claims;
using ImageRights.ServiceDefaults.Access;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace ImageRights.Console.Accounts;

/// <summary>What the cookie says of the person who is signed in: the same claims as a token.</summary>
internal sealed class AccountClaims(UserManager<Account> accounts, IOptions<IdentityOptions> options) : UserClaimsPrincipalFactory<Account>(accounts, options)
{
    /// <summary>The password must be replaced before anything else.</summary>
    public const string MustChangePassword = "must_change_password";

    protected override async Task<ClaimsIdentity> GenerateClaimsAsync(Account user)
    {
        var identity = await base.GenerateClaimsAsync(user);
        identity.AddClaim(new Claim(CallerClaims.Tenant, user.TenantId));
        identity.AddClaims(user.Roles.Select(role => new Claim(CallerClaims.Role, role)));
        if (user.MarketplaceAccountId is { } account) identity.AddClaim(new Claim(CallerClaims.Account, account));
        if (user.MustChangePassword) identity.AddClaim(new Claim(MustChangePassword, "true"));
        return identity;
    }
}
