using System.Net;
using System.Text.Json.Nodes;
using ImageRights.ServiceDefaults.Access;
using ImageRights.TestKit;

namespace ImageRights.CaseManagement.IntegrationTests.Journeys;

/// <summary>Digital Services Act: measures by country, complaints by both sides, out-of-court bodies, in Brussels.</summary>
[Collection(LawCollection.Name)]
public class EuropeJourneyTests(LawService service)
{
    private const string Brussels = "Europe/Brussels";

    [Fact]
    public async Task A_measure_holds_where_it_was_taken_and_the_picture_is_live_only_when_none_is_left()
    {
        var dispute = await NotifiedAsync("2026-08-28T09:00");
        var down = await dispute.StepAtAsync("2026-08-28T10:00", "takedown", InCountries("PT", "DE", "FR"));
        var measure = down.ShouldBe(HttpStatusCode.OK).Body!["measures"]![0]!;
        measure["territories"]!.AsArray().Select(code => (string)code!).ShouldBe(["DE", "FR", "PT"]);
        ((string)measure["legalBasis"]!).ShouldBe("UrhG 97");
        await ShouldBeLiveAsync(dispute, null, false);
        await ShouldBeLiveAsync(dispute, "DE", false);
        await ShouldBeLiveAsync(dispute, "US", true);

        (await dispute.StepAsync("takedown", InCountries("DE"))).ShouldBe(HttpStatusCode.Conflict, "Case_Already_Taken_Down");
        var wider = (await dispute.StepAsync("takedown", InCountries("DE", "ES"))).ShouldBe(HttpStatusCode.OK);
        wider.Body!["measures"]!.AsArray().Count.ShouldBe(2);

        // The same picture under another law: a proceeding of its own, and either keeps the picture down.
        var notice = (await service.PostAsync("/v1/notices", LawCase.NoticeOf(dispute.Scenario, "us-dmca-512"))).ShouldBe(HttpStatusCode.Created);
        var american = (string)notice.Body!["cases"]![0]!["caseId"]!;
        american.ShouldNotBe(dispute.Id);
        (await service.PostAsync($"/v1/cases/{american}/takedown", dispute.Scenario.Step("reviewer-mei"), "*")).ShouldBe(HttpStatusCode.OK);
        await ShouldBeLiveAsync(dispute, "US", false);
        ((string)(await dispute.StepAsync("reinstatement", dispute.Scenario.Step("reviewer-jo"))).ShouldBe(HttpStatusCode.OK).Body!["state"]!).ShouldBe("Reinstated");
        await ShouldBeLiveAsync(dispute, "DE", false);
        (await service.PostAsync($"/v1/cases/{american}/retraction", dispute.Scenario.Step(dispute.Scenario.Complainant), "*")).ShouldBe(HttpStatusCode.OK);
        await ShouldBeLiveAsync(dispute, null, true);

        var dossier = (await service.GetAsync($"/v1/dossiers/{(string)(await dispute.ReadAsync())["dossierId"]!}")).ShouldBe(HttpStatusCode.OK).Body!;
        dossier["items"]!.AsArray().Select(item => (string)item!["caseId"]!).ShouldBe([dispute.Id, american], ignoreOrder: true);
    }

    [Theory]
    [InlineData("2026-08-31T12:00", "2027-02-28T23:59:50", true)]
    [InlineData("2026-08-31T12:00", "2027-03-01T00:00:05", false)]
    [InlineData("2027-09-30T00:30", "2028-03-30T23:59:50", true)]
    [InlineData("2027-09-30T00:30", "2028-03-31T00:00:05", false)]
    [InlineData("2027-08-30T23:30", "2028-02-29T23:59:50", true)]
    public async Task A_complaint_is_admissible_for_six_months_from_when_the_party_was_told(string told, string lodged, bool admissible)
    {
        var dispute = await DownAsync(told[..10]);
        await InformAsync(dispute, "Respondent", told);
        var answer = await dispute.StepAtAsync(lodged, "complaint", dispute.Scenario.Step(dispute.Scenario.Respondent, "owner", "It is my own photograph."));
        if (admissible) answer.ShouldBe(HttpStatusCode.OK);
        else answer.ShouldBe(HttpStatusCode.Conflict, "Complaint_Out_Of_Time");
    }

