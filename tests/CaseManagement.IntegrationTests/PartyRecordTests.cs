using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using ImageRights.Contracts.Matching.V1;
using ImageRights.EventStore.Transparency;
using ImageRights.TestKit;
using ImageRights.Verifier;

namespace ImageRights.CaseManagement.IntegrationTests;

/// <summary>The history and the file of a case as its parties are given them.</summary>
[Collection(ServiceCollection.Name)]
public class PartyRecordTests(RunningService service)
{
    private const string ReviewersWords = "Between us: the third this week.", RespondentsWords = "It is my own photograph.", Reviewer = "reviewer-mei";

    [Fact]
    public async Task Each_side_reads_its_own_acts_whole_and_of_the_others_what_it_was_told()
    {
        var disputed = await DisputedAsync();
        var (complainant, respondent) = (disputed.Scenario.Complainant, disputed.Scenario.Respondent);
        // Messages follow the facts.
        var own = await Eventually.GetAsync(async () => (await AsAsync(complainant, $"/v1/cases/{disputed.Id}/history")).Body is { } history && history["events"]!.AsArray().Count == 2 ? history : null, what: "The complainant's history");
        own["events"]!.AsArray().Select(entry => ((string)entry!["type"]!, (string)entry["actor"]!)).ShouldBe([("case_opened_v1", $"tester/{complainant}"), ("measure_applied_v1", "Platform")]);
        ((string)own["events"]![0]!["data"]!["act"]!["statement"]!).ShouldBe("It is my photograph.");
        (own["events"]![0]!["eventId"] is not null, own["events"]![1]!["eventId"] is null).ShouldBe((true, true));
        ShouldHide(own.ToJsonString(), Reviewer, ReviewersWords, RespondentsWords);

        var theirs = await Eventually.GetAsync(async () => (await AsAsync(respondent, $"/v1/cases/{disputed.Id}/history")).Body is { } history && history["events"]!.AsArray().Count == 3 ? history : null, what: "The respondent's history");
        theirs["events"]!.AsArray().Select(entry => (string)entry!["actor"]!).ShouldBe(["Complainant", "Platform", $"tester/{respondent}"]);
        theirs.ToJsonString().ShouldContain(RespondentsWords);
        theirs.ToJsonString().ShouldContain(ReviewersWords, Case.Sensitive, "the reasons of the measure are stated to whom it restricts");
        ShouldHide(theirs.ToJsonString(), Reviewer, "It is my photograph.", "rpt_");

        // As it was then, too; and to others there is no such case.
        (await AsAsync(respondent, $"/v1/cases/{disputed.Id}/history?version=1")).Body!["events"]!.AsArray().Count.ShouldBe(1);
        foreach (var path in new[] { "history", "export", "damage-ledger?salesPerHour=1&currency=USD" })
            (await AsAsync("a-stranger", $"/v1/cases/{disputed.Id}/{path}")).ShouldBe(HttpStatusCode.NotFound, "Case_Not_Found");
        // What it cost is the respondent's to know.
        var ledger = $"/v1/cases/{disputed.Id}/damage-ledger?salesPerHour=1&currency=USD";
        ((await AsAsync(respondent, ledger)).Status, (await AsAsync(complainant, ledger)).Status).ShouldBe((HttpStatusCode.OK, HttpStatusCode.NotFound));
    }

    [Fact]
    public async Task Each_side_s_file_proves_itself_and_says_where_what_it_lacks_stands()
    {
        var disputed = await DisputedAsync();
        var (complainant, respondent) = (disputed.Scenario.Complainant, disputed.Scenario.Respondent);
        await Eventually.HoldsAsync(async () => (await AsAsync(respondent, $"/v1/cases/{disputed.Id}/history")).Body!["events"]!.AsArray().Count.ShouldBe(3));
        foreach (var (account, type, hidden) in new[] { (complainant, "case_opened_v1", RespondentsWords), (respondent, "counter_notice_received_v1", "It is my photograph.") })
        {
            var archive = await ExportAsync(account, disputed.Id);
            var report = new CaseFileCheck(archive, await KeysAsync()).Run();
            (report.Wrong, report.Events, report.Withheld).ShouldBe((null, 1, 2));
            var files = StoredZip.Read(archive);
            CaseFileManifest.Parse(files[0].Content.Span).Records[0].Events.ShouldHaveSingleItem().Type.ShouldBe(type);
            foreach (var (name, content) in files.Where(file => !file.Name.EndsWith(".pdf", StringComparison.Ordinal))) ShouldHide($"{name} {Encoding.UTF8.GetString(content.Span)}", Reviewer, hidden);
            files.ShouldContain(file => file.Name == "history.json");
            Encoding.UTF8.GetString(files.Single(file => file.Name == "case.html").Content.Span).ShouldContain("The picture was taken down");
        }
    }

