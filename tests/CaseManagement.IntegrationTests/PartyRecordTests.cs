using System.Net;
using System.Net.Http.Headers;
using System.Text;
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
