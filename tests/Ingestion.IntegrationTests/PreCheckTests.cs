using Microsoft.AspNetCore.Http;

namespace ImageRights.Ingestion.IntegrationTests;

/// <summary>Pre-checks: everything that an upload would come to, and nothing left of it.</summary>
public sealed class PreCheckTests : IAsyncLifetime
{
    private readonly RunningIngestion ingestion = new();

    public async Task InitializeAsync()
    {
        await ingestion.PrepareAsync();
        await ingestion.StartAsync("--Messaging:AwaitSubscribers=false", "--Fingerprint:Timeout=00:00:01", "--Matching:Timeout=00:00:01");
    }

    public Task DisposeAsync() => ingestion.DisposeAsync();

    [Fact]
    public async Task It_tells_hashes_matches_distances_and_index_version_and_stores_nothing()
    {
        ingestion.Matching.Searches = context => context.Response.WriteAsJsonAsync(MatchingDouble.Verdict("Match"));
        var file = SampleFiles.Read("described.jpg");
        var before = await ingestion.FootprintAsync();
        before.ShouldBe("0 events, 0 vault files, 0 spooled");

        var answer = await CheckAsync(file);
        answer.Status.ShouldBe(200, answer.Text);
        answer.Body!["sha256"]!.GetValue<string>().ShouldBe(RunningIngestion.Sha256(file));
        answer.Body["pdq"]!.GetValue<string>().ShouldBe(new string('5', 64));
        answer.Body["pdqDihedrals"]!.AsArray().Count.ShouldBe(8);
        answer.Body["pdqQuality"]!.GetValue<int>().ShouldBe(90);
        answer.Body["algorithm"]!.GetValue<string>().ShouldBe("pdq/1");
        (answer.Body["width"]!.GetValue<int>(), answer.Body["height"]!.GetValue<int>()).ShouldBe((60, 80));
        answer.Body["verdict"]!.GetValue<string>().ShouldBe("Match");
        answer.Body["matches"]![0]!["referenceId"]!.GetValue<string>().ShouldBe("wrk_1");
        answer.Body["matches"]![0]!["distance"]!.GetValue<int>().ShouldBe(4);
        answer.Body["thresholds"]!["indexVersion"]!.GetValue<int>().ShouldBe(7);

        (answer.Body["commonness"]!["accounts"]!.GetValue<int>(), answer.Body["commonness"]!["since"]!.GetValue<DateTimeOffset>()).ShouldBe((40, DateTimeOffset.UnixEpoch));

        ingestion.Fingerprint.LastQuestion.ShouldBe(file);
        ingestion.Fingerprint.LastQuery.ShouldBe("?store=false&features=true");
        ingestion.Matching.LastSearch!["accountId"]!.GetValue<string>().ShouldBe("seller");
        ingestion.Matching.LastSearch["pdqQuality"]!.GetValue<int>().ShouldBe(90);
        ingestion.Matching.LastSearch["pdqDihedrals"]!.AsArray().Count.ShouldBe(8);
        ingestion.Matching.LastSearch["sha256"]!.GetValue<string>().ShouldBe(RunningIngestion.Sha256(file));
        ingestion.Matching.LastSearch["lumaSha256"]!.GetValue<string>().ShouldBe(new string('7', 64));
        ingestion.Matching.LastSearch["features"]!.ToJsonString().ShouldBe("""{"algorithm":"eye/1","signPdq":"0","regions":[]}""", "they are handed on as they are");
        (await ingestion.FootprintAsync()).ShouldBe(before);
    }

    [Theory]
    [InlineData("Image_Truncated")]
    [InlineData("Image_Decode_Timeout")]
    public async Task It_is_refused_as_an_upload_would_be(string code)
    {
        ingestion.Fingerprint.Answers = FingerprintDouble.Refused(code);
        (await CheckAsync(SampleFiles.Read("small.jpg"))).ShouldBeProblem(422, code, "/file");
        (await CheckAsync([1, 2, 3])).ShouldBeProblem(422, "Image_Format_Unsupported", "/file");
        (await CheckAsync(SampleFiles.Read("small.jpg"), "")).ShouldBeProblem(422, "Request_Invalid", "/accountId");
    }

    [Theory]
    [InlineData("decoder")]
    [InlineData("index error")]
    [InlineData("index garbage")]
    [InlineData("index silence")]
    public async Task It_does_not_guess_when_a_part_does_not_answer(string part)
    {
        if (part == "decoder") ingestion.Fingerprint.Answers = FingerprintDouble.Status(500);
        ingestion.Matching.Searches = part switch
        {
            "index error" => context =>
            {
                context.Response.StatusCode = 503;
                return Task.CompletedTask;
            },
            "index garbage" => context => context.Response.WriteAsync("<html>"),
            "index silence" => FingerprintDouble.Silence,
            _ => ingestion.Matching.Searches,
        };
        var answer = await CheckAsync(SampleFiles.Read("small.jpg"));
        answer.ShouldBeProblem(503, "Dependency_Unavailable");
        answer.Headers.RetryAfter.ShouldNotBeNull();
        (await ingestion.FootprintAsync()).ShouldBe("0 events, 0 vault files, 0 spooled");
    }

    private Task<Answer> CheckAsync(byte[] file, string account = "seller") => ingestion.SendAsync("/v1/prechecks", file, fields: ("accountId", account));
}
