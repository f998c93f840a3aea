using ImageRights.Console.Issuing;
using ImageRights.ServiceDefaults.Access;

namespace ImageRights.Console.Features.IssuingTokens;

/// <summary>What a program needs to know of this issuer (OpenID Connect Discovery 1.0, RFC 8414), and its keys (RFC 7517).</summary>
internal static class DiscoveryEndpoints
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/.well-known/openid-configuration", Describe).AllowAnonymous();
        app.MapGet("/.well-known/oauth-authorization-server", Describe).AllowAnonymous();
        app.MapGet("/.well-known/jwks.json", async (HttpContext context, SigningKeys keys) =>
        {
            context.Response.Headers.CacheControl = "public, max-age=300";
            return TypedResults.Json(new
            {
                keys = (await keys.PublishedAsync(context.RequestAborted)).Select(key => new { kty = key.Public.Kty, crv = key.Public.Crv, use = key.Public.Use, alg = key.Public.Alg, kid = key.Id, x = key.Public.X, y = key.Public.Y }),
            });
        }).AllowAnonymous();
    }

    private static IResult Describe(TokenIssuer issuer) => TypedResults.Json(new
    {
        issuer = issuer.Issuer,
        token_endpoint = $"{issuer.Issuer}/connect/token",
        jwks_uri = $"{issuer.Issuer}/.well-known/jwks.json",
        grant_types_supported = new[] { "client_credentials" },
        response_types_supported = Array.Empty<string>(),
        subject_types_supported = new[] { "public" },
        id_token_signing_alg_values_supported = new[] { "ES256" },
        token_endpoint_auth_methods_supported = new[] { "client_secret_basic", "client_secret_post" },
        scopes_supported = Roles.Scopes,
    });
}
