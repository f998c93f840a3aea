using System.Net;
using System.Net.Http.Json;
using ImageRights.Contracts.CaseManagement.V1;
using ImageRights.Contracts.Ingestion.V1;
using ImageRights.Contracts.Matching.V1;
using ImageRights.TestKit;

namespace ImageRights.CaseManagement.IntegrationTests;

[Collection(ServiceCollection.Name)]
public class OpeningCasesTests(RunningService service)
{
    private readonly Scenarios scenario = new(service);

    private async Task<System.Text.Json.Nodes.JsonArray> CasesAsync() =>
        (await service.GetAsync($"/v1/cases?imageId={scenario.Image}")).ShouldBe(HttpStatusCode.OK).Body!["items"]!.AsArray();

    private Task CasesAreAsync(int count) => Eventually.HoldsAsync(async () => (await CasesAsync()).Count.ShouldBe(count));

    [Fact]
    public async Task A_screening_hit_opens_one_case_however_often_it_is_delivered()
    {
        var message = scenario.Screened(ScreeningVerdict.Match, scenario.Hit());
        var messageId = Guid.CreateVersion7();
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => service.SayAsync(message, messageId)));
        await CasesAreAsync(1);
        await service.SayAsync(message, messageId);
        await scenario.DrainedAsync();
        var opened = (await CasesAsync()).Single()!;
        ((string)opened["state"]!).ShouldBe("Open");
        ((string)opened["origin"]!).ShouldBe("Screening");
        ((string)opened["respondentAccountId"]!).ShouldBe(scenario.Respondent);
        ((string)opened["complainantAccountId"]!).ShouldBe(scenario.Complainant);
        ((int)opened["complaints"]!).ShouldBe(1);
        ((int)opened["finding"]!["distance"]!).ShouldBe(12);
        ((string)opened["location"]!["listingId"]!).ShouldBe("listing-7");
        await Eventually.HoldsAsync(() =>
        {
            var contract = service.HeardOf((string)opened["caseId"]!).ShouldHaveSingleItem().ShouldBeOfType<CaseOpened>();
            contract.ShouldBe(new CaseOpened(
                "*DEFAULT*", (string)opened["caseId"]!, CaseOrigin.Screening, scenario.Image, scenario.Work, scenario.Respondent, scenario.Complainant, "house-v1", contract.OpenedAt,
                Surface.Listing, "listing-7"));
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task The_same_finding_under_another_message_id_adds_nothing()
    {
        await service.SayAsync(scenario.Screened(ScreeningVerdict.Match, scenario.Hit()));
        await CasesAreAsync(1);
        await service.SayAsync(scenario.Screened(ScreeningVerdict.Match, scenario.Hit()));
        await service.SayAsync(scenario.Copy());
        await scenario.DrainedAsync();
        ((int)(await CasesAsync()).Single()!["version"]!).ShouldBe(1);
    }

    [Fact]
    public async Task Each_work_in_a_picture_has_its_case()
    {
        await service.SayAsync(scenario.Screened(
            ScreeningVerdict.Match, scenario.Hit(), scenario.Hit($"{scenario.Work}b"), scenario.Hit($"{scenario.Work}b") with { Distance = 30 }));
        await CasesAreAsync(2);
    }

    [Fact]
    public async Task Other_uploads_own_pictures_and_licences_open_no_case_but_make_the_picture_known()
    {
        await service.SayAsync(scenario.Screened(
            ScreeningVerdict.Match, scenario.Hit(bank: Bank.Uploads), scenario.Hit($"{scenario.Work}b", disposition: Disposition.Own),
            scenario.Hit($"{scenario.Work}c", disposition: Disposition.Licensed)));
        await Eventually.HoldsAsync(async () => (await service.PostAsync("/v1/reports", scenario.Report())).ShouldBe(HttpStatusCode.Created));
        ((string)(await CasesAsync()).ShouldHaveSingleItem()!["origin"]!).ShouldBe("Report");
    }

    [Theory]
    [InlineData("""{"workId":5}""", "workId takes another kind of value.", "/workId")]
    [InlineData("""{"firstPublishedOn":"2020-02-30"}""", "firstPublishedOn 2020-02-30 is no day.", "/firstPublishedOn")]
    [InlineData("""{"workId":"wrk_1",""", "The body is no JSON, from byte 17 of line 1 on.", null)]
    [InlineData("""{"workId":"wrk_1","workId":"wrk_2"}""", "workId is given twice.", null)]
    [InlineData("[]", "The body takes another kind of value.", null)]
    [InlineData("null", "The request needs a body in JSON.", null)]
    [InlineData("", "The request needs a body in JSON.", null)]
    public async Task What_cannot_be_read_is_said_in_the_caller_s_terms(string body, string detail, string? pointer)
    {
        var problem = (await service.SendAsync("/v1/reports", new StringContent(body, null, "application/json"))).ShouldBe(HttpStatusCode.BadRequest, "Request_Malformed").Body!;
        ((string)problem["detail"]!).ShouldBe(detail);
        ((string?)problem["errors"]?[0]?["pointer"]).ShouldBe(pointer);
    }

    [Fact]
    public async Task Nobody_claims_a_day_to_come()
    {
        await scenario.KnownAsync();
        object Claim(string day) => new { imageId = scenario.Image, workId = scenario.Work, complainantAccountId = scenario.Complainant, reasonCode = "Copyright", statement = "It is mine.", firstPublishedOn = day };
        (await service.PostAsync("/v1/reports", Claim("2999-01-01"))).ShouldBe(HttpStatusCode.UnprocessableEntity, "Request_Invalid");
        (await service.PostAsync("/v1/reports", Claim("2025-01-01"))).ShouldBe(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("from=0001-01-01T00:00:00Z")]
    [InlineData("to=9999-12-31T23:59:59Z")]
    public async Task A_list_goes_from_the_first_instant_to_the_last(string range)
    {
        await scenario.ReportedAsync();
        (await service.GetAsync($"/v1/cases?imageId={scenario.Image}&{range}")).ShouldBe(HttpStatusCode.OK).Body!["items"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_later_registration_opens_a_case_even_before_the_picture_is_known()
    {
        await service.SayAsync(scenario.Copy());
        await CasesAreAsync(1);
        var opened = (await CasesAsync()).Single()!;
        ((string)opened["origin"]!).ShouldBe("Retroactive");
        ((string)opened["respondentAccountId"]!).ShouldBe(scenario.Respondent);
    }

    [Fact]
    public async Task A_finding_does_not_bring_back_what_was_dismissed_but_a_report_does()
    {
        var reported = await scenario.ReportedAsync();
        (await reported.TakeAsync("dismissal", scenario.Step("reviewer-mei", "Licensed_Use"))).ShouldBe(HttpStatusCode.OK);
        await service.SayAsync(scenario.Copy());
        await scenario.DrainedAsync();
        (await CasesAsync()).Count.ShouldBe(1);
        (await service.PostAsync("/v1/reports", scenario.Report(statement: "The licence ended."))).ShouldBe(HttpStatusCode.Created);
        (await CasesAsync()).Select(each => (string)each!["state"]!).ShouldBe(["Open", "Closed"]);
    }

    [Fact]
    public async Task A_further_report_joins_and_its_author_is_found_by_the_list()
    {
        var reported = await scenario.ReportedAsync();
        var answer = (await service.PostAsync("/v1/reports", scenario.Report($"second-{scenario.Complainant}"))).ShouldBe(HttpStatusCode.Created);
        ((string)answer.Body!["caseId"]!).ShouldBe(reported.Id);
        ((bool)answer.Body["joined"]!).ShouldBeTrue();
        answer.Location.ShouldBe($"/v1/cases/{reported.Id}");
        answer.ETag.ShouldBe("\"2\"");
        (await reported.HistoryAsync()).ShouldBe(["case_opened_v1", "complainant_joined_v1"]);
        var found = (await service.GetAsync($"/v1/cases?complainantAccountId=second-{scenario.Complainant}")).Body!["items"]!.AsArray();
        ((string)found.ShouldHaveSingleItem()!["caseId"]!).ShouldBe(reported.Id);
    }

    [Fact]
    public async Task The_same_words_of_the_same_account_are_the_same_report()
    {
        await scenario.KnownAsync();
        var first = (await service.PostAsync("/v1/reports", scenario.Report())).ShouldBe(HttpStatusCode.Created);
        var second = (await service.PostAsync("/v1/reports", scenario.Report())).ShouldBe(HttpStatusCode.OK);
        ((string)second.Body!["reportId"]!).ShouldBe((string)first.Body!["reportId"]!);
        second.ETag.ShouldBe("\"1\"");
    }

    [Fact]
    public async Task A_report_without_an_account_and_a_work_is_taken_too()
    {
        await scenario.KnownAsync();
        var answer = (await service.PostAsync("/v1/reports", new { imageId = scenario.Image, reasonCode = "Portrait", statement = "That is my face." })).ShouldBe(HttpStatusCode.Created);
        var opened = (await service.GetAsync($"/v1/cases/{answer.Body!["caseId"]}")).Body!;
        opened["workId"].ShouldBeNull();
        opened["complainantAccountId"].ShouldBeNull();
        ((string)opened["reasonCode"]!).ShouldBe("Portrait");
        // A dispute without a work is one of its own beside those with works, and has one open case as well.
        (await service.PostAsync("/v1/reports", scenario.Report())).ShouldBe(HttpStatusCode.Created);
        (await service.PostAsync("/v1/reports", new { imageId = scenario.Image, reasonCode = "Portrait", statement = "That is my face." })).ShouldBe(HttpStatusCode.Created);
        (await CasesAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Reports_at_once_make_one_case_with_all_of_them()
    {
        await scenario.KnownAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(number => RetriedAsync(scenario.Report($"author-{number}"))));
        answers.Select(answer => (string)answer.Body!["caseId"]!).Distinct().Count().ShouldBe(1);
        answers.Count(answer => !(bool)answer.Body!["joined"]!).ShouldBe(1);
        ((int)(await CasesAsync()).ShouldHaveSingleItem()!["complaints"]!).ShouldBe(4);
    }

    [Fact]
    public async Task Reports_that_race_with_the_screening_of_their_picture_meet_in_one_case()
    {
        var reports = Enumerable.Range(0, 3).Select(number => Eventually.GetAsync<Answer>(async () =>
        {
            var answer = await RetriedAsync(scenario.Report($"author-{number}"));
            return answer.Status == HttpStatusCode.Created ? answer : null;
        })).ToList();
        await service.SayAsync(scenario.Screened(ScreeningVerdict.Match, scenario.Hit()));
        await Task.WhenAll(reports);
        var only = (await CasesAsync()).ShouldHaveSingleItem()!;
        ((int)only["complaints"]!).ShouldBe(4);
    }

    [Fact]
    public async Task Reports_that_race_with_a_later_registration_meet_in_one_case()
    {
        await scenario.KnownAsync();
        var reports = Enumerable.Range(0, 3).Select(number => RetriedAsync(scenario.Report($"author-{number}"))).ToList();
        var copies = Enumerable.Range(0, 3).Select(_ => service.SayAsync(scenario.Copy()));
        await Task.WhenAll(copies.Concat(reports));
        reports.ShouldAllBe(report => report.Result.Status == HttpStatusCode.Created);
        await Eventually.HoldsAsync(async () => ((int)(await CasesAsync()).ShouldHaveSingleItem()!["complaints"]!).ShouldBe(4));
    }

    [Fact]
    public async Task A_report_that_races_with_the_end_of_its_case_joins_it_or_opens_the_next()
    {
        var reported = await scenario.ReportedAsync();
        var dismissal = service.PostAsync($"/v1/cases/{reported.Id}/dismissal", scenario.Step("reviewer-mei"), "*");
        var report = RetriedAsync(scenario.Report("author-late"));
        (await dismissal).ShouldBe(HttpStatusCode.OK);
        var joined = (bool)(await report).ShouldBe(HttpStatusCode.Created).Body!["joined"]!;
        (await CasesAsync()).Select(each => (string)each!["state"]!).ShouldBe(joined ? ["Closed"] : ["Open", "Closed"]);
    }

    [Fact]
    public async Task An_idempotency_key_makes_a_report_once_and_refuses_another_one()
    {
        await scenario.KnownAsync();
        var key = $"key-{scenario.Image}";
        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => service.PostAsync("/v1/reports", scenario.Report(), idempotencyKey: key)));
        answers.ShouldAllBe(answer => answer.Status == HttpStatusCode.Created);
        answers.Select(answer => (string)answer.Body!["reportId"]!).Distinct().Count().ShouldBe(1);
        answers.Count(answer => answer.Replayed).ShouldBe(2);
        ((int)(await CasesAsync()).ShouldHaveSingleItem()!["version"]!).ShouldBe(1);
        (await service.PostAsync("/v1/reports", scenario.Report("somebody-else"), idempotencyKey: key)).ShouldBe(HttpStatusCode.UnprocessableEntity, "Idempotency_Key_Reused");
    }

    [Fact]
    public async Task A_picture_that_was_never_screened_cannot_be_reported() =>
        (await service.PostAsync("/v1/reports", scenario.Report())).ShouldBe(HttpStatusCode.NotFound, "Image_Not_Found");

    public static TheoryData<string, HttpStatusCode, string, string?> BadReports => new()
    {
        { "", HttpStatusCode.BadRequest, "Request_Malformed", null },
        { "{", HttpStatusCode.BadRequest, "Request_Malformed", null },
        { "null", HttpStatusCode.BadRequest, "Request_Malformed", null },
        { "[]", HttpStatusCode.BadRequest, "Request_Malformed", null },
        { """{"imageId":7}""", HttpStatusCode.BadRequest, "Request_Malformed", null },
        { """{"imageId":"img_1","reasonCode":"Other","statement":"\ud800"}""", HttpStatusCode.BadRequest, "Request_Malformed", null },
        { "{}", HttpStatusCode.UnprocessableEntity, "Request_Invalid", "/imageId" },
        { """{"imageId":"img\u0000"}""", HttpStatusCode.UnprocessableEntity, "Request_Invalid", "/imageId" },
        { """{"imageId":"img_1","workId":""}""", HttpStatusCode.UnprocessableEntity, "Request_Invalid", "/workId" },
        { """{"imageId":"img_1","complainantAccountId":"\u0000"}""", HttpStatusCode.UnprocessableEntity, "Request_Invalid", "/complainantAccountId" },
        { """{"imageId":"img_1","complainantAccountId":"海岸 x"}""", HttpStatusCode.UnprocessableEntity, "Request_Invalid", "/complainantAccountId" },
        { """{"imageId":"img_1","statement":"Mine."}""", HttpStatusCode.UnprocessableEntity, "Request_Invalid", "/reasonCode" },
        { """{"imageId":"img_1","reasonCode":"0","statement":"Mine."}""", HttpStatusCode.UnprocessableEntity, "Request_Invalid", "/reasonCode" },
        { """{"imageId":"img_1","reasonCode":"Other","statement":" "}""", HttpStatusCode.UnprocessableEntity, "Request_Invalid", "/statement" },
        { """{"imageId":"img_1","reasonCode":"Other","statement":"a\u0000b"}""", HttpStatusCode.UnprocessableEntity, "Request_Invalid", "/statement" },
        { """{"imageId":"img_1","reasonCode":"Other","statement":"Mine.","contactEmail":"zeng@example.com"}""", HttpStatusCode.UnprocessableEntity, "Request_Invalid", "/contactEmail" },
    };

    [Theory]
    [MemberData(nameof(BadReports))]
    public async Task A_bad_report_is_refused_with_its_code(string body, HttpStatusCode status, string code, string? pointer)
    {
        var answer = (await service.SendAsync("/v1/reports", new StringContent(body, null, "application/json"))).ShouldBe(status, code);
        if (pointer is not null) ((string)answer.Body!["errors"]![0]!["pointer"]!).ShouldBe(pointer);
    }

    [Fact]
    public async Task A_statement_has_its_limit_and_a_body_too()
    {
        (await service.PostAsync("/v1/reports", scenario.Report(statement: new string('x', 4001)))).ShouldBe(HttpStatusCode.UnprocessableEntity, "Request_Invalid");
        (await service.PostAsync("/v1/reports", scenario.Report(statement: new string('x', 100_000)))).ShouldBe(HttpStatusCode.RequestEntityTooLarge, "Request_Too_Large");
        (await service.SendAsync("/v1/reports", new StringContent("imageId=1", null, "text/plain"))).ShouldBe(HttpStatusCode.UnsupportedMediaType, "Media_Type_Unsupported");
    }

    [Fact]
    public async Task A_message_that_cannot_be_read_is_set_aside_and_the_next_one_is_taken()
    {
        using var management = await TestServers.ManagementAsync();
        var published = await management.PostAsJsonAsync($"api/exchanges/{service.VirtualHost}/amq.default/publish", new
        {
            properties = new { content_type = "application/vnd.masstransit+json" }, routing_key = "casemanagement-image-screened", payload = "{\"message\":", payload_encoding = "string",
        });
        published.EnsureSuccessStatusCode();
        await service.SayAsync(scenario.Screened(ScreeningVerdict.Match, scenario.Hit()));
        await CasesAreAsync(1);
        await Eventually.HoldsAsync(async () =>
            ((int)(await management.GetFromJsonAsync<System.Text.Json.Nodes.JsonNode>($"api/queues/{service.VirtualHost}/casemanagement-image-screened_error"))!["messages"]!).ShouldBe(1));
    }

    /// <summary>A client's own retry after 409: the service gives up after a few lost races.</summary>
    private async Task<Answer> RetriedAsync(object report) => await Eventually.GetAsync<Answer>(async () =>
    {
        var answer = await service.PostAsync("/v1/reports", report);
        return answer.Status == HttpStatusCode.Conflict ? null : answer;
    });
}
