using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Messages;
using ImageRights.CaseManagement.Projections;
using ImageRights.CaseManagement.Regimes;
using ImageRights.Console.Pages;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Access;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ImageRights.Console.IntegrationTests;

/// <summary>Cases and the simulator, in words that people use.</summary>
public sealed partial class CasePageTests(RunningConsole console) : IClassFixture<RunningConsole>
{
    [Fact]
    public void Every_fact_and_every_step_of_a_case_has_words_in_both_languages()
    {
        var options = new StoreOptions();
        ImageRights.CaseManagement.Composition.Register(options, RegimeCatalogue.BuiltIn());
        CaseWords.All.Facts.Keys.ShouldBe(options.Events.Mapped.Where(pair => pair.Key.IsAssignableTo(typeof(CaseEvent))).Select(pair => pair.Value), ignoreOrder: true);
        CaseWords.All.Steps.Keys.ShouldBe(Enum.GetValues<CaseStep>().Except([CaseStep.Report, CaseStep.Deadline]).Select(ImageRights.CaseManagement.Projections.NextSteps.Noun), ignoreOrder: true);
        foreach (var phrase in CaseWords.All.Facts.Values.Concat(CaseWords.All.Steps.Values).Concat(CaseWords.All.Steps.Values.SelectMany(step => step.Fields)).Concat(CaseWords.All.Elements.Values).Concat(CaseWords.All.Reasons.Values))
        {
            phrase.En.ShouldNotBeNullOrWhiteSpace();
            phrase.Zh.ShouldContain(letter => letter >= '\u4e00' && letter <= '\u9fff', phrase.En);
        }
    }

    [Fact]
    public void Whoever_a_term_is_of_has_a_name_in_both_languages()
    {
        foreach (var actor in RegimeCatalogue.BuiltIn().Packs.SelectMany(pack => pack.Clocks).Select(clock => clock.Actor).Distinct())
            Pages.Words.Actor(actor).Zh.ShouldAllBe(letter => letter >= '\u4e00' && letter <= '\u9fff', actor);
    }

