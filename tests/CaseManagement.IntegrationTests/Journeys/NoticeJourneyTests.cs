using System.Net;

namespace ImageRights.CaseManagement.IntegrationTests.Journeys;

/// <summary>Deficient notices and the product's own times, by the clock.</summary>
[Collection(LawCollection.Name)]
public class NoticeJourneyTests(LawService service)
{
    private const string NewYork = "America/New_York";

    [Theory]
    [InlineData("2026-11-13T10:00", "2026-11-21T00:00")]
    [InlineData("2026-11-20T10:00", "2026-12-01T00:00")]
    public async Task A_notice_that_is_not_corrected_in_five_business_days_lapses_by_itself(string received, string lapses)
    {
        await service.GoToAsync(received, NewYork);
        var scenario = await new Scenarios(service).KnownAsync();
        var notice = (await service.PostAsync("/v1/notices", LawCase.NoticeOf(scenario, "us-dmca-512", "signature"))).ShouldBe(HttpStatusCode.Created);
        ((string)notice.Body!["state"]!).ShouldBe("CorrectionRequested");
        var end = LawService.At(lapses, NewYork);
        (await service.PutAsync("/v1/clock", new { now = end.AddSeconds(-5) })).ShouldBe(HttpStatusCode.OK);
        ((string)(await service.GetAsync(notice.Location!)).Body!["state"]!).ShouldBe("CorrectionRequested");
        (await service.PutAsync("/v1/clock", new { now = end.AddSeconds(5) })).ShouldBe(HttpStatusCode.OK);
        ((string)(await service.GetAsync(notice.Location!)).Body!["state"]!).ShouldBe("Lapsed");
        ((string)(await service.PostAsync($"{notice.Location}/correction", new { elements = new { signature = "Fang Li" } })).ShouldBe(HttpStatusCode.OK).Body!["state"]!).ShouldBe("Lapsed");
        // It may be given anew.
        ((string)(await service.PostAsync("/v1/notices", LawCase.NoticeOf(scenario, "us-dmca-512"))).Body!["state"]!).ShouldBe("Effective");
    }

    [Fact]
    public async Task A_corrected_notice_keeps_its_first_receipt_in_the_case()
    {
        await service.GoToAsync("2026-11-13T10:00", NewYork);
        var scenario = await new Scenarios(service).KnownAsync();
        var notice = (await service.PostAsync("/v1/notices", LawCase.NoticeOf(scenario, "us-dmca-512", "signature"))).ShouldBe(HttpStatusCode.Created);
        await service.GoToAsync("2026-11-17T15:00", NewYork);
        var corrected = (await service.PostAsync($"{notice.Location}/correction", new { elements = new { signature = "Fang Li" } })).ShouldBe(HttpStatusCode.OK);
        var id = (string)corrected.Body!["cases"]![0]!["caseId"]!;
        var opened = (await service.GetAsync($"/v1/cases/{id}/history")).Body!["events"]![0]!["data"]!["notice"]!;
        ((DateTimeOffset)opened["receivedAt"]!).ShouldBe((DateTimeOffset)notice.Body!["receivedAt"]!);
        ((DateTimeOffset)opened["effectiveAt"]!).ShouldBeGreaterThan((DateTimeOffset)opened["receivedAt"]!);
        (await service.PostAsync($"/v1/cases/{id}/takedown", scenario.Step("reviewer-mei"), "*")).ShouldBe(HttpStatusCode.OK);
        var cure = (await service.GetAsync($"/v1/cases/{id}/deadlines")).Body!["deadlines"]!.AsArray().Single(deadline => (string)deadline!["rule"]! == "IR-03")!;
        ((string)cure["status"]!).ShouldBe("Met");
    }

    [Fact]
    public async Task A_notice_without_a_decision_in_24_hours_is_escalated_and_one_with_is_not()
    {
        var slow = await LawCase.NotifiedAsync(service, "us-dmca-512", "2026-11-13T10:00", NewYork);
        var fast = await (await LawCase.NotifiedAsync(service, "us-dmca-512", "2026-11-13T10:00", NewYork)).TakenDownAsync("2026-11-13T12:00");
        await service.GoToAsync("2026-11-15T10:00", NewYork);
        var escalated = (await slow.HistoryAsync()).Single(entry => (string)entry["type"]! == "deadline_elapsed_v1")["data"]!;
        ((string)escalated["ground"]!["rule"]!).ShouldBe("IR-02");
        slow.LocalOf((string)escalated["dueAt"]!).ShouldBe("2026-11-14T10:00");
        (await fast.TypesAsync()).ShouldNotContain("deadline_elapsed_v1");
    }

    [Fact]
    public async Task A_hint_becomes_a_case_under_law_when_a_notice_comes()
    {
        await service.GoToAsync("2026-11-13T10:00", NewYork);
        var scenario = await new Scenarios(service).KnownAsync();
        var hint = (await service.PostAsync("/v1/reports", scenario.Report())).ShouldBe(HttpStatusCode.Created);
        var id = (string)hint.Body!["caseId"]!;
        (await service.GetAsync($"/v1/cases/{id}/deadlines")).ShouldBe(HttpStatusCode.Conflict, "Step_Not_Provided");
        var notice = (await service.PostAsync("/v1/notices", LawCase.NoticeOf(scenario, "us-dmca-512"))).ShouldBe(HttpStatusCode.Created);
        ((string)notice.Body!["cases"]![0]!["caseId"]!).ShouldBe(id);
        ((string)(await service.GetAsync($"/v1/cases/{id}")).Body!["regime"]!).ShouldBe("us-dmca-512.v1");
    }

