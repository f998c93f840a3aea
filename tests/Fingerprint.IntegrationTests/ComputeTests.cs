using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ImageRights.Fingerprint.Hashing;
using ImageRights.TestKit;
using static ImageRights.Fingerprint.IntegrationTests.Surroundings;

namespace ImageRights.Fingerprint.IntegrationTests;

public class ComputeTests(FingerprintService service) : IClassFixture<FingerprintService>
{
    private const int Limit = 25_000_000;
    private readonly HttpClient http = service.Replica.Http;
    private readonly Surroundings surroundings = service.Surroundings;

    [Fact]
    public async Task A_picture_is_answered_with_its_fingerprint_and_kept_by_its_content()
    {
        var bytes = Pictures.Bridge;
        var answer = await ReadAsync(await PostAsync(bytes));
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
        answer.EnumerateObject().Select(property => property.Name)
            .ShouldBe(["sha256", "algorithm", "pdq", "pdqDihedrals", "pdqQuality", "format", "width", "height", "version", "lumaSha256", "dHash", "iscc"], ignoreOrder: true);
        (answer.GetProperty("sha256").GetString(), answer.GetProperty("algorithm").GetString(), answer.GetProperty("format").GetString()).ShouldBe((sha256, "pdq/1", "JPEG"));
        var dihedrals = answer.GetProperty("pdqDihedrals").EnumerateArray().Select(hash => hash.GetString()!).ToList();
        dihedrals[0].ShouldBe(answer.GetProperty("pdq").GetString());
        foreach (var (ours, theirs) in dihedrals.Zip(Pictures.BridgeHashes)) Pdq.Parse(ours).Distance(Pdq.Parse(theirs)).ShouldBeLessThanOrEqualTo(10);
        (await KeptAsync(sha256)).ShouldBe(1);
        (await ReadAsync(await PostAsync(bytes))).GetRawText().ShouldBe(answer.GetRawText());
    }

    [Fact]
    public async Task Other_bytes_around_the_same_pixels_have_the_same_hash_of_luma()
    {
        var picture = Pictures.Bridge;
        // A comment segment after the start of the file.
        byte[] commented = [.. picture[..2], 0xFF, 0xFE, 0, 4, .. "me"u8, .. picture[2..]];
        var (one, other, turned) = (await ReadAsync(await PostAsync(picture)), await ReadAsync(await PostAsync(commented)), await ReadAsync(await PostAsync(Pictures.WithPlace(picture))));
        other.GetProperty("sha256").GetString().ShouldNotBe(one.GetProperty("sha256").GetString());
        foreach (var hash in (string[])["lumaSha256", "dHash", "iscc"])
        {
            other.GetProperty(hash).GetString().ShouldBe(one.GetProperty(hash).GetString());
            turned.GetProperty(hash).GetString().ShouldNotBe(one.GetProperty(hash).GetString(), "it is shown turned by a quarter");
        }
        one.GetProperty("iscc").GetString()!.ShouldStartWith("ISCC:EED");
    }

