using System.Net;
using System.Net.Http.Headers;
using System.Security.Claims;
using ImageRights.Console.Peers;
using Microsoft.AspNetCore.Http;

namespace ImageRights.Console.IntegrationTests;

/// <summary>What a person meets who goes astray: wrong addresses, old pages, a sign-in that has ended, links of strangers, pages that are not his.</summary>
public sealed class AstrayTests(RunningConsole console) : IClassFixture<RunningConsole>
{
    private const string Html = "text/html,application/xhtml+xml";

    [Fact]
    public async Task A_wrong_address_is_a_page_for_people_and_a_problem_for_programs()
    {
        using var browser = await Browser.OfAdministratorAsync(console);
        (await browser.OpenAsync("/nonexistent")).ShouldContain("\"code\":\"Not_Found\"");
        browser.Say("Accept", Html);
        foreach (var address in new[] { "/nonexistent", "/cases/case_1/dismissal" })
        {
            var page = await browser.OpenAsync(address);
            page.ShouldContain("There is nothing at this address");
            page.ShouldContain("href=\"/cases\"", customMessage: "the way on");
            ((int)browser.Status).ShouldBeInRange(404, 405);
        }
    }

    [Fact]
    public async Task A_form_that_cannot_be_taken_leads_back_to_its_page()
    {
        using var browser = await Browser.OfAdministratorAsync(console);
        browser.Say("Accept", Html);
        browser.Say("Referer", new Uri(console.Address, "/access/people?cursor=1").ToString());
        (await browser.SendWithoutTokenAsync("/access/people", ("name", "x"), ("roles", "reviewer"))).ShouldContain("The form could not be taken");
        (await browser.SendWithoutTokenAsync("/access/people", ("name", "x"), ("roles", "reviewer"))).ShouldContain("data-page=\"/access/people?cursor=1\"");
        browser.Status.ShouldBe(HttpStatusCode.BadRequest);
        browser.Say("Referer", "https://elsewhere.example/access/people");
        (await browser.SendWithoutTokenAsync("/access/people", ("name", "x"), ("roles", "reviewer"))).ShouldContain("data-page=\"/\"", customMessage: "of another site nothing is believed");
    }

    [Theory]
    [InlineData("/cases/case_1?tab=2", "/sign-in?next=%2Fcases%2Fcase_1%3Ftab%3D2")]
    [InlineData("https://elsewhere.example/cases", null)]
    public async Task Who_signs_in_again_after_sending_a_form_comes_back_to_its_page(string referer, string? expected)
    {
        using var browser = new Browser(console);
        browser.Say("Referer", new Uri(console.Address, referer).ToString());
        await browser.SendWithoutTokenAsync("/cases/case_1/dismissal", ("reasonCode", "NoCopy"));
        browser.Last!.RequestMessage!.RequestUri!.PathAndQuery.ShouldBe(expected ?? "/sign-in?next=%2Fcases%2Fcase_1%2Fdismissal");
    }

    [Theory]
    [InlineData("cross-site", false)]
    [InlineData("none", false)]
    [InlineData("same-origin", true)]
    [InlineData(null, true)]
    public async Task A_link_puts_no_words_into_the_console_s_mouth(string? from, bool isSaid)
    {
        using var browser = new Browser(console);
        browser.Say("Sec-Fetch-Site", from);
        (await browser.OpenAsync("/sign-in?done=Call+49+123+to+unlock")).Contains("Call 49 123 to unlock", StringComparison.Ordinal).ShouldBe(isSaid);
        (await browser.OpenAsync("/sign-in?refused=Call+49+123+to+unlock")).ShouldNotContain("Call 49 123 to unlock");
    }

    [Fact]
    public async Task The_menu_leads_to_nothing_that_is_refused()
    {
        using var administrator = await Browser.OfAdministratorAsync(console);
        foreach (var (role, entries) in new[] { ("reviewer", new[] { "/pictures", "/works", "/cases" }), ("operator", []) })
        {
            using var browser = await administrator.OfPersonAsync($"menu-{role}", role);
            var page = await browser.OpenAsync("/simulator");
            foreach (var entry in new[] { "/pictures", "/works", "/cases", "/deliveries" }) page.Contains($"href=\"{entry}\"", StringComparison.Ordinal).ShouldBe(entries.Contains(entry), $"{role} {entry}");
        }
    }

    [Fact]
    public async Task The_pages_for_guests_speak_in_their_own_name_whoever_is_signed_in()
    {
        var person = new DefaultHttpContext { User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "mei")], "cookie")) };
        var heard = new Heard();
        // Nobody issues a token here: it would be the person's.
        using var client = new HttpMessageInvoker(new PersonToken(new HttpContextAccessor { HttpContext = person }, null!) { InnerHandler = heard });
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://casemanagement/v1/guest/reports") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", "of-the-pages") } };
        (await client.SendAsync(request, CancellationToken.None)).StatusCode.ShouldBe(HttpStatusCode.OK);
        heard.Token.ShouldBe("of-the-pages");
    }

    private sealed class Heard : HttpMessageHandler
    {
        public string? Token { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Token = request.Headers.Authorization?.Parameter;
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));
        }
    }
}
