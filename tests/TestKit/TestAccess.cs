using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ImageRights.TestKit;

/// <summary>The issuer of tests: a key of this process, tokens for any tenant, role and scope, and the settings that make a service take them.</summary>
public static class TestAccess
{
    /// <summary>The tenant of tests that are about something else.</summary>
    public const string Tenant = "*DEFAULT*";

    /// <summary>Value of <c>iss</c>.</summary>
    public const string Issuer = "https://issuer.test";

    private const string KeyId = "test";
    private static readonly ECDsa Key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>Secret of the services among themselves.</summary>
    public static string ServiceKey { get; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>The issuer's key set (RFC 7517).</summary>
    public static string KeySet { get; } = KeySetOf(Key, KeyId);

    /// <summary>Command line of a service that takes these tokens.</summary>
    public static string[] Settings { get; } = [$"--Access:Issuer={Issuer}", $"--Access:KeySet={KeySet}", $"--Access:ServiceKey={ServiceKey}"];

    /// <summary>A token that may do everything within a tenant, as an administrator and as a service.</summary>
    public static string FullToken(string tenant = Tenant) => Token(tenant, ["tenant-admin", "service"]);

    /// <summary>A token for five minutes.</summary>
    /// <param name="change">Changes the claims before they are signed.</param>
    public static string Token(string tenant, string[] roles, string? scope = null, Action<JsonObject>? change = null) =>
        Sign(Key, KeyId, Claims(tenant, roles, scope, change));

    /// <summary>Claims as the issuer makes them.</summary>
    public static JsonObject Claims(string tenant, string[] roles, string? scope = null, Action<JsonObject>? change = null)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var claims = new JsonObject
        {
            ["iss"] = Issuer, ["aud"] = "imagerights", ["sub"] = "tester", ["iat"] = now, ["nbf"] = now - 5, ["exp"] = now + 300, ["tenant"] = tenant, ["roles"] = new JsonArray([.. roles]),
        };
        if (scope is not null) claims["scope"] = scope;
        change?.Invoke(claims);
        return claims;
    }

    /// <summary>Signs claims with ES256 (RFC 7515, RFC 7518 3.4).</summary>
    public static string Sign(ECDsa key, string keyId, JsonObject claims, string algorithm = "ES256", string type = "at+jwt")
    {
        var header = new JsonObject { ["alg"] = algorithm, ["typ"] = type, ["kid"] = keyId };
        var signed = $"{Encode(header)}.{Encode(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))}";
    }

    /// <summary>A key set of one key.</summary>
    public static string KeySetOf(ECDsa key, string keyId)
    {
        var point = key.ExportParameters(false).Q;
        return new JsonObject
        {
            ["keys"] = new JsonArray(new JsonObject
            {
                ["kty"] = "EC", ["crv"] = "P-256", ["use"] = "sig", ["alg"] = "ES256", ["kid"] = keyId, ["x"] = Base64Url.EncodeToString(point.X), ["y"] = Base64Url.EncodeToString(point.Y),
            }),
        }.ToJsonString();
    }

    /// <summary>The tenant that a request's token names, without a look at its signature; null without a token.</summary>
    public static string? TenantOf(string? authorization) =>
        authorization?.Split(' ') is ["Bearer", var token] && token.Split('.') is [_, var claims, _] ? (string?)JsonNode.Parse(Base64Url.DecodeFromChars(claims))!["tenant"] : null;

    /// <summary>Puts a token on every request of a client.</summary>
    public static HttpClient Authorized(this HttpClient client, string? token = null)
    {
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token ?? FullToken());
        return client;
    }

    private static string Encode(JsonNode json) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(json));
}
