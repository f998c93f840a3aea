using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Projections;
using ImageRights.CaseManagement.Regimes;
using ImageRights.Console.Pages;
using ImageRights.EventStore;
using Microsoft.Extensions.DependencyInjection;

namespace ImageRights.Console.IntegrationTests;

/// <summary>Cases and the simulator, in words that people use.</summary>
public sealed partial class CasePageTests(RunningConsole console) : IClassFixture<RunningConsole>
{
    private const string Own = "correct horse battery staple";

    [Fact]
    public void Every_fact_and_every_step_of_a_case_has_words_in_both_languages()
    {
        var options = new StoreOptions();
        ImageRights.CaseManagement.Composition.Register(options, RegimeCatalogue.BuiltIn());
        CaseWords.All.Facts.Keys.ShouldBe(options.Events.Mapped.Where(pair => pair.Key.IsAssignableTo(typeof(CaseEvent))).Select(pair => pair.Value), ignoreOrder: true);
        CaseWords.All.Steps.Keys.ShouldBe(Enum.GetValues<CaseStep>().Except([CaseStep.Report, CaseStep.Deadline]).Select(ImageRights.CaseManagement.Projections.NextSteps.Noun), ignoreOrder: true);
        foreach (var phrase in CaseWords.All.Facts.Values.Concat(CaseWords.All.Steps.Values).Concat(CaseWords.All.Steps.Values.SelectMany(step => step.Fields)))
        {
            phrase.En.ShouldNotBeNullOrWhiteSpace();
            phrase.Zh.ShouldContain(letter => letter >= '\u4e00' && letter <= '\u9fff', phrase.En);
        }
    }

    [Fact]
    public async Task A_case_under_law_is_read_and_led_in_either_language_in_the_name_of_who_is_signed_in()
    {
        using var browser = await AdministratorAsync();
        var caseId = await NotifiedAsync();
        var page = await ReadAsync(browser, $"/cases/{caseId}");
        page.ShouldContain("Case opened");
        page.ShouldNotContain("_v1<");
        page.ShouldContain("First human decision on ordinary notice");
        page.ShouldContain("in 24 hours");
        (await ReadAsync(browser, "/")).ShouldContain($"href=\"/cases/{caseId}\"", customMessage: "It is among what falls due next.");
        using var file = new System.IO.Compression.ZipArchive(new MemoryStream(await browser.DownloadAsync($"/cases/{caseId}/file")));
        file.Entries.ShouldContain(entry => entry.FullName == "case.html");
        await TakeAsync(browser, page, caseId, "takedown", ("legalBasis", ""), ("territories", ""));
        page = await ReadAsync(browser, $"/cases/{caseId}");
        page.ShouldContain("Picture taken down");
        page.ShouldContain("by admin");
        page.ShouldContain("What the parties were told");
        page.ShouldContain("Statement of reasons");
        await TakeAsync(browser, page, caseId, "court-action", ("docket", "1:26-cv-1"), ("body", "S.D.N.Y."));
        (await ReadAsync(browser, $"/cases/{caseId}")).ShouldContain("Notice of a court action");

        using var chinese = await AdministratorAsync();
        chinese.Language = "zh-CN";
        page = await ReadAsync(chinese, $"/cases/{caseId}");
        foreach (var text in new[] { "案件立案", "图片已下架", "获知已起诉", "因诉讼或命令维持下架", "记录诉讼终结" }) page.ShouldContain(text);
    }

