using System.Net;
using System.Text;
using ImageRights.EventStore.Transparency;
using ImageRights.Verifier;
using Npgsql;

namespace ImageRights.CaseManagement.IntegrationTests;

[Collection(ServiceCollection.Name)]
public class CaseFileTests(RunningService service)
{
    private const string Statement = "<script>alert(1)</script> 这是我的照片 \u202Egnp.exe";

    [Fact]
    public async Task A_case_leaves_the_house_as_a_file_that_proves_itself()
    {
        var opened = await DisputedAsync();
        var archive = await ExportAsync(opened.Id);
        var files = StoredZip.Read(archive).ToDictionary(file => file.Name, file => file.Content);

        var report = new CaseFileCheck(archive, await KeysAsync()).Run();
        report.Wrong.ShouldBeNull();
        (report.CaseId, report.Events).ShouldBe((opened.Id, 3));
        // Ingestion does not run here: the file says so, and does not fail.
        report.Missing.ShouldContain(gap => gap.Contains(opened.Scenario.Image) && gap.Contains("did not answer"));
        // Nor do Matching and Fingerprint.
        report.Missing.ShouldContain("the record of what was compared and found: The matching service did not answer.");
        report.Missing.ShouldContain("the record of the pictures' fingerprints: The fingerprint service did not answer.");
        var manifest = CaseFileManifest.Parse(files[CaseFileManifest.Path].Span);
        manifest.Records.Single().Events.Select(e => e.Type).ShouldBe(["case_opened_v1", "measure_applied_v1", "counter_notice_received_v1"]);

        var page = Encoding.UTF8.GetString(files["case.html"].Span);
        page.ShouldContain("The picture was taken down");
        page.ShouldContain("&lt;script&gt;");
        page.ShouldNotContain("<script");
        page.ShouldContain("这是我的照片");
        page.ShouldNotContain('\u202E');
        files["case.pdf"].Span[..5].SequenceEqual("%PDF-"u8).ShouldBeTrue();

        // A proof out of it can be checked alone, and an ordinary program opens the archive.
        var proof = LogProof.Parse(Encoding.UTF8.GetString(files[manifest.Records[0].Events[0].Proof].Span));
        Encoding.UTF8.GetString(proof.Entry).ShouldContain(opened.Id);
        proof.Verify(await KeysAsync()).Size.ShouldBeGreaterThan(proof.Index);
        using var zip = new System.IO.Compression.ZipArchive(new MemoryStream(archive));
        foreach (var entry in zip.Entries)
        {
            using var content = new MemoryStream();
            await using (var stream = entry.Open()) await stream.CopyToAsync(content);
            content.ToArray().ShouldBe(files[entry.FullName].ToArray(), entry.FullName);
        }
    }

    [Fact]
    public async Task No_byte_of_a_case_file_can_be_changed_and_the_event_is_named()
    {
        var archive = await ExportAsync((await DisputedAsync()).Id);
        var keys = await KeysAsync();
        var isLong = Environment.GetEnvironmentVariable("IMAGERIGHTS_LONG") == "1";
        var unnoticed = new List<int>();
        Parallel.For(0, archive.Length, new ParallelOptions { MaxDegreeOfParallelism = 2 }, place =>
        {
            if (!isLong && place % 97 != 0 && place > 1500) return;
            var changed = (byte[])archive.Clone();
            changed[place] ^= (byte)(1 << (place % 8));
            if (new CaseFileCheck(changed, keys).Run().Wrong is null) lock (unnoticed) unnoticed.Add(place);
        });
        unnoticed.ShouldBeEmpty();

        foreach (var changed in new[] { archive[..^1], [.. archive, 0], archive[..(archive.Length / 2)], [], Encoding.UTF8.GetBytes("PK") })
            new CaseFileCheck(changed, keys).Run().Wrong.ShouldNotBeNull();
        var files = StoredZip.Read(archive);
        var manifest = CaseFileManifest.Parse(files[0].Content.Span);
        var second = manifest.Records[0].Events[1];
        Wrong(file => file.Name == second.Path ? (file.Name, Flipped(file.Content)) : file).ShouldSatisfyAllConditions(
            wrong => wrong.ShouldContain(second.Path), wrong => wrong.ShouldContain(second.EventId.ToString()), wrong => wrong.ShouldContain($"stream {second.Stream}, version 2"), wrong => wrong.ShouldContain("was changed"));
        Rebuilt([.. files.Where(file => file.Name != second.Proof)]).ShouldContain($"{second.Proof} (event {second.EventId}");
        Rebuilt([.. files, ("more.txt", "x"u8.ToArray())]).ShouldContain("more.txt was added");
        Rebuilt([.. files.Skip(2).Prepend(files[1]).Prepend(files[0]).Reverse()]).ShouldContain("the archive was changed");
        // Who forges the hashes too has not the key.
        var forged = manifest with { Files = [.. manifest.Files.Select(listed => listed.Path == "case.html" ? listed with { Sha256 = CaseFileManifest.HashOf("x"u8), Bytes = 1 } : listed)] };
        Rebuilt([.. files.Select(file => file.Name switch { "case.html" => (file.Name, "x"u8.ToArray()), CaseFileManifest.Path => (file.Name, forged.ToBytes()), _ => file })]).ShouldContain("is not the one that was signed");
        using (var stranger = LogSigner.Ephemeral(keys[0].Origin))
        {
            var statement = Encoding.UTF8.GetBytes(stranger.Sign(CaseFileManifest.Statement(manifest.CaseId, forged.ToBytes())));
            Rebuilt([.. files.Select(file => file.Name switch { "case.html" => (file.Name, "x"u8.ToArray()), CaseFileManifest.Path => (file.Name, forged.ToBytes()), CaseFileManifest.NotePath => (file.Name, statement), _ => file })])
                .ShouldContain("is not signed by a known key");
        }

        string Wrong(Func<(string Name, ReadOnlyMemory<byte> Content), (string, ReadOnlyMemory<byte>)> change) => Rebuilt([.. files.Select(change)]);

        string Rebuilt(IReadOnlyList<(string, ReadOnlyMemory<byte>)> content) => new CaseFileCheck(StoredZip.Write(content), keys).Run().Wrong.ShouldNotBeNull();

        static ReadOnlyMemory<byte> Flipped(ReadOnlyMemory<byte> content)
        {
            var changed = content.ToArray();
            changed[^2] ^= 1;
            return changed;
        }
    }

