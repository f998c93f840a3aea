using System.Net;
using System.Text.Json.Nodes;

namespace ImageRights.CaseManagement.IntegrationTests;

[Collection(ServiceCollection.Name)]
public class NoticesTests(RunningService service)
{
    private static readonly Dictionary<string, string[]> Forms = new()
    {
        ["us-dmca-512"] = ["signature", "work", "contact", "goodFaith", "accuracyPerjury"],
        ["eu-dsa"] = ["explanation", "nameEmail", "bonaFide"],
        ["cn-ecl"] = ["identity", "rightProof", "primaFacie", "truthGuarantee"],
    };

    [Theory]
    [InlineData("us-dmca-512", "signature", "Signature_Missing", "CorrectionRequested")]
    [InlineData("us-dmca-512", "work", "Work_Unidentified", "Rejected")]
    [InlineData("us-dmca-512", "items", "Material_Not_Located", "Rejected")]
    [InlineData("us-dmca-512", "contact", "Contact_Missing", "Rejected")]
    [InlineData("us-dmca-512", "goodFaith", "GoodFaith_Missing", "CorrectionRequested")]
    [InlineData("us-dmca-512", "accuracyPerjury", "Accuracy_Perjury_Missing", "CorrectionRequested")]
    [InlineData("eu-dsa", "explanation", "Explanation_Insufficient", "Rejected")]
    [InlineData("eu-dsa", "items", "Location_Not_Exact", "Rejected")]
    [InlineData("eu-dsa", "nameEmail", "Contact_Missing", "Rejected")]
    [InlineData("eu-dsa", "bonaFide", "BonaFide_Missing", "Rejected")]
    [InlineData("cn-ecl", "identity", "Identity_Unverified", "Rejected")]
    [InlineData("cn-ecl", "rightProof", "Proof_Missing", "Rejected")]
    [InlineData("cn-ecl", "items", "Location_Not_Exact", "Rejected")]
    [InlineData("cn-ecl", "primaFacie", "PrimaFacie_Missing", "Rejected")]
    [InlineData("cn-ecl", "truthGuarantee", "Signature_Missing", "Rejected")]
    public async Task Each_missing_element_is_answered_with_exactly_its_code_and_opens_nothing(string regime, string missing, string code, string state)
    {
        var scenario = await new Scenarios(service).KnownAsync();
        var answer = (await service.PostAsync("/v1/notices", Notice(scenario, regime, missing))).ShouldBe(HttpStatusCode.Created);
        ((string)answer.Body!["state"]!).ShouldBe(state);
        var part = answer.Body["missing"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)part["code"]!).ShouldBe(code);
        ((string)part["text"]!["zh"]!).ShouldNotBeNullOrWhiteSpace();
        ((string)part["example"]!["en"]!).ShouldNotBeNullOrWhiteSpace();
        ((string)part["example"]!["zh"]!).ShouldNotBeNullOrWhiteSpace();
        (answer.Body["correctBefore"] is not null).ShouldBe(state == "CorrectionRequested");
        (await CasesAsync(scenario)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_complete_notice_opens_a_case_for_each_known_picture_and_tells_of_the_unknown()
    {
        var scenario = await new Scenarios(service).KnownAsync();
        var answer = (await service.PostAsync("/v1/notices", Notice(scenario, "us-dmca-512", null, items: [new { imageId = scenario.Image }, new { imageId = "img_unknown" }]))).ShouldBe(HttpStatusCode.Created);
        ((string)answer.Body!["state"]!).ShouldBe("Effective");
        var cases = answer.Body["cases"]!.AsArray();
        ((string)cases[0]!["caseId"]!).ShouldBe((await CasesAsync(scenario)).ShouldHaveSingleItem());
        ((string)cases[1]!["code"]!).ShouldBe("Material_Not_Located");
        var read = (await service.GetAsync(answer.Location!)).ShouldBe(HttpStatusCode.OK);
        ((string)read.Body!["state"]!).ShouldBe("Effective");
        read.ETag.ShouldBe(answer.ETag);
        var told = (await service.PostAsync($"{answer.Location}/correction", new { elements = new { signature = "Fang Li" } })).ShouldBe(HttpStatusCode.OK);
        foreach (var later in new[] { read, told })
        {
            var found = later.Body!["cases"]!.AsArray().ShouldHaveSingleItem()!;
            ((string)found["imageId"]!, (string)found["caseId"]!).ShouldBe((scenario.Image, (string)cases[0]!["caseId"]!), "whoever lost the first answer gets from the notice to its cases");
        }
    }

    [Fact]
    public async Task A_correction_makes_the_notice_effective_under_its_first_receipt_once()
    {
        var scenario = await new Scenarios(service).KnownAsync();
        var notice = (await service.PostAsync("/v1/notices", Notice(scenario, "us-dmca-512", "signature"))).ShouldBe(HttpStatusCode.Created);
        var path = $"{notice.Location}/correction";
        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => service.PostAsync(path, new { elements = new { signature = "Fang Li" } })));
        both.ShouldAllBe(answer => answer.Status == HttpStatusCode.OK && (string)answer.Body!["state"]! == "Effective");
        both.Select(answer => (string)answer.Body!["receivedAt"]!).Append((string)notice.Body!["receivedAt"]!).Distinct().Count().ShouldBe(1);
        (await CasesAsync(scenario)).Count.ShouldBe(1);
        var read = await service.GetAsync(notice.Location!);
        read.ETag.ShouldBe(both[0].ETag);
        both.Append(read).Select(answer => (string)answer.Body!["cases"]!.AsArray().ShouldHaveSingleItem()!["caseId"]!).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task The_same_notice_under_one_idempotency_key_is_one_notice()
    {
        var scenario = await new Scenarios(service).KnownAsync();
        var key = Guid.NewGuid().ToString("N");
        var first = await service.PostAsync("/v1/notices", Notice(scenario, "cn-ecl", null), idempotencyKey: key);
        var second = await service.PostAsync("/v1/notices", Notice(scenario, "cn-ecl", null), idempotencyKey: key);
        second.Replayed.ShouldBeTrue();
        ((string)second.Body!["noticeId"]!).ShouldBe((string)first.Body!["noticeId"]!);
    }