    [Fact]
    public async Task Nothing_that_is_withheld_can_be_changed_or_left_out_unnoticed()
    {
        var disputed = await DisputedAsync();
        var archive = await ExportAsync(disputed.Scenario.Complainant, disputed.Id);
        var keys = await KeysAsync();
        var files = StoredZip.Read(archive);
        var manifest = CaseFileManifest.Parse(files[0].Content.Span);
        using var signer = LogSigner.Ephemeral(manifest.Records[0].Log);

        Wrong(held => held).ShouldBeNull();
        Wrong(held => [held[0] with { LeafHash = [.. held[0].LeafHash.Select(octet => (byte)~octet)] }, held[1]]).ShouldNotBeNull().ShouldContain("does not lead to the root");
        Wrong(held => [held[0] with { Index = held[1].Index }, held[1]]).ShouldNotBeNull().ShouldContain("does not lead to the root");
        Wrong(held => [held[0], held[0]]).ShouldNotBeNull().ShouldContain("is there twice");
        Wrong(held => [held[1]]).ShouldNotBeNull().ShouldContain("does not follow on the others");
        Wrong(held => [held[0], held[1] with { Version = 9 }]).ShouldNotBeNull().ShouldContain("does not follow on the others");
        Wrong(held => [held[0] with { LeafHash = [1] }, held[1]]).ShouldNotBeNull();

        // Whoever has the log's key and forges the file has not the log.
        string? Wrong(Func<IReadOnlyList<CaseFileWithheld>, IReadOnlyList<CaseFileWithheld>> change)
        {
            var forged = manifest with { Records = [manifest.Records[0] with { Withheld = change(manifest.Records[0].Withheld!) }] };
            var note = Encoding.UTF8.GetBytes(signer.Sign(CaseFileManifest.Statement(manifest.CaseId, forged.ToBytes())));
            return new CaseFileCheck(StoredZip.Write([(CaseFileManifest.Path, forged.ToBytes()), (CaseFileManifest.NotePath, note), .. files.Skip(2)]), [.. keys, signer.Verifier]).Run().Wrong;
        }
    }

    [Fact]
    public async Task A_dossier_shows_a_party_the_cases_that_it_is_in()
    {
        var disputed = await DisputedAsync();
        var dossier = $"/v1/dossiers/{(string)(await service.GetAsync($"/v1/cases/{disputed.Id}")).Body!["dossierId"]!}";
        foreach (var account in new[] { disputed.Scenario.Complainant, disputed.Scenario.Respondent })
            (await AsAsync(account, dossier)).ShouldBe(HttpStatusCode.OK).Body!["items"]!.AsArray().Select(item => (string)item!["caseId"]!).ShouldBe([disputed.Id]);
        (await AsAsync("a-stranger", dossier)).ShouldBe(HttpStatusCode.NotFound, "Dossier_Not_Found");
    }

    [Fact]
    public async Task The_owner_of_a_work_that_was_found_is_told_once_and_can_say_that_he_allowed_it()
    {
        var found = new Scenarios(service);
        await service.SayAsync(found.Screened(ScreeningVerdict.Match, found.Hit()));
        var caseId = await CaseOfAsync(found);
        var told = (await Eventually.GetAsync(async () => await MessagesAsync(found.Complainant, caseId) is { Length: > 0 } messages ? messages : null, what: "The owner's message")).ShouldHaveSingleItem();
        ((string)told["fact"]!, (string)told["party"]!, (string)told["subject"]!).ShouldBe(("WorkFound", "Complainant", "Your work was found in another account's picture"));
        ((string)told["body"]!).ShouldContain(found.Work);
        ShouldHide((string)told["body"]!, found.Respondent, "listing-7");
        var seen = (await AsAsync(found.Complainant, $"/v1/cases/{caseId}/history")).Body!["events"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)seen["type"]!, (string)seen["actor"]!).ShouldBe(("case_opened_v1", "Platform"));
        ShouldHide(seen.ToJsonString(), "Screening at upload found");