    [Fact]
    public async Task Both_at_once_get_the_same_answer()
    {
        var bytes = Pictures.New();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ => (await ReadAsync(await PostAsync(bytes))).GetRawText()));
        answers.Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_pre_check_keeps_nothing()
    {
        var bytes = Pictures.New();
        var answer = await ReadAsync(await PostAsync(bytes, "?store=false"));
        (await KeptAsync(answer.GetProperty("sha256").GetString()!)).ShouldBe(0);
        await ShouldRefuseAsync(await PostAsync(bytes, "?store=perhaps"), HttpStatusCode.UnprocessableEntity, "Request_Invalid");
    }

    [Fact]
    public async Task A_featureless_picture_has_a_fingerprint_of_no_quality() =>
        (await ReadAsync(await PostAsync(SamplePicture.Blank()))).GetProperty("pdqQuality").GetInt32().ShouldBe(0);

    [Fact]
    public async Task What_is_no_picture_is_refused_with_its_code()
    {
        var picture = Pictures.New();
        await ShouldRefuseAsync(await PostAsync([]), HttpStatusCode.UnprocessableEntity, "Image_Empty");
        await ShouldRefuseAsync(await PostAsync("%PDF-1.7"u8.ToArray()), HttpStatusCode.UnprocessableEntity, "Image_Format_Unsupported");
        await ShouldRefuseAsync(await PostAsync(picture[..(picture.Length / 2)]), HttpStatusCode.UnprocessableEntity, "Image_Truncated");
        await ShouldRefuseAsync(await PostAsync(SamplePicture.Bomb()), HttpStatusCode.UnprocessableEntity, "Image_Side_Too_Long");
        await ShouldRefuseAsync(await PostAsync(SamplePicture.Bomb(12_000)), HttpStatusCode.UnprocessableEntity, "Image_Too_Many_Pixels");
    }

    [Fact]
    public async Task The_refusal_is_in_the_language_of_the_caller()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/fingerprints") { Content = Content("GIF?"u8.ToArray()) };
        request.Headers.AcceptLanguage.ParseAdd("zh-CN,en;q=0.5");
        using var response = await http.SendAsync(request);
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("title").GetString().ShouldBe("该文件不是 JPEG、PNG、WebP、GIF 或 AVIF 图片");
    }

    [Fact]
    public async Task A_body_without_announced_length_is_read_to_the_limit_and_no_further()
    {
        var picture = Pictures.New();
        using (var chunked = new StreamContent(new MemoryStream(picture)))
        {
            chunked.Headers.ContentType = new("application/octet-stream");
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/fingerprints?store=false") { Content = chunked };
            request.Headers.TransferEncodingChunked = true;
            (await http.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }
        using var huge = new HttpRequestMessage(HttpMethod.Post, "/v1/fingerprints") { Content = Content(new byte[Limit + 1]) };
        huge.Headers.TransferEncodingChunked = true;
        await ShouldRefuseAsync(await http.SendAsync(huge), HttpStatusCode.RequestEntityTooLarge, "Image_Too_Large");
    }

    [Fact]
    public async Task A_body_that_announces_too_much_is_refused_before_it_is_sent()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/fingerprints") { Content = Content(new byte[2 * Limit]) };
        request.Headers.ExpectContinue = true;
        await ShouldRefuseAsync(await http.SendAsync(request), HttpStatusCode.RequestEntityTooLarge, "Image_Too_Large");
    }

    [Fact]
    public async Task A_body_that_does_not_arrive_is_not_waited_for()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(http.BaseAddress!.Host, http.BaseAddress.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(
            $"POST /v1/fingerprints HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {TestAccess.FullToken()}\r\nContent-Type: application/octet-stream\r\nContent-Length: 1000\r\n\r\nGIF89a"));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        using var patience = new CancellationTokenSource(Patience);
        (await reader.ReadLineAsync(patience.Token)).ShouldBe("HTTP/1.1 408 Request Timeout");
        string? line;
        while ((line = await reader.ReadLineAsync(patience.Token)) is not null && !line.Contains("Upload_Too_Slow", StringComparison.Ordinal)) line.ShouldNotBeNull();
        line.ShouldNotBeNull();
    }

    [Fact]
    public async Task Other_media_types_are_refused()
    {
        using var text = new StringContent("{}", Encoding.UTF8, "application/json");
        await ShouldRefuseAsync(await http.PostAsync("/v1/fingerprints", text), HttpStatusCode.UnsupportedMediaType, "Media_Type_Unsupported");
        await ShouldRefuseAsync(await http.PostAsync("/v1/fingerprints", null), HttpStatusCode.UnsupportedMediaType, "Media_Type_Unsupported");
    }

    [Fact]
    public async Task A_decoder_that_is_killed_in_the_middle_of_a_picture_is_not_noticed()
    {
        await using var own = await Replica.StartAsync(surroundings);
        var answer = Task.FromResult(new HttpResponseMessage());
        await own.KillDecoderInTheMiddleOfAsync(() =>
        {
            answer = own.Http.PostAsync("/v1/fingerprints?store=false", Content(Pictures.New()));
            return Task.CompletedTask;
        });
        (await answer).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_fingerprint_can_be_read_by_image_and_says_why_there_is_none()
    {
        var (good, bad) = (NewImage(), NewImage());
        await surroundings.PublishAsync(Upload(good, surroundings.Vault.Hold(Pictures.New())));
        await surroundings.PublishAsync(Upload(bad, surroundings.Vault.Hold([1, 2, 3])));
        var said = await surroundings.FingerprintOfAsync(good);
        await surroundings.UnreadableAsync(bad);
        var view = await ReadAsync(await http.GetAsync($"/v1/fingerprints/{good}"));
        (view.GetProperty("role").GetString(), view.GetProperty("fingerprint").GetProperty("pdq").GetString()).ShouldBe(("Upload", said.Pdq));
        view.TryGetProperty("unreadableCode", out _).ShouldBeFalse();
        var unreadable = await ReadAsync(await http.GetAsync($"/v1/fingerprints/{bad}"));
        unreadable.GetProperty("unreadableCode").GetString().ShouldBe("Image_Format_Unsupported");
        unreadable.TryGetProperty("fingerprint", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("img_unknown")]
    [InlineData("img_%01")]
    [InlineData("%F0%9F%92%A9")]
    public async Task An_unknown_id_is_not_found(string id) =>
        await ShouldRefuseAsync(await http.GetAsync($"/v1/fingerprints/{id}"), HttpStatusCode.NotFound, "Fingerprint_Not_Found");

    [Fact]
    public async Task Decoding_and_hashing_show_in_spans_and_metrics()
    {
        var bytes = Pictures.New();
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
        var spans = new List<Activity>();
        var outcomes = new List<string>();
        using var activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "ImageRights.Fingerprint",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => { lock (spans) spans.Add(activity); },
        };
        ActivitySource.AddActivityListener(activities);
        using var meters = new MeterListener
        {
            InstrumentPublished = (instrument, listener) => { if (instrument.Name == "imagerights.fingerprint.pictures") listener.EnableMeasurementEvents(instrument); },
        };
        meters.SetMeasurementEventCallback<long>((_, _, tags, _) => { lock (outcomes) outcomes.Add((string)tags[0].Value!); });
        meters.Start();
        (await PostAsync(bytes, "?store=false")).EnsureSuccessStatusCode();
        await PostAsync([0xFF]);
        lock (spans)
        {
            var ours = spans.Where(span => (string?)span.GetTagItem("imagerights.sha256") == sha256).ToList();
            ours.Select(span => span.OperationName).ShouldBe(["decode", "hash"]);
            (ours[0].GetTagItem("imagerights.picture.format"), ours[0].GetTagItem("imagerights.picture.bytes")).ShouldBe(("Png", (object)bytes.Length));
        }
        lock (outcomes) (outcomes.Contains("fingerprinted"), outcomes.Contains("Image_Format_Unsupported")).ShouldBe((true, true));
    }

    [Fact]
    public async Task Health_includes_a_picture_that_decodes()
    {
        var checks = (Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckService)service.Replica.Services.GetService(typeof(Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckService))!;
        var report = await checks.CheckHealthAsync();
        report.Entries["decoder"].Status.ShouldBe(Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy);
    }

    private Task<long> KeptAsync(string sha256) => surroundings.ScalarAsync<long>("select count(*) from mt_doc_computed_fingerprint where id = $1", sha256);

    private async Task<HttpResponseMessage> PostAsync(byte[] bytes, string query = "") => await http.PostAsync("/v1/fingerprints" + query, Content(bytes));

    private static ByteArrayContent Content(byte[] bytes) => new(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    internal static async Task ShouldRefuseAsync(HttpResponseMessage response, HttpStatusCode status, string code)
    {
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        (response.StatusCode, problem.GetProperty("code").GetString()).ShouldBe((status, code));
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }
}