    [Fact]
    public async Task A_notice_comes_with_the_case_that_it_opened()
    {
        var scenario = await new Scenarios(service).KnownAsync();
        string[] fields = ["signature", "work", "contact", "goodFaith", "accuracyPerjury"];
        var notice = await service.PostAsync("/v1/notices", new
        {
            regime = "us-dmca-512",
            rightType = "Copyright",
            complainantAccountId = scenario.Complainant,
            workId = scenario.Work,
            elements = fields.ToDictionary(field => field, field => $"Words of {field}"),
            items = new[] { new { imageId = scenario.Image } },
        });
        notice.ShouldBe(HttpStatusCode.Created);
        var noticeId = (string)notice.Body!["noticeId"]!;
        var caseId = (string)notice.Body!["cases"]![0]!["caseId"]!;

        var archive = await ExportAsync(caseId);

        var files = StoredZip.Read(archive).ToDictionary(file => file.Name, file => file.Content);
        new CaseFileCheck(archive, await KeysAsync()).Run().Wrong.ShouldBeNull();
        CaseFileManifest.Parse(files[CaseFileManifest.Path].Span).Records[0].Events.Select(e => e.Stream).Distinct().ShouldBe([$"case-{caseId}", $"notice-{noticeId}"]);
        Encoding.UTF8.GetString(files[$"documents/{noticeId}.json"].Span).ShouldContain($"Words of {fields[0]}");
    }

    [Fact]
    public async Task What_is_not_sealed_yet_is_not_given_out()
    {
        var opened = await DisputedAsync();
        await using var source = NpgsqlDataSource.Create(service.Database);
        await using var connection = await source.OpenConnectionAsync();
        // Somebody's write transaction holds all followers back.
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand("select pg_current_xact_id()", connection, transaction);
        await command.ExecuteScalarAsync();
        (await opened.TakeAsync("reinstatement", opened.Scenario.Step("reviewer-mei"))).ShouldBe(HttpStatusCode.OK);

        (await service.GetAsync($"/v1/cases/{opened.Id}/export")).ShouldBe(HttpStatusCode.ServiceUnavailable, "Case_Not_Sealed");
        await transaction.RollbackAsync();
        new CaseFileCheck(await ExportAsync(opened.Id), await KeysAsync()).Run().ShouldSatisfyAllConditions(report => report.Wrong.ShouldBeNull(), report => report.Events.ShouldBe(4));
        (await service.GetAsync("/v1/cases/case_00000000000000000000000000000000/export")).ShouldBe(HttpStatusCode.NotFound, "Case_Not_Found");
    }

    private async Task<OpenedCase> DisputedAsync()
    {
        var opened = await new Scenarios(service).TakenDownAsync();
        (await opened.TakeAsync("counter-notice", opened.Scenario.Step(opened.Scenario.Respondent, statement: Statement))).ShouldBe(HttpStatusCode.OK);
        return opened;
    }

    private async Task<byte[]> ExportAsync(string caseId)
    {
        using var response = await service.Http.GetAsync($"/v1/cases/{caseId}/export");
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/zip");
        return await response.Content.ReadAsByteArrayAsync();
    }

    private async Task<IReadOnlyList<LogVerifier>> KeysAsync() => [.. (await service.Http.GetStringAsync("/v1/log/keys")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(LogVerifier.Parse)];
}
