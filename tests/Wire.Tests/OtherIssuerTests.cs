using System.Net;
using System.Text.Json.Nodes;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace ImageRights.Wire.Tests;

/// <summary>Tokens of somebody else's OpenID provider, as every service takes them.</summary>
public sealed class OtherIssuerTests
{
    public static TheoryData<string> Algorithms => new("ES256", "RS256");

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task Its_tokens_count_for_the_tenant_that_is_configured(string algorithm)
    {
        await using var issuer = await OtherIssuer.StartAsync(algorithm == "RS256" ? IssuerKey.Rs256("k") : IssuerKey.Es256("k"));
        await using var service = await Taking.StartAsync(issuer);
        var (status, answer) = await service.AskAsync(issuer.Token([Roles.Reviewer]));
        status.ShouldBe(HttpStatusCode.OK);
        answer!["tenant"]!.GetValue<string>().ShouldBe("shop", "whatever the token says");
    }

    [Fact]
    public async Task A_key_set_can_be_named_without_a_discovery_document()
    {
        await using var issuer = await OtherIssuer.StartAsync();
        await using var service = await Taking.StartAsync(issuer, $"--Access:Issuers:0:JwksUrl={issuer.Address}/keys");
        (await service.AskAsync(issuer.Token([Roles.Reviewer]))).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Roles_can_be_in_a_claim_of_another_name()
    {
        await using var issuer = await OtherIssuer.StartAsync();
        await using var service = await Taking.StartAsync(issuer, "--Access:Issuers:0:RolesClaim=groups");
        (await service.AskAsync(issuer.Token([Roles.Reviewer]))).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await service.AskAsync(issuer.Token([], claims => claims["groups"] = new JsonArray(Roles.Reviewer, "everybody")))).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task It_gives_nobody_a_role_of_the_product_s_own()
    {
        await using var issuer = await OtherIssuer.StartAsync();
        await using var service = await Taking.StartAsync(issuer);
        foreach (var role in new[] { Roles.Service, Roles.Operator, Roles.GuestDesk, Roles.MediaDesk, "root" })
        {
            var (status, answer) = await service.AskAsync(issuer.Token([role]), "/anything");
            status.ShouldBe(HttpStatusCode.Forbidden, role);
            answer!["code"]!.GetValue<string>().ShouldBe("Access_Denied");
        }
    }

    [Fact]
    public async Task A_new_key_counts_at_once_and_the_old_one_no_more()
    {
        await using var issuer = await OtherIssuer.StartAsync();
        await using var service = await Taking.StartAsync(issuer);
        var old = issuer.Token([Roles.Reviewer]);
        (await service.AskAsync(old)).Status.ShouldBe(HttpStatusCode.OK);
        issuer.Rotate(IssuerKey.Rs256("second"));
        (await service.AskAsync(issuer.Token([Roles.Reviewer]))).Status.ShouldBe(HttpStatusCode.OK);
        (await service.AskAsync(old)).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Keys_that_nobody_knows_do_not_make_it_ask_each_time()
    {
        await using var issuer = await OtherIssuer.StartAsync();
        await using var service = await Taking.StartAsync(issuer);
        for (var number = 0; number < 20; number++) (await service.AskAsync(issuer.Token([Roles.Reviewer], by: IssuerKey.Es256($"unknown-{number}")))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        issuer.Looks.ShouldBeLessThanOrEqualTo(2);
    }

    public static TheoryData<string> WrongTokens => new("expired", "of tomorrow", "without an end", "for somebody else", "by an unknown key", "by another key under the same name", "unsigned", "with the public key as a secret", "with another algorithm", "of an issuer that nobody named");

    [Theory]
    [MemberData(nameof(WrongTokens))]
    public async Task A_wrong_token_opens_nothing(string how)
    {
        await using var issuer = await OtherIssuer.StartAsync(how == "with another algorithm" ? IssuerKey.Rs256("first") : null);
        await using var service = await Taking.StartAsync(issuer);
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        string[] roles = [Roles.Reviewer];
        var token = how switch
        {
            "expired" => issuer.Token(roles, claims => claims["exp"] = now - 60),
            "of tomorrow" => issuer.Token(roles, claims => claims["nbf"] = now + 3600),
            "without an end" => issuer.Token(roles, claims => claims.Remove("exp")),
            "for somebody else" => issuer.Token(roles, claims => claims["aud"] = AccessOptions.Audience),
            "by an unknown key" => issuer.Token(roles, by: IssuerKey.Es256("unknown")),
            "by another key under the same name" => issuer.Token(roles, by: IssuerKey.Es256("first")),
            "unsigned" => issuer.Token(roles, by: IssuerKey.None("first")),
            "with the public key as a secret" => issuer.Token(roles, by: IssuerKey.Hs256(issuer.Key)),
            "with another algorithm" => issuer.Token(roles, by: IssuerKey.Rs256("first", "RS512")),
            _ => issuer.Token(roles, claims => claims["iss"] = "https://nobody.test"),
        };
        var (status, answer) = await service.AskAsync(token);
        status.ShouldBe(HttpStatusCode.Unauthorized);
        answer!["code"]!.GetValue<string>().ShouldBe("Access_Token_Invalid");
    }

    [Fact]
    public async Task While_its_keys_are_out_of_reach_nobody_is_called_a_liar()
    {
        await using var issuer = await OtherIssuer.StartAsync();
        issuer.IsAway = true;
        await using var service = await Taking.StartAsync(issuer);
        using var response = await service.SendAsync(issuer.Token([Roles.Reviewer]));
        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter!.Delta!.Value.ShouldBeGreaterThan(TimeSpan.Zero);
        JsonNode.Parse(await response.Content.ReadAsStringAsync())!["code"]!.GetValue<string>().ShouldBe("Access_Keys_Unavailable");
        // Others are not held up by it, and what is no token is none whoever is away.
        (await service.AskAsync(TestAccess.Token("t", [Roles.Reviewer]))).Status.ShouldBe(HttpStatusCode.OK);
        (await service.AskAsync(issuer.Token([Roles.Reviewer], by: IssuerKey.None("first")))).Status.ShouldNotBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Keys_that_it_had_count_on_while_it_is_away()
    {
        await using var issuer = await OtherIssuer.StartAsync();
        await using var service = await Taking.StartAsync(issuer);
        (await service.AskAsync(issuer.Token([Roles.Reviewer]))).Status.ShouldBe(HttpStatusCode.OK);
        issuer.IsAway = true;
        (await service.AskAsync(issuer.Token([Roles.Reviewer]))).Status.ShouldBe(HttpStatusCode.OK);
        (await service.AskAsync(issuer.Token([Roles.Reviewer], by: IssuerKey.Es256("new")))).Status.ShouldBe(HttpStatusCode.ServiceUnavailable, "it may be a key of today");
    }

    /// <summary>What every service does with tokens, and two operations.</summary>
    private sealed class Taking : IAsyncDisposable
    {
        private readonly WebApplication app;
        private readonly HttpClient http;

        private Taking(WebApplication app) => (this.app, http) = (app, new HttpClient { BaseAddress = new Uri(app.Urls.Single()), Timeout = TimeSpan.FromSeconds(30) });

        public static async Task<Taking> StartAsync(OtherIssuer issuer, params string[] more)
        {
            var builder = WebApplication.CreateBuilder(
            [
                "--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=None", $"--Access:Issuers:0:Issuer={issuer.Address}", $"--Access:Issuers:0:Audience={OtherIssuer.Audience}",
                "--Access:Issuers:0:Tenant=shop", .. TestAccess.Settings, .. more,
            ]);
            builder.AddServiceDefaults();
            builder.Services.AddProblems(typeof(AccessOptions).Assembly);
            builder.AddAccess();
            var app = builder.Build();
            app.UseProblems();
            app.UseAccess();
            app.MapGet("/cases", (HttpContext context) => TypedResults.Ok(new { tenant = context.Tenant() })).Requires(Permission.CasesRead);
            app.MapGet("/anything", () => TypedResults.Ok()).Requires(Permission.LimitsRead);
            await app.StartAsync();
            return new Taking(app);
        }

        public Task<HttpResponseMessage> SendAsync(string token, string path = "/cases")
        {
            var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
            return http.SendAsync(request);
        }

        public async Task<(HttpStatusCode Status, JsonNode? Answer)> AskAsync(string token, string path = "/cases")
        {
            using var response = await SendAsync(token, path);
            var text = await response.Content.ReadAsStringAsync();
            return (response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
        }

        public async ValueTask DisposeAsync()
        {
            http.Dispose();
            await app.DisposeAsync();
        }
    }
}
