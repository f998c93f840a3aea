using System.Net;
using ImageRights.Contracts.CaseManagement.V1;
using ImageRights.Contracts.Matching.V1;
using ImageRights.TestKit;

namespace ImageRights.CaseManagement.IntegrationTests;

[Collection(ServiceCollection.Name)]
public class CaseLifeTests(RunningService service)
{
    private readonly Scenarios scenario = new(service);

    [Fact]
    public async Task From_report_over_takedown_and_counter_notice_to_reinstatement_and_the_end()
    {
        var reported = await scenario.ReportedAsync();
        var down = (await reported.TakeAsync("takedown", scenario.Step("reviewer-mei"))).ShouldBe(HttpStatusCode.OK);
        ((string)down.Body!["state"]!).ShouldBe("TakenDown");
        down.ETag.ShouldBe("\"2\"");
        down.Body["next"]!["respondent"]!.AsArray().Select(step => (string)step!).ShouldBe(["counter-notice", "settlement"]);
        var countered = (await reported.TakeAsync("counter-notice", scenario.Step(scenario.Respondent, "Own_Work", "It is my own photograph."))).ShouldBe(HttpStatusCode.OK);
        ((string)countered.Body!["state"]!).ShouldBe("CounterNoticed");
        (await reported.TakeAsync("closure", new { actor = "reviewer-mei", reasonCode = "Done", statement = "Enough.", outcome = "Upheld" })).ShouldBe(HttpStatusCode.Conflict, "Close_Counter_Open");
        (await reported.TakeAsync("reinstatement", scenario.Step("reviewer-jo", "Own_Work", "The negatives prove it."))).ShouldBe(HttpStatusCode.OK);
        var closed = (await reported.TakeAsync("closure", new { actor = "reviewer-jo", reasonCode = "Done", statement = "Nothing is left to do.", outcome = "Reinstated" })).ShouldBe(HttpStatusCode.OK);
        ((string)closed.Body!["state"]!).ShouldBe("Closed");
        ((string)closed.Body["outcome"]!).ShouldBe("Reinstated");
        closed.Body["next"]!["reviewer"]!.AsArray().ShouldBeEmpty();

        (await service.GetAsync($"/v1/cases/{reported.Id}")).ShouldBe(HttpStatusCode.OK).Body!.ToJsonString().ShouldBe(closed.Body.ToJsonString());
        (await reported.HistoryAsync()).ShouldBe(["case_opened_v1", "measure_applied_v1", "counter_notice_received_v1", "measure_lifted_v1", "case_closed_v1"]);
        await HeardAsync(reported.Id, typeof(CaseOpened), typeof(MeasureApplied), typeof(CounterNoticeReceived), typeof(MeasureLifted), typeof(CaseClosed));
        var applied = service.HeardOf(reported.Id).OfType<MeasureApplied>().Single();
        applied.ShouldBe(new MeasureApplied(
            "*DEFAULT*", reported.Id, (string)down.Body["measureId"]!, scenario.Image, scenario.Respondent, scenario.Complainant, "Copyright", "As the file shows.", "reviewer-mei", applied.AppliedAt,
            Surface: ImageRights.Contracts.Ingestion.V1.Surface.Listing, ListingId: "listing-7"));
        service.HeardOf(reported.Id).OfType<MeasureLifted>().Single().MeasureId.ShouldBe(applied.MeasureId);
    }

    [Fact]
    public async Task A_settlement_that_lets_the_picture_stay_brings_it_back()
    {
        var down = await scenario.TakenDownAsync();
        var settled = (await down.TakeAsync("settlement", Settlement(true, scenario.Respondent, scenario.Complainant))).ShouldBe(HttpStatusCode.OK);
        ((string)settled.Body!["state"]!).ShouldBe("Settled");
        ((decimal)settled.Body["settlement"]!["amount"]!).ShouldBe(3000m);
        (await down.TakeAsync("closure", new { actor = "reviewer-mei", reasonCode = "Done", statement = "Paid.", outcome = "Settled" })).ShouldBe(HttpStatusCode.OK);
        (await down.HistoryAsync()).ShouldBe(["case_opened_v1", "measure_applied_v1", "settlement_executed_v1", "measure_lifted_v1", "case_closed_v1"]);
        await HeardAsync(down.Id, typeof(CaseOpened), typeof(MeasureApplied), typeof(SettlementExecuted), typeof(MeasureLifted), typeof(CaseClosed));
        var contract = service.HeardOf(down.Id).OfType<SettlementExecuted>().Single();
        (contract.Amount, contract.Currency).ShouldBe((3000m, "USD"));
    }

