using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace ImageRights.Ingestion.IntegrationTests;

/// <summary>Whatever is sent, the answer is a problem with a stable code, and nothing of it is left.</summary>
[Collection(nameof(SharedIngestion))]
public class BadUploadTests(RunningIngestion ingestion)
{
    private static readonly (string, string)[] Fields = [("accountId", "seller-bad")];

    [Theory]
    [InlineData("empty", 422, "Image_Empty")]
    [InlineData("text", 422, "Image_Format_Unsupported")]
    [InlineData("svg", 422, "Image_Format_Unsupported")]
    [InlineData("truncated", 422, "Image_Truncated")]
    [InlineData("bomb", 422, "Image_Side_Too_Long")]
    [InlineData("pixels", 422, "Image_Too_Many_Pixels")]
    [InlineData("frames", 422, "Image_Too_Many_Frames")]
    [InlineData("metadata", 422, "Image_Metadata_Too_Large")]
    [InlineData("corrupt", 422, "Image_Corrupt")]
    [InlineData("one byte too long", 413, "Image_Too_Large")]
    [InlineData("far too long", 413, "Image_Too_Large")]
    public async Task A_bad_picture_is_refused_at_both_doors(string what, int status, string code)
    {
        byte[] file = what switch
        {
            "empty" => [],
            "text" => "this is a sentence, not a picture"u8.ToArray(),
            "svg" => "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"u8.ToArray(),
            "truncated" => SampleFiles.Read("photo.jpg")[..9000],
            "bomb" => SampleFiles.Bomb(),
            "pixels" => SampleFiles.Png(10_000, 10_000),
            "frames" => SampleFiles.Png(8, 8, chunks: ("acTL", [0, 0, 1, 0, 0, 0, 0, 0])),
            "metadata" => SampleFiles.Png(8, 8, chunks: ("tEXt", new byte[1_000_001])),
            "corrupt" => SampleFiles.Png(0, 8),
            "one byte too long" => new byte[25_000_001],
            _ => new byte[40_000_000],
        };
        var before = await ingestion.FootprintAsync();
        (await ingestion.SendAsync("/v1/images", file, null, Fields)).ShouldBeProblem(status, code);
        (await ingestion.SendAsync("/v1/works", file, null, [.. Fields, ("title", "Coat"), ("author", "Ada Example")])).ShouldBeProblem(status, code);
        (await ingestion.FootprintAsync()).ShouldBe(before);
    }

    [Theory]
    [InlineData("accountId", "")]
    [InlineData("accountId", "two words")]
    [InlineData("accountId", "nul\0")]
    [InlineData("surface", "Poster")]
    [InlineData("surface", "0")]
    [InlineData("listingId", "two words")]
    public async Task A_field_that_is_wrong_is_named(string name, string value)
    {
        var fields = new Dictionary<string, string> { ["accountId"] = "seller-bad", [name] = value };
        var before = await ingestion.FootprintAsync();
        (await ingestion.SendAsync("/v1/images", SampleFiles.Read("small.jpg"), null, [.. fields.Select(field => (field.Key, field.Value))])).ShouldBeProblem(422, "Request_Invalid", $"/{name}");
        (await ingestion.FootprintAsync()).ShouldBe(before);
    }

    [Theory]
    [InlineData("no file", 422, "Request_Invalid")]
    [InlineData("two files", 422, "Request_Invalid")]
    [InlineData("no account", 422, "Request_Invalid")]
    [InlineData("a field twice", 422, "Request_Invalid")]
    [InlineData("a field that is not UTF-8", 422, "Request_Invalid")]
    [InlineData("a huge field", 413, "Request_Too_Large")]
    [InlineData("very many fields", 400, "Request_Malformed")]
    [InlineData("a part without a name", 400, "Request_Malformed")]
    [InlineData("a huge part header", 400, "Request_Malformed")]
    public async Task A_bad_form_is_refused(string what, int status, string code)
    {
        var picture = SampleFiles.Read("small.jpg");
        using var form = what switch
        {
            "no file" => RunningIngestion.Form(null, Fields),
            "no account" => RunningIngestion.Form(picture),
            "a huge field" => RunningIngestion.Form(picture, [.. Fields, ("description", new string('x', 20_000))]),
            "a field twice" => RunningIngestion.Form(picture, [.. Fields, ("accountId", "seller-other")]),
            "very many fields" => RunningIngestion.Form(picture, [.. Fields, .. Enumerable.Range(0, 200).Select(number => ($"f{number}", "x"))]),
            _ => RunningIngestion.Form(picture, Fields),
        };
        if (what == "two files") form.Add(new ByteArrayContent(picture), "file", "second");
        if (what == "a field that is not UTF-8") form.Add(new ByteArrayContent([0xFF, 0xFE, 0x80]), "listingId");
        if (what == "a part without a name") form.Add(new ByteArrayContent([1]) { Headers = { ContentDisposition = new ContentDispositionHeaderValue("attachment") } });
        if (what == "a huge part header")
        {
            var part = new ByteArrayContent([1]);
            part.Headers.TryAddWithoutValidation("X-Long", new string('x', 20_000));
            form.Add(part, "listingId");
        }
        var before = await ingestion.FootprintAsync();
        (await ingestion.SendAsync(HttpMethod.Post, "/v1/images", form)).ShouldBeProblem(status, code);
        (await ingestion.FootprintAsync()).ShouldBe(before);
    }

