using System.Net.Http.Json;

namespace ImageRights.Ingestion.IntegrationTests;

[Collection(nameof(SharedIngestion))]
public class IdempotencyTests(RunningIngestion ingestion)
{
    [Fact]
    public async Task An_upload_that_is_sent_again_gets_the_same_answer_and_leaves_one_fact()
    {
        var key = Guid.NewGuid().ToString();
        var file = SampleFiles.Read("lossy.webp");
        var first = await ingestion.SendAsync("/v1/images", file, key, ("accountId", "seller-key"));
        var before = await ingestion.FootprintAsync();
        var second = await ingestion.SendAsync("/v1/images", file, key, ("accountId", "seller-key"));
        second.Status.ShouldBe(202);
        second.Accepted()["imageId"]!.GetValue<string>().ShouldBe(first.Accepted()["imageId"]!.GetValue<string>());
        second.Headers.Location.ShouldBe(first.Headers.Location);
        second.Version.ShouldBe(first.Version);
        first.Version.ShouldBe("\"1\"");
        second.Headers.GetValues("Idempotent-Replayed").ShouldBe(["true"]);
        (await ingestion.FootprintAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task The_key_with_another_request_is_refused()
    {
        var key = Guid.NewGuid().ToString();
        (await ingestion.SendAsync("/v1/images", SampleFiles.Read("small.jpg"), key, ("accountId", "seller-key"))).Status.ShouldBe(202);
        var before = await ingestion.FootprintAsync();
        (await ingestion.SendAsync("/v1/images", SampleFiles.Read("small.png"), key, ("accountId", "seller-key"))).ShouldBeProblem(422, "Idempotency_Key_Reused");
        (await ingestion.SendAsync("/v1/images", SampleFiles.Read("small.jpg"), key, ("accountId", "seller-other"))).ShouldBeProblem(422, "Idempotency_Key_Reused");
        (await ingestion.SendAsync("/v1/images", SampleFiles.Read("small.jpg"), key, ("accountId", "seller-key"), ("surface", "Avatar"))).ShouldBeProblem(422, "Idempotency_Key_Reused");
        (await ingestion.FootprintAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task Many_with_one_key_at_once_leave_one_fact()
    {
        var key = Guid.NewGuid().ToString();
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => ingestion.SendAsync("/v1/images", SampleFiles.Read("small.avif"), key, ("accountId", "seller-crowd"))));
        foreach (var answer in answers.Where(answer => answer.Status != 202)) answer.ShouldBeProblem(409, "Idempotency_Key_In_Progress");
        answers.Where(answer => answer.Status == 202).Select(answer => answer.Body!["imageId"]!.GetValue<string>()).Distinct().Count().ShouldBe(1);
        (await ingestion.GetAsync("/v1/images?accountId=seller-crowd")).Accepted()["items"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Works_and_licences_are_created_once_too()
    {
        var key = Guid.NewGuid().ToString();
        (string, string)[] fields = [("accountId", "author-key"), ("title", "Coat"), ("author", "Ada Example")];
        var first = (await ingestion.SendAsync("/v1/works", SampleFiles.Read("photo.jpg"), key, fields)).Accepted()["workId"]!.GetValue<string>();
        (await ingestion.SendAsync("/v1/works", SampleFiles.Read("photo.jpg"), key, fields)).Accepted()["workId"]!.GetValue<string>().ShouldBe(first);
        (await ingestion.SendAsync("/v1/works", SampleFiles.Read("photo.jpg"), key, [.. fields, ("description", "another")])).ShouldBeProblem(422, "Idempotency_Key_Reused");

        var licence = (await GrantAsync("seller-1")).Accepted()["licenceId"]!.GetValue<string>();
        (await GrantAsync("seller-1")).Accepted()["licenceId"]!.GetValue<string>().ShouldBe(licence);
        (await GrantAsync("seller-2")).ShouldBeProblem(422, "Idempotency_Key_Reused");
        (await ingestion.GetAsync($"/v1/licences?workId={first}")).Accepted()["items"]!.AsArray().Count.ShouldBe(1);

        Task<Answer> GrantAsync(string licensee) =>
            ingestion.SendAsync(HttpMethod.Post, "/v1/licences", JsonContent.Create(new { workId = first, licenseeAccountId = licensee }), key: key);
    }

    [Fact]
    public async Task A_refusal_does_not_use_the_key_up()
    {
        var key = Guid.NewGuid().ToString();
        (await ingestion.SendAsync("/v1/images", SampleFiles.Read("small.jpg")[..500], key, ("accountId", "seller-retry"))).ShouldBeProblem(422, "Image_Truncated");
        (await ingestion.SendAsync("/v1/images", SampleFiles.Read("small.jpg"), key, ("accountId", "seller-retry"))).Status.ShouldBe(202);
    }

    [Fact]
    public async Task A_key_that_is_none_is_refused()
    {
        foreach (var key in new[] { "", new string('k', 201) })
            (await ingestion.SendAsync("/v1/images", SampleFiles.Read("small.jpg"), key, ("accountId", "seller-key"))).ShouldBeProblem(400, "Idempotency_Key_Malformed");
    }
}
