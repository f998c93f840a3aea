using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace ImageRights.Dashboard;

/// <summary>
/// Login with the token that was printed at start. The cookie is <c>{expiry in Unix seconds}.{HMAC of it under the token}</c>, so
/// nothing is stored, and a cookie lives on over a restart only if the token does.
/// </summary>
internal sealed class BrowserLogin(string token, TimeProvider clock)
{
    public const string CookieName = "imagerights-dashboard";
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(3);

    private readonly byte[] _key = SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>Sets the cookie when the token is right.</summary>
    public bool TrySignIn(HttpResponse response, string? given)
    {
        if (!CryptographicOperations.FixedTimeEquals(_key, SHA256.HashData(Encoding.UTF8.GetBytes(given ?? ""))))
            return false;
        var expires = clock.GetUtcNow() + Lifetime;
        var seconds = expires.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        response.Cookies.Append(CookieName, $"{seconds}.{Sign(seconds)}", new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Expires = expires,
            Path = "/",
            IsEssential = true,
        });
        return true;
    }

    public bool IsSignedIn(HttpRequest request) =>
        request.Cookies[CookieName]?.Split('.') is [var seconds, var signature]
        && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Sign(seconds)), Encoding.ASCII.GetBytes(signature))
        && long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var expiry)
        && expiry > clock.GetUtcNow().ToUnixTimeSeconds();

    private string Sign(string seconds) => Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes("dashboard login until " + seconds)));
}