    [Fact]
    public async Task Both_parties_see_by_when_by_which_rule_and_what_each_step_would_change()
    {
        var dispute = await (await LawCase.NotifiedAsync(service, "us-dmca-512", "2026-11-13T10:00", NewYork)).TakenDownAsync("2026-11-13T12:00");
        (await dispute.StepAtAsync("2026-11-20T15:00", "counter-notice", dispute.Counter())).ShouldBe(HttpStatusCode.OK);
        var preview = (await service.GetAsync($"/v1/cases/{dispute.Id}/deadlines")).ShouldBe(HttpStatusCode.OK);
        var restore = preview.Body!["deadlines"]!.AsArray().Single(deadline => (string)deadline!["rule"]! == "US-06")!;
        ((string)restore["notBefore"]!["local"]!).ShouldBe("2026-12-08T00:00:00-05:00");
        ((string)restore["notAfter"]!["local"]!).ShouldBe("2026-12-12T00:00:00-05:00");
        ((string)restore["notBefore"]!["zone"]!).ShouldBe(NewYork);
        ((string)restore["source"]!).ShouldBe("S61");
        var otherwise = preview.Body["otherwise"]!.AsArray().Single(entry => (string)entry!["rule"]! == "US-06")!;
        ((string)otherwise["item"]!).ShouldBe("Live");
        ((string)otherwise["at"]!["local"]!).ShouldBe("2026-12-08T00:00:00-05:00");

        var supposed = (await service.PostAsync($"/v1/cases/{dispute.Id}/what-if", new { at = LawService.At("2026-12-04T10:00", NewYork) })).ShouldBe(HttpStatusCode.OK).Body!["steps"]!.AsArray();
        var action = supposed.Single(step => (string)step!["fact"]! == "CourtActionNotified")!;
        ((string)action["item"]!).ShouldBe("HeldDown");
        action["ends"]!.AsArray().Select(rule => (string)rule!).ShouldBe(["US-06", "US-07"], ignoreOrder: true);
        action["otherwise"]!.AsArray().Count(entry => (string)entry!["item"]! == "Live").ShouldBe(0);
        var manual = supposed.Single(step => (string)step!["fact"]! == "MeasureLifted")!;
        ((bool)manual["accepted"]!).ShouldBeFalse();
        ((string)manual["refusals"]![0]!["code"]!).ShouldBe("Restoration_Too_Early");
        (await dispute.TypesAsync()).Count.ShouldBe(3, "nothing is stored by looking ahead");
        (await service.PostAsync($"/v1/cases/{dispute.Id}/what-if", new { facts = new[] { "Rain" } })).ShouldBe(HttpStatusCode.UnprocessableEntity, "Fact_Unknown");
    }

    [Fact]
    public async Task Choices_need_the_version_that_was_seen_and_two_laws_for_one_place_are_refused()
    {
        await using var choice = new Choice(service);
        var rule = new { platformType = "ECommerce", surfaces = new[] { "Listing" }, jurisdiction = "CN", regime = new { name = "cn-ecl" } };
        var other = new { platformType = "InformationStorage", surfaces = new[] { "Listing", "Avatar" }, jurisdiction = "CN", regime = new { name = "cn-ricr" } };
        (await service.PutAsync("/v1/settings/regimes", new { actor = "admin", rules = new object[] { rule, other } }, "*")).ShouldBe(HttpStatusCode.UnprocessableEntity, "Request_Invalid");
        (await service.PutAsync("/v1/settings/regimes", new { actor = "admin", rules = new object[] { rule } })).ShouldBe((HttpStatusCode)428, "If_Match_Missing");
        (await service.PutAsync("/v1/settings/regimes", new { actor = "admin", rules = new object[] { rule } }, "\"4711\"")).ShouldBe(HttpStatusCode.PreconditionFailed, "Version_Stale");
        (await service.PutAsync("/v1/settings/regimes", new { actor = "admin", rules = new object[] { new { platformType = "ECommerce", regime = new { name = "cn-ecl", zone = "Mars/Olympus" } } } }, "*"))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "Request_Invalid");
        await choice.PutAsync(rule);
        var seen = (await service.GetAsync("/v1/settings/regimes")).ETag;
        (await service.PutAsync("/v1/settings/regimes", new { actor = "admin", rules = new object[] { rule } }, seen)).ShouldBe(HttpStatusCode.OK).ETag.ShouldBe(seen, "what is chosen already writes nothing");
        await service.GoToAsync("2026-09-10T10:00", "Asia/Shanghai");
        var scenario = await new Scenarios(service).KnownAsync();
        var notice = (await service.PostAsync("/v1/notices", new { jurisdiction = "CN", complainantAccountId = scenario.Complainant, workId = scenario.Work, items = new[] { new { imageId = scenario.Image } } })).ShouldBe(HttpStatusCode.Created);
        ((string)notice.Body!["regime"]!).ShouldBe("cn-ecl.v1");
        (await service.PostAsync("/v1/notices", new { jurisdiction = "BR" })).ShouldBe(HttpStatusCode.NotFound, "Regime_Not_Found");
    }
}
