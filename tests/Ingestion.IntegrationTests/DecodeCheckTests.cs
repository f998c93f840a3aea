namespace ImageRights.Ingestion.IntegrationTests;

/// <summary>How Ingestion lives with its peer: what it refuses, and what happens when it does not answer.</summary>
public class DecodeCheckTests : IAsyncLifetime
{
    private readonly RunningIngestion ingestion = new();

    public async Task InitializeAsync()
    {
        await ingestion.PrepareAsync();
        await ingestion.StartAsync("--Messaging:AwaitSubscribers=false", "--Fingerprint:Timeout=00:00:01");
    }

    public Task DisposeAsync() => ingestion.DisposeAsync();

    [Theory]
    [InlineData("Image_Truncated", "Image_Truncated")]
    [InlineData("Image_Too_Many_Scans", "Image_Too_Many_Scans")]
    [InlineData("Image_Decode_Timeout", "Image_Decode_Timeout")]
    [InlineData("Image_Something_New", "Image_Corrupt")]
    [InlineData("Unexpected", "Image_Corrupt")]
    public async Task What_the_decoder_refuses_is_refused_with_its_code(string code, string told)
    {
        ingestion.Fingerprint.Answers = FingerprintDouble.Refused(code);
        var before = await ingestion.FootprintAsync();
        (await UploadAsync()).ShouldBeProblem(422, told, "/file");
        (await RegisterAsync()).ShouldBeProblem(422, told, "/file");
        (await ingestion.FootprintAsync()).ShouldBe(before);
    }

    [Theory]
    [InlineData("error")]
    [InlineData("garbage")]
    [InlineData("half an answer")]
    [InlineData("no json refusal")]
    [InlineData("silence")]
    public async Task Without_a_decoder_an_upload_is_accepted_on_its_header_and_a_registration_has_to_wait(string what)
    {
        ingestion.Fingerprint.Answers = what switch
        {
            "error" => FingerprintDouble.Status(500),
            "garbage" => FingerprintDouble.Status(200, "<html>"),
            "half an answer" => FingerprintDouble.Status(200, "{\"pdq\":\"00\"}"),
            "no json refusal" => FingerprintDouble.Status(422, "no"),
            _ => FingerprintDouble.Silence,
        };
        await AssertUnavailableAsync();
    }

    [Fact]
    public async Task The_same_holds_when_nobody_listens()
    {
        await ingestion.Fingerprint.DisposeAsync();
        await AssertUnavailableAsync();
    }

    private async Task AssertUnavailableAsync()
    {
        (await UploadAsync()).Status.ShouldBe(202);
        var before = await ingestion.FootprintAsync();
        var refused = await RegisterAsync();
        refused.ShouldBeProblem(503, "Dependency_Unavailable");
        refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(5));
        (await ingestion.FootprintAsync()).ShouldBe(before);
    }

    private Task<Answer> UploadAsync() => ingestion.SendAsync("/v1/images", SampleFiles.Read("small.jpg"), fields: ("accountId", "seller"));

    private Task<Answer> RegisterAsync() =>
        ingestion.SendAsync("/v1/works", SampleFiles.Read("photo.jpg"), null, ("accountId", "author"), ("title", "Coat"), ("author", "Ada Example"));
}
