using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;

namespace ImageRights.Console.IntegrationTests;

public sealed class SignInTests(RunningConsole console) : IClassFixture<RunningConsole>
{
    [Fact]
    public async Task The_first_administrator_signs_in_replaces_the_password_and_makes_people_and_programs()
    {
        using var browser = await Browser.OfAdministratorAsync(console);

        var shown = await browser.SendAsync("/access/programs", "/access/programs", ("name", "Shop system"), ("scopes", "index:read"));
        var (id, secret) = (Browser.Shown(shown, "Client id"), Browser.Shown(shown, "Secret"));
        (await browser.OpenAsync($"/access/programs/{id}")).ShouldNotContain(secret);
        var (status, answer, _) = await console.AskAsync(id, secret);
        status.ShouldBe(HttpStatusCode.OK, answer.ToJsonString());
        (await console.TryAsync((string)answer["access_token"]!)).ShouldBe(HttpStatusCode.OK);

        // Two at a time, so that a program changes its secret without a gap.
        var second = Browser.Shown(await browser.SendAsync($"/access/programs/{id}", $"/access/programs/{id}/secrets"), "Secret");
        (await console.AskAsync(id, secret)).Status.ShouldBe(HttpStatusCode.OK);
        (await console.AskAsync(id, second)).Status.ShouldBe(HttpStatusCode.OK);
        (await browser.SendAsync($"/access/programs/{id}", $"/access/programs/{id}/secrets")).ShouldContain("Two secrets are valid already");
        var older = await console.QueryAsync<string>($"select id from client_secrets where client_id = '{id}' order by created_at limit 1");
        await browser.SendAsync($"/access/programs/{id}", $"/access/programs/{id}/secrets/{older}/end");
        (await console.AskAsync(id, secret)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await console.AskAsync(id, second)).Status.ShouldBe(HttpStatusCode.OK);
        await browser.SendAsync($"/access/programs/{id}", $"/access/programs/{id}", ("name", "Shop system"), ("scopes", "index:read"), ("disabled", "on"));
        (await console.AskAsync(id, second)).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_reviewer_does_not_open_the_pages_of_an_administrator()
    {
        using var administrator = await Browser.OfAdministratorAsync(console);
        using var reviewer = await administrator.OfPersonAsync("mei", "reviewer");
        foreach (var page in new[] { "/access/people", "/access/programs", "/access/tenants" })
        {
            await reviewer.OpenAsync(page);
            reviewer.Here.ShouldBe("/denied");
        }
        await reviewer.SendAsync("/account/password", "/access/people", ("name", "x"), ("roles", "tenant-admin"));
        reviewer.Here.ShouldBe("/denied");
    }

    [Fact]
    public async Task Five_wrong_passwords_lock_the_account_also_for_the_right_one()
    {
        using var administrator = await Browser.OfAdministratorAsync(console);
        using var _ = await administrator.OfPersonAsync("locked", "reviewer");
        using var browser = new Browser(console);
        for (var attempt = 0; attempt < 5; attempt++) (await browser.SignInAsync("locked", "wrong")).ShouldBeFalse();
        (await browser.SignInAsync("locked", Browser.Own)).ShouldBeFalse();
        (await console.QueryAsync<bool>("select lockout_end > now() from accounts where user_name = 'locked'")).ShouldBeTrue();
    }

    [Fact]
    public async Task Codes_from_an_authenticator_are_asked_for_once_they_are_on()
    {
        using var administrator = await Browser.OfAdministratorAsync(console);
        using var person = await administrator.OfPersonAsync("careful", "reviewer");
        var key = Browser.Shown(await person.OpenAsync("/account/two-factor"), "Key").Replace(" ", "");
        var page = await person.SendAsync("/account/two-factor", "/account/two-factor", ("code", Code(key)));
        var recovery = Browser.Shown(page, "Code 1");
        recovery.ShouldNotBeEmpty();

        using var browser = new Browser(console);
        await browser.SignInAsync("careful", Browser.Own);
        browser.Here.ShouldBe("/sign-in/code");
        await browser.OpenAsync("/account/password");
        browser.Here.ShouldBe("/sign-in", "the password alone opens nothing");
        await browser.SignInAsync("careful", Browser.Own);
        await browser.SendAsync("/sign-in/code", "/sign-in/code", ("code", "000000"), ("next", "/denied"));
        browser.Here.ShouldBe("/sign-in/code");
        await browser.SendAsync("/sign-in/code", "/sign-in/code", ("code", Code(key)), ("next", "/denied"));
        browser.Here.ShouldBe("/denied");

        using var another = new Browser(console);
        await another.SignInAsync("careful", Browser.Own);
        await another.SendAsync("/sign-in/code", "/sign-in/code", ("code", recovery), ("next", "/denied"));
        another.Here.ShouldBe("/denied");
    }

    [Theory]
    [InlineData("//evil.test/")]
    [InlineData("/\\evil.test")]
    [InlineData("https://evil.test/")]
    [InlineData("javascript:alert(1)")]
    public async Task The_sign_in_page_leads_nowhere_else(string next)
    {
        using var administrator = await Browser.OfAdministratorAsync(console);
        using var browser = new Browser(console);
        (await browser.SignInAsync("admin", Browser.Own, next)).ShouldBeTrue();
        browser.Last!.RequestMessage!.RequestUri!.Host.ShouldBe("127.0.0.1");
        browser.Here.ShouldBe("/");
    }

    [Fact]
    public async Task A_form_without_its_token_changes_nothing()
    {
        using var browser = await Browser.OfAdministratorAsync(console);
        foreach (var action in new[] { "/access/people", "/access/programs", "/access/tenants", "/sign-in", "/sign-out", "/account/password", "/account/two-factor" })
        {
            await browser.SendWithoutTokenAsync(action, ("name", "x"), ("password", "x"), ("current", "x"), ("replacement", "x"), ("code", "x"), ("tenant", "x"), ("administrator", "x"), ("roles", "reviewer"), ("scopes", "index:read"));
            browser.Status.ShouldBe(HttpStatusCode.BadRequest, action);
        }
    }

    [Fact]
    public async Task Another_tenant_s_people_and_programs_are_not_there()
    {
        using var administrator = await Browser.OfAdministratorAsync(console);
        var shown = await administrator.SendAsync("/access/tenants", "/access/tenants", ("tenant", "Other market"), ("administrator", "other"));
        using var other = new Browser(console);
        await other.FirstSignInAsync("other", Browser.Shown(shown, "Password"), Browser.Own);
        var program = console.First["client_id"];
        (await other.OpenAsync("/access/programs")).ShouldNotContain(program);
        (await other.OpenAsync($"/access/programs/{program}")).ShouldContain("There is no program");
        var admin = await console.QueryAsync<string>("select id from accounts where user_name = 'admin'");
        (await other.OpenAsync("/access/people")).ShouldNotContain(admin);
        foreach (var action in new[] { $"/access/programs/{program}", $"/access/programs/{program}/secrets", $"/access/people/{admin}", $"/access/people/{admin}/password" })
        {
            await other.SendAsync("/access/people", action, ("name", "x"), ("scopes", "index:read"), ("roles", "reviewer"));
            other.Status.ShouldBe(HttpStatusCode.NotFound, action);
        }
        // An administrator of a tenant is no operator, and makes none.
        await other.OpenAsync("/access/tenants");
        other.Here.ShouldBe("/denied");
        await other.SendAsync("/access/people", "/access/people", ("name", "sneak"), ("roles", "operator"));
        (await console.QueryAsync<long>("select count(*) from accounts where user_name = 'sneak'")).ShouldBe(0);
    }

    [Fact]
    public async Task A_role_that_was_taken_away_ends_the_sign_ins_that_had_it()
    {
        using var administrator = await Browser.OfAdministratorAsync(console);
        using var person = await administrator.OfPersonAsync("leaving", "reviewer");
        var stamp = await console.QueryAsync<string>("select security_stamp from accounts where user_name = 'leaving'");
        var id = await console.QueryAsync<string>("select id from accounts where user_name = 'leaving'");
        await administrator.SendAsync($"/access/people/{id}", $"/access/people/{id}", ("roles", "auditor"), ("locked", "on"));
        (await console.QueryAsync<string>("select security_stamp from accounts where user_name = 'leaving'")).ShouldNotBe(stamp, "a cookie with the old stamp is refused when it is next checked");
        using var browser = new Browser(console);
        (await browser.SignInAsync("leaving", Browser.Own)).ShouldBeFalse();
    }

    [Fact]
    public async Task The_cookie_is_out_of_reach_of_scripts_and_pages_say_what_a_browser_may_load()
    {
        using var browser = await Browser.OfAdministratorAsync(console);
        await browser.OpenAsync("/access/people");
        var headers = browser.Last!.Headers;
        headers.GetValues("Content-Security-Policy").Single().ShouldContain("default-src 'none'; script-src 'self'");
        headers.GetValues("X-Content-Type-Options").Single().ShouldBe("nosniff");
        (await browser.OpenAsync("/access/people")).ShouldNotContain("<script>");
    }

    // RFC 6238 with SHA-1, 30 seconds and six digits, as authenticators have it.
    private static string Code(string base32)
    {
        var bits = string.Concat(base32.TrimEnd('=').Select(letter => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(letter), 2).PadLeft(5, '0')));
        var key = Enumerable.Range(0, bits.Length / 8).Select(index => Convert.ToByte(bits.Substring(index * 8, 8), 2)).ToArray();
        var step = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(step, DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 30);
#pragma warning disable CA5350 // The authenticators' algorithm.
        var hash = HMACSHA1.HashData(key, step);
#pragma warning restore CA5350
        return ((BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(hash[^1] & 15)) & int.MaxValue) % 1_000_000).ToString("D6", System.Globalization.CultureInfo.InvariantCulture);
    }
}
