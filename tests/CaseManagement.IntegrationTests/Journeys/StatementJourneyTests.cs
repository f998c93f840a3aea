using System.Net;
using ImageRights.TestKit;

namespace ImageRights.CaseManagement.IntegrationTests.Journeys;

/// <summary>The European Union: a decision in three countries, its statement of reasons, the database, the report of the year.</summary>
[Collection(PartiesCollection.Name)]
public class StatementJourneyTests(PartiesService service)
{
    [Fact]
    public async Task A_picture_down_in_three_countries_is_stated_in_the_same_transaction_and_told_to_the_database()
    {
        var complaint = await new Complaint(service).KnownAsync(LawService.At("2026-08-01T10:00", Complaint.Zone), isFound: true);
        await service.GoToAsync("2026-08-30T12:00", Complaint.Zone);
        (await complaint.NotifyAsync()).ShouldBe(HttpStatusCode.Created);
        await service.GoToAsync("2026-08-31T09:30", Complaint.Zone);
        var down = await complaint.StepAsync("takedown", new { actor = "reviewer-mei", reasonCode = "Copyright", statement = "As the series of negatives shows.", territories = new[] { "PT", "DE", "FR" } });
        down.ShouldBe(HttpStatusCode.OK);

        // In the transaction of the measure: no waiting.
        var statement = (await service.GetAsync($"/v1/cases/{complaint.CaseId}/statements-of-reasons")).ShouldBe(HttpStatusCode.OK).Body!.AsArray().ShouldHaveSingleItem()!;
        var id = (string)statement["statementId"]!;
        statement["parts"]!.AsArray().Select(part => (string)part!["letter"]!).ShouldBe(["a", "b", "c", "d", "f"]);
        ((string)statement["parts"]![0]!["text"]!).ShouldContain("DE, FR, PT");
        var chinese = (await service.GetAsync($"/v1/statements-of-reasons/{id}?language=zh")).ShouldBe(HttpStatusCode.OK);
        ((string)chinese.Body!["parts"]![2]!["text"]!).ShouldContain("自动比对");

        var told = await Eventually.GetAsync<System.Text.Json.Nodes.JsonObject>(() => Task.FromResult(service.Transparency.Stored.GetValueOrDefault(id)));
        told["decision_ground"]!.ToString().ShouldBe("DECISION_GROUND_ILLEGAL_CONTENT");
        told["category"]!.ToString().ShouldBe("STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS");
        told["category_specification"]!.AsArray().Select(each => each!.ToString()).ShouldBe(["KEYWORD_COPYRIGHT_INFRINGEMENT"]);
        told["content_type"]!.AsArray().Select(each => each!.ToString()).ShouldBe(["CONTENT_TYPE_IMAGE", "CONTENT_TYPE_PRODUCT"]);
        told["automated_detection"]!.ToString().ShouldBe("Yes");
        told["automated_decision"]!.ToString().ShouldBe("AUTOMATED_DECISION_PARTIALLY");
        told["territorial_scope"]!.AsArray().Select(each => each!.ToString()).ShouldBe(["DE", "FR", "PT"]);
        told["source_type"]!.ToString().ShouldBe("SOURCE_ARTICLE_16");
        (told["content_date"]!.ToString(), told["application_date"]!.ToString()).ShouldBe(("2026-08-01", "2026-08-31"));
        var text = told.ToJsonString();
        foreach (var secret in new[] { complaint.Respondent, complaint.Complainant, "Fang", "studio.example", "reviewer-mei" }) text.ShouldNotContain(secret);

        // The case's law is told with it.
        await Eventually.HoldsAsync(async () =>
        {
            var term = (await service.GetAsync($"/v1/cases/{complaint.CaseId}/deadlines")).Body!["deadlines"]!.AsArray().Single(term => (string)term!["rule"]! == "EU-05")!;
            ((string)term["status"]!).ShouldBe("Met");
        });
        var submission = (await service.GetAsync("/v1/transparency-submissions")).Body!["items"]!.AsArray().Single(row => (string)row!["puid"]! == id)!;
        var fact = (await service.GetAsync($"/v1/cases/{complaint.CaseId}/history")).Body!["events"]!.AsArray().Single(entry => (string)entry!["type"]! == "statement_submitted_v1")!;
        (fact["data"]!["particulars"]!["statementId"]!.ToString(), fact["data"]!["particulars"]!["reference"]!.ToString()).ShouldBe((id, (string?)submission["remoteId"]));
        fact["data"]!["speaker"]!.ToString().ShouldBe("Machine");

        (await complaint.MessageAsync("MeasureApplied", "Respondent")).ShouldSatisfyAllConditions(letter => letter.ShouldContain(id), letter => letter.ShouldContain("Found by who decided: As the series of negatives shows."));
        (await complaint.MessageAsync("MeasureApplied", "Respondent", "zh")).ShouldContain("决定人认定: As the series of negatives shows.");
        (await complaint.MessageAsync("MeasureApplied", "Complainant")).ShouldNotContain("series of negatives");
        (await complaint.MessageAsync("MeasureApplied", "Complainant", "zh")).ShouldContain("救济途径");

        await service.GoToAsync("2026-09-10T09:00", Complaint.Zone);
        (await complaint.StepAsync("reinstatement", complaint.Decision("reviewer-jo", "The licence was overlooked."))).ShouldBe(HttpStatusCode.OK);
        ((string)(await service.GetAsync($"/v1/statements-of-reasons/{id}")).Body!["endedOn"]!).ShouldBe("2026-09-10");
        (await complaint.MessageAsync("MeasureLifted", "Respondent")).ShouldContain("has ended");
    }