    [Theory]
    [InlineData("https://market.example/shop/4711", "Location_Not_Exact")]
    [InlineData("https://market.example/", "Location_Not_Exact")]
    [InlineData("market.example/item/1", "Location_Not_Exact")]
    [InlineData("https://market.example/item/1005001", null)]
    [InlineData("https://market.example/shop/4711/item/1005001", null)]
    public async Task A_shop_is_no_exact_place(string url, string? code)
    {
        var answer = (await service.PostAsync("/v1/notices", Notice(new Scenarios(service), "eu-dsa", null, items: [new { url }]))).ShouldBe(HttpStatusCode.Created);
        answer.Body!["missing"]!.AsArray().Select(part => (string)part!["code"]!).ShouldBe(code is null ? [] : [code]);
    }

    [Fact]
    public async Task What_no_element_can_mend_refuses_the_notice_whole()
    {
        var scenario = new Scenarios(service);
        object[] Many(int count) => [.. Enumerable.Range(1, count).Select(number => (object)new { url = $"https://market.example/item/{number}" })];
        (await CodesAsync(Notice(scenario, "us-dmca-512", null, items: Many(300)))).ShouldBeEmpty();
        (await CodesAsync(Notice(scenario, "us-dmca-512", null, items: Many(301)))).ShouldBe(["Bulk_Limit_Exceeded"]);
        (await CodesAsync(Notice(scenario, "us-dmca-512", null, items: Many(1), rightType: "Trademark"))).ShouldBe(["Right_Type_Wrong"]);
        (await CodesAsync(Notice(scenario, "us-dmca-512", null, items: Many(1), authorityUntil: "2020-01-01"))).ShouldBe(["Authority_Unproven"]);
        (await CodesAsync(Notice(scenario, "us-dmca-512", null, items: Many(1), authorityUntil: "2099-01-01"))).ShouldBeEmpty();

        async Task<string[]> CodesAsync(object notice) =>
            [.. (await service.PostAsync("/v1/notices", notice)).ShouldBe(HttpStatusCode.Created).Body!["missing"]!.AsArray().Select(part => (string)part!["code"]!)];
    }