    [Fact]
    public async Task Nobody_has_to_record_that_a_party_was_told_for_its_time_to_complain_to_begin()
    {
        var dispute = await DownAsync("2026-08-31");
        var deadlines = (await service.GetAsync($"/v1/cases/{dispute.Id}/deadlines")).ShouldBe(HttpStatusCode.OK).Body!;
        deadlines["deadlines"]!.AsArray().Where(IsToComplain).Select(term => ((string)term!["actor"]!, (string)term["status"]!, (string)term["lastDay"]!))
            .ShouldBe([("respondent", "Running", "2027-02-28"), ("complainant", "Running", "2027-02-28")], ignoreOrder: true);
        deadlines["otherwise"]!.AsArray().Count(IsToComplain).ShouldBe(1, "both run out together");
        foreach (var term in deadlines["deadlines"]!.AsArray())
            ((string?)term!["inPlainWords"]?["what"], (string?)term["inPlainWords"]?["otherwise"]).ShouldBe(IsToComplain(term) ? ("Complain of the decision", "the platform need not take the complaint") : (null, null), (string)term["rule"]!);
        foreach (var party in new[] { "Respondent", "Complainant" })
        {
            var letter = await Eventually.GetAsync<JsonNode>(async () =>
                (await service.GetAsync($"/v1/cases/{dispute.Id}/messages?party={party}")).Body!.AsArray().FirstOrDefault(message => (string)message!["fact"]! == "MeasureApplied"));
            ((string)letter["body"]!).ShouldContain("last day Sunday 28 February 2027");
        }
        (await dispute.ReadAsync())["next"]!["respondent"]!.AsArray().Select(step => (string)step!).ShouldContain("complaint");
        (await dispute.StepAtAsync("2027-03-01T00:00:05", "complaint", dispute.Scenario.Step(dispute.Scenario.Respondent))).ShouldBe(HttpStatusCode.Conflict, "Complaint_Out_Of_Time");

        static bool IsToComplain(JsonNode? entry) => (string)entry!["rule"]! == "EU-06";
    }