    [Fact]
    public async Task Words_with_a_name_in_them_stay_in_the_house_until_they_are_worded_anew()
    {
        var complaint = await new Complaint(service).KnownAsync(LawService.At("2026-08-01T10:00", Complaint.Zone));
        await service.GoToAsync("2026-08-30T12:00", Complaint.Zone);
        (await complaint.NotifyAsync()).ShouldBe(HttpStatusCode.Created);
        (await complaint.StepAsync("takedown", complaint.Decision(statement: "The photograph is by Fang Meiling."))).ShouldBe(HttpStatusCode.OK);
        var id = (string)(await service.GetAsync($"/v1/cases/{complaint.CaseId}/statements-of-reasons")).Body![0]!["statementId"]!;
        await Eventually.HoldsAsync(async () => (await service.GetAsync("/v1/transparency-submissions?state=Parked")).Body!["items"]!.AsArray().ShouldContain(row => (string)row!["puid"]! == id));
        service.Transparency.Stored.ContainsKey(id).ShouldBeFalse();
        // A letter cannot be erased: it names the statement, which has the words.
        (await complaint.MessageAsync("MeasureApplied", "Respondent")).ShouldSatisfyAllConditions(letter => letter.ShouldContain(id), letter => letter.ShouldNotContain("Meiling"));
        (await service.PostAsync($"/v1/statements-of-reasons/{id}/correction", new { actor = "officer-weber", why = "A name was in it.", statement = "The photograph is the complainant's." })).ShouldBe(HttpStatusCode.OK);
        await Eventually.HoldsAsync(() =>
        {
            service.Transparency.Stored.ContainsKey(id).ShouldBeTrue();
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task The_report_of_the_year_adds_up_to_the_log_and_agrees_with_what_was_told()
    {
        for (var number = 0; number < 3; number++)
        {
            var complaint = await new Complaint(service).KnownAsync(LawService.At("2027-02-01T10:00", Complaint.Zone));
            await service.GoToAsync("2027-02-10T12:00", Complaint.Zone);
            (await complaint.NotifyAsync()).ShouldBe(HttpStatusCode.Created);
            (await complaint.StepAsync("takedown", complaint.Decision())).ShouldBe(HttpStatusCode.OK);
        }
        await Eventually.HoldsAsync(async () =>
        {
            var report = await service.Http.GetAsync("/v1/transparency-report?year=2027");
            var csv = await report.Content.ReadAsStringAsync();
            csv.ShouldContain("2027,statements,all,3");
            csv.ShouldContain("2027,told,all,3");
            csv.ShouldContain("2027,automated_decision,AUTOMATED_DECISION_NOT_AUTOMATED,3");
            report.Headers.GetValues("Reconciliation").ShouldHaveSingleItem().ShouldBe("agrees");
        });
    }
}