    [Theory]
    [InlineData("us-dmca-512", "signature", "work", "contact", "goodFaith", "accuracyPerjury")]
    [InlineData("eu-dsa", "explanation", "nameEmail", "bonaFide")]
    [InlineData("cn-ecl", "identity", "rightProof", "primaFacie", "truthGuarantee")]
    public async Task A_reader_of_Chinese_meets_no_English_in_evidence_terms_messages_and_the_agenda(string regime, params string[] elements)
    {
        using var chinese = await Browser.OfAdministratorAsync(console);
        chinese.Language = "zh-CN";
        var tenant = TestAccess.TenantOf($"Bearer {await console.TokenAsync("cases:report")}")!;
        var imageId = console.Pictures.Add(tenant, [0xFF, 0xD8, 0xFF, 0xD9], "image/jpeg");
        var caseId = await NotifiedAsync(regime, imageId, elements);
        await console.RecordScreeningAsync(tenant, imageId);

        var page = await ReadUntilAsync(chinese, $"/cases/{caseId}", "致投诉方，");
        foreach (var text in new[] { "比对情况", "为复制品的概率：93.4 %；由人工判断", "256 位中有 23 位不同", "上传图片中有 1 处添加内容", "期限", "责任方", "逾期后果", "对当事人的告知（", "致投诉方，" }) page.ShouldContain(text);
        English(page).ShouldBeEmpty();
        var agenda = await ReadAsync(chinese, "/");
        foreach (var text in new[] { "即将到期的事项", "小时后</strong>", "普通通知的首次人工决定", "升级处理" }) agenda.ShouldContain(text);
        English(agenda).ShouldBeEmpty();

        page = await TakeAsync(chinese, page, caseId, "takedown", "如卷宗所示。", ("legalBasis", ""), ("territories", ""));
        foreach (var text in new[] { "理由说明", "已完成：下架图片。", "已结束的期限（" }) page.ShouldContain(text);
        English(page).ShouldBeEmpty();

        if (regime == "eu-dsa")
        {
            page = await TakeAsync(chinese, page, caseId, "information", "已书面告知。", ("party", "Respondent"), ("toldAt", ""), ("proof", ""));
            var owed = Owed().Match(page).Groups[1].Value;
            owed.ShouldStartWith("sor_");
            page = await TakeAsync(chinese, page, caseId, "statement-submission", "已通过网页表单提交。", ("statementId", owed), ("reference", "8f6f2b7e-0c1d"), ("submittedAt", ""));
            page.ShouldContain("透明度数据库已收到理由说明");
            page.ShouldNotContain("记录理由说明已提交透明度数据库</summary>", customMessage: "The database has what it was owed.");
            page.ShouldContain("如各方均不采取行动");
            page.ShouldContain("期限届满（EU-06）；图片下架。");
            page.ShouldContain("尚不确定：六个月为平台须给予的最短期间。");
            English(page).ShouldBeEmpty();
        }

        page = await ReadAsync(chinese, $"/pictures/{imageId}");
        foreach (var text in new[] { "结论：", "发现匹配", "登记作品", "既非上传者本人的图片，亦未获许可。", "同一图片，仅轻微改动，负片，左右镜像", "同一场景、但非复制的图片（1）" }) page.ShouldContain(text);
        English(page).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_has_no_term_is_not_listed_as_one()
    {
        using var browser = await Browser.OfAdministratorAsync(console);
        var page = await ReadAsync(browser, $"/cases/{await NotifiedAsync()}");
        page.ShouldContain("US-01");
        page.ShouldNotContain("US-09", customMessage: "what a false notice costs is no term");
        page.ShouldNotContain("n/a");
        RegimeCatalogue.BuiltIn().Packs.SelectMany(pack => pack.Clocks).ShouldAllBe(clock => clock.Words != "n/a");
    }

    [Fact]
    public async Task A_case_under_law_is_read_and_led_in_either_language_in_the_name_of_who_is_signed_in()
    {
        using var browser = await Browser.OfAdministratorAsync(console);
        var caseId = await NotifiedAsync();
        var page = await ReadAsync(browser, $"/cases/{caseId}");
        page.ShouldContain("Case opened");
        page.ShouldNotContain("_v1<");
        page.ShouldContain("First human decision on ordinary notice");
        page.ShouldContain("in 24 hours");
        (await ReadAsync(browser, "/")).ShouldContain($"href=\"/cases/{caseId}\"", customMessage: "It is among what falls due next.");
        using var file = new System.IO.Compression.ZipArchive(new MemoryStream(await browser.DownloadAsync($"/cases/{caseId}/file")));
        file.Entries.ShouldContain(entry => entry.FullName == "case.html");
        await TakeAsync(browser, page, caseId, "takedown", "As the file shows.", ("legalBasis", ""), ("territories", ""));
        page = await ReadUntilAsync(browser, $"/cases/{caseId}", "What the parties were told");
        page.ShouldContain("Picture taken down");
        page.ShouldContain("by admin");
        page.ShouldContain("Statement of reasons");
        await TakeAsync(browser, page, caseId, "court-action", "As the file shows.", ("docket", "1:26-cv-1"), ("body", "S.D.N.Y."));
        (await ReadAsync(browser, $"/cases/{caseId}")).ShouldContain("Notice of a court action");

        using var chinese = await Browser.OfAdministratorAsync(console);
        chinese.Language = "zh-CN";
        page = await ReadAsync(chinese, $"/cases/{caseId}");
        foreach (var text in new[] { "案件立案", "图片已下架", "获知已起诉", "因诉讼或命令维持下架", "记录诉讼终结" }) page.ShouldContain(text);
    }

    [Fact]
    public async Task One_history_is_compared_under_several_laws_with_dates_and_sources()
    {
        using var browser = await Browser.OfAdministratorAsync(console);
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

        using var chinese = await Browser.OfAdministratorAsync(console);
        chinese.Language = "zh";
        page = await ReadAsync(chinese, $"/simulator?pack=us-dmca-512&{History}");
        page.ShouldContain("图片最终状态");
        page.ShouldContain("平台收到通知");
    }

    [Fact]
    public void Every_element_of_an_objection_has_words()
    {
        var forms = RegimeCatalogue.BuiltIn().Packs.SelectMany(pack => pack.Forms.Where(form => pack.Steps.Any(step => step.On == "CounterNoticeReceived" && step.Form == form.Name)));
        CaseWords.All.Elements.Keys.ShouldBe(forms.SelectMany(form => form.Fields).Select(field => field.Name).Distinct(), ignoreOrder: true);
        foreach (var option in CaseWords.All.Elements.Values.SelectMany(element => element.Options ?? [])) Pages.Words.Option(option).Zh.ShouldNotBe(option);
    }

    [Theory]
    [InlineData("us-dmca-512", "缺少管辖同意", "signature", "work", "contact", "goodFaith", "accuracyPerjury")]
    [InlineData("cn-ecl", "缺少初步证据", "identity", "rightProof", "primaFacie", "truthGuarantee")]
    public async Task A_seller_objects_with_every_element_of_the_law_s_form_and_is_told_what_lacks(string regime, string lacks, params string[] notice)
    {
        using var administrator = await Browser.OfAdministratorAsync(console);
        var unique = Guid.CreateVersion7().ToString("N");
        var caseId = await NotifiedAsync(regime, $"img_{unique}", notice);
        await TakeAsync(administrator, await ReadAsync(administrator, $"/cases/{caseId}"), caseId, "takedown", "如卷宗所示。", ("legalBasis", ""), ("territories", ""));
        using var seller = await administrator.OfPersonAsync($"seller-{Guid.CreateVersion7():N}", "seller", $"seller-{unique}");
        seller.Language = "zh-CN";
        var page = await ReadAsync(seller, $"/cases/{caseId}");
        English(page).ShouldBeEmpty();
        page.ShouldContain($"value=\"img_{unique}, listing-7\"", customMessage: "what is known is filled in");
        var form = RegimeCatalogue.BuiltIn().Find(regime)!;
        var fields = form.Forms.Single(known => known.Name == form.Steps.Single(step => step.On == "CounterNoticeReceived").Form).Fields;
        Element().Matches(page).Select(match => match.Groups[1].Value).ShouldBe(fields.Select(field => field.Name));
        var given = fields.Where(field => field.Code is not null).Select(field => ($"elements.{field.Name}", "x")).ToList();

        var last = regime == "cn-ecl" ? "elements.primaFacie" : "elements.jurisdictionConsent";
        page = await ObjectAsync([.. given.Where(field => field.Item1 != last)]);
        page.ShouldContain("反通知要件不全，补齐下列内容重新提交后方发生效力。");
        page.ShouldContain($"<li>{lacks}（");
        page.ShouldNotContain("alert-success");
        English(page).ShouldBeEmpty();

        page = await ObjectAsync(given);
        page.ShouldContain("已完成：提交反通知。");
        page.ShouldNotContain("alert-warning");
        page.ShouldContain("收到反通知");

        async Task<string> ObjectAsync(IReadOnlyList<(string, string)> elements) => WebUtility.HtmlDecode(await seller.SendAsync(
            $"/cases/{caseId}", $"/cases/{caseId}/counter-notice", [("version", Version().Match(page).Groups[1].Value), ("reasonCode", "Own_Work"), ("statement", "本人拍摄。"), .. elements]));
    }

    [Fact]
    public async Task What_parties_say_is_read_whole_by_who_decides_and_by_nobody_who_might_not_before()
    {
        const string Report = "It shows me <b>at home</b>.\nI did not agree.", Objection = "She agreed in writing.\nThe contract is of 3 May.";
        using var administrator = await Browser.OfAdministratorAsync(console);
        var unique = Guid.CreateVersion7().ToString("N");
        await KnowAsync($"img_{unique}");
        var caseId = (string)(await PostAsync("/v1/reports", new { imageId = $"img_{unique}", complainantAccountId = $"author-{unique}", reasonCode = "Portrait", statement = Report }))["caseId"]!;
        using var seller = await administrator.OfPersonAsync($"seller-{Guid.CreateVersion7():N}", "seller", $"seller-{unique}");
        using var holder = await administrator.OfPersonAsync($"rights-holder-{Guid.CreateVersion7():N}", "rights-holder", $"author-{unique}");

        (await administrator.OpenAsync($"/cases/{caseId}")).ShouldContain("at home&lt;/b&gt;", customMessage: "text, and no markup");
        var page = await ReadAsync(administrator, $"/cases/{caseId}");
        page.ShouldContain("<div>Reason: Portrait</div>");
        page.ShouldContain($"<p class=\"as-written mb-1\">{Report}</p>");
        (await ReadAsync(seller, $"/cases/{caseId}")).ShouldNotContain("I did not agree.");
        (await ReadAsync(holder, $"/cases/{caseId}")).ShouldContain($"<p class=\"as-written mb-1\">{Report}</p>", customMessage: "his own");

        await TakeAsync(administrator, page, caseId, "takedown", "As the file shows.", ("legalBasis", ""), ("territories", ""));
        // The reasons of the measure are stated to him, and the complaint is not.
        var shown = await ReadUntilAsync(seller, $"/cases/{caseId}", "<p class=\"as-written mb-1\">As the file shows.</p>");
        shown.ShouldNotContain("I did not agree.");
        await TakeAsync(seller, shown, caseId, "counter-notice", Objection);
        (await ReadAsync(administrator, $"/cases/{caseId}")).ShouldContain($"<p class=\"as-written mb-1\">{Objection}</p>");
        (await ReadAsync(holder, $"/cases/{caseId}")).ShouldNotContain("The contract is of 3 May.");
    }

    [Fact]
    public void Every_ground_that_is_offered_has_words_here_and_in_letters()
    {
        foreach (var ground in CaseWords.All.Grounds.Values.SelectMany(grounds => grounds).Distinct())
        {
            CaseWords.All.Reasons.Keys.ShouldContain(ground);
            MessageBook.BuiltIn().Reasons.Keys.ShouldContain(ground);
        }
    }

    [Fact]
    public async Task Only_a_takedown_has_the_complaint_s_ground_and_every_other_reason_is_chosen_or_typed()
    {
        using var administrator = await Browser.OfAdministratorAsync(console);
        var unique = Guid.CreateVersion7().ToString("N");
        var caseId = await NotifiedAsync(imageId: $"img_{unique}");
        var page = await ReadAsync(administrator, $"/cases/{caseId}");
        var reasons = Reason().Matches(page).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);
        reasons.Keys.ShouldBe(StepForm().Matches(page).Select(form => form.Groups[1].Value));
        foreach (var (step, field) in reasons)
        {
            field.Contains("value=\"Copyright\"", StringComparison.Ordinal).ShouldBe(step == "takedown", step);
            field.ShouldContain("pattern=\"[A-Za-z][A-Za-z0-9_]*\"");
        }
        page.ShouldContain("a short code of letters, digits and underscores, such as Own_Work");
        page.ShouldContain("<option value=\"Portrait\">Portrait</option>");

        await TakeAsync(administrator, page, caseId, "takedown", "As the file shows.", ("legalBasis", ""), ("territories", ""));
        using var seller = await administrator.OfPersonAsync($"seller-{Guid.CreateVersion7():N}", "seller", $"seller-{unique}");
        page = await ReadAsync(seller, $"/cases/{caseId}");
        page.ShouldContain("<select class=\"form-select\" name=\"reasonCode\"><option value=\"Own_Work\">Own work of who shows the picture</option>");
        Reason().Matches(page).ShouldBeEmpty("no code is asked of a party");
    }

