using System.Net;
using System.Reflection;
using System.Text.RegularExpressions;
using ImageRights.Console.Pages;
using Microsoft.AspNetCore.Components;

namespace ImageRights.Console.IntegrationTests;

/// <summary>Who reads Chinese reads no English on any page, and a screen reader is told in which language it speaks.</summary>
public sealed partial class LanguageTests(RunningConsole console) : IClassFixture<RunningConsole>
{
    private static IEnumerable<string> Pages => typeof(App).Assembly.GetTypes().SelectMany(type => type.GetCustomAttributes<RouteAttribute>()).Select(route => Parameter().Replace(route.Template, "unknown")).Order();

    [Fact]
    public async Task Every_page_is_in_the_readers_language()
    {
        using var browser = new Browser(console) { Language = "zh-CN" };
        var open = Pages.Where(path => path.StartsWith("/guest", StringComparison.Ordinal) || path.StartsWith("/sign-in", StringComparison.Ordinal)).ToList();
        foreach (var path in open) await ShouldBeChineseAsync(browser, path);
        WebUtility.HtmlDecode(await browser.SendAsync("/sign-in", "/sign-in", ("name", "nobody"), ("password", "wrong"))).ShouldContain("用户名或密码错误");

        await browser.FirstSignInAsync(console.First["user"], console.First["password"], "a passphrase of mine");
        var rest = Pages.Except(open).Where(path => !path.Contains("/sign-in", StringComparison.Ordinal)).ToList();
        rest.Count.ShouldBeGreaterThan(14);
        foreach (var path in rest) await ShouldBeChineseAsync(browser, path);

        var added = await browser.SendAsync("/access/programs", "/access/programs", ("name", "integrator"), ("scopes", "index:read"));
        Browser.Shown(added, "Client id").ShouldStartWith("cli_");
        ShouldBeChinese(added, "a new program's secret");
        await ShouldBeChineseAsync(browser, $"/access/programs/{Browser.Shown(added, "Client id")}");

        foreach (var (page, action, field, value, why) in ((string, string, string, string, string)[])[
            ("/access/programs", "/access/programs", "name", "idle", "未授予权限的程序无法使用"), ("/access/people", "/access/people", "name", console.First["user"], "已被使用"),
            ("/access/people", "/access/people", "name", "not a name", "只能使用英文字母、数字"), ("/account/password", "/account/password", "replacement", "short", "密码至少须有 12 个字符")])
            WebUtility.HtmlDecode(await browser.SendAsync(page, action, ("current", "a passphrase of mine"), (field, value))).ShouldContain(why);
    }

    [Fact]
    public async Task Everybody_else_reads_English()
    {
        using var browser = new Browser(console) { Language = "de" };
        foreach (var path in (string[])["/sign-in", "/guest/report"])
        {
            var page = await browser.OpenAsync(path);
            page.ShouldContain("<html lang=\"en\">");
            Chinese().IsMatch(page).ShouldBeFalse(path);
        }
    }

    private static async Task ShouldBeChineseAsync(Browser browser, string path)
    {
        var page = await browser.OpenAsync(path);
        browser.Status.ShouldBeOneOf([HttpStatusCode.OK, HttpStatusCode.NotFound], path);
        ShouldBeChinese(page, path);
    }

    private static void ShouldBeChinese(string page, string what)
    {
        page.ShouldContain("<html lang=\"zh\">", customMessage: what);
        // Identifiers and what another service says stay as they are.
        var read = WebUtility.HtmlDecode(Markup().Replace(Left().Replace(page, " · "), " · "));
        Chinese().IsMatch(read).ShouldBeTrue(what);
        EnglishPhrase().Matches(read).Select(match => match.Value).ShouldBeEmpty(what);
    }

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"(?s)<(script|style|code|option|datalist)\b.*?</\1>|<div class=""alert[^>]*>.*?</div>")]
    private static partial Regex Left();

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Markup();

    [GeneratedRegex(@"\p{IsCJKUnifiedIdeographs}")]
    private static partial Regex Chinese();

    [GeneratedRegex(@"\b[A-Za-z]+ [a-z]+ [a-z]+\b")]
    private static partial Regex EnglishPhrase();
}
