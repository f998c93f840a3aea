using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ImageRights.TestKit;

namespace ImageRights.CaseManagement.IntegrationTests;

/// <summary>Who acted is what the token says; only a program may name the human that it acts for.</summary>
[Collection(ServiceCollection.Name)]
public class ActorTests(RunningService service)
{
    [Fact]
    public async Task A_person_is_recorded_as_the_token_says_whoever_the_request_names()
    {
        var opened = await new Scenarios(service).ReportedAsync();
        (await AsAsync(Person("usr_mei"), $"/v1/cases/{opened.Id}/takedown", opened.Scenario.Step("somebody-else"))).ShouldBe(HttpStatusCode.OK);
        var (entry, by, through) = await LastAsync(opened.Id, "measure_applied_v1");
        ((string)entry["actor"]!, by, through).ShouldBe(("usr_mei", "usr_mei", null));
        // The same again under another name is the same act of the same person.
        (await AsAsync(Person("usr_mei"), $"/v1/cases/{opened.Id}/takedown", opened.Scenario.Step("a-third"))).ShouldBe(HttpStatusCode.OK);
        (await opened.HistoryAsync()).Count(type => type == "measure_applied_v1").ShouldBe(1);
    }

    [Fact]
    public async Task A_party_speaks_for_its_own_account_and_nobody_else_does()
    {
        var down = await new Scenarios(service).TakenDownAsync();
        var objection = down.Scenario.Step(down.Scenario.Respondent, "Own_Work", "It is mine.");
        (await AsAsync(Person("usr_mei"), $"/v1/cases/{down.Id}/counter-notice", objection)).ShouldBe(HttpStatusCode.Forbidden, "Counter_Not_Respondent");
        (await AsAsync(Person("usr_lin", "another-shop"), $"/v1/cases/{down.Id}/counter-notice", objection)).ShouldBe(HttpStatusCode.Forbidden, "Counter_Not_Respondent");
        (await AsAsync(Person("usr_lin", down.Scenario.Respondent), $"/v1/cases/{down.Id}/counter-notice", down.Scenario.Step("x", "Own_Work", "It is mine."))).ShouldBe(HttpStatusCode.OK);
        (await LastAsync(down.Id, "counter_notice_received_v1")).By.ShouldBe(down.Scenario.Respondent);
    }

    [Fact]
    public async Task A_party_complains_in_its_own_name_only()
    {
        var scenario = await new Scenarios(service).KnownAsync();
        var answer = (await AsAsync(Person("usr_fang", "fang"), "/v1/reports", scenario.Report(account: "rex"))).ShouldBe(HttpStatusCode.Created);
        var found = (await service.GetAsync($"/v1/cases/{(string)answer.Body!["caseId"]!}")).Body!;
        ((string)found["complainantAccountId"]!).ShouldBe("fang");
    }

    [Fact]
    public async Task A_program_names_its_human_and_both_are_recorded()
    {
        var opened = await new Scenarios(service).ReportedAsync();
        (await AsAsync(Program("mkt-desk"), $"/v1/cases/{opened.Id}/takedown", opened.Scenario.Step("reviewer-mei"))).ShouldBe(HttpStatusCode.OK);
        var (entry, by, through) = await LastAsync(opened.Id, "measure_applied_v1");
        ((string)entry["actor"]!, by, through).ShouldBe(("mkt-desk/reviewer-mei", "reviewer-mei", "mkt-desk"));
        (await AsAsync(Program("other-desk"), $"/v1/cases/{opened.Id}/takedown", opened.Scenario.Step("reviewer-mei"))).ShouldBe(HttpStatusCode.OK);
        (await opened.HistoryAsync()).Count(type => type == "measure_applied_v1").ShouldBe(1, "the same act by another way");
    }

    [Fact]
    public async Task A_complaint_is_decided_by_another_person_than_who_decided_whatever_names_are_given()
    {
        var scenario = await new Scenarios(service).KnownAsync();
        var notice = (await service.PostAsync("/v1/notices", Journeys.LawCase.NoticeOf(scenario, "eu-dsa"))).ShouldBe(HttpStatusCode.Created);
        var path = $"/v1/cases/{(string)notice.Body!["cases"]![0]!["caseId"]!}";
        (await AsAsync(Person("usr_mei"), $"{path}/takedown", scenario.Step("x"))).ShouldBe(HttpStatusCode.OK);
        (await service.PostAsync($"{path}/information", new { actor = "clerk", reasonCode = "Informed", statement = "By e-mail.", party = "Respondent" }, "*")).ShouldBe(HttpStatusCode.OK);
        (await service.PostAsync($"{path}/complaint", scenario.Step(scenario.Respondent, "Explanation", "It is licensed."), "*")).ShouldBe(HttpStatusCode.OK);
        object decision = new { actor = "reviewer-ada", reasonCode = "Licensed", statement = "It is.", party = "Respondent", upheld = true };
        (await AsAsync(Person("usr_mei"), $"{path}/complaint-decision", decision)).ShouldBe(HttpStatusCode.Forbidden, "Review_By_Same_Person");
        // What a program decides in its own name no person decided.
        (await AsAsync(Program("mkt-desk"), $"{path}/complaint-decision", new { reasonCode = "Licensed", statement = "It is.", party = "Respondent", upheld = true })).ShouldBe(HttpStatusCode.Forbidden, "Review_By_Machine");
        (await AsAsync(Person("usr_ada"), $"{path}/complaint-decision", decision)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Two_people_erase_and_one_under_two_names_does_not()
    {
        var prepared = (await AsAsync(Person("usr_li"), "/v1/erasures", new { personId = $"author-{Guid.CreateVersion7():N}", legalBasis = "GDPR_17_1_b" })).ShouldBe(HttpStatusCode.Accepted);
        (await AsAsync(Person("usr_li"), $"{prepared.Location}/approval", new { actor = "counsel-wu" })).ShouldBe(HttpStatusCode.UnprocessableEntity, "Erasure_Same_Person");
        (await AsAsync(Person("usr_wu"), $"{prepared.Location}/approval", new { })).ShouldBe(HttpStatusCode.OK);
        var erasure = (await service.GetAsync(prepared.Location!)).Body!;
        ((string)erasure["requestedBy"]!, (string)erasure["approvedBy"]!).ShouldBe(("usr_li", "usr_wu"));
    }

    private static string Person(string subject, string? account = null) => TestAccess.Token(TestAccess.Tenant, ["tenant-admin"], change: claims =>
    {
        claims["sub"] = subject;
        if (account is not null) claims["account"] = account;
    });

    private static string Program(string client) => TestAccess.Token(TestAccess.Tenant, ["api-client"], scope: "cases:decide cases:read", change: claims => claims["sub"] = client);

    private async Task<Answer> AsAsync(string token, string path, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.TryAddWithoutValidation("If-Match", "*");
        using var response = await service.Http.SendAsync(request);
        return await Answer.ReadAsync(response);
    }

    private async Task<(JsonNode Entry, string By, string? Through)> LastAsync(string caseId, string type)
    {
        var entry = (await service.GetAsync($"/v1/cases/{caseId}/history")).Body!["events"]!.AsArray().Last(each => (string)each!["type"]! == type)!;
        return (entry, (string)entry["data"]!["act"]!["by"]!, (string?)entry["data"]!["act"]!["through"]);
    }
}
