using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ImageRights.ServiceDefaults.Access;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;

namespace ImageRights.Wire.Tests;

/// <summary>Who is let in: every operation of every service, every role, every way in which a token can be wrong.</summary>
public sealed partial class AccessTests(RunningServices services) : IClassFixture<RunningServices>
{
    // What a watcher of the log or the machine's own supervisor needs, and nothing that belongs to a tenant.
    private static readonly string[] OpenToAll =
        ["/health", "/alive", "/openapi/{documentName}.json", "/asyncapi/v1.json", "/v1/log/checkpoint", "/v1/log/keys", "/v1/log/tile/{level:int}/{**index}", "/v1/log/proofs/consistency", "/v1/log/timestamp"];

    [Theory]
    [MemberData(nameof(RunningServices.Names), MemberType = typeof(RunningServices))]
    public void Every_operation_says_what_it_requires(string service)
    {
        services.Routes(service).ShouldNotBeEmpty();
        foreach (var route in services.Routes(service))
        {
            if (OpenToAll.Contains(route.RoutePattern.RawText)) route.Metadata.GetMetadata<IAllowAnonymous>().ShouldNotBeNull(route.RoutePattern.RawText);
            else
            {
                route.Metadata.GetMetadata<IAllowAnonymous>().ShouldBeNull($"{route.RoutePattern.RawText} is open to all");
                route.Metadata.GetMetadata<RequiredPermission>().ShouldNotBeNull($"{route.RoutePattern.RawText} has no .Requires(…)");
            }
        }
    }

    [Fact]
    public void Every_permission_is_asked_for_somewhere_or_is_the_console_s() =>
        Enum.GetValues<Permission>().Except(RunningServices.Services.Keys.SelectMany(services.Routes).Select(route => route.Metadata.GetMetadata<RequiredPermission>()?.Permission).OfType<Permission>())
            .ShouldBe([Permission.AccessManage, Permission.TenantsManage]);