        // The same finding again, and one of the search that follows a registration, add nothing.
        await service.SayAsync(found.Screened(ScreeningVerdict.Match, found.Hit()));
        await service.SayAsync(found.Copy());
        await found.DrainedAsync();
        (await MessagesAsync(found.Respondent, caseId)).ShouldBeEmpty();
        ((string)(await service.PostAsync($"/v1/cases/{caseId}/retraction", found.Step(found.Complainant, "Allowed", "He may."), "*")).ShouldBe(HttpStatusCode.OK).Body!["state"]!).ShouldBe("Closed");
        await Eventually.HoldsAsync(async () => (await MessagesAsync(found.Complainant, caseId)).Select(message => (string)message["fact"]!).ShouldBe(["WorkFound", "NoticeRetracted", "CaseClosed"]));
        // Who is told of an event sees it.
        (await AsAsync(found.Complainant, $"/v1/cases/{caseId}/history")).Body!["events"]!.AsArray().Count.ShouldBe(3);
    }

    [Fact]
    public async Task The_owner_of_a_work_that_is_found_in_a_case_of_somebody_else_joins_it_and_is_told_once()
    {
        var found = await new Scenarios(service).KnownAsync();
        var reporter = $"agency-{found.Complainant}";
        var caseId = (string)(await service.PostAsync("/v1/reports", found.Report(reporter))).ShouldBe(HttpStatusCode.Created).Body!["caseId"]!;
        await Eventually.HoldsAsync(async () => (await MessagesAsync(reporter, caseId)).Select(message => (string)message["fact"]!).ShouldBe(["CaseOpened"]));
        (await AsAsync(found.Complainant, $"/v1/cases/{caseId}/history")).ShouldBe(HttpStatusCode.NotFound, "Case_Not_Found");

        await service.SayAsync(found.Copy());
        await Eventually.HoldsAsync(async () => (await MessagesAsync(found.Complainant, caseId)).Select(message => (string)message["fact"]!).ShouldBe(["WorkFound"]));
        await service.SayAsync(found.Copy());
        await found.DrainedAsync();
        (await AsAsync(found.Complainant, $"/v1/cases/{caseId}/history")).Body!["events"]!.AsArray().Select(entry => ((string)entry!["type"]!, (string)entry["actor"]!))
            .ShouldBe([("case_opened_v1", "Complainant"), ("complainant_joined_v1", "Platform")]);
        // The other complainant and the respondent were not told, and see what they saw.
        foreach (var other in new[] { reporter, found.Respondent })
            (await AsAsync(other, $"/v1/cases/{caseId}/history")).Body!["events"]!.AsArray().ShouldHaveSingleItem();

        (await service.PostAsync($"/v1/cases/{caseId}/takedown", found.Step(Reviewer), "*")).ShouldBe(HttpStatusCode.OK);
        await Eventually.HoldsAsync(async () => (await MessagesAsync(found.Complainant, caseId)).Select(message => (string)message["fact"]!).ShouldBe(["WorkFound", "MeasureApplied"]));
        await Eventually.HoldsAsync(async () => (await MessagesAsync(reporter, caseId)).Select(message => (string)message["fact"]!).ShouldBe(["CaseOpened", "MeasureApplied"]));
    }

    private async Task<string> CaseOfAsync(Scenarios found) => await Eventually.GetAsync(async () =>
        (string?)(await service.GetAsync($"/v1/cases?imageId={found.Image}")).ShouldBe(HttpStatusCode.OK).Body!["items"]!.AsArray().SingleOrDefault()?["caseId"], what: "The case");

    private async Task<JsonNode[]> MessagesAsync(string account, string caseId) =>
        [.. (await AsAsync(account, $"/v1/cases/{caseId}/messages?language=en")).ShouldBe(HttpStatusCode.OK).Body!.AsArray().Select(message => message!)];

    private async Task<OpenedCase> DisputedAsync()
    {
        var opened = await new Scenarios(service).ReportedAsync();
        (await opened.TakeAsync("takedown", opened.Scenario.Step(Reviewer, statement: ReviewersWords))).ShouldBe(HttpStatusCode.OK);
        (await opened.TakeAsync("counter-notice", opened.Scenario.Step(opened.Scenario.Respondent, "Own_Work", RespondentsWords))).ShouldBe(HttpStatusCode.OK);
        return opened;
    }

    private static void ShouldHide(string text, params string[] secrets)
    {
        foreach (var secret in secrets) text.ShouldNotContain(secret);
    }

    private async Task<HttpResponseMessage> SendAsync(string account, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestAccess.Token(TestAccess.Tenant, ["seller", "rights-holder"], change: claims => claims["account"] = account));
        return await service.Http.SendAsync(request);
    }

    private async Task<Answer> AsAsync(string account, string path)
    {
        using var response = await SendAsync(account, path);
        return await Answer.ReadAsync(response);
    }

    private async Task<byte[]> ExportAsync(string account, string caseId)
    {
        using var response = await SendAsync(account, $"/v1/cases/{caseId}/export");
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return await response.Content.ReadAsByteArrayAsync();
    }

    private async Task<IReadOnlyList<LogVerifier>> KeysAsync() => [.. (await service.Http.GetStringAsync("/v1/log/keys")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(LogVerifier.Parse)];
}