    [Fact]
    public async Task The_words_of_a_notice_are_not_in_the_log()
    {
        var secret = $"Fang Li {Guid.NewGuid():N}";
        (await service.PostAsync("/v1/notices", new { regime = "cn-ecl", elements = new { identity = secret } })).ShouldBe(HttpStatusCode.Created);
        await using var connection = new Npgsql.NpgsqlConnection(service.Database);
        await connection.OpenAsync();
        await using var schema = new Npgsql.NpgsqlCommand("select schemaname from pg_tables where tablename = 'mt_events'", connection);
        await using var command = new Npgsql.NpgsqlCommand($"select count(*) from \"{await schema.ExecuteScalarAsync()}\".mt_events where data::text like '%' || @secret || '%'", connection);
        command.Parameters.AddWithValue("secret", secret);
        (await command.ExecuteScalarAsync()).ShouldBe(0L);
    }

    [Theory]
    [InlineData("""{}""", "/regime")]
    [InlineData("""{"regime":"preset-taobao"}""", "/regime")]
    [InlineData("""{"regime":"eu-dsa","items":[null]}""", "/items/0")]
    [InlineData("""{"regime":"eu-dsa","items":[{"imageId":"a","url":"b"}]}""", "/items/0")]
    [InlineData("""{"regime":"eu-dsa","elements":{"colour":"red"}}""", "/elements")]
    [InlineData("""{"regime":"eu-dsa","elements":{"bonaFide":"a\u0000b"}}""", "/elements/bonaFide")]
    [InlineData("""{"regime":"eu-dsa","rightType":"1"}""", "/rightType")]
    [InlineData("""{"regime":"eu-dsa","complainantAccountId":"海岸 x"}""", "/complainantAccountId")]
    public async Task A_request_that_makes_no_sense_is_refused_with_its_place(string body, string pointer)
    {
        var answer = await service.SendAsync("/v1/notices", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        ((int)answer.Status).ShouldBeInRange(404, 422);
        ((string)answer.Body!["errors"]![0]!["pointer"]!).ShouldBe(pointer);
    }

    [Theory]
    [InlineData("ntc_0192f3b0c8d07a4e9b6f0c1d2e3f4a5b")]
    [InlineData("ntc_%27")]
    public async Task An_unknown_notice_is_not_found(string id)
    {
        (await service.GetAsync($"/v1/notices/{id}")).ShouldBe(HttpStatusCode.NotFound, "Notice_Not_Found");
        (await service.PostAsync($"/v1/notices/{id}/correction", new { })).ShouldBe(HttpStatusCode.NotFound, "Notice_Not_Found");
    }

    private async Task<IReadOnlyList<string>> CasesAsync(Scenarios scenario) =>
        [.. (await service.GetAsync($"/v1/cases?imageId={scenario.Image}")).ShouldBe(HttpStatusCode.OK).Body!["items"]!.AsArray().Select(item => (string)item!["caseId"]!)];

    private static object Notice(Scenarios scenario, string regime, string? missing, object[]? items = null, string? rightType = null, string? authorityUntil = null) => new
    {
        regime,
        complainantAccountId = scenario.Complainant,
        workId = scenario.Work,
        rightType,
        authorityUntil,
        elements = Forms[regime].Where(name => name != missing).ToDictionary(name => name, _ => "As required."),
        items = missing == "items" ? [] : items ?? [new { imageId = scenario.Image }],
    };
}