    [Fact]
    public void Who_takes_a_step_is_who_the_service_lets_take_it()
    {
        var routes = ((IEndpointRouteBuilder)console.Cases).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().ToLookup(route => route.RoutePattern.RawText);
        foreach (var step in CaseWords.All.Steps.Keys)
            routes[$"/v1/cases/{{id}}/{step}"].Single().Metadata.GetMetadata<RequiredPermission>()!.Permission.ShouldBe(StepRights.PermissionFor(step), step);
    }

    [Fact]
    public async Task Everybody_is_offered_the_steps_that_are_his_and_no_others()
    {
        using var administrator = await Browser.OfAdministratorAsync(console);
        var caseId = await NotifiedAsync();
        await TakeAsync(administrator, await ReadAsync(administrator, $"/cases/{caseId}"), caseId, "takedown", "As the file shows.", ("legalBasis", ""), ("territories", ""));
        var unique = Respondent().Match(await ReadAsync(administrator, $"/cases/{caseId}")).Groups[1].Value;
        string[] desk = ["takedown", "reinstatement", "closure", "notice-forwarding", "court-order", "court-action"];

        (await OfferedAsync("seller", $"seller-{unique}")).ShouldBe(["counter-notice"]);
        (await OfferedAsync("rights-holder", $"author-{unique}")).ShouldBe(["retraction"]);
        (await OfferedAsync("auditor")).ShouldBeEmpty();
        (await OfferedAsync("reviewer")).ShouldBe(desk, ignoreOrder: true);
        (await OfferedAsync("legal")).ShouldBe([.. desk, "settlement"], ignoreOrder: true);

        async Task<IReadOnlyList<string>> OfferedAsync(string role, string? account = null)
        {
            using var browser = await administrator.OfPersonAsync($"{role}-{Guid.CreateVersion7():N}", role, account);
            var page = await ReadAsync(browser, $"/cases/{caseId}");
            browser.Status.ShouldBe(HttpStatusCode.OK);
            var steps = StepForm().Matches(page).Select(form => form.Groups[1].Value).ToList();
            page.Contains("None that you can take now.", StringComparison.Ordinal).ShouldBe(steps.Count == 0);
            return steps;
        }
    }