    [Fact]
    public async Task A_settlement_without_a_party_is_refused()
    {
        var down = await scenario.TakenDownAsync();
        (await down.TakeAsync("settlement", Settlement(false, scenario.Respondent))).ShouldBe(HttpStatusCode.UnprocessableEntity, "Settle_Parties_Missing");
        (await down.TakeAsync("settlement", Settlement(false, scenario.Respondent, scenario.Complainant, "stranger"))).ShouldBe(HttpStatusCode.UnprocessableEntity, "Settle_Not_A_Party");
        (await down.TakeAsync("settlement", scenario.Step("reviewer-mei"))).ShouldBe(HttpStatusCode.UnprocessableEntity, "Request_Invalid");
        (await down.HistoryAsync()).Length.ShouldBe(2);
    }

    [Fact]
    public async Task A_dismissal_ends_the_case_and_is_heard_as_its_end()
    {
        var reported = await scenario.ReportedAsync();
        var closed = (await reported.TakeAsync("dismissal", scenario.Step("reviewer-mei", "Licensed_Use", "A licence covers it."))).ShouldBe(HttpStatusCode.OK);
        ((string)closed.Body!["outcome"]!).ShouldBe("Dismissed");
        await HeardAsync(reported.Id, typeof(CaseOpened), typeof(CaseClosed));
        service.HeardOf(reported.Id).OfType<CaseClosed>().Single().Outcome.ShouldBe(CaseOutcome.Dismissed);
        (await reported.TakeAsync("takedown", scenario.Step("reviewer-jo"))).ShouldBe(HttpStatusCode.Conflict, "Case_Already_Closed");
    }

    [Fact]
    public async Task A_step_needs_the_version_that_it_was_decided_on()
    {
        var reported = await scenario.ReportedAsync();
        var path = $"/v1/cases/{reported.Id}/takedown";
        (await service.PostAsync(path, scenario.Step("reviewer-mei"))).ShouldBe((HttpStatusCode)428, "If_Match_Missing");
        (await service.PostAsync(path, scenario.Step("reviewer-mei"), "one")).ShouldBe(HttpStatusCode.BadRequest, "If_Match_Malformed");
        foreach (var stale in new[] { "\"7\"", "W/\"1\"", "\"6\", \"7\"" }) (await service.PostAsync(path, scenario.Step("reviewer-mei"), stale)).ShouldBe(HttpStatusCode.PreconditionFailed, "Version_Stale");
        (await service.PostAsync("/v1/reports", scenario.Report("author-weber"))).ShouldBe(HttpStatusCode.Created);
        (await service.PostAsync(path, scenario.Step("reviewer-jo"), "\"1\"")).ShouldBe(HttpStatusCode.PreconditionFailed, "Version_Stale");
        (await service.PostAsync(path, scenario.Step("reviewer-jo"), "*")).ShouldBe(HttpStatusCode.OK).ETag.ShouldBe("\"3\"");
    }

    [Fact]
    public async Task The_same_step_again_is_answered_with_the_case_and_writes_nothing()
    {
        var reported = await scenario.ReportedAsync();
        var tag = reported.Tag;
        var first = (await reported.TakeAsync("takedown", scenario.Step("reviewer-mei"))).ShouldBe(HttpStatusCode.OK);
        foreach (var seen in new[] { tag, reported.Tag, "*" })
        {
            var again = (await service.PostAsync($"/v1/cases/{reported.Id}/takedown", scenario.Step("reviewer-mei"), seen)).ShouldBe(HttpStatusCode.OK);
            again.Body!.ToJsonString().ShouldBe(first.Body!.ToJsonString());
            again.ETag.ShouldBe(first.ETag);
        }
        (await reported.HistoryAsync()).Length.ShouldBe(2);
    }

