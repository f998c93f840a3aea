using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ImageRights.TestKit;

namespace ImageRights.EndToEnd.Tests;

[Collection(nameof(OneSystem))]
public partial class ConsoleTests(OneSystem one)
{
    [Fact]
    public async Task A_reviewer_sees_both_pictures_and_takes_one_down_by_a_form()
    {
        await using var marketplace = await Marketplace.JoinAsync(one.System, "imagerights.case.opened.v1");
        var picture = new SamplePicture(41);
        var image = await marketplace.UploadAsync("shop-console", picture.ToPng(240, 180));
        await marketplace.ScreeningAsync(image);
        var work = await marketplace.RegisterAsync("fang-console", picture.ToPng(640, 480));
        var caseId = (await Eventually.GetAsync(
            () => Task.FromResult(marketplace.Webhooks.Select(webhook => webhook.Body).FirstOrDefault(body => body["data"]!["workId"]?.GetValue<string>() == work)), what: "The case"))["data"]!["caseId"]!.GetValue<string>();

        using var browser = await Browser.OfAdministratorAsync(one.System);
        (await browser.ReadAsync("/")).ShouldContain(caseId);
        (await browser.ReadAsync("/pictures")).ShouldContain(image);
        (await browser.ReadAsync("/find?q=shop-console")).ShouldContain(caseId);
        (await browser.ReadAsync("/pictures?account=shop-console")).ShouldContain(image);
        (await browser.ReadAsync("/works?account=fang-console")).ShouldContain(work);
        foreach (var list in new[] { "/cases", "/pictures", "/works" }) (await browser.ReadAsync($"{list}?account=nobody")).ShouldNotContain(image);
        foreach (var (id, at) in new[] { (caseId, "cases"), (image, "pictures"), (work, "works") }) (await browser.GetAsync($"/find?q=%20{id}")).RequestMessage!.RequestUri!.AbsolutePath.ShouldBe($"/{at}/{id}");
        (await browser.ReadAsync($"/works/{work}")).ShouldContain(image);
        (await browser.ReadAsync("/deliveries")).ShouldContain("imagerights.case.opened.v1");
        var page = await browser.ReadAsync($"/cases/{caseId}");
        foreach (var bank in new[] { $"/images/{image}", $"/works/{work}" })
        {
            var link = Picture().Matches(page).Select(match => WebUtility.HtmlDecode(match.Groups[1].Value)).First(link => link.Contains(bank, StringComparison.Ordinal));
            new Uri(link).Authority.ShouldNotBe(one.System["console"].Authority);
            // No cookie and no token: the address is enough.
            using var http = new HttpClient();
            using var shown = await http.GetAsync(link);
            shown.EnsureSuccessStatusCode();
            shown.Content.Headers.ContentType!.MediaType.ShouldNotBeNull().ShouldStartWith("image/");
            shown.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        }

        using var taken = await browser.PostAsync(
            $"/cases/{caseId}", $"/cases/{caseId}/takedown", ("version", Version().Match(page).Groups[1].Value), ("actor", "reviewer-mei"), ("reasonCode", "Copyright"), ("statement", "A copy of a registered work."));
        (await taken.Content.ReadAsStringAsync()).ShouldContain("Picture taken down");
    }

    [Fact]
    public async Task An_author_reads_in_his_inbox_that_his_work_was_found()
    {
        await using var marketplace = await Marketplace.JoinAsync(one.System, "imagerights.case.opened.v1");
        var picture = new SamplePicture(47);
        await marketplace.ScreeningAsync(await marketplace.UploadAsync("shop-inbox", picture.ToPng(240, 180)));
        await marketplace.RegisterAsync("fang-inbox", picture.ToPng(640, 480));

        using var administrator = await Browser.OfAdministratorAsync(one.System);
        using var added = await administrator.PostAsync("/access/people", "/access/people", ("name", "fang"), ("roles", "rights-holder"), ("marketplaceAccountId", "fang-inbox"));
        using var author = new Browser(one.System["console"]);
        await author.FirstSignInAsync("fang", Regex.Match(await added.Content.ReadAsStringAsync(), "data-value=\"Password\">([^<]+)<").Groups[1].Value);
        var page = await Eventually.GetAsync(async () => await author.ReadAsync("/inbox") is var shown && shown.Contains("Your work was found", StringComparison.Ordinal) ? shown : null, what: "The message");
        page.ShouldContain("bg-blue-lt");
        page.ShouldNotContain("shop-inbox");
        using var read = await author.PostAsync("/inbox", Regex.Match(page, "action=\"(/inbox/[^\"]+)\"").Groups[1].Value);
        page = await read.Content.ReadAsStringAsync();
        page.ShouldContain("Your work was found");
        page.ShouldNotContain("bg-blue-lt");
        (await administrator.ReadAsync("/inbox")).ShouldContain("nobody writes to you here");
    }

