using System.Net;
using System.Text.Json.Nodes;
using ImageRights.Console.Issuing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;

namespace ImageRights.Console.IntegrationTests;

public sealed class TokenTests(RunningConsole console) : IClassFixture<RunningConsole>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_program_gets_a_token_that_a_service_takes(bool asBasic)
    {
        var (status, body, headers) = await console.AskAsync(console.First["client_id"], console.First["client_secret"], asBasic: asBasic);
        status.ShouldBe(HttpStatusCode.OK, body.ToJsonString());
        headers.CacheControl!.NoStore.ShouldBeTrue();
        ((string?)body["token_type"]).ShouldBe("Bearer");
        ((int?)body["expires_in"]).ShouldBe(900);
        var token = new JsonWebToken((string)body["access_token"]!);
        (token.Alg, token.Typ, token.Issuer).ShouldBe(("ES256", "at+jwt", console.Address.ToString().TrimEnd('/')));
        token.GetClaim("client_id").Value.ShouldBe(console.First["client_id"]);
        (await console.TryAsync(token.EncodedToken)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_token_of_fewer_scopes_does_less()
    {
        var token = await console.TokenAsync("images:read");
        (await console.TryAsync(token)).ShouldBe(HttpStatusCode.Forbidden);
        (await console.TryAsync(await console.TokenAsync("index:read images:read"))).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_is_wrong_with_a_request_is_said_in_OAuth_s_words()
    {
        var (id, secret) = (console.First["client_id"], console.First["client_secret"]);
        await ShouldBeAsync(console.AskAsync(id, "irs_wrong"), HttpStatusCode.Unauthorized, "invalid_client");
        await ShouldBeAsync(console.AskAsync(id, ""), HttpStatusCode.Unauthorized, "invalid_client");
        await ShouldBeAsync(console.AskAsync("cli_unknown", secret), HttpStatusCode.Unauthorized, "invalid_client");
        await ShouldBeAsync(console.AskAsync("x' or 1=1 --", secret, asBasic: false), HttpStatusCode.Unauthorized, "invalid_client");
        await ShouldBeAsync(console.AskAsync(null, null, asBasic: false), HttpStatusCode.Unauthorized, "invalid_client");
        await ShouldBeAsync(console.AskAsync(id, secret, scope: "contents:read"), HttpStatusCode.BadRequest, "invalid_scope");
        await ShouldBeAsync(console.AskAsync(id, secret, scope: "everything"), HttpStatusCode.BadRequest, "invalid_scope");
        await ShouldBeAsync(console.AskAsync(id, secret, grant: "password"), HttpStatusCode.BadRequest, "unsupported_grant_type");
        using var json = await console.Http!.PostAsync("/connect/token", new StringContent("{}", System.Text.Encoding.UTF8, "application/json"));
        json.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var twice = await console.Http!.PostAsync("/connect/token", new StringContent("grant_type=client_credentials&grant_type=x", System.Text.Encoding.UTF8, "application/x-www-form-urlencoded"));
        twice.StatusCode.ShouldBe(HttpStatusCode.BadRequest);

        static async Task ShouldBeAsync(Task<(HttpStatusCode Status, JsonNode Body, System.Net.Http.Headers.HttpResponseHeaders Headers)> asking, HttpStatusCode status, string error)
        {
            var (answered, body, headers) = await asking;
            (answered, (string?)body["error"]).ShouldBe((status, error));
            if (status == HttpStatusCode.Unauthorized) headers.WwwAuthenticate.ToString().ShouldStartWith("Basic realm=");
        }
    }

    [Fact]
    public async Task The_issuer_describes_itself_and_shows_public_keys_only()
    {
        var description = JsonNode.Parse(await console.Http!.GetStringAsync("/.well-known/openid-configuration"))!;
        ((string?)description["issuer"]).ShouldBe(console.Address.ToString().TrimEnd('/'));
        var keys = JsonNode.Parse(await console.Http!.GetStringAsync(new Uri((string)description["jwks_uri"]!)))!["keys"]!.AsArray();
        keys.ShouldNotBeEmpty();
        foreach (var key in keys)
        {
            ((string?)key!["kty"], (string?)key["crv"], (string?)key["alg"]).ShouldBe(("EC", "P-256", "ES256"));
            key.AsObject().ContainsKey("d").ShouldBeFalse();
        }
    }

    [Fact]
    public async Task A_new_key_is_published_before_it_signs_and_tokens_go_on_counting()
    {
        var before = await console.TokenAsync();
        await console.Services.GetRequiredService<SigningKeys>().RotateAsync(CancellationToken.None);
        var after = await console.TokenAsync();
        JsonNode.Parse(await console.Http!.GetStringAsync("/.well-known/jwks.json"))!["keys"]!.AsArray().Count.ShouldBe(2);
        new JsonWebToken(after).Kid.ShouldBe(new JsonWebToken(before).Kid, "services have not heard of the new key yet");
        (await console.TryAsync(before)).ShouldBe(HttpStatusCode.OK);
        (await console.TryAsync(after)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Nothing_that_the_database_holds_can_sign_or_get_a_token()
    {
        await console.TokenAsync();
        (await console.QueryAsync<string>("select string_agg(encode(sealed, 'escape'), '') from signing_keys")).ShouldNotContain("PRIVATE");
        (await console.QueryAsync<string>("select string_agg(xml, '') from protection_keys")).ShouldNotContain("masterKey");
        (await console.QueryAsync<int>("select octet_length(hash) from client_secrets limit 1")).ShouldBe(32);
        (await console.QueryAsync<bool>("select last_used_at is not null from client_secrets order by created_at limit 1")).ShouldBeTrue();
        (await console.QueryAsync<string>("select password_hash from accounts limit 1")).ShouldNotContain(console.First["password"]);
    }

    [Fact]
    public void The_first_credentials_are_for_their_owner_only()
    {
        if (OperatingSystem.IsLinux()) File.GetUnixFileMode(console.CredentialsFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}

/// <summary>What is left after the console was stopped, and what goes on without it.</summary>
public sealed class RestartTests
{
    [Fact]
    public async Task Services_go_on_without_the_console_and_it_comes_back_with_its_keys()
    {
        var console = new RunningConsole();
        await console.InitializeAsync();
        try
        {
            var token = await console.TokenAsync();
            (await console.TryAsync(token)).ShouldBe(HttpStatusCode.OK);
            var credentials = await File.ReadAllTextAsync(console.CredentialsFile);
            await console.StopAsync();
            (await console.TryAsync(token)).ShouldBe(HttpStatusCode.OK);

            await console.StartAsync();
            (await File.ReadAllTextAsync(console.CredentialsFile)).ShouldBe(credentials);
            var later = await console.TokenAsync();
            new JsonWebToken(later).Kid.ShouldBe(new JsonWebToken(token).Kid);
            (await console.TryAsync(later)).ShouldBe(HttpStatusCode.OK);
        }
        finally
        {
            await console.DisposeAsync();
        }
    }
}
