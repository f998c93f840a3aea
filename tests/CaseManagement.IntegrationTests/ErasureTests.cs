using System.Net;
using System.Text;
using ImageRights.Contracts.Ingestion.V1;
using ImageRights.EventStore;
using ImageRights.EventStore.Transparency;
using ImageRights.TestKit;
using ImageRights.Verifier;
using Npgsql;

namespace ImageRights.CaseManagement.IntegrationTests;

[Collection(ServiceCollection.Name)]
public class ErasureTests(RunningService service)
{
    private static object Request(string person, string basis = "GDPR_17_1_b") => new { personId = person, legalBasis = basis, actor = "agent-li" };

    [Fact]
    public async Task The_words_of_a_notice_go_with_their_key_and_the_case_file_still_verifies()
    {
        var scenario = await new Scenarios(service).KnownAsync();
        var words = $"Words of {Guid.CreateVersion7():N}";
        var notice = (await service.PostAsync("/v1/notices", new
        {
            regime = "us-dmca-512",
            rightType = "Copyright",
            complainantAccountId = scenario.Complainant,
            workId = scenario.Work,
            elements = new[] { "signature", "work", "contact", "goodFaith", "accuracyPerjury" }.ToDictionary(field => field, _ => words),
            items = new[] { new { imageId = scenario.Image } },
        })).ShouldBe(HttpStatusCode.Created);
        var (noticeId, caseId) = ((string)notice.Body!["noticeId"]!, (string)notice.Body["cases"]![0]!["caseId"]!);
        (await EverywhereAsync(words)).ShouldBe(0);
        (await DocumentAsync(caseId, noticeId)).ShouldContain(words);

        (await service.PostAsync("/v1/erasures", Request(scenario.Complainant))).ShouldBe(HttpStatusCode.Conflict, "Erasure_Held_By_Case");
        var tag = (await service.GetAsync($"/v1/cases/{caseId}")).ETag!;
        (await service.PostAsync($"/v1/cases/{caseId}/dismissal", scenario.Step("reviewer-mei"), tag)).ShouldBe(HttpStatusCode.OK);
        ((string)(await service.GetAsync($"/v1/cases/{caseId}")).Body!["state"]!).ShouldBe("Closed");

        var hold = (await service.PostAsync("/v1/holds", new { personId = scenario.Complainant, reason = "Proceeding 12 O 34/26", by = "counsel-wu" })).ShouldBe(HttpStatusCode.Created);
        (await service.PostAsync("/v1/erasures", Request(scenario.Complainant))).ShouldBe(HttpStatusCode.Conflict, "Erasure_On_Hold");
        (await service.PostAsync($"{hold.Location}/lift", new { reason = "It ended.", by = "counsel-wu" })).ShouldBe(HttpStatusCode.OK);
        (await service.PostAsync($"{hold.Location}/lift", new { reason = "It ended.", by = "counsel-wu" })).ShouldBe(HttpStatusCode.OK);
        (await service.GetAsync(hold.Location!)).ShouldBe(HttpStatusCode.OK).Body!["liftedBy"].ShouldNotBeNull();
        (await service.PostAsync("/v1/erasures", Request(scenario.Complainant, basis: "because!"))).ShouldBe(HttpStatusCode.UnprocessableEntity, "Request_Invalid");

        var accepted = (await service.PostAsync("/v1/erasures", Request(scenario.Complainant), idempotencyKey: noticeId)).ShouldBe(HttpStatusCode.Accepted);
        (await service.PostAsync("/v1/erasures", Request(scenario.Complainant), idempotencyKey: noticeId)).ShouldSatisfyAllConditions(
            again => again.Replayed.ShouldBeTrue(), again => ((string)again.Body!["erasureId"]!).ShouldBe((string)accepted.Body!["erasureId"]!));
        (await service.PostAsync($"{accepted.Location}/approval", new { actor = "agent-li" })).ShouldBe(HttpStatusCode.UnprocessableEntity, "Erasure_Same_Person");
        ((string?)(await service.GetAsync(accepted.Location!)).Body!["approvedBy"]).ShouldBeNull("one person destroys nothing");
        ((string)(await service.PostAsync($"{accepted.Location}/approval", new { actor = "counsel-wu" })).ShouldBe(HttpStatusCode.OK).Body!["approvedBy"]!).ShouldBe("counsel-wu");
        (await service.PostAsync($"{accepted.Location}/approval", new { actor = "counsel-wu" })).ShouldBe(HttpStatusCode.OK);
        await Eventually.HoldsAsync(async () => (await service.GetAsync(accepted.Location!)).Body!["services"]!.AsArray().Single(progress => (string)progress!["service"]! == "casemanagement")!["keys"]!.GetValue<int>().ShouldBe(1));
        (await service.GetAsync(accepted.Location!)).Body!["isDone"]!.GetValue<bool>().ShouldBeFalse("Ingestion has not answered");
        var answer = new PersonErased(DocumentStore.DefaultTenant, (string)accepted.Body!["erasureId"]!, scenario.Complainant, 3, DateTimeOffset.UtcNow);
        await service.SayAsync(answer);
        await service.SayAsync(answer);
        await Eventually.HoldsAsync(async () => (await service.GetAsync(accepted.Location!)).Body!["isDone"]!.GetValue<bool>().ShouldBeTrue());

        (await DocumentAsync(caseId, noticeId)).ShouldSatisfyAllConditions(text => text.ShouldNotContain(words), text => text.ShouldContain(PersonalFields.Erased));
        (await service.GetAsync("/v1/erasures/ers_00000000000000000000000000000000")).ShouldBe(HttpStatusCode.NotFound, "Erasure_Not_Found");
        (await service.PostAsync("/v1/erasures/ers_00000000000000000000000000000000/approval", new { actor = "counsel-wu" })).ShouldBe(HttpStatusCode.NotFound, "Erasure_Not_Found");
        (await service.PostAsync("/v1/holds/hld_00000000000000000000000000000000/lift", new { reason = "x", by = "y" })).ShouldBe(HttpStatusCode.NotFound, "Hold_Not_Found");
    }

    private async Task<string> DocumentAsync(string caseId, string noticeId)
    {
        var archive = await service.Http.GetByteArrayAsync($"/v1/cases/{caseId}/export");
        var keys = (await service.Http.GetStringAsync("/v1/log/keys")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(LogVerifier.Parse).ToList();
        new CaseFileCheck(archive, keys).Run().Wrong.ShouldBeNull();
        return Encoding.UTF8.GetString(StoredZip.Read(archive).Single(file => file.Name == $"documents/{noticeId}.json").Content.Span);
    }

    /// <summary>Rows of any table of the service in which a text stands.</summary>
    private async Task<int> EverywhereAsync(string text)
    {
        await using var source = NpgsqlDataSource.Create(service.Database);
        var tables = new List<string>();
        await using (var command = source.CreateCommand("select table_name::text from information_schema.tables where table_schema = 'public'"))
        {
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync()) tables.Add(reader.GetString(0));
        }
        var found = 0;
        foreach (var table in tables)
        {
            await using var command = source.CreateCommand($"select count(*)::int from {table} t where t::text like '%' || $1 || '%'");
            command.Parameters.Add(new() { Value = text });
            found += (int)(await command.ExecuteScalarAsync())!;
        }
        return found;
    }
}
