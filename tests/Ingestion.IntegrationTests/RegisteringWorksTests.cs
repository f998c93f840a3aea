using System.Net.Http.Json;
using ImageRights.Contracts.Ingestion.V1;

namespace ImageRights.Ingestion.IntegrationTests;

[Collection(nameof(SharedIngestion))]
public class RegisteringWorksTests(RunningIngestion ingestion)
{
    [Fact]
    public async Task An_original_is_registered_kept_and_told_of()
    {
        var file = SampleFiles.Read("photo.jpg");
        var answer = await ingestion.SendAsync(
            "/v1/works", file, null, ("accountId", "author-1"), ("title", "外套, autumn"), ("author", "Ada Example"), ("createdOn", "2020-02-29"), ("description", "Studio\nDaylight"));
        answer.Status.ShouldBe(201);
        var workId = answer.Accepted()["workId"]!.GetValue<string>();
        answer.Headers.Location!.ToString().ShouldBe($"/v1/works/{workId}");

        var view = await ingestion.GetAsync($"/v1/works/{workId}");
        view.Version.ShouldBe("\"1\"");
        view.Body!["title"]!.GetValue<string>().ShouldBe("外套, autumn");
        view.Body["description"]!.GetValue<string>().ShouldBe("Studio\nDaylight");
        view.Body["pdqQuality"]!.GetValue<int>().ShouldBe(90);

        var (_, contract) = await ingestion.Bus.HearAsync<WorkRegistered>(message => message.WorkId == workId);
        contract.ShouldBe(new WorkRegistered(
            EventStore.DocumentStore.DefaultTenant, workId, "author-1", "外套, autumn", null, new DateOnly(2020, 2, 29),
            RunningIngestion.Sha256(file), "JPEG", 400, 534, contract.RegisteredAt));
        (await ingestion.GetAsync("/v1/works?accountId=author-1")).Accepted()["items"]!.AsArray().Single()!["workId"]!.GetValue<string>().ShouldBe(workId);
    }

    [Fact]
    public async Task A_portrait_is_registered_listed_and_told_of_as_one()
    {
        var file = SampleFiles.Read("photo.jpg");
        var answer = await ingestion.SendAsync("/v1/works", file, null, ("accountId", "person-1"), ("title", "Me"), ("author", "Ada Example"), ("kind", "portrait"));
        answer.Status.ShouldBe(201, answer.Text);
        var id = answer.Accepted()["workId"]!.GetValue<string>();
        (await ingestion.Bus.HearAsync<WorkRegistered>(message => message.WorkId == id)).Contract.Kind.ShouldBe(WorkKind.Portrait);
        (await ingestion.GetAsync("/v1/works?accountId=person-1&kind=Portrait")).Accepted()["items"]!.AsArray().Single()!["kind"]!.GetValue<string>().ShouldBe("Portrait");
        (await ingestion.GetAsync("/v1/works?accountId=person-1&kind=Original")).Accepted()["items"]!.AsArray().ShouldBeEmpty();
        (await ingestion.SendAsync("/v1/works", file, null, ("accountId", "person-1"), ("title", "Me"), ("author", "Ada Example"), ("kind", "selfie"))).ShouldBeProblem(422, "Request_Invalid", "/kind");
    }

    [Fact]
    public async Task An_original_is_withdrawn_by_whoever_knows_its_version_and_says_who_and_why()
    {
        var path = $"/v1/works/{(await RegisterAsync(SampleFiles.Read("photo.jpg"))).Accepted()["workId"]}";
        var before = (await ingestion.GetAsync(path)).Body!;
        (await ingestion.SendAsync(HttpMethod.Delete, path)).ShouldBeProblem(428, "If_Match_Missing");
        (await ingestion.SendAsync(HttpMethod.Delete, path, version: "\"7\"")).ShouldBeProblem(412, "Version_Stale");
        (await ingestion.SendAsync(HttpMethod.Delete, $"{path}?reason={new string('x', 201)}", version: "\"1\"")).ShouldBeProblem(422, "Request_Invalid", "/reason");
        (await ingestion.SendAsync(HttpMethod.Delete, $"/v1/works/wrk_{Guid.CreateVersion7():N}", version: "\"1\"")).ShouldBeProblem(404, "Work_Not_Found");

        var withdrawn = await ingestion.SendAsync(HttpMethod.Delete, $"{path}?reason=Registered%20by%20mistake", version: "\"1\"");
        (withdrawn.Status, withdrawn.Version).ShouldBe((204, "\"2\""));
        var view = (await ingestion.GetAsync(path)).Body!;
        (view["withdrawalReason"]!.GetValue<string>(), view["title"]!.GetValue<string>()).ShouldBe(("Registered by mistake", before["title"]!.GetValue<string>()));
        view["withdrawnBy"]!.GetValue<string>().ShouldNotBeEmpty();
        var id = view["workId"]!.GetValue<string>();
        await ingestion.Bus.HearAsync<WorkWithdrawn>(message => message.WorkId == id && message.AccountId == view["accountId"]!.GetValue<string>());

        (await ingestion.SendAsync(HttpMethod.Delete, path, version: "\"2\"")).Status.ShouldBe(204);
        (await ingestion.EventsAsync()).Count(stored => stored.Stream == $"work-{id}").ShouldBe(2);
    }