    [Theory]
    [InlineData(null, 415, "Media_Type_Unsupported")]
    [InlineData("application/json", 415, "Media_Type_Unsupported")]
    [InlineData("image/jpeg", 415, "Media_Type_Unsupported")]
    [InlineData("nonsense", 415, "Media_Type_Unsupported")]
    [InlineData("multipart/mixed; boundary=x", 415, "Media_Type_Unsupported")]
    [InlineData("multipart/form-data", 400, "Request_Malformed")]
    [InlineData("multipart/form-data; boundary=", 400, "Request_Malformed")]
    [InlineData("multipart/form-data; boundary=other", 400, "Request_Malformed")]
    [InlineData("multipart/form-data; boundary=\"01234567890123456789012345678901234567890123456789012345678901234567890\"", 400, "Request_Malformed")]
    public async Task A_body_that_is_no_form_is_refused(string? type, int status, string code)
    {
        var content = new ByteArrayContent("--x\r\nContent-Disposition: form-data; name=\"accountId\"\r\n\r\nseller\r\n--x--\r\n"u8.ToArray());
        if (type is not null) content.Headers.TryAddWithoutValidation("Content-Type", type);
        (await ingestion.SendAsync(HttpMethod.Post, "/v1/images", content)).ShouldBeProblem(status, code);
    }

    [Theory]
    [InlineData("/v1/images", "listingid")]
    [InlineData("/v1/images", "title")]
    [InlineData("/v1/prechecks", "Surface")]
    [InlineData("/v1/works", "created_on")]
    public async Task A_field_that_is_not_known_is_refused_by_name(string path, string name)
    {
        var before = await ingestion.FootprintAsync();
        (await ingestion.SendAsync(path, SampleFiles.Read("small.avif"), null, [("accountId", "seller-misspelt"), (name, "x")])).ShouldBeProblem(400, "Field_Unknown", $"/{name}");
        (await ingestion.FootprintAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task A_form_that_ends_anywhere_is_refused()
    {
        using var form = RunningIngestion.Form(SampleFiles.Read("small.avif"), ("accountId", "seller-cut"));
        var whole = await form.ReadAsByteArrayAsync();
        var before = await ingestion.FootprintAsync();
        for (var length = 0; length < whole.Length - 4; length += 37)
        {
            var cut = new ByteArrayContent(whole, 0, length);
            cut.Headers.ContentType = form.Headers.ContentType;
            (await ingestion.SendAsync(HttpMethod.Post, "/v1/images", cut)).ShouldBeProblem(400, "Request_Malformed");
        }
        (await ingestion.FootprintAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task A_body_without_announced_length_is_stopped_at_the_limit()
    {
        using var form = new MultipartFormDataContent();
        form.Add(new StreamContent(new EndlessStream(60_000_000)), "file", "endless");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/images") { Content = form };
        request.Headers.TransferEncodingChunked = true;
        var before = await ingestion.FootprintAsync();
        using var response = await ingestion.Http.SendAsync(request);
        (await Answer.ReadAsync(response)).ShouldBeProblem(413, "Image_Too_Large");
        (await ingestion.FootprintAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task A_body_that_announces_hundreds_of_megabytes_is_refused_before_it_is_sent()
    {
        var content = new StreamContent(new EndlessStream(400_000_000));
        content.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=b");
        content.Headers.ContentLength = 400_000_000;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/images") { Content = content };
        request.Headers.ExpectContinue = true;
        using var response = await ingestion.Http.SendAsync(request);
        (await Answer.ReadAsync(response)).ShouldBeProblem(413, "Image_Too_Large");
    }

    [Fact]
    public async Task A_sender_that_hangs_up_leaves_nothing()
    {
        var before = await ingestion.FootprintAsync();
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(ingestion.Address.Host, ingestion.Address.Port);
            await using var stream = socket.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                $"POST /v1/images HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TestAccess.FullToken()}\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000000\r\n\r\n"
                + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"p\"\r\n\r\n" + new string('x', 200_000)));
        }
        await ingestion.UploadAsync("seller-after");
        (await ingestion.GetAsync("/v1/images?accountId=seller-bad")).Accepted()["items"]!.AsArray().ShouldBeEmpty();
        Directory.GetFiles(ingestion.SpoolDirectory).ShouldBeEmpty(before);
    }

    [Fact]
    public async Task A_refusal_is_told_in_chinese_to_who_prefers_it()
    {
        using var form = RunningIngestion.Form([], Fields);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/images") { Content = form };
        request.Headers.AcceptLanguage.ParseAdd("zh-CN,zh;q=0.9,en;q=0.5");
        using var response = await ingestion.Http.SendAsync(request);
        (await Answer.ReadAsync(response)).Body!["title"]!.GetValue<string>().ShouldBe("文件为空");
    }

    [Fact]
    public async Task A_file_that_lies_about_its_name_and_type_is_read_by_its_content()
    {
        using var form = RunningIngestion.Form(null, ("accountId", "seller-liar"));
        var part = new ByteArrayContent(SampleFiles.Read("small.png"));
        part.Headers.ContentType = new MediaTypeHeaderValue("text/html");
        part.Headers.TryAddWithoutValidation("Content-Disposition", "form-data; name=file; filename=\"../../etc/passwd.jpg\"");
        form.Add(part);
        (await ingestion.SendAsync(HttpMethod.Post, "/v1/images", form)).Accepted()["format"]!.GetValue<string>().ShouldBe("PNG");
    }

    private sealed class EndlessStream(long length) : MemoryStream
    {
        private long left = length;

        public override bool CanSeek => false;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = (int)Math.Min(left, buffer.Length);
            left -= count;
            return ValueTask.FromResult(count);
        }

        public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken) => CopyAsync(destination, cancellationToken);

        private async Task CopyAsync(Stream destination, CancellationToken cancellationToken)
        {
            var buffer = new byte[65_536];
            for (int count; (count = await ReadAsync(buffer, cancellationToken)) > 0;) await destination.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
        }
    }
}