    [Fact]
    public async Task Every_role_is_let_in_exactly_where_the_table_says()
    {
        var wrong = new List<string>();
        foreach (var service in RunningServices.Services.Keys)
        {
            foreach (var (method, path, permission, isHeld) in Operations(service))
            {
                foreach (var role in Roles.All)
                {
                    // A party may only where what it gets is held to its account, or is nobody's.
                    var may = Roles.PermissionsOf(role).Contains(permission) && (isHeld || !Roles.OfParties.Contains(role) || permission is Permission.LimitsRead or Permission.RegimesRead);
                    var token = TestAccess.Token("matrix", [role], role == Roles.ApiClient ? string.Join(' ', Roles.Scopes) : null);
                    using var response = await SendAsync(service, method, path, token);
                    // Not by what it says of an account in its body, which is judged by the operation.
                    var isRefused = (response.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized) && response.Headers.WwwAuthenticate.Count > 0;
                    if (isRefused == may) wrong.Add($"{role}: {method} {path} answered {(int)response.StatusCode}");
                    if ((int)response.StatusCode >= 500) wrong.Add($"{role}: {method} {path} answered {(int)response.StatusCode}");
                    if (!isRefused) continue;
                    response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
                    response.Headers.WwwAuthenticate.ToString().ShouldContain($"error=\"insufficient_scope\", scope=\"{permission.Scope()}\"");
                    (await CodeAsync(response)).ShouldBe("Access_Denied");
                }
            }
        }
        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_program_may_what_its_scopes_name_and_nothing_else()
    {
        var wrong = new List<string>();
        Permission[] ofNoProgram = [Permission.ContentsRead, Permission.ContactsRead, Permission.GuestsServe, Permission.ErasuresDecide];
        foreach (var service in RunningServices.Services.Keys)
        {
            foreach (var (method, path, permission, _) in Operations(service))
            {
                using var with = await SendAsync(service, method, path, TestAccess.Token("matrix", [Roles.ApiClient], $"openid {permission.Scope()}"));
                if (with.StatusCode == HttpStatusCode.Forbidden != ofNoProgram.Contains(permission)) wrong.Add($"{method} {path} with {permission.Scope()}");
                var others = string.Join(' ', Roles.Scopes.Except([permission.Scope()]));
                using var without = await SendAsync(service, method, path, TestAccess.Token("matrix", [Roles.ApiClient], others));
                if (without.StatusCode != HttpStatusCode.Forbidden) wrong.Add($"{method} {path} without {permission.Scope()}");
            }
        }
        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_a_token_every_operation_asks_for_one()
    {
        foreach (var service in RunningServices.Services.Keys)
        {
            foreach (var (method, path, _, _) in Operations(service))
            {
                using var response = await SendAsync(service, method, path, null);
                response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, $"{method} {path}");
                response.Headers.WwwAuthenticate.ToString().ShouldStartWith("Bearer realm=");
                (await CodeAsync(response)).ShouldBe("Access_Token_Missing");
            }
        }
    }

    public static TheoryData<string, string> WrongTokens()
    {
        var roles = new[] { "tenant-admin" };
        var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var good = TestAccess.FullToken();
        var parts = good.Split('.');
        return new TheoryData<string, string>
        {
            { "expired", TestAccess.Token("t", roles, change: claims => claims["exp"] = now - 60) },
            { "without an end", TestAccess.Token("t", roles, change: claims => claims.Remove("exp")) },
            { "of tomorrow", TestAccess.Token("t", roles, change: claims => claims["nbf"] = now + 3600) },
            { "of another issuer", TestAccess.Token("t", roles, change: claims => claims["iss"] = "https://else.test") },
            { "for somebody else", TestAccess.Token("t", roles, change: claims => claims["aud"] = "else") },
            { "by another key under the same name", TestAccess.Sign(stranger, "test", TestAccess.Claims("t", roles)) },
            { "by an unknown key", TestAccess.Sign(stranger, "other", TestAccess.Claims("t", roles)) },
            { "made for another purpose", SignedAs("JWT") },
            { "without a signature", $"{Encoded("""{"alg":"none","typ":"at+jwt"}""")}.{parts[1]}." },
            { "with the public key as a secret", Forged() },
            { "by the services' issuer with another secret", Forged(ServiceTokens.Issuer) },
            { "altered", $"{parts[0]}.{parts[1][..^2]}AA.{parts[2]}" },
            { "cut off", good[..^10] },
            { "no token at all", "x" },
            { "empty", "" },
            { "dots", "..." },
        };

        static string SignedAs(string type)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            return TestAccess.Sign(key, "test", TestAccess.Claims("t", ["tenant-admin"]), type: type);
        }

        static string Forged(string issuer = TestAccess.Issuer)
        {
            var claims = TestAccess.Claims("t", ["tenant-admin"]);
            claims["iss"] = issuer;
            var signed = $"{Encoded("""{"alg":"HS256","typ":"at+jwt","kid":"test"}""")}.{Encoded(claims.ToJsonString())}";
            return $"{signed}.{System.Buffers.Text.Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(TestAccess.KeySet), Encoding.ASCII.GetBytes(signed)))}";
        }

        static string Encoded(string json) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
    }

    [Theory]
    [MemberData(nameof(WrongTokens))]
    public async Task A_wrong_token_opens_nothing(string how, string token)
    {
        foreach (var service in RunningServices.Services.Keys)
        {
            using var response = await SendAsync(service, "GET", Operations(service).First(operation => operation.Method == "GET").Path, token);
            response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, how);
            (await CodeAsync(response)).ShouldBe(token.Length == 0 ? "Access_Token_Missing" : "Access_Token_Invalid");
        }
    }

    [Fact]
    public async Task A_token_without_a_tenant_sees_nobody_s_data()
    {
        using var response = await SendAsync("Ingestion", "GET", "/v1/images", TestAccess.Token("t", [Roles.TenantAdmin], change: claims => claims.Remove("tenant")));
        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Services_know_each_other_without_the_issuer()
    {
        var tokens = new ServiceTokens(Convert.FromBase64String(TestAccess.ServiceKey), "fingerprint");
        using var missing = await SendAsync("Ingestion", "GET", $"/internal/v1/contents/{new string('0', 64)}", tokens.Create("t", DateTimeOffset.UtcNow));
        missing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var denied = await SendAsync("Ingestion", "GET", "/v1/parked-events", tokens.Create("t", DateTimeOffset.UtcNow));
        denied.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var late = await SendAsync("Ingestion", "GET", $"/internal/v1/contents/{new string('0', 64)}", tokens.Create("t", DateTimeOffset.UtcNow.AddMinutes(-5)));
        late.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private IEnumerable<(string Method, string Path, Permission Permission, bool IsHeld)> Operations(string service) =>
        from route in services.Routes(service)
        let required = route.Metadata.GetMetadata<RequiredPermission>()
        where required is not null && route.Metadata.GetMetadata<IAllowAnonymous>() is null
        from method in route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
        select (method, Parameter().Replace(route.RoutePattern.RawText!, match => match.Value.Contains(":long") || match.Value.Contains(":int") ? "0" : "0190b7a0-0000-7000-8000-000000000000"), required.Permission, route.Metadata.GetMetadata<HeldToAccount>() is not null);

    private async Task<HttpResponseMessage> SendAsync(string service, string method, string path, string? token)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path.StartsWith('/') ? path : $"/{path}");
        if (method is "POST" or "PATCH" or "PUT") request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        else request.Headers.Authorization = new AuthenticationHeaderValue("Basic", "eDp5");
        return await services.Http(service).SendAsync(request);
    }

    private static async Task<string?> CodeAsync(HttpResponseMessage response)
    {
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        return (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["code"];
    }

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}
