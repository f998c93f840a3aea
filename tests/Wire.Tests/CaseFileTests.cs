using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using ImageRights.EventStore.Transparency;
using ImageRights.Verifier;

namespace ImageRights.Wire.Tests;

/// <summary>A case file with the pictures, from the real services.</summary>
public sealed class CaseFileTests(RunningServices services) : IClassFixture<RunningServices>
{
    private readonly byte[] picture = new SamplePicture(Random.Shared.Next()).ToPng();

    [Fact]
    public async Task Pictures_are_in_it_as_they_were_uploaded_and_as_their_sealed_records_name_them()
    {
        var workId = (await SendAsync("/v1/works", ("accountId", "artist"), ("title", "Coat"), ("author", "Ada Example")))["workId"]!.GetValue<string>();
        // An upload that came before would be found for the work, and a file about this case lack what tells of that one.
        await Eventually.HoldsAsync(async () =>
            ((string?)JsonNode.Parse(await services.Http("Matching").GetStringAsync($"/v1/works/{workId}/search"))!["status"]).ShouldBe("done"), TimeSpan.FromSeconds(60), "The work is known");
        var upload = await SendAsync("/v1/images", ("accountId", "shop"));
        ((string?)upload["screening"]!["verdict"]).ShouldBe("Match");
        var imageId = upload["imageId"]!.GetValue<string>();
        var caseId = await Eventually.GetAsync(async () =>
            JsonNode.Parse(await services.Http("CaseManagement").GetStringAsync($"/v1/cases?imageId={imageId}"))!["items"]!.AsArray().FirstOrDefault()?["caseId"]?.GetValue<string>());

        var (archive, report) = await Eventually.GetAsync(async () =>
        {
            var bytes = await services.Http("CaseManagement").GetByteArrayAsync($"/v1/cases/{caseId}/export");
            var found = new CaseFileCheck(bytes, await services.LogKeysAsync()).Run();
            // The other services seal within a second of their own.
            return found.Missing.Count == 0 ? ((byte[] Archive, CaseFileReport Report)?)(bytes, found) : throw new InvalidOperationException(string.Join("; ", found.Missing));
        }) ?? default;

        report.Wrong.ShouldBeNull();
        (report.Pictures, report.Unbound).ShouldBe((2, 0));
        var files = StoredZip.Read(archive).ToDictionary(file => file.Name, file => file.Content);
        files[$"pictures/{imageId}.png"].ToArray().ShouldBe(picture);
        files[$"pictures/{workId}.png"].ToArray().ShouldBe(picture);
        files[$"pictures/{imageId}-shown.jpg"].Span[..2].SequenceEqual(new byte[] { 0xFF, 0xD8 }).ShouldBeTrue();
        var page = Encoding.UTF8.GetString(files["case.html"].Span);
        page.ShouldContain("Ada Example");
        // Both pictures, and both again with what was recognised outlined.
        page.Split("data:image/jpeg;base64,").Length.ShouldBe(5);
        page.Split("<polygon class=\"line\"").Length.ShouldBe(3);

        // With another picture in its place, all hashes made right again, the sealed record of the upload still tells.
        var manifest = CaseFileManifest.Parse(files[CaseFileManifest.Path].Span);
        manifest.Records.Select(record => record.Log).ShouldBe(["imagerights/casemanagement", "imagerights/ingestion", "imagerights/matching", "imagerights/fingerprint"]);
        ShouldShowTheEvidence(files, manifest, page, imageId, workId);
        using var signer = LogSigner.Ephemeral(manifest.Records[0].Log);
        var other = new SamplePicture(1).ToPng();

        var forged = manifest with
        {
            Pictures = [.. manifest.Pictures.Select(held => held.Id == imageId ? held with { Sha256 = CaseFileManifest.HashOf(other) } : held)],
            Files = [.. manifest.Files.Select(listed => listed.Path == $"pictures/{imageId}.png" ? new CaseFileEntry(listed.Path, other.Length, CaseFileManifest.HashOf(other)) : listed)],
        };
        var rebuilt = StoredZip.Write([.. StoredZip.Read(archive).Select(file => file.Name switch
        {
            CaseFileManifest.Path => (file.Name, forged.ToBytes()),
            CaseFileManifest.NotePath => (file.Name, Encoding.UTF8.GetBytes(signer.Sign(CaseFileManifest.Statement(caseId, forged.ToBytes())))),
            _ when file.Name == $"pictures/{imageId}.png" => (file.Name, (ReadOnlyMemory<byte>)other),
            _ => file,
        })]);
        IReadOnlyList<LogVerifier> keys = [.. await services.LogKeysAsync(), signer.Verifier];
        new CaseFileCheck(rebuilt, keys).Run().Wrong.ShouldNotBeNull().ShouldContain($"the picture {imageId} is another than its sealed record names");

        // And with a surer score in the record of what was found, the log tells.
        var screened = manifest.Records[2].Events.Single(@event => @event.Type == "image_screened_v1");
        new CaseFileCheck(Resigned(manifest, screened.Path, Encoding.UTF8.GetString(files[screened.Path].Span).Replace("\"verdict\":\"Match\"", "\"verdict\":\"Clear\"")), keys).Run().Wrong
            .ShouldNotBeNull().ShouldSatisfyAllConditions(wrong => wrong.ShouldContain(screened.Path), wrong => wrong.ShouldContain($"stream screening-{imageId}, version {screened.Version}"));
        var code = manifest.Pictures.Single(held => held.Id == workId);
        new CaseFileCheck(Resigned(manifest with { Pictures = [.. manifest.Pictures.Select(held => held == code ? held with { Iscc = "ISCC:EEDOTHER" } : held)] }, screened.Path, Encoding.UTF8.GetString(files[screened.Path].Span)), keys).Run().Wrong
            .ShouldBe($"the ISCC of the picture {workId} is not the one of its sealed fingerprint");

        byte[] Resigned(CaseFileManifest changed, string path, string text)
        {
            var content = Encoding.UTF8.GetBytes(text);
            var bytes = (changed with { Files = [.. changed.Files.Select(listed => listed.Path == path ? new CaseFileEntry(path, content.Length, CaseFileManifest.HashOf(content)) : listed)] }).ToBytes();
            return StoredZip.Write([.. StoredZip.Read(archive).Select(file => file.Name switch
            {
                CaseFileManifest.Path => (file.Name, bytes),
                CaseFileManifest.NotePath => (file.Name, Encoding.UTF8.GetBytes(signer.Sign(CaseFileManifest.Statement(caseId, bytes)))),
                _ when file.Name == path => (file.Name, (ReadOnlyMemory<byte>)content),
                _ => file,
            })]);
        }
    }