    [Fact]
    public async Task A_complaint_is_decided_by_another_person_and_an_overturned_measure_ends_at_once()
    {
        var notified = await NotifiedAsync("2026-08-31T00:05");
        (await notified.StepAsync("complaint", notified.Scenario.Step(notified.Scenario.Respondent))).ShouldBe(HttpStatusCode.Conflict, "Complaint_Out_Of_Time");
        var dispute = await notified.TakenDownAsync("2026-08-31T11:30");
        (await dispute.StepAsync("complaint", dispute.Scenario.Step("stranger"))).Status.ShouldBeOneOf(HttpStatusCode.Forbidden, HttpStatusCode.Conflict);
        (await dispute.StepAtAsync("2026-10-01T12:00", "complaint", dispute.Scenario.Step(dispute.Scenario.Respondent))).ShouldBe(HttpStatusCode.OK);
        (await dispute.StepAsync("closure", new { actor = "reviewer-jo", reasonCode = "Done", statement = "Done.", outcome = "Upheld" })).ShouldBe(HttpStatusCode.Conflict, "Complaint_Open");

        object Decision(string actor, bool? automated = null) => new { actor, reasonCode = "Own_Work", statement = "The negatives prove it.", party = "Respondent", upheld = true, automated };
        (await dispute.StepAsync("complaint-decision", Decision("bot-7", true))).ShouldBe(HttpStatusCode.Forbidden, "Review_By_Machine");
        (await dispute.StepAsync("complaint-decision", Decision("reviewer-mei"))).ShouldBe(HttpStatusCode.Forbidden, "Review_By_Same_Person");
        (await dispute.StepAsync("complaint-decision", Decision(dispute.Scenario.Respondent))).ShouldBe(HttpStatusCode.Forbidden, "Review_By_Party");
        var overturned = await dispute.StepAtAsync("2026-10-05T09:00", "complaint-decision", Decision("reviewer-jo"));
        ((string)overturned.ShouldBe(HttpStatusCode.OK).Body!["state"]!).ShouldBe("Reinstated");
        (await dispute.WhenAsync("measure_lifted_v1")).ShouldBe("2026-10-05T09:00");
        (await dispute.StepAsync("complaint-decision", Decision("reviewer-jo"))).ShouldBe(HttpStatusCode.OK);
        (await dispute.StepAsync("complaint-decision", Decision("reviewer-ada"))).ShouldBe(HttpStatusCode.Conflict, "Complaint_Not_Pending");

        // The notifier is told, and may complain of that in turn; upheld, the notice is decided again.
        await InformAsync(dispute, "Complainant", "2026-10-05T10:00");
        (await dispute.StepAtAsync("2026-10-06T10:00", "complaint", dispute.Scenario.Step(dispute.Scenario.Complainant, "Not_Own_Work", "The negatives are forged."))).ShouldBe(HttpStatusCode.OK);
        var again = await dispute.StepAsync("complaint-decision", new { actor = "reviewer-ada", reasonCode = "Doc_Forged", statement = "They are.", party = "Complainant", upheld = true });
        ((string)again.ShouldBe(HttpStatusCode.OK).Body!["state"]!).ShouldBe("Open");
        (await dispute.StepAsync("takedown", dispute.Scenario.Step("reviewer-ada", "Copyright", "Decided again."))).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_notifier_complains_of_a_dismissal()
    {
        var dispute = await NotifiedAsync("2026-08-31T09:00");
        ((string)(await dispute.StepAsync("dismissal", dispute.Scenario.Step("reviewer-mei", "Licensed_Use", "A licence covers it."))).ShouldBe(HttpStatusCode.OK).Body!["state"]!).ShouldBe("Dismissed");
        await InformAsync(dispute, "Complainant", "2026-08-31T12:00");
        (await dispute.StepAsync("complaint", dispute.Scenario.Step(dispute.Scenario.Complainant, "Licence_Ended", "It ended in May."))).ShouldBe(HttpStatusCode.OK);
        var confirmed = await dispute.StepAsync("complaint-decision", new { actor = "reviewer-jo", reasonCode = "Licensed_Use", statement = "It runs on.", party = "Complainant", upheld = false });
        ((string)confirmed.ShouldBe(HttpStatusCode.OK).Body!["state"]!).ShouldBe("Dismissed");
        (await dispute.StepAsync("closure", new { actor = "reviewer-jo", reasonCode = "Done", statement = "Done.", outcome = "Dismissed" })).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_out_of_court_body_is_called_and_its_outcome_is_kept()
    {
        var dispute = await DownAsync("2026-08-31");
        var referral = new { actor = dispute.Scenario.Respondent, reasonCode = "Out_Of_Court", statement = "We have called the body.", body = "ADR Centre", reference = "ODS-17", receivedAt = LawService.At("2026-09-10T10:00", Brussels) };
        var outcome = new { actor = "clerk", reasonCode = "Out_Of_Court", statement = "It decided.", body = "ADR Centre", reference = "ODS-17", outcome = "For_Respondent" };
        (await dispute.StepAsync("out-of-court-outcome", outcome)).ShouldBe(HttpStatusCode.Conflict, "Complaint_Not_Pending");
        foreach (var never in new[] { "1999-01-01T00:00:00Z", "9999-12-31T23:59:59Z" })
            (await dispute.StepAsync("out-of-court-referral", new { referral.actor, referral.reasonCode, referral.statement, referral.body, referral.reference, receivedAt = never })).ShouldBe(HttpStatusCode.UnprocessableEntity, "Arrival_Impossible");
        (await dispute.StepAtAsync("2026-09-11T09:00", "out-of-court-referral", referral)).ShouldBe(HttpStatusCode.OK);
        var deadline = (await service.GetAsync($"/v1/cases/{dispute.Id}/deadlines")).ShouldBe(HttpStatusCode.OK).Body!["deadlines"]!.AsArray().Single(item => (string)item!["rule"]! == "EU-08")!;
        ((string)deadline["lastDay"]!).ShouldBe("2026-12-09");
        (await dispute.StepAtAsync("2026-11-11T09:00", "out-of-court-outcome", outcome)).ShouldBe(HttpStatusCode.OK);
        (await dispute.StateAsync()).ShouldBe("TakenDown");
        (await dispute.TypesAsync()).ShouldContain("ods_outcome_recorded_v1");
    }

    [Fact]
    public async Task A_statement_that_came_to_the_database_by_another_way_is_recorded_and_its_duty_is_met()
    {
        var dispute = await DownAsync("2026-08-31");
        var statement = (string)(await service.GetAsync($"/v1/cases/{dispute.Id}/statements-of-reasons")).ShouldBe(HttpStatusCode.OK).Body![0]!["statementId"]!;
        (await TermAsync()).ShouldBe("Running");
        object Record(string id, string at = "2026-09-01T10:00") => new { actor = "clerk", reasonCode = "Submitted", statement = "By the web form.", statementId = id, reference = "8f6f2b7e-0c1d", submittedAt = LawService.At(at, Brussels) };
        (await dispute.StepAtAsync("2026-09-01T11:00", "statement-submission", new { actor = "clerk", reasonCode = "Submitted", statement = "By the web form.", statementId = statement })).ShouldBe(HttpStatusCode.UnprocessableEntity, "Request_Invalid");
        (await dispute.StepAsync("statement-submission", Record("sor_of_another_case_1"))).ShouldBe(HttpStatusCode.Conflict, "Statement_Not_Owed");
        (await dispute.StepAsync("statement-submission", Record(statement, "2026-09-02T10:00"))).ShouldBe(HttpStatusCode.UnprocessableEntity, "Arrival_Impossible");
        var next = (await dispute.ReadAsync())["next"]!["reviewer"]!.AsArray().Select(step => (string)step!);
        next.ShouldContain("statement-submission");

        (await dispute.StepAsync("statement-submission", Record(statement))).ShouldBe(HttpStatusCode.OK);
        (await TermAsync()).ShouldBe("Met");
        (await dispute.WhenAsync("statement_submitted_v1")).ShouldBe("2026-09-01T11:00");
        (await dispute.StepAsync("statement-submission", Record(statement))).ShouldBe(HttpStatusCode.OK);
        (await dispute.TypesAsync()).Count(type => type == "statement_submitted_v1").ShouldBe(1, "said twice, recorded once");
        // Nor is it sent a second time.
        var row = (await service.GetAsync("/v1/transparency-submissions?status=Sent&limit=200")).ShouldBe(HttpStatusCode.OK).Body!["items"]!.AsArray().Single(item => (string)item!["puid"]! == statement)!;
        ((string)row["remoteId"]!, (DateTimeOffset)row["sentAt"]!).ShouldBe(("8f6f2b7e-0c1d", LawService.At("2026-09-01T10:00", Brussels)));
        (await service.Http.GetStringAsync("/v1/transparency-report?year=2026")).ShouldStartWith("year,", customMessage: "what was told by another way is not reconciled");

        async Task<string> TermAsync() => (string)(await service.GetAsync($"/v1/cases/{dispute.Id}/deadlines")).ShouldBe(HttpStatusCode.OK).Body!["deadlines"]!.AsArray().Single(term => (string)term!["rule"]! == "EU-05")!["status"]!;
    }

    [Fact]
    public async Task What_falls_due_next_is_listed_over_all_cases_the_nearest_first()
    {
        var dispute = await NotifiedAsync("2026-08-31T09:00");
        var agenda = (await service.GetAsync("/v1/agenda?limit=200")).ShouldBe(HttpStatusCode.OK).Body!["items"]!.AsArray();
        agenda.Select(entry => (DateTimeOffset)entry!["dueAt"]!).ShouldBeInOrder();
        var next = agenda.Single(entry => (string)entry!["caseId"]! == dispute.Id)!;
        ((string)next["rule"]!).ShouldBe("IR-02");
        ((string)next["step"]!).ShouldBe("First human decision on ordinary notice");
        ((string)next["actor"]!).ShouldBe("platform");
        var chinese = (await service.GetAsync("/v1/agenda?limit=200&language=zh")).ShouldBe(HttpStatusCode.OK).Body!["items"]!.AsArray().Single(entry => (string)entry!["caseId"]! == dispute.Id)!;
        ((string)chinese["step"]!, (string)chinese["whenMissed"]!).ShouldBe(("普通通知的首次人工决定", "升级处理"));
        ((string)(await service.GetAsync($"/v1/cases/{dispute.Id}/deadlines?language=zh")).Body!["deadlines"]!.AsArray().Single(term => (string)term!["rule"]! == "EU-03")!["term"]!).ShouldBe("及时");
        (await service.GetAsync("/v1/agenda?language=fr")).ShouldBe(HttpStatusCode.UnprocessableEntity, "Request_Invalid");
        ((DateTimeOffset)next["dueAt"]!).ShouldBe((DateTimeOffset)(await service.GetAsync($"/v1/cases/{dispute.Id}/deadlines")).Body!["deadlines"]![0]!["notAfter"]!["utc"]!, TimeSpan.FromMilliseconds(1));

        var first = (await service.GetAsync("/v1/agenda?limit=1&sort=due")).ShouldBe(HttpStatusCode.OK).Body!;
        ((string)first["items"]![0]!["caseId"]!).ShouldBe((string)agenda[0]!["caseId"]!);
        if (agenda.Count > 1) ((string)(await service.GetAsync($"/v1/agenda?limit=1&sort=due&cursor={first["next"]}")).ShouldBe(HttpStatusCode.OK).Body!["items"]![0]!["caseId"]!).ShouldBe((string)agenda[1]!["caseId"]!);
        (await service.GetAsync("/v1/agenda?sort=-due")).ShouldBe(HttpStatusCode.OK);

        foreach (var (account, own) in new[] { (dispute.Scenario.Respondent, 1), (dispute.Scenario.Complainant, 1), ("somebody-else", 0) })
        {
            using var party = new HttpClient { BaseAddress = service.Http.BaseAddress, Timeout = TimeSpan.FromSeconds(30) }
                .Authorized(TestAccess.Token(TestAccess.Tenant, [Roles.Seller], change: claims => claims[CallerClaims.Account] = account));
            (await Answer.ReadAsync(await party.GetAsync("/v1/agenda"))).ShouldBe(HttpStatusCode.OK).Body!["items"]!.AsArray().Count.ShouldBe(own, account);
        }
    }

    [Fact]
    public async Task An_objection_as_American_law_knows_it_is_no_step_of_this_one()
    {
        var dispute = await NotifiedAsync("2026-08-31T00:05");
        (await NextAsync()).ShouldNotContain("complaint", "he was told of no decision yet");
        await dispute.TakenDownAsync("2026-08-31T00:10");
        (await dispute.StepAsync("counter-notice", new { actor = dispute.Scenario.Respondent, reasonCode = "owner", statement = "Mine." })).ShouldBe(HttpStatusCode.Conflict, "Step_Not_Provided");
        (await NextAsync()).ShouldContain("complaint");
        (await NextAsync()).ShouldNotContain("counter-notice");

        async Task<IReadOnlyList<string>> NextAsync() => [.. (await dispute.ReadAsync())["next"]!["respondent"]!.AsArray().Select(step => (string)step!)];
    }

    [Fact]
    public async Task Whoever_complains_besides_joins_and_one_of_them_takes_only_his_own_complaint_back()
    {
        var dispute = await DownAsync("2026-08-31");
        var second = (await service.PostAsync("/v1/notices", LawCase.NoticeOf(dispute.Scenario, "eu-dsa", complainant: "agency-weber"))).ShouldBe(HttpStatusCode.Created);
        ((string)second.Body!["cases"]![0]!["caseId"]!).ShouldBe(dispute.Id);
        (await dispute.ReadAsync())["noticeIds"]!.AsArray().Count.ShouldBe(2);
        ((string)(await dispute.StepAtAsync("2026-09-02T09:00", "retraction", dispute.Scenario.Step(dispute.Scenario.Complainant))).ShouldBe(HttpStatusCode.OK).Body!["state"]!).ShouldBe("TakenDown");
        ((string)(await dispute.StepAsync("retraction", dispute.Scenario.Step("agency-weber"))).ShouldBe(HttpStatusCode.OK).Body!["state"]!).ShouldBe("Reinstated");
    }

    private async Task ShouldBeLiveAsync(LawCase dispute, string? country, bool live) =>
        ((bool)(await service.GetAsync($"/v1/images/{dispute.Scenario.Image}/availability{(country is null ? "" : $"?territory={country}")}")).ShouldBe(HttpStatusCode.OK).Body!["isLive"]!).ShouldBe(live, country);

    private static async Task InformAsync(LawCase dispute, string party, string at) =>
        (await dispute.StepAtAsync(at, "information", new { actor = "clerk", reasonCode = "Informed", statement = "By e-mail, with the redress.", party, toldAt = LawService.At(at, Brussels), proof = "msg_1" })).ShouldBe(HttpStatusCode.OK);

    [Theory]
    [InlineData("EU")]
    [InlineData("XX")]
    [InlineData("de")]
    public async Task What_is_no_country_takes_nothing_down_anywhere(string territory)
    {
        var dispute = await NotifiedAsync("2026-08-31T09:00");
        (await dispute.StepAtAsync("2026-08-31T10:00", "takedown", InCountries("DE", territory))).ShouldBe(HttpStatusCode.UnprocessableEntity, "Request_Invalid");
    }

    private static object InCountries(params string[] territories) => new { actor = "reviewer-mei", reasonCode = "Copyright", statement = "As the file shows.", legalBasis = "UrhG 97", territories };

    private Task<LawCase> NotifiedAsync(string at) => LawCase.NotifiedAsync(service, "eu-dsa", at, Brussels);

    private async Task<LawCase> DownAsync(string day) => await (await NotifiedAsync($"{day}T00:05")).TakenDownAsync($"{day}T00:10");
}