    [Fact]
    public async Task Two_takedowns_at_once_apply_one_measure()
    {
        var reported = await scenario.ReportedAsync();
        var answers = await Task.WhenAll(new[] { "reviewer-mei", "reviewer-jo" }.Select(reviewer =>
            service.PostAsync($"/v1/cases/{reported.Id}/takedown", scenario.Step(reviewer), "\"1\"")));
        answers.Select(answer => answer.Status).ShouldBe([HttpStatusCode.OK, HttpStatusCode.PreconditionFailed], ignoreOrder: true);
        (await reported.HistoryAsync()).ShouldBe(["case_opened_v1", "measure_applied_v1"]);
    }

    [Fact]
    public async Task The_same_takedown_sent_several_times_at_once_applies_one_measure_and_is_answered_alike()
    {
        var reported = await scenario.ReportedAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => service.PostAsync($"/v1/cases/{reported.Id}/takedown", scenario.Step("reviewer-mei"), "\"1\"")));
        answers.ShouldAllBe(answer => answer.Status == HttpStatusCode.OK);
        answers.Select(answer => answer.Body!.ToJsonString()).Distinct().Count().ShouldBe(1);
        (await reported.HistoryAsync()).ShouldBe(["case_opened_v1", "measure_applied_v1"]);
    }

    [Fact]
    public async Task An_idempotency_key_gives_the_first_answer_of_a_step_again_even_when_the_case_went_on()
    {
        var reported = await scenario.ReportedAsync();
        var path = $"/v1/cases/{reported.Id}/takedown";
        var first = (await service.PostAsync(path, scenario.Step("reviewer-mei"), "\"1\"", "once")).ShouldBe(HttpStatusCode.OK);
        (await service.PostAsync($"/v1/cases/{reported.Id}/reinstatement", scenario.Step("reviewer-mei"), "*")).ShouldBe(HttpStatusCode.OK);
        var again = (await service.PostAsync(path, scenario.Step("reviewer-mei"), "\"1\"", "once")).ShouldBe(HttpStatusCode.OK);
        again.Replayed.ShouldBeTrue();
        ((string)again.Body!["state"]!).ShouldBe((string)first.Body!["state"]!);
        (await service.PostAsync(path, scenario.Step("reviewer-jo"), "\"1\"", "once")).ShouldBe(HttpStatusCode.UnprocessableEntity, "Idempotency_Key_Reused");
    }

    [Fact]
    public async Task Only_the_respondent_objects_and_a_step_says_why()
    {
        var down = await scenario.TakenDownAsync();
        (await down.TakeAsync("counter-notice", scenario.Step("stranger"))).ShouldBe(HttpStatusCode.Forbidden, "Counter_Not_Respondent");
        (await down.TakeAsync("reinstatement", new { actor = "reviewer-mei" })).ShouldBe(HttpStatusCode.UnprocessableEntity, "Decision_Reason_Missing");
        (await down.TakeAsync("reinstatement", new { })).ShouldBe(HttpStatusCode.UnprocessableEntity, "Decision_Reason_Missing");
        (await down.TakeAsync("closure", new { actor = "reviewer-mei", reasonCode = "Done", statement = "Done.", outcome = "3" })).ShouldBe(HttpStatusCode.UnprocessableEntity, "Request_Invalid");
        (await down.TakeAsync("closure", new { actor = "reviewer-mei", reasonCode = "Done", statement = "Done.", outcome = "Settled" })).ShouldBe(HttpStatusCode.UnprocessableEntity, "Close_Outcome_Not_Reached");
        (await down.HistoryAsync()).Length.ShouldBe(2);
    }

    [Theory]
    [InlineData("{", HttpStatusCode.BadRequest, "Request_Malformed")]
    [InlineData("null", HttpStatusCode.BadRequest, "Request_Malformed")]
    [InlineData("""{"actor":"a","reasonCode":"B","statement":"c\u0000"}""", HttpStatusCode.UnprocessableEntity, "Request_Invalid")]
    [InlineData("""{"actor":"a\u0000","reasonCode":"B","statement":"c"}""", HttpStatusCode.UnprocessableEntity, "Request_Invalid")]
    [InlineData("""{"actor":"a","reasonCode":"B C","statement":"c"}""", HttpStatusCode.UnprocessableEntity, "Request_Invalid")]
    public async Task A_bad_step_is_refused_with_its_code(string body, HttpStatusCode status, string code)
    {
        var reported = await scenario.ReportedAsync();
        (await service.SendAsync($"/v1/cases/{reported.Id}/takedown", new StringContent(body, null, "application/json"), "*")).ShouldBe(status, code);
        (await reported.HistoryAsync()).Length.ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"agreedBy":[null],"amount":1,"currency":"USD"}""", HttpStatusCode.UnprocessableEntity, "Request_Invalid")]
    [InlineData("""{"agreedBy":"x","amount":1,"currency":"USD"}""", HttpStatusCode.BadRequest, "Request_Malformed")]
    [InlineData("""{"agreedBy":[],"amount":1e400,"currency":"USD"}""", HttpStatusCode.BadRequest, "Request_Malformed")]
    [InlineData("""{"agreedBy":[],"amount":"many","currency":"USD"}""", HttpStatusCode.BadRequest, "Request_Malformed")]
    [InlineData("""{"agreedBy":[],"amount":1}""", HttpStatusCode.UnprocessableEntity, "Request_Invalid")]
    public async Task Bad_terms_are_refused_with_their_code(string body, HttpStatusCode status, string code)
    {
        var down = await scenario.TakenDownAsync();
        (await service.SendAsync($"/v1/cases/{down.Id}/settlement", new StringContent(body, null, "application/json"), "*")).ShouldBe(status, code);
    }

    [Theory]
    [InlineData("case_00000000000000000000000000000000")]
    [InlineData("case_0000000000000000000000000000000")]
    [InlineData("rpt_1")]
    [InlineData("CASE_00000000000000000000000000000000")]
    [InlineData("case_0000000000000000000000000000000%0A")]
    public async Task An_unknown_case_is_not_found(string id)
    {
        (await service.GetAsync($"/v1/cases/{id}")).ShouldBe(HttpStatusCode.NotFound, "Case_Not_Found");
        (await service.GetAsync($"/v1/cases/{id}/history")).ShouldBe(HttpStatusCode.NotFound, "Case_Not_Found");
        foreach (var step in new[] { "takedown", "dismissal", "counter-notice", "reinstatement" })
            (await service.PostAsync($"/v1/cases/{id}/{step}", scenario.Step("reviewer-mei"), "*")).ShouldBe(HttpStatusCode.NotFound, "Case_Not_Found");
        (await service.PostAsync($"/v1/cases/{id}/settlement", Settlement(true, "a", "b"), "*")).ShouldBe(HttpStatusCode.NotFound, "Case_Not_Found");
        (await service.PostAsync($"/v1/cases/{id}/closure", new { actor = "a", reasonCode = "b", statement = "c", outcome = "Upheld" }, "*")).ShouldBe(HttpStatusCode.NotFound, "Case_Not_Found");
    }

    [Fact]
    public async Task A_refusal_is_told_in_Chinese_to_those_who_ask_for_it()
    {
        var answer = await service.SendAsync("/v1/cases/case_x/takedown", System.Net.Http.Json.JsonContent.Create(scenario.Step("a")), "*", language: "zh-CN,en;q=0.5");
        ((string)answer.ShouldBe(HttpStatusCode.NotFound).Body!["title"]!).ShouldBe("不存在该标识的案件");
    }

    private static object Settlement(bool imageStays, params string[] agreedBy) =>
        new { actor = "reviewer-mei", reasonCode = "Settled", statement = "Signed by both.", agreedBy, amount = 3000.00m, currency = "USD", imageStays };

    private Task HeardAsync(string caseId, params Type[] contracts) => Eventually.HoldsAsync(() =>
    {
        service.HeardOf(caseId).Select(contract => contract.GetType()).ShouldBe(contracts);
        return Task.CompletedTask;
    }, what: "publishing");
}
