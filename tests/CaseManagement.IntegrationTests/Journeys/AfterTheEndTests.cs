using System.Net;

namespace ImageRights.CaseManagement.IntegrationTests.Journeys;

/// <summary>What comes late: orders of courts against what parties agree, complaints and orders after the closing, terms that are made longer.</summary>
[Collection(LawCollection.Name)]
public class AfterTheEndTests(LawService service)
{
    private const string NewYork = "America/New_York";
    private const string Brussels = "Europe/Brussels";
    private const string Shanghai = "Asia/Shanghai";

    [Fact]
    public async Task A_settlement_and_a_retraction_leave_what_a_court_ordered()
    {
        var settled = await OrderedAsync();
        var agreement = new { actor = "reviewer-mei", reasonCode = "Settled", statement = "Signed by both.", agreedBy = new[] { settled.Scenario.Complainant, settled.Scenario.Respondent }, amount = 10, currency = "USD", imageStays = true };
        var answer = (await settled.StepAsync("settlement", agreement)).ShouldBe(HttpStatusCode.OK).Body!;
        ((string)answer["state"]!).ShouldBe("LitigationHold");
        ((bool)answer["measures"]!.AsArray().ShouldHaveSingleItem()!["isOrdered"]!).ShouldBeTrue();
        ((bool)(await service.GetAsync($"/v1/images/{settled.Scenario.Image}/availability")).Body!["isLive"]!).ShouldBeFalse();
        (await settled.StepAsync("closure", new { actor = "reviewer-mei", reasonCode = "Done", statement = "Settled.", outcome = "Settled" })).ShouldBe(HttpStatusCode.Conflict, "Close_Hold_Open");
        ((string)(await settled.StepAsync("court-order", Order("End"))).ShouldBe(HttpStatusCode.OK).Body!["state"]!).ShouldBe("Settled");
        ((bool)(await service.GetAsync($"/v1/images/{settled.Scenario.Image}/availability")).Body!["isLive"]!).ShouldBeTrue();

        var retracted = await OrderedAsync();
        ((string)(await retracted.StepAsync("retraction", retracted.Scenario.Step(retracted.Scenario.Complainant))).ShouldBe(HttpStatusCode.OK).Body!["state"]!).ShouldBe("LitigationHold");
        (await retracted.StepAsync("reinstatement", retracted.Scenario.Step("reviewer-jo"))).ShouldBe(HttpStatusCode.Conflict, "Litigation_Hold");
        ((string)(await retracted.StepAsync("court-order", Order("Restoration"))).ShouldBe(HttpStatusCode.OK).Body!["state"]!).ShouldBe("Reinstated");
    }

    [Fact]
    public async Task A_complaint_within_six_months_opens_the_closed_case_again_though_another_one_began_meanwhile()
    {
        var dispute = await (await LawCase.NotifiedAsync(service, "eu-dsa", "2026-08-31T09:00", Brussels)).TakenDownAsync("2026-08-31T10:00");
        await InformAsync(dispute, "Respondent", "2026-08-31T11:00");
        ((string)(await dispute.StepAtAsync("2026-09-02T09:00", "closure", Closure("Upheld"))).ShouldBe(HttpStatusCode.OK).Body!["state"]!).ShouldBe("Closed");
        (await dispute.ReadAsync())["next"]!["respondent"]!.AsArray().Select(step => (string)step!).ShouldContain("complaint");

        // The same picture, work and law: a case of its own while the first is closed.
        var second = (await service.PostAsync("/v1/notices", LawCase.NoticeOf(dispute.Scenario, "eu-dsa", complainant: "agency-weber"))).ShouldBe(HttpStatusCode.Created);
        ((string)second.Body!["cases"]![0]!["caseId"]!).ShouldNotBe(dispute.Id);

        var complaint = dispute.Scenario.Step(dispute.Scenario.Respondent, "Explanation", "The licence was overlooked.");
        ((string)(await dispute.StepAtAsync("2027-02-28T23:59:40", "complaint", complaint)).ShouldBe(HttpStatusCode.OK).Body!["state"]!).ShouldBe("TakenDown");
        (await dispute.StepAsync("complaint", complaint)).ShouldBe(HttpStatusCode.OK);
        (await dispute.StepAsync("closure", Closure("Upheld", "Again."))).ShouldBe(HttpStatusCode.Conflict, "Complaint_Open");
        var decision = new { actor = "reviewer-ada", reasonCode = "Licensed", statement = "The licence is in the register.", party = "Respondent", upheld = true };
        ((string)(await dispute.StepAsync("complaint-decision", decision)).ShouldBe(HttpStatusCode.OK).Body!["state"]!).ShouldBe("Reinstated");
        ((string)(await dispute.StepAsync("closure", Closure("Reinstated"))).ShouldBe(HttpStatusCode.OK).Body!["state"]!).ShouldBe("Closed");
        (await dispute.TypesAsync()).Count(type => type == "case_reopened_v1").ShouldBe(1);
        (await dispute.StepAtAsync("2027-03-01T00:00:05", "complaint", dispute.Scenario.Step(dispute.Scenario.Respondent, "Explanation", "Once more."))).ShouldBe(HttpStatusCode.Conflict, "Complaint_Out_Of_Time");
    }

