using System.Net.Http.Json;
using System.Text;
using ImageRights.Contracts.Ingestion.V1;

namespace ImageRights.Ingestion.IntegrationTests;

[Collection(nameof(SharedIngestion))]
public class LicencesTests(RunningIngestion ingestion)
{
    [Fact]
    public async Task A_licence_is_granted_listed_and_ended()
    {
        var workId = await ingestion.RegisterAsync("author-licences");
        var answer = await GrantAsync(new { workId, licenseeAccountId = "seller-l", from = "2024-05-01T10:00:00+02:00", until = "2034-05-01T00:00:00Z" });
        answer.Status.ShouldBe(201);
        var licenceId = answer.Accepted()["licenceId"]!.GetValue<string>();
        answer.Headers.Location!.ToString().ShouldBe($"/v1/licences/{licenceId}");
        var (_, granted) = await ingestion.Bus.HearAsync<LicenceGranted>(message => message.LicenceId == licenceId);
        granted.ShouldBe(new LicenceGranted(
            EventStore.DocumentStore.DefaultTenant, licenceId, workId, "seller-l", new DateTimeOffset(2024, 5, 1, 8, 0, 0, TimeSpan.Zero),
            new DateTimeOffset(2034, 5, 1, 0, 0, 0, TimeSpan.Zero), granted.GrantedAt));

        var list = (await ingestion.GetAsync($"/v1/licences?workId={workId}")).Accepted()["items"]!.AsArray();
        list.Single()!["status"]!.GetValue<string>().ShouldBe("granted");

        (await ingestion.SendAsync(HttpMethod.Delete, $"/v1/licences/{licenceId}")).ShouldBeProblem(428, "If_Match_Missing");
        (await ingestion.SendAsync(HttpMethod.Delete, $"/v1/licences/{licenceId}", version: "\"2\"")).ShouldBeProblem(412, "Version_Stale");
        var ended = await ingestion.SendAsync(HttpMethod.Delete, $"/v1/licences/{licenceId}", version: "\"1\"");
        ended.Status.ShouldBe(204);
        ended.Version.ShouldBe("\"2\"");
        var (_, told) = await ingestion.Bus.HearAsync<LicenceEnded>(message => message.LicenceId == licenceId);
        (told.WorkId, told.LicenseeAccountId).ShouldBe((workId, "seller-l"));
        (await ingestion.GetAsync($"/v1/licences/{licenceId}")).Body!["status"]!.GetValue<string>().ShouldBe("ended");
    }

    [Fact]
    public async Task A_licence_without_dates_begins_now_and_has_no_end()
    {
        var workId = await ingestion.RegisterAsync("author-open");
        var licence = (await GrantAsync(new { workId, licenseeAccountId = "seller-o" })).Accepted();
        licence["from"]!.GetValue<DateTimeOffset>().ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(5));
        licence["until"].ShouldBeNull();
    }

    [Fact]
    public async Task What_does_not_make_a_licence_is_refused()
    {
        var workId = await ingestion.RegisterAsync("author-refused");
        var before = await ingestion.FootprintAsync();
        (await GrantAsync(new { workId = "wrk_00000000000000000000000000000000", licenseeAccountId = "s" })).ShouldBeProblem(422, "Licence_Work_Unknown", "/workId");
        (await GrantAsync(new { workId = "anything", licenseeAccountId = "s" })).ShouldBeProblem(422, "Licence_Work_Unknown", "/workId");
        (await GrantAsync(new { licenseeAccountId = "s" })).ShouldBeProblem(422, "Request_Invalid", "/workId");
        (await GrantAsync(new { workId })).ShouldBeProblem(422, "Request_Invalid", "/licenseeAccountId");
        (await GrantAsync(new { workId, licenseeAccountId = "s", until = "2000-01-01T00:00:00Z" })).ShouldBeProblem(422, "Licence_Term_Empty", "/until");
        (await GrantAsync(new { workId, licenseeAccountId = "author-refused" })).ShouldBeProblem(422, "Licence_To_Owner", "/licenseeAccountId");
        (await GrantAsync(new { workId, licenseeAccountId = "s", untill = "2034-05-01T00:00:00Z" })).ShouldBeProblem(400, "Field_Unknown", "/untill");
        (await ingestion.FootprintAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task A_withdrawn_work_is_not_licensed()
    {
        var workId = await ingestion.RegisterAsync("author-withdrew");
        (await ingestion.SendAsync(HttpMethod.Delete, $"/v1/works/{workId}", version: "\"1\"")).Status.ShouldBe(204);
        (await GrantAsync(new { workId, licenseeAccountId = "s" })).ShouldBeProblem(422, "Licence_Work_Withdrawn", "/workId");
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"workId\":")]
    [InlineData("{\"workId\":7}")]
    [InlineData("{\"workId\":\"\\ud800\",\"licenseeAccountId\":\"a\"}")]
    [InlineData("{\"workId\":\"w\",\"licenseeAccountId\":\"a\",\"from\":\"tomorrow\"}")]
    [InlineData("{\"workId\":\"w\",\"licenseeAccountId\":\"a\",\"from\":\"0001-01-01T00:00:00+14:00\"}")]
    public async Task Malformed_json_is_a_malformed_request(string json) =>
        (await SendAsync(json)).ShouldBeProblem(400, "Request_Malformed");

    [Fact]
    public async Task Text_is_not_json() =>
        (await ingestion.SendAsync(HttpMethod.Post, "/v1/licences", new StringContent("workId=1", Encoding.UTF8, "text/plain"))).ShouldBeProblem(415, "Media_Type_Unsupported");

    [Fact]
    public async Task A_nul_in_a_name_is_not_a_name() =>
        (await SendAsync("{\"workId\":\"w\",\"licenseeAccountId\":\"a\\u0000b\"}")).ShouldBeProblem(422, "Request_Invalid", "/licenseeAccountId");

    [Fact]
    public async Task A_body_of_megabytes_is_too_large() =>
        (await SendAsync($"{{\"workId\":\"{new string('w', 100_000)}\"}}")).ShouldBeProblem(413, "Request_Too_Large");

    [Theory]
    [InlineData("lic_00000000000000000000000000000000")]
    [InlineData("lic")]
    public async Task Unknown_licences_are_not_found(string id)
    {
        (await ingestion.GetAsync($"/v1/licences/{id}")).ShouldBeProblem(404, "Licence_Not_Found");
        (await ingestion.SendAsync(HttpMethod.Delete, $"/v1/licences/{id}", version: "*")).ShouldBeProblem(404, "Licence_Not_Found");
    }

    [Fact]
    public async Task Other_methods_and_addresses_are_problems_too()
    {
        (await ingestion.SendAsync(HttpMethod.Put, "/v1/licences")).ShouldBeProblem(405, "Method_Not_Allowed");
        (await ingestion.GetAsync("/v1/nothing")).ShouldBeProblem(404, "Not_Found");
    }

    private Task<Answer> GrantAsync(object request) => ingestion.SendAsync(HttpMethod.Post, "/v1/licences", JsonContent.Create(request));

    private Task<Answer> SendAsync(string json) => ingestion.SendAsync(HttpMethod.Post, "/v1/licences", new StringContent(json, Encoding.UTF8, "application/json"));
}
