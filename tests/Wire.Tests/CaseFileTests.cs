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
        var imageId = await Eventually.GetAsync(async () =>
        {
            var upload = await SendAsync("/v1/images", ("accountId", "shop"));
            return upload["screening"]?["verdict"]?.GetValue<string>() == "Match" ? upload["imageId"]!.GetValue<string>() : null;
        }, TimeSpan.FromSeconds(60), "A match");
        var caseId = await Eventually.GetAsync(async () =>
            JsonNode.Parse(await services.Http("CaseManagement").GetStringAsync($"/v1/cases?imageId={imageId}"))!["items"]!.AsArray().FirstOrDefault()?["caseId"]?.GetValue<string>());

        var (archive, report) = await Eventually.GetAsync(async () =>
        {
            var bytes = await services.Http("CaseManagement").GetByteArrayAsync($"/v1/cases/{caseId}/export");
            var found = new CaseFileCheck(bytes, await services.LogKeysAsync()).Run();
            // Ingestion seals within a second of its own.
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
        page.Split("data:image/jpeg;base64,").Length.ShouldBe(3);

        // With another picture in its place, all hashes made right again, the sealed record of the upload still tells.
        var manifest = CaseFileManifest.Parse(files[CaseFileManifest.Path].Span);
        manifest.Records.Select(record => record.Log).ShouldBe(["imagerights/casemanagement", "imagerights/ingestion"]);
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
        new CaseFileCheck(rebuilt, [.. await services.LogKeysAsync(), signer.Verifier]).Run().Wrong.ShouldNotBeNull().ShouldContain($"the picture {imageId} is another than its sealed record names");
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