    [Fact]
    public async Task The_notifier_complains_of_a_dismissal_after_the_case_closed()
    {
        var dispute = await LawCase.NotifiedAsync(service, "eu-dsa", "2026-08-31T09:00", Brussels);
        (await dispute.StepAsync("dismissal", dispute.Scenario.Step("reviewer-mei"))).ShouldBe(HttpStatusCode.OK);
        (await dispute.StepAsync("closure", Closure("Dismissed"))).ShouldBe(HttpStatusCode.OK);
        // To be told after the closing is no step of the case, and begins the term.
        await InformAsync(dispute, "Complainant", "2026-09-01T11:00");
        (await dispute.StateAsync()).ShouldBe("Closed");
        ((string)(await dispute.StepAtAsync("2026-12-01T09:00", "complaint", dispute.Scenario.Step(dispute.Scenario.Complainant, "Explanation", "The negatives were not looked at."))).ShouldBe(HttpStatusCode.OK).Body!["state"]!).ShouldBe("Dismissed");
        var decision = new { actor = "reviewer-ada", reasonCode = "Copyright", statement = "He is right.", party = "Complainant", upheld = true };
        ((string)(await dispute.StepAsync("complaint-decision", decision)).ShouldBe(HttpStatusCode.OK).Body!["state"]!).ShouldBe("Open");
    }

    [Fact]
    public async Task An_order_after_the_closing_opens_the_case_again_with_a_measure_of_its_own()
    {
        var dispute = await (await LawCase.NotifiedAsync(service, "us-dmca-512", "2026-11-13T09:00", NewYork)).TakenDownAsync("2026-11-13T10:00");
        (await dispute.StepAsync("retraction", dispute.Scenario.Step(dispute.Scenario.Complainant))).ShouldBe(HttpStatusCode.OK);
        (await dispute.StepAsync("closure", Closure("Reinstated"))).ShouldBe(HttpStatusCode.OK);
        (await dispute.StepAtAsync("2027-01-04T09:00", "court-action-end", new { actor = "clerk", reasonCode = "Court", statement = "None.", docket = "1", body = "Court" })).ShouldBe(HttpStatusCode.Conflict, "Case_Already_Closed");
        var ordered = (await dispute.StepAsync("court-order", Order("Removal"))).ShouldBe(HttpStatusCode.OK).Body!;
        ((string)ordered["state"]!).ShouldBe("LitigationHold");
        ((string)ordered["measures"]!.AsArray().ShouldHaveSingleItem()!["measureId"]!).ShouldNotBeEmpty();
        (await dispute.TypesAsync()).TakeLast(4).ShouldBe(["case_reopened_v1", "court_ordered_removal_v1", "measure_applied_v1", "litigation_hold_v1"]);
    }

