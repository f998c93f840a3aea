using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace ImageRights.Wire.Tests;

/// <summary>Uploads and pre-checks with the real services behind them.</summary>
public sealed class VerdictTests(RunningServices services) : IClassFixture<RunningServices>
{
    private readonly byte[] picture = new SamplePicture(Random.Shared.Next()).ToPng();

    [Fact]
    public async Task A_pre_check_says_what_the_upload_then_comes_to()
    {
        var work = await SendAsync("/v1/works", picture, 201, ("accountId", "artist"), ("title", "Coat"), ("author", "Ada Example"));
        var workId = work["workId"]!.GetValue<string>();
        await Eventually.HoldsAsync(async () =>
            (await SendAsync("/v1/prechecks", picture, 200, ("accountId", "shop")))["verdict"]!.GetValue<string>().ShouldBe("Match"), what: "The work's arrival in the index");

        var precheck = await SendAsync("/v1/prechecks", picture, 200, ("accountId", "shop"));
        var upload = await SendAsync("/v1/images", picture, 201, ("accountId", "shop"));
        upload["screening"]!["verdict"]!.GetValue<string>().ShouldBe("Match");
        upload["screening"]!["matches"]!.ToJsonString().ShouldBe(precheck["matches"]!.ToJsonString());
        precheck["matches"]!.AsArray().Single()!["evidence"]!["class"]!.GetValue<string>().ShouldBe("Exact");
        precheck["matches"]![0]!["referenceId"]!.GetValue<string>().ShouldBe(workId);
        precheck["matches"]![0]!["distance"]!.GetValue<int>().ShouldBe(0);
        precheck["pdq"]!.GetValue<string>().Length.ShouldBe(64);
        precheck["thresholds"]!["indexVersion"]!.GetValue<long>().ShouldBeGreaterThan(0);

        (await SendAsync("/v1/prechecks", picture, 200, ("accountId", "artist")))["verdict"]!.GetValue<string>().ShouldBe("Clear", "it is the artist's own");
    }

    [Fact]
    public async Task A_part_of_a_work_is_found_by_a_pre_check_as_it_is_at_upload()
    {
        var scene = new SamplePicture(Random.Shared.Next());
        var work = await SendAsync("/v1/works", scene.ToPng(640, 480), 201, ("accountId", "artist"), ("title", "Hall"), ("author", "Ada Example"));
        var crop = scene.ToPng(640, 480, part: (0.2, 0.15, 0.6, 0.65));
        await Eventually.HoldsAsync(async () =>
            (await SendAsync("/v1/prechecks", crop, 200, ("accountId", "shop-crop")))["verdict"]!.GetValue<string>().ShouldBe("Match"), what: "The work's arrival in the index");
        var precheck = await SendAsync("/v1/prechecks", crop, 200, ("accountId", "shop-crop"));
        var upload = await SendAsync("/v1/images", crop, 201, ("accountId", "shop-crop"));
        upload["screening"]!["matches"]!.ToJsonString().ShouldBe(precheck["matches"]!.ToJsonString());
        var match = precheck["matches"]!.AsArray().Single(found => found!["referenceId"]!.GetValue<string>() == work["workId"]!.GetValue<string>())!;
        match["evidence"]!["class"]!.GetValue<string>().ShouldBe("Crop");
    }

    [Fact]
    public async Task An_upload_that_resembles_nothing_is_clear_in_its_own_answer()
    {
        var upload = await SendAsync("/v1/images", picture, 201, ("accountId", "shop-new"));
        upload["screening"]!["verdict"]!.GetValue<string>().ShouldBe("Clear");
        upload["screening"]!["matches"]!.AsArray().ShouldBeEmpty();
    }

    private async Task<JsonNode> SendAsync(string path, byte[] file, int status, params (string Name, string Value)[] fields)
    {
        using var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields) form.Add(new StringContent(value), name);
        form.Add(new ByteArrayContent(file) { Headers = { ContentType = new MediaTypeHeaderValue("image/png") } }, "file", "picture.png");
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = form };
        request.Headers.TryAddWithoutValidation("Prefer", "wait=30");
        using var response = await services.Http("Ingestion").SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(status, text);
        return JsonNode.Parse(text)!;
    }
}