    [Fact]
    public async Task An_objection_that_was_refused_is_there_again_with_every_word()
    {
        using var administrator = await Browser.OfAdministratorAsync(console);
        var unique = Guid.CreateVersion7().ToString("N");
        var caseId = await NotifiedAsync(imageId: $"img_{unique}");
        await TakeAsync(administrator, await ReadAsync(administrator, $"/cases/{caseId}"), caseId, "takedown", "As the file shows.", ("legalBasis", ""), ("territories", ""));
        using var seller = await administrator.OfPersonAsync($"seller-{unique}", "seller", $"seller-{unique}");
        (string, string)[] typed = [("statement", "Line one <b>\nLine two"), ("elements.signature", "Lena Li"), ("elements.nameAddressPhone", "Lena Li, 1 Road"), ("elements.mistakePerjury", "I swear")];
        var page = WebUtility.HtmlDecode(await seller.SendAsync($"/cases/{caseId}", $"/cases/{caseId}/counter-notice", [("reasonCode", "not a code"), .. typed]));
        seller.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        foreach (var kept in new[] { ">Line one <b>\nLine two</textarea>", "value=\"Lena Li\"", "value=\"Lena Li, 1 Road\"", "<details class=\"card card-body mb-2\" open>", "A field of the request is missing or wrong. reasonCode" }) page.ShouldContain(kept);
        Regex.Match(page, "<input[^>]*name=\"elements.mistakePerjury\"[^>]*>").Value.ShouldContain(" checked");
        Regex.Match(page, "<input[^>]*name=\"elements.jurisdictionConsent\"[^>]*>").Value.ShouldNotContain(" checked");
        page.Split("role=\"alert\"").Length.ShouldBe(2, "said once");
        (await ReadAsync(seller, $"/cases/{caseId}")).ShouldNotContain("Lena Li");

        seller.Language = "zh-CN";
        page = WebUtility.HtmlDecode(await seller.SendAsync($"/cases/{caseId}", $"/cases/{caseId}/counter-notice", ("reasonCode", "not a code"), ("statement", "本人拍摄。")));
        page.ShouldContain("请求中缺少字段或字段有误。（英文说明：reasonCode");
    }