    [Fact]
    public async Task An_original_is_suspended_with_a_reason_and_resumed()
    {
        var path = $"/v1/works/{(await RegisterAsync(SampleFiles.Read("photo.jpg"))).Accepted()["workId"]}";
        (await ingestion.SendAsync(HttpMethod.Put, $"{path}/suspension", JsonContent.Create(new { }), version: "\"1\"")).ShouldBeProblem(422, "Request_Invalid", "/reason");
        (await ingestion.SendAsync(HttpMethod.Put, $"{path}/suspension", JsonContent.Create(new { reason = "Two authors" }))).ShouldBeProblem(428, "If_Match_Missing");
        (await ingestion.SendAsync(HttpMethod.Put, $"/v1/works/wrk_{Guid.CreateVersion7():N}/suspension", JsonContent.Create(new { reason = "Two authors" }), version: "\"1\"")).ShouldBeProblem(404, "Work_Not_Found");

        (await ingestion.SendAsync(HttpMethod.Put, $"{path}/suspension", JsonContent.Create(new { reason = "Two authors" }), version: "\"1\"")).Status.ShouldBe(204);
        var view = (await ingestion.GetAsync(path)).Body!;
        view["suspension"]!["reason"]!.GetValue<string>().ShouldBe("Two authors");
        var id = view["workId"]!.GetValue<string>();
        var suspended = await ingestion.Bus.HearAsync<WorkSuspended>(message => message.WorkId == id);
        (await ingestion.SendAsync(HttpMethod.Delete, $"{path}/suspension", version: "\"2\"")).Status.ShouldBe(204);
        (await ingestion.GetAsync(path)).Body!["suspension"].ShouldBeNull();
        (await ingestion.Bus.HearAsync<WorkResumed>(message => message.WorkId == id)).Contract.SuspensionId.ShouldBe(suspended.Contract.SuspensionId);
    }

    [Fact]
    public async Task A_featureless_picture_is_not_registered()
    {
        var before = await ingestion.FootprintAsync();
        ingestion.Fingerprint.Answers = FingerprintDouble.Decoded(49);
        try
        {
            var answer = await RegisterAsync(SampleFiles.Read("photo.jpg"));
            answer.ShouldBeProblem(422, "Reg_Featureless", "/file");
        }
        finally
        {
            ingestion.Fingerprint.Answers = FingerprintDouble.Decoded(90);
        }
        (await ingestion.FootprintAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task A_small_picture_is_not_registered()
    {
        var before = await ingestion.FootprintAsync();
        (await RegisterAsync(SampleFiles.Read("small.jpg"))).ShouldBeProblem(422, "Reg_Resolution_Low", "/file");
        (await ingestion.FootprintAsync()).ShouldBe(before);
    }

    [Theory]
    [InlineData("accountId", "")]
    [InlineData("accountId", "two words")]
    [InlineData("title", "")]
    [InlineData("title", "two\nlines")]
    [InlineData("author", " ")]
    [InlineData("createdOn", "yesterday")]
    [InlineData("createdOn", "2999-01-01")]
    public async Task A_field_that_is_wrong_is_named(string name, string value)
    {
        var fields = new Dictionary<string, string> { ["accountId"] = "author-2", ["title"] = "Coat", ["author"] = "Ada Example", ["createdOn"] = "2020-01-01", [name] = value };
        var before = await ingestion.FootprintAsync();
        (await ingestion.SendAsync("/v1/works", SampleFiles.Read("photo.jpg"), null, [.. fields.Select(field => (field.Key, field.Value))])).ShouldBeProblem(422, "Request_Invalid", $"/{name}");
        (await ingestion.FootprintAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task Unknown_works_are_not_found() => (await ingestion.GetAsync("/v1/works/wrk_00000000000000000000000000000000")).ShouldBeProblem(404, "Work_Not_Found");

    private Task<Answer> RegisterAsync(byte[] file) => ingestion.SendAsync("/v1/works", file, null, ("accountId", "author-3"), ("title", "Coat"), ("author", "Ada Example"));
}