    [Fact]
    public async Task One_history_is_compared_under_several_laws_with_dates_and_sources()
    {
        using var browser = await AdministratorAsync();
        (await ReadAsync(browser, "/simulator")).ShouldContain("name=\"pack\"");
        const string History = "zone=America/New_York&fact=NoticeReceived&at=2026-11-13T10:00&fact=MeasureApplied&at=2026-11-13T12:00&fact=CounterNoticeReceived&at=2026-11-20T15:00&fact=&at=";
        var page = await ReadAsync(browser, $"/simulator?pack=us-dmca-512&pack=cn-ricr&pack=eu-dsa&{History}");
        page.ShouldContain("2026-12-08T00:00:00-05:00");
        page.ShouldContain("2026-12-07 – 2026-12-11");
        page.ShouldContain("(CN-10)");
        page.ShouldContain("S61");
        page.ShouldContain("hx-get=\"/simulator\"");
        (await ReadAsync(browser, "/simulator?pack=us-dmca-512&zone=America/New_York&fact=NoticeReceived&at=")).ShouldContain("Each fact needs a time.");
        (await ReadAsync(browser, "/simulator?pack=unheard-of&zone=America/New_York&fact=NoticeReceived&at=2026-11-13T10:00")).ShouldNotContain("<thead>");

        page = await ReadAsync(browser, "/simulator?pack=us-dmca-512&zone=America/New_York&fact=NoticeReceived&at=2026-11-13T10:00&detail=signature");
        page.ShouldContain("<div class=\"text-danger\">Signature_Missing");
        page = await ReadAsync(browser, "/simulator?pack=us-tro&zone=America/New_York&fact=TroEntered&at=2026-11-02T10:00&detail=&fact=TermExtended&at=2026-11-10T10:00&detail=US-11");
        page.ShouldContain("– 2026-11-30", customMessage: "fourteen days, and as many again");

        using var chinese = await AdministratorAsync();
        chinese.Language = "zh";
        page = await ReadAsync(chinese, $"/simulator?pack=us-dmca-512&{History}");
        page.ShouldContain("图片最终状态");
        page.ShouldContain("平台收到通知");
    }

    /// <summary>A page as a reader sees its letters.</summary>
    private static async Task<string> ReadAsync(Browser browser, string path) => WebUtility.HtmlDecode(await browser.OpenAsync(path));

    private static async Task TakeAsync(Browser browser, string page, string caseId, string step, params (string Name, string Value)[] fields)
    {
        await browser.SendAsync($"/cases/{caseId}", $"/cases/{caseId}/{step}",
            [("version", Version().Match(page).Groups[1].Value), ("reasonCode", "Copyright"), ("statement", "As the file shows."), .. fields]);
        browser.Last!.RequestMessage!.RequestUri!.Query.ShouldStartWith("?done=");
    }

    /// <summary>A picture that is known and a complete notice of it, by a program.</summary>
    private async Task<string> NotifiedAsync()
    {
        var unique = Guid.CreateVersion7().ToString("N");
        var token = await console.TokenAsync("cases:report");
        var tenant = TestAccess.TenantOf($"Bearer {token}")!;
        await using (var session = console.Cases.Services.GetRequiredService<DocumentStore>().LightweightSession(tenant))
        {
            session.Store($"img_{unique}", new KnownImage($"img_{unique}", $"seller-{unique}", new Location("Listing", "listing-7"), "Clear", [], DateTimeOffset.UtcNow, null, []));
            await session.SaveChangesAsync();
        }
        using var http = new HttpClient { BaseAddress = new Uri(console.Cases.Urls.Single()), Timeout = TimeSpan.FromSeconds(30) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.PostAsJsonAsync("/v1/notices", new
        {
            regime = "us-dmca-512", complainantAccountId = $"author-{unique}", workId = $"wrk_{unique}", items = new[] { new { imageId = $"img_{unique}" } },
            elements = new { signature = "x", work = "x", contact = "x", goodFaith = "x", accuracyPerjury = "x" },
        });
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        return (string?)body["cases"]?[0]?["caseId"] ?? throw new InvalidOperationException(body.ToJsonString());
    }

    private async Task<Browser> AdministratorAsync()
    {
        var browser = new Browser(console);
        if (!await browser.SignInAsync("admin", Own)) await browser.FirstSignInAsync("admin", console.First["password"], Own);
        return browser;
    }

    [GeneratedRegex("name=\"version\" value=\"([0-9]+)\"")]
    private static partial Regex Version();
}