    [Fact]
    public async Task What_happened_meanwhile_stops_no_party_and_is_told_to_who_decides()
    {
        using var administrator = await Browser.OfAdministratorAsync(console);
        var unique = Guid.CreateVersion7().ToString("N");
        await KnowAsync($"img_{unique}");
        async Task<string> ReportAsync(string by) => (string)(await PostAsync("/v1/reports", new { imageId = $"img_{unique}", complainantAccountId = $"{by}-{unique}", reasonCode = "Portrait", statement = "It shows me." }))["caseId"]!;
        var caseId = await ReportAsync("author");
        using var seller = await administrator.OfPersonAsync($"seller-{unique}", "seller", $"seller-{unique}");
        using var reviewer = await administrator.OfPersonAsync($"reviewer-{unique}", "reviewer");
        var seen = Version().Match(await ReadAsync(reviewer, $"/cases/{caseId}")).Groups[1].Value;
        (await ReportAsync("another")).ShouldBe(caseId);

        async Task<string> DecideAsync(string step, string statement) => WebUtility.HtmlDecode(
            await reviewer.SendAsync($"/cases/{caseId}", $"/cases/{caseId}/{step}", ("version", seen), ("reasonCode", "Portrait"), ("statement", statement), ("legalBasis", ""), ("territories", "")));
        var page = await DecideAsync("dismissal", "No face is to be seen.");
        page.ShouldContain("It changed since you read it; read it again.");
        Meanwhile().Matches(page).Select(match => match.Groups[1].Value).ShouldBe(["Another complaint joined"]);
        page.ShouldContain(">No face is to be seen.</textarea>");
        seen = Version().Match(page).Groups[1].Value;
        (await DecideAsync("takedown", "After all.")).ShouldContain("Done: takedown.");
        page = await DecideAsync("dismissal", "Too late for this.");
        page.ShouldContain("<p class=\"as-written mb-0\">Too late for this.</p>", customMessage: "nobody can dismiss it now, and no word is lost");
        Meanwhile().Matches(page).Select(match => match.Groups[1].Value).ShouldContain("Picture taken down");

        // The seller read the case before the next complaint joined.
        seen = "1";
        await ReportAsync("third");
        page = WebUtility.HtmlDecode(await seller.SendAsync($"/cases/{caseId}", $"/cases/{caseId}/counter-notice", ("version", seen), ("reasonCode", "Own_Work"), ("statement", "She agreed.")));
        page.ShouldContain("Done: counter-notice.");
    }