    [Fact]
    public async Task A_term_is_made_longer_once_for_a_reason_and_everybody_sees_it_before_and_after()
    {
        // Delivered on Monday 28 September: day 15 is Tuesday 13 October; five working days on, Tuesday 20 October.
        var dispute = await (await LawCase.NotifiedAsync(service, "cn-ecl", "2026-09-24T09:00", Shanghai)).TakenDownAsync("2026-09-24T10:00");
        (await dispute.StepAtAsync("2026-09-25T09:00", "counter-notice", dispute.Counter())).ShouldBe(HttpStatusCode.OK);
        (await dispute.StepAtAsync("2026-09-28T09:00", "counter-notice-delivery", new { actor = "clerk", reasonCode = "Delivered", statement = "By courier.", proof = "dlv_1", arrivedAt = LawService.At("2026-09-28T09:00", Shanghai) })).ShouldBe(HttpStatusCode.OK);

        var before = await DeadlineAsync(dispute, "CN-03");
        (((string)before["lastDay"]!), (int)before["extension"]!["mostDays"]!, (string?)before["extension"]!["given"]).ShouldBe(("2026-10-13", 20, null));
        var supposed = (await service.PostAsync($"/v1/cases/{dispute.Id}/what-if", new { facts = new[] { "TermExtended" } })).ShouldBe(HttpStatusCode.OK).Body!["steps"]!.AsArray().ShouldHaveSingleItem()!;
        ((bool)supposed["accepted"]!).ShouldBeTrue();
        ((string)supposed["starts"]!.AsArray().ShouldHaveSingleItem()!["lastDay"]!).ShouldBe("2026-11-10", "twenty working days, the made-up Saturday counted");

        object Extension(string statement = "The notary needs time.", int days = 5) => new { actor = "reviewer-mei", reasonCode = "Notarisation", statement, rule = "CN-03", days };
        (await dispute.StepAsync("extension", new { actor = "reviewer-mei", reasonCode = "Notarisation", statement = "x", rule = "CN-03" })).ShouldBe(HttpStatusCode.UnprocessableEntity, "Request_Invalid");
        (await dispute.StepAsync("extension", Extension(""))).ShouldBe(HttpStatusCode.UnprocessableEntity, "Decision_Reason_Missing");
        (await dispute.StepAsync("extension", Extension(days: 21))).ShouldBe(HttpStatusCode.UnprocessableEntity, "Extension_Too_Long");
        (await dispute.StepAsync("extension", Extension())).ShouldBe(HttpStatusCode.OK);
        (await dispute.StepAsync("extension", Extension())).ShouldBe(HttpStatusCode.OK);
        (await dispute.StepAsync("extension", Extension("Still longer."))).ShouldBe(HttpStatusCode.Conflict, "Extension_Exhausted");

        var after = await DeadlineAsync(dispute, "CN-03");
        (((string)after["lastDay"]!), (int)after["extension"]!["given"]!).ShouldBe(("2026-10-20", 5));
        var fact = (await dispute.HistoryAsync()).Single(entry => (string)entry["type"]! == "deadline_extended_v1")["data"]!;
        ((string)fact["act"]!["statement"]!, (int)fact["days"]!).ShouldBe(("The notary needs time.", 5));
        await service.GoToAsync("2026-10-20T23:59:50", Shanghai);
        (await dispute.StateAsync()).ShouldBe("CounterNoticed");
        await service.GoToAsync("2026-10-21T00:00:05", Shanghai);
        (await dispute.WhenAsync("measure_lifted_v1")).ShouldBe("2026-10-21T00:00");
    }

    private async Task<LawCase> OrderedAsync()
    {
        var dispute = await (await LawCase.NotifiedAsync(service, "us-dmca-512", "2026-11-13T09:00", NewYork)).TakenDownAsync("2026-11-13T10:00");
        (await dispute.StepAsync("court-order", Order("Removal"))).ShouldBe(HttpStatusCode.OK);
        return dispute;
    }

    private async Task<System.Text.Json.Nodes.JsonNode> DeadlineAsync(LawCase dispute, string rule) =>
        (await service.GetAsync($"/v1/cases/{dispute.Id}/deadlines")).ShouldBe(HttpStatusCode.OK).Body!["deadlines"]!.AsArray().Single(item => (string)item!["rule"]! == rule)!;

    private static async Task InformAsync(LawCase dispute, string party, string at) =>
        (await dispute.StepAtAsync(at, "information", new { actor = "clerk", reasonCode = "Informed", statement = "By e-mail.", party, toldAt = LawService.At(at, Brussels), proof = "msg_1" })).ShouldBe(HttpStatusCode.OK);

    private static object Order(string order) => new { actor = "clerk", reasonCode = "Court", statement = "As ordered.", docket = "1:26-cv-1", body = "S.D.N.Y.", order };

    private static object Closure(string outcome, string statement = "Nothing is left to do.") => new { actor = "reviewer-mei", reasonCode = "Done", statement, outcome };
}