    [Fact]
    public async Task The_desk_suspends_a_work_by_a_form_and_resumes_it()
    {
        await using var marketplace = await Marketplace.JoinAsync(one.System, "imagerights.case.opened.v1");
        var picture = new SamplePicture(43);
        var work = await marketplace.RegisterAsync("fang-suspended", picture.ToPng(640, 480));
        await VerdictAsync("Match");

        using var browser = await Browser.OfAdministratorAsync(one.System);
        var page = await browser.ReadAsync($"/works/{work}");
        using var suspended = await browser.PostAsync($"/works/{work}", $"/works/{work}/suspension", ("version", Version().Match(page).Groups[1].Value), ("reason", "Two authors claim it"));
        page = await suspended.Content.ReadAsStringAsync();
        page.ShouldContain("Two authors claim it");
        await VerdictAsync("Clear");
        using var resumed = await browser.PostAsync($"/works/{work}", $"/works/{work}/suspension/end", ("version", Version().Match(page).Groups[1].Value));
        (await resumed.Content.ReadAsStringAsync()).ShouldNotContain("Two authors claim it");
        await VerdictAsync("Match");

        Task VerdictAsync(string verdict) => Eventually.HoldsAsync(async () =>
        {
            using var answer = await marketplace.SendPictureAsync("/v1/prechecks", picture.ToPng(600, 450), null, ("accountId", "shop-console"));
            JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["verdict"]!.GetValue<string>().ShouldBe(verdict);
        }, what: verdict);
    }

    [Fact]
    public async Task Nobody_sees_a_page_before_signing_in_and_no_wrong_password_opens_one()
    {
        using var stranger = new Browser(one.System["console"]);
        foreach (var path in new[] { "/", "/pictures", "/cases", "/access/people" })
        {
            using var page = await stranger.GetAsync(path);
            page.RequestMessage!.RequestUri!.AbsolutePath.ShouldBe("/sign-in", path);
        }
        (await stranger.SignInAsync("admin", "not the password")).ShouldBeFalse();
        (await stranger.SignInAsync("nobody", "not the password")).ShouldBeFalse();
    }

    [Fact]
    public async Task Somebody_without_an_account_reports_a_picture_and_follows_the_report()
    {
        await using var marketplace = await Marketplace.JoinAsync(one.System, "imagerights.image.screened.v1");
        var image = await marketplace.UploadAsync("shop-guest", new SamplePicture(53).ToPng());
        await marketplace.ScreeningAsync(image);
        using var guest = new Browser(one.System["console"]);
        var shown = await Eventually.GetAsync(async () =>
        {
            using var answer = await guest.PostAsync("/guest/report", "/guest/report", ("imageId", image), ("reasonCode", "Portrait"), ("statement", "It shows me."));
            var page = await answer.Content.ReadAsStringAsync();
            return page.Contains("data-value=\"PIN\"", StringComparison.Ordinal) ? page : null;
        }, what: "The picture's arrival in case management");
        using var followed = await guest.PostAsync("/guest/follow", "/guest/follow", ("number", Shown(shown, "Number")), ("pin", Shown(shown, "PIN")));
        (await followed.Content.ReadAsStringAsync()).ShouldContain("It is being looked at.");
        using var wrong = await guest.PostAsync("/guest/follow", "/guest/follow", ("number", Shown(shown, "Number")), ("pin", "x"));
        (await wrong.Content.ReadAsStringAsync()).ShouldContain("No report has this number and PIN");

        static string Shown(string page, string name) => Regex.Match(page, $"data-value=\"{name}\">([^<]+)<").Groups[1].Value;
    }

    [Fact]
    public async Task A_form_without_its_token_is_refused()
    {
        using var browser = await Browser.OfAdministratorAsync(one.System);
        using var answer = await browser.PostWithoutTokenAsync("/cases/case_0/takedown", ("version", "1"), ("actor", "x"), ("reasonCode", "Copyright"), ("statement", "x"));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("/pictures/img_unknown")]
    [InlineData("/works/wrk_unknown")]
    [InlineData("/cases/case_unknown")]
    [InlineData("/pictures?cursor=%00%01")]
    public async Task An_address_that_leads_nowhere_says_so(string path)
    {
        using var browser = await Browser.OfAdministratorAsync(one.System);
        using var page = await browser.GetAsync(path);
        ((int)page.StatusCode).ShouldBeLessThan(500);
    }

    [GeneratedRegex("<img class=\"picture[^>]* src=\"([^\"]+)\"")]
    private static partial Regex Picture();

    [GeneratedRegex("name=\"version\" value=\"([0-9]+)\"")]
    private static partial Regex Version();
}
