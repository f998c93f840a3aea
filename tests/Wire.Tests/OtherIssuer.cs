using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ImageRights.Wire.Tests;

/// <summary>A marketplace's own OpenID provider: a discovery document, a key set by address, and tokens by keys that change.</summary>
public sealed class OtherIssuer : IAsyncDisposable
{
    public const string Audience = "imagerights-of-shop";

    private readonly WebApplication app;
    private int looks;

    private OtherIssuer(WebApplication app) => this.app = app;

    public string Address => app.Urls.Single();
    public int Looks => Volatile.Read(ref looks);
    public IssuerKey Key { get; private set; } = IssuerKey.Es256("first");
    public bool IsAway { get; set; }

    public static async Task<OtherIssuer> StartAsync(IssuerKey? key = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var issuer = new OtherIssuer(builder.Build());
        if (key is not null) issuer.Key = key;
        issuer.app.MapGet("/.well-known/openid-configuration", () => issuer.IsAway
            ? Results.StatusCode(StatusCodes.Status502BadGateway)
            : Results.Json(new { issuer = issuer.Address, jwks_uri = $"{issuer.Address}/keys", id_token_signing_alg_values_supported = new[] { "ES256", "RS256" } }));
        issuer.app.MapGet("/keys", () =>
        {
            Interlocked.Increment(ref issuer.looks);
            return issuer.IsAway ? Results.StatusCode(StatusCodes.Status502BadGateway) : Results.Text(new JsonObject { ["keys"] = new JsonArray(issuer.Key.Public()) }.ToJsonString(), "application/json");
        });
        await issuer.app.StartAsync();
        return issuer;
    }

    /// <summary>From now on another key signs, and the earlier one is gone.</summary>
    public void Rotate(IssuerKey key) => Key = key;

    public string Token(string[] roles, Action<JsonObject>? change = null, IssuerKey? by = null) => (by ?? Key).Sign(TestAccess.Claims("any", roles, change: claims =>
    {
        claims["iss"] = Address;
        claims["aud"] = Audience;
        change?.Invoke(claims);
    }));

    public ValueTask DisposeAsync() => app.DisposeAsync();
}

/// <summary>A key that signs tokens as JWS (RFC 7515) with an algorithm of RFC 7518.</summary>
public sealed record IssuerKey(string Id, string Algorithm, Func<byte[], byte[]> SignBytes, Func<JsonObject> Public)
{
    public static IssuerKey Es256(string id)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(false).Q;
        return new(id, "ES256", bytes => key.SignData(bytes, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation), () => new()
        {
            ["kty"] = "EC", ["crv"] = "P-256", ["use"] = "sig", ["kid"] = id, ["x"] = Base64Url.EncodeToString(point.X), ["y"] = Base64Url.EncodeToString(point.Y),
        });
    }

    public static IssuerKey Rs256(string id, string algorithm = "RS256")
    {
        var key = RSA.Create(2048);
        var numbers = key.ExportParameters(false);
        return new(id, algorithm, bytes => key.SignData(bytes, algorithm == "RS512" ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), () => new()
        {
            ["kty"] = "RSA", ["use"] = "sig", ["kid"] = id, ["n"] = Base64Url.EncodeToString(numbers.Modulus), ["e"] = Base64Url.EncodeToString(numbers.Exponent),
        });
    }

    /// <summary>Claims a key's name, and signs with nothing.</summary>
    public static IssuerKey None(string id) => new(id, "none", _ => [], () => []);

    /// <summary>Uses what everybody can read as a secret.</summary>
    public static IssuerKey Hs256(IssuerKey of) => new(of.Id, "HS256", bytes => HMACSHA256.HashData(Encoding.UTF8.GetBytes(of.Public().ToJsonString()), bytes), () => []);

    public string Sign(JsonObject claims)
    {
        var signed = $"{Encode(new JsonObject { ["alg"] = Algorithm, ["typ"] = "JWT", ["kid"] = Id })}.{Encode(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(SignBytes(Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Encode(JsonObject json) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(json));
}