    private static void ShouldShowTheEvidence(Dictionary<string, ReadOnlyMemory<byte>> files, CaseFileManifest manifest, string page, string imageId, string workId)
    {
        manifest.Records[2].Events.Select(@event => (@event.Stream, @event.Type)).ShouldBe(
            [($"screening-{imageId}", "fingerprint_recorded_v1"), ($"screening-{imageId}", "image_screened_v1"), ($"screening-{workId}", "fingerprint_recorded_v1"),
                ($"screening-{workId}", "work_search_requested_v1"), ($"screening-{workId}", "work_searched_v1")]);
        var screened = JsonNode.Parse(files[manifest.Records[2].Events[1].Path].Span)!["data"]!;
        var (match, thresholds) = (screened["matches"]!.AsArray().Single(match => (string?)match!["referenceId"] == workId)!, screened["thresholds"]!);
        (thresholds["indexVersion"], match["evidence"]!["uploadArea"], match["evidence"]!["score"]).ShouldSatisfyAllConditions(
            told => told.Item1.ShouldNotBeNull(), told => told.Item2.ShouldNotBeNull(), told => told.Item3.ShouldNotBeNull());
        foreach (var told in new[] { "The very same file", "完全相同的文件", "Sure enough to act on", "100 %", (string)thresholds["algorithm"]!, (string)match["evidence"]!["algorithm"]! }) page.ShouldContain(told);
        // The ISCC is where a program and where a person looks; what is for programs alone is in the event.
        foreach (var picture in manifest.Pictures) page.ShouldContain(picture.Iscc.ShouldNotBeNull());
        var features = JsonNode.Parse(files[manifest.Records[2].Events[0].Path].Span)!["data"]!["features"]!;
        page.ShouldNotContain(((string)features["local"]!)[..40]);
        page.ShouldNotContain("{&quot;");
    }

    private async Task<JsonNode> SendAsync(string path, params (string Name, string Value)[] fields)
    {
        using var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields) form.Add(new StringContent(value), name);
        form.Add(new ByteArrayContent(picture) { Headers = { ContentType = new MediaTypeHeaderValue("image/png") } }, "file", "picture.png");
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = form };
        request.Headers.TryAddWithoutValidation("Prefer", "wait=30");
        using var response = await services.Http("Ingestion").SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(System.Net.HttpStatusCode.Created, text);
        return JsonNode.Parse(text)!;
    }
}
