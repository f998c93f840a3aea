using Microsoft.AspNetCore.Http;

namespace ImageRights.Ingestion.IntegrationTests;

/// <summary><c>Prefer: wait=N</c> on uploads.</summary>
public sealed class WaitingTests : IAsyncLifetime
{
    private readonly RunningIngestion ingestion = new();

    public Task InitializeAsync() => ingestion.InitializeAsync();

    public Task DisposeAsync() => ingestion.DisposeAsync();

    [Fact]
    public async Task A_caller_who_would_wait_gets_the_verdict_in_the_answer()
    {
        ingestion.Matching.Screenings = (context, before) => before switch
        {
            0 => MatchingDouble.Unknown(context),
            1 => MatchingDouble.Pending(context),
            _ => context.Response.WriteAsJsonAsync(MatchingDouble.Verdict("Match")),
        };
        var answer = await UploadAsync("wait=30");
        answer.Status.ShouldBe(201);
        answer.Headers.GetValues("Preference-Applied").ShouldBe(["wait=30"]);
        var imageId = answer.Body!["imageId"]!.GetValue<string>();
        answer.Headers.Location!.ToString().ShouldBe($"/v1/images/{imageId}");
        answer.Version.ShouldBe("\"1\"");
        answer.Body["status"]!.GetValue<string>().ShouldBe("received", "as the picture's own address says");
        answer.Body["screening"]!["verdict"]!.GetValue<string>().ShouldBe("Match");
        answer.Body["screening"]!["matches"]![0]!["transform"]!.GetValue<string>().ShouldBe("FlipY");
        answer.Body["screening"]!["thresholds"]!["indexVersion"]!.GetValue<int>().ShouldBe(7);
        ingestion.Matching.Asked[imageId].ShouldBe(3);
    }

    [Fact]
    public async Task A_verdict_that_does_not_fall_in_time_is_no_error()
    {
        ingestion.Matching.Screenings = (context, _) => MatchingDouble.Pending(context);
        var answer = await UploadAsync("wait=1");
        answer.Status.ShouldBe(202);
        answer.Headers.GetValues("Preference-Applied").ShouldBe(["wait=1"]);
        answer.Body!["status"]!.GetValue<string>().ShouldBe("received");
        answer.Body["screening"].ShouldBeNull();
        ingestion.Matching.Asked.Values.Single().ShouldBeLessThan(15);
    }

    [Theory]
    [InlineData("respond-async")]
    [InlineData("wait=0")]
    [InlineData("wait=soon")]
    public async Task Who_would_not_wait_is_answered_at_once(string prefer)
    {
        var answer = await UploadAsync(prefer);
        answer.Status.ShouldBe(202);
        answer.Headers.Contains("Preference-Applied").ShouldBeFalse();
        ingestion.Matching.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_Matching_the_upload_stands_and_nobody_waits_in_vain()
    {
        ingestion.Matching.Screenings = (context, _) =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        (await UploadAsync("wait=30")).Status.ShouldBe(202);
        ingestion.Matching.Asked.Values.Single().ShouldBe(1);
        (await ingestion.EventsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_repeated_upload_with_its_key_waits_for_the_same_picture()
    {
        ingestion.Matching.Screenings = (context, _) => context.Response.WriteAsJsonAsync(MatchingDouble.Verdict("Clear"));
        var first = await UploadAsync("wait=5", "once");
        var again = await UploadAsync("wait=5", "once");
        (first.Status, again.Status).ShouldBe((201, 201));
        again.Text.ShouldBe(first.Text);
        again.Headers.GetValues("Idempotent-Replayed").ShouldBe(["true"]);
        (await ingestion.EventsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_refused_upload_does_not_wait()
    {
        using var request = Request([0, 1, 2], "wait=30");
        (await SendAsync(request)).ShouldBeProblem(422, "Image_Format_Unsupported");
        ingestion.Matching.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_caller_who_goes_away_leaves_the_upload_standing()
    {
        ingestion.Matching.Screenings = (context, _) => MatchingDouble.Pending(context);
        using var gone = new CancellationTokenSource();
        using var request = Request(SampleFiles.Read("small.jpg"), "wait=30");
        var sending = ingestion.Http.SendAsync(request, gone.Token);
        await Eventually.HoldsAsync(() =>
        {
            ingestion.Matching.Asked.ShouldNotBeEmpty();
            return Task.CompletedTask;
        });
        await gone.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(sending);
        (await ingestion.EventsAsync()).Count.ShouldBe(1);
    }

    private async Task<Answer> UploadAsync(string prefer, string? key = null)
    {
        using var request = Request(SampleFiles.Read("small.jpg"), prefer, key);
        return await SendAsync(request);
    }

    private async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using var response = await ingestion.Http.SendAsync(request);
        return await Answer.ReadAsync(response);
    }

    private static HttpRequestMessage Request(byte[] file, string prefer, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/images") { Content = RunningIngestion.Form(file, ("accountId", "seller")) };
        request.Headers.TryAddWithoutValidation("Prefer", prefer);
        if (key is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return request;
    }
}
