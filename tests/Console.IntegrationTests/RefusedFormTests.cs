using System.Net;

namespace ImageRights.Console.IntegrationTests;

/// <summary>A form that was refused is there again with everything that was typed, and says why; nothing of it is in an address or kept.</summary>
public sealed class RefusedFormTests(RunningConsole console) : IClassFixture<RunningConsole>
{
    [Fact]
    public async Task A_guest_s_report_that_was_refused_keeps_every_word()
    {
        using var guest = new Browser(console);
        var page = WebUtility.HtmlDecode(await guest.SendAsync("/guest/report", "/guest/report", ("market", ""), ("imageId", "img_unknown"), ("workId", "wrk_mine"), ("reasonCode", "Privacy"), ("firstPublishedOn", "2026-03-01"), ("statement", "It shows \"me\".\nAt home.")));
        guest.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        foreach (var kept in new[] { "No screened picture has this identity", "value=\"img_unknown\"", "value=\"wrk_mine\"", "<option value=\"Privacy\" selected>", "value=\"2026-03-01\"", ">It shows \"me\".\nAt home.</textarea>" }) page.ShouldContain(kept);
        page.ShouldContain("<html lang=\"en\" data-page=\"/guest/report?market=\">", customMessage: "whose address the page has");
        (await guest.OpenAsync("/guest/report")).ShouldNotContain("wrk_mine");
    }

    [Fact]
    public async Task Only_the_form_that_was_refused_is_filled_in()
    {
        using var legal = await (await Browser.OfAdministratorAsync(console)).OfPersonAsync("legal", "legal");
        var page = await legal.SendAsync("/erasures", "/erasures/holds/lift", ("holdId", "hld_unknown"), ("reason", "The proceeding has ended."));
        page.ShouldContain("There is no legal hold under this identity");
        page.Split("value=\"The proceeding has ended.\"").Length.ShouldBe(2, "holds are placed for reasons, too");
        page.Split("role=\"alert\"").Length.ShouldBe(2, "said once");
    }

    [Fact]
    public async Task People_programs_and_works_are_filled_in_again_and_what_was_not_chosen_is_not()
    {
        using var administrator = await Browser.OfAdministratorAsync(console);
        var page = await administrator.SendAsync("/access/people", "/access/people", ("name", "not a name"), ("roles", "seller"), ("roles", "agent"), ("marketplaceAccountId", "shop-17"));
        foreach (var kept in new[] { "<details class=\"card card-body mb-3\" open>", "value=\"not a name\"", "value=\"seller\" checked", "value=\"agent\" checked", "value=\"shop-17\"" }) page.ShouldContain(kept);
        page.ShouldNotContain("value=\"legal\" checked");

        var client = Browser.Shown(await administrator.SendAsync("/access/programs", "/access/programs", ("name", "Shop system"), ("scopes", "index:read")), "Client id");
        page = await administrator.SendAsync($"/access/programs/{client}", $"/access/programs/{client}", ("name", "Renamed"), ("disabled", "on"));
        foreach (var kept in new[] { "A program without scopes can do nothing", "value=\"Renamed\"", "name=\"disabled\" checked" }) page.ShouldContain(kept);
        page.ShouldNotContain("value=\"index:read\" checked");
    }

    [Fact]
    public async Task A_form_from_before_a_new_sign_in_keeps_its_words_and_one_of_another_site_puts_none_here()
    {
        using var administrator = await Browser.OfAdministratorAsync(console);
        administrator.Say("Accept", "text/html");
        administrator.Say("Referer", new Uri(console.Address, "/guest/report?market=&refused=Old+words&done=saved").ToString());
        var page = await administrator.SendWithoutTokenAsync("/guest/report", ("imageId", "img_1"), ("reasonCode", "Other"), ("statement", "All that I wrote."));
        page.ShouldContain("The form could not be taken");
        page.ShouldContain(">All that I wrote.</textarea>");
        page.Split("class=\"alert").Length.ShouldBe(2, "said once");
        administrator.Say("Referer", "https://elsewhere.example/");
        (await administrator.SendWithoutTokenAsync("/guest/report", ("imageId", "img_1"), ("reasonCode", "Other"), ("statement", "Words of a stranger."))).ShouldNotContain("Words of a stranger.");
    }

    [Fact]
    public async Task A_page_is_opened_by_a_refusal_to_nobody_who_may_not_open_it()
    {
        using var reviewer = await (await Browser.OfAdministratorAsync(console)).OfPersonAsync("curious", "reviewer");
        reviewer.Say("Accept", "text/html");
        reviewer.Say("Referer", new Uri(console.Address, "/access/people").ToString());
        await reviewer.SendWithoutTokenAsync("/reports", ("statement", "x"));
        reviewer.Here.ShouldBe("/denied");
        using var stranger = new Browser(console);
        stranger.Say("Accept", "text/html");
        stranger.Say("Referer", new Uri(console.Address, "/cases").ToString());
        await stranger.SendWithoutTokenAsync("/guest/report", ("imageId", "x"));
        stranger.Here.ShouldBe("/sign-in");
    }

    [Fact]
    public async Task Who_mistypes_a_password_types_the_password_alone_again()
    {
        using var person = new Browser(console);
        var page = await person.SendAsync("/sign-in", "/sign-in", ("name", "somebody"), ("password", "correct horse"), ("next", "/cases"));
        foreach (var kept in new[] { "Name or password is wrong", "value=\"somebody\"", "name=\"next\" value=\"/cases\"" }) page.ShouldContain(kept);
        page.ShouldNotContain("correct horse");
    }
}