    [Fact]
    public async Task A_party_s_first_page_says_what_concerns_her_and_what_she_must_do_until_when()
    {
        using var administrator = await Browser.OfAdministratorAsync(console);
        var unique = Guid.CreateVersion7().ToString("N");
        using var newcomer = await administrator.OfPersonAsync($"new-{unique}", "rights-holder", $"new-{unique}");
        var page = await ReadAsync(newcomer, "/");
        foreach (var text in new[] { "register your first work", "No case is open that concerns you." }) page.ShouldContain(text);
        page.ShouldNotContain("Cases that wait for a decision");

        var caseId = await NotifiedAsync(imageId: $"img_{unique}");
        using var seller = await administrator.OfPersonAsync($"seller-{unique}", "seller", $"seller-{unique}");
        page = await ReadAsync(seller, "/");
        page.ShouldContain("Cases against your pictures");
        page.ShouldContain($"href=\"/cases/{caseId}\"");
        page.ShouldNotContain("What is yours to do", customMessage: "it is the marketplace's turn");
        (await ReadAsync(seller, $"/cases/{caseId}")).ShouldMatch("<strong>The marketplace</strong>: First human decision on ordinary notice</div>\\s*<div>until <strong>[^<]+</strong> \\(America/New_York\\), in 24 hours", "who, what, until when, and where the clock hangs");
        (await ReadAsync(administrator, $"/cases/{caseId}")).ShouldContain("<th scope=\"col\">Whose</th>", customMessage: "the desk sees the rules");

        await TakeAsync(administrator, await ReadAsync(administrator, $"/cases/{caseId}"), caseId, "takedown", "如卷宗所示。", ("legalBasis", ""), ("territories", ""));
        page = await ReadAsync(seller, "/");
        page.ShouldContain("You can: Object (counter-notice)");
        page.ShouldContain("<strong>You</strong>: Counter-notification may be sent");
        using var author = await administrator.OfPersonAsync($"author-{unique}", "rights-holder", $"author-{unique}");
        page = await ReadAsync(author, "/");
        page.ShouldContain("Cases that you complained in, or about your works");
        page.ShouldContain("You can: Take the complaint back");
        await TakeAsync(seller, page, caseId, "counter-notice", "购自她本人。", [.. Element().Matches(await ReadAsync(seller, $"/cases/{caseId}")).Select(match => (match.Value["name=\"".Length..^1], "other"))]);
        await TakeAsync(administrator, await ReadAsync(administrator, $"/cases/{caseId}"), caseId, "counter-notice-forwarding", "已转送。");
        (await ReadAsync(author, "/")).ShouldMatch("<strong>You</strong>: [^<]+</div>\\s*<div>[^<]*until <strong>[^<]+</strong> \\(America/New_York\\)", "what is hers, with date, time and zone");

        foreach (var browser in new[] { seller, author, newcomer }) browser.Language = "zh-CN";
        foreach (var browser in new[] { seller, author, newcomer }) English(await ReadAsync(browser, "/")).ShouldBeEmpty();
        foreach (var browser in new[] { seller, author }) English(await ReadAsync(browser, $"/cases/{caseId}")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_guest_is_told_how_the_report_stands_what_follows_and_who_acts_and_takes_it_back_there()
    {
        var image = $"img_{Guid.CreateVersion7():N}";
        await KnowAsync(image);
        using var guest = new Browser(console);
        var shown = await guest.SendAsync("/guest/report", "/guest/report", ("imageId", image), ("reasonCode", "Portrait"), ("statement", "It shows me."));
        (string, string)[] opened = [("number", Browser.Shown(shown, "Number")), ("pin", Browser.Shown(shown, "PIN"))];
        var page = WebUtility.HtmlDecode(await guest.SendAsync("/guest/follow", "/guest/follow", opened));
        foreach (var text in new[] { "It is being looked at.", "decides whether it is taken down", "The marketplace. You need not do anything.", "No date is set for the decision.", "Take the report back" }) page.ShouldContain(text);
        page.ShouldNotContain(opened[1].Item2, customMessage: "a code is typed each time");

        guest.Language = "zh-CN";
        page = WebUtility.HtmlDecode(await guest.SendAsync("/guest/follow", "/guest/follow", opened));
        page.ShouldContain("正在审查。");
        English(page).ShouldBeEmpty();
        page = WebUtility.HtmlDecode(await guest.SendAsync("/guest/follow", "/guest/follow", [.. opened, ("withdraw", "on")]));
        foreach (var text in new[] { "已结案。", "您已撤回举报。" }) page.ShouldContain(text);
        page.ShouldNotContain("举报不成立", customMessage: "nobody found that");
        page.ShouldNotContain("name=\"withdraw\"");
    }

    [Fact]
    public async Task A_guest_whose_report_joined_a_case_under_law_is_told_until_when_it_is_decided()
    {
        var unique = Guid.CreateVersion7().ToString("N");
        await NotifiedAsync(imageId: $"img_{unique}");
        using var guest = new Browser(console);
        var shown = await guest.SendAsync("/guest/report", "/guest/report", ("imageId", $"img_{unique}"), ("workId", $"wrk_{unique}"), ("reasonCode", "Copyright"), ("statement", "It is mine."));
        var page = WebUtility.HtmlDecode(await guest.SendAsync("/guest/follow", "/guest/follow", ("number", Browser.Shown(shown, "Number")), ("pin", Browser.Shown(shown, "PIN"))));
        page.ShouldMatch("<dt>Until when</dt><dd>[0-9]+ [A-Z][a-z]+ [0-9]{4}, [0-9:]+ UTC</dd>");
    }

    [Fact]
    public void Every_role_and_every_scope_says_in_both_languages_what_it_lets_one_do()
    {
        AccessWords.All.Roles.Keys.ShouldBe(Roles.OfPeople, ignoreOrder: true);
        AccessWords.All.Scopes.Keys.ShouldBe(Roles.Scopes, ignoreOrder: true);
        foreach (var phrase in AccessWords.All.Roles.Values.Concat<Phrase>(AccessWords.All.Roles.Values.Select(role => role.May)).Concat(AccessWords.All.Scopes.Values))
        {
            phrase.En.ShouldNotBeNullOrWhiteSpace();
            phrase.Zh.ShouldContain(letter => letter >= '\u4e00' && letter <= '\u9fff', phrase.En);
        }
    }

    /// <summary>A page as a reader sees its letters.</summary>
    private static async Task<string> ReadAsync(Browser browser, string path) => WebUtility.HtmlDecode(await browser.OpenAsync(path));

    /// <summary>Reads until the page says it: parties are written to by a follower, in a moment.</summary>
    private static Task<string> ReadUntilAsync(Browser browser, string path, string text) =>
        Eventually.GetAsync(async () => await ReadAsync(browser, path) is var page && page.Contains(text, StringComparison.Ordinal) ? page : null, what: $"{path} saying {text}");

    /// <summary>English sentences that a page shows: two words or more in a row. What is stored as it stands (records, names) is no sentence of the page's.</summary>
    private static IReadOnlyList<string> English(string page)
    {
        var main = page[page.IndexOf("<body", StringComparison.Ordinal)..];
        var text = Tags().Replace(Stored().Replace(main, "|"), "|").Replace("First program", "", StringComparison.Ordinal);
        return [.. Sentence().Matches(text).Select(match => match.Value)];
    }

    /// <summary>Takes a step by its form; gives the page that it leads to.</summary>
    private static async Task<string> TakeAsync(Browser browser, string page, string caseId, string step, string statement, params (string Name, string Value)[] fields)
    {
        var shown = await browser.SendAsync($"/cases/{caseId}", $"/cases/{caseId}/{step}",
            [("version", Version().Match(page).Groups[1].Value), ("reasonCode", "Copyright"), ("statement", statement), .. fields]);
        browser.Last!.RequestMessage!.RequestUri!.Query.ShouldStartWith("?done=");
        return WebUtility.HtmlDecode(shown);
    }

    /// <summary>A picture that is known and a complete notice of it, by a program.</summary>
    private async Task<string> NotifiedAsync(string regime = "us-dmca-512", string? imageId = null, params string[] elements)
    {
        var unique = imageId?["img_".Length..] ?? Guid.CreateVersion7().ToString("N");
        if (elements.Length == 0) elements = ["signature", "work", "contact", "goodFaith", "accuracyPerjury"];
        await KnowAsync($"img_{unique}");
        var body = await PostAsync("/v1/notices", new
        {
            regime, complainantAccountId = $"author-{unique}", workId = $"wrk_{unique}", items = new[] { new { imageId = $"img_{unique}" } },
            elements = elements.ToDictionary(element => element, _ => "x"),
        });
        return (string?)body["cases"]?[0]?["caseId"] ?? throw new InvalidOperationException(body.ToJsonString());
    }

    /// <summary>The service hears of a picture of <c>seller-x</c>.</summary>
    private async Task KnowAsync(string imageId)
    {
        await using var session = console.Cases.Services.GetRequiredService<DocumentStore>().LightweightSession(TestAccess.TenantOf($"Bearer {await console.TokenAsync("cases:report")}")!);
        session.Store(imageId, new KnownImage(imageId, $"seller-{imageId["img_".Length..]}", new Location("Listing", "listing-7"), "Clear", [], DateTimeOffset.UtcNow, null, []));
        await session.SaveChangesAsync();
    }

    /// <summary>What the service answers to a program.</summary>
    private async Task<JsonNode> PostAsync(string path, object body)
    {
        using var http = new HttpClient { BaseAddress = new Uri(console.Cases.Urls.Single()), Timeout = TimeSpan.FromSeconds(30) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await console.TokenAsync("cases:report"));
        using var answer = await http.PostAsJsonAsync(path, body);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    [GeneratedRegex("<li><strong>([^<]+)</strong>[^<]*<span class=\"text-secondary\">by [^<]*UTC</span></li>")]
    private static partial Regex Meanwhile();

    [GeneratedRegex("Picture of seller-([0-9a-z]+)")]
    private static partial Regex Respondent();

    [GeneratedRegex("name=\"elements\\.([^\"]+)\"")]
    private static partial Regex Element();

    [GeneratedRegex("action=\"/cases/[^/\"]+/([^\"]+)\".*?(<input[^>]* name=\"reasonCode\"[^>]*>)", RegexOptions.Singleline)]
    private static partial Regex Reason();

    [GeneratedRegex("action=\"/cases/[^/\"]+/([^\"]+)\"")]
    private static partial Regex StepForm();

    [GeneratedRegex("name=\"statementId\" required value=\"([^\"]+)\"")]
    private static partial Regex Owed();

    [GeneratedRegex("<(pre|code|script|style|option)[^>]*>.*?</\\1>", RegexOptions.Singleline)]
    private static partial Regex Stored();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex("[A-Za-z]{2,}(?:,? [A-Za-z]{2,})+")]
    private static partial Regex Sentence();

    [GeneratedRegex("name=\"version\" value=\"([0-9]+)\"")]
    private static partial Regex Version();
}
