using System.Net;
using System.Security.Cryptography;
using System.Text;
using ImageRights.EventStore.Transparency;
using ImageRights.TestKit;
using Npgsql;

namespace ImageRights.CaseManagement.IntegrationTests;

[Collection(ServiceCollection.Name)]
public class TransparencyTests(RunningService service)
{
    [Fact]
    public async Task A_reported_case_can_be_proved_with_nothing_but_the_proof_and_the_key()
    {
        var reported = await new Scenarios(service).ReportedAsync();
        var id = await EventIdAsync(reported.Id);
        var text = await Eventually.GetAsync(async () => await service.Http.GetAsync($"/v1/log/proofs/inclusion?eventId={id}") is { IsSuccessStatusCode: true } answer ? await answer.Content.ReadAsStringAsync() : null);

        var proof = LogProof.Parse(text);
        var keys = (await service.Http.GetStringAsync("/v1/log/keys")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(LogVerifier.Parse).ToList();
        var checkpoint = proof.Verify(keys);
        Encoding.UTF8.GetString(proof.Entry).ShouldContain(reported.Id);
        (await service.Http.GetByteArrayAsync($"/v1/log/entries/{proof.Index}")).ShouldBe(proof.Entry);

        // Tiles lead to the same leaf, and the latest checkpoint continues the one of the proof.
        var width = (int)Math.Min(256, checkpoint.Size - (proof.Index / 256 * 256));
        var tile = await service.Http.GetByteArrayAsync($"/v1/log/tile/0/{proof.Index / 256:000}{(width < 256 ? $".p/{width}" : "")}");
        tile.Chunk(32).ElementAt((int)(proof.Index % 256)).ShouldBe(SHA256.HashData([0, .. proof.Entry]));
        var latest = Checkpoint.Open(await service.Http.GetStringAsync("/v1/log/checkpoint"), keys);
        var consistency = await service.Http.GetStringAsync($"/v1/log/proofs/consistency?from={checkpoint.Size}&to={latest.Size}");
        Merkle.IsConsistent(checkpoint.Size, checkpoint.Root, latest.Size, latest.Root, [.. consistency.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Convert.FromBase64String)]).ShouldBeTrue();
    }

    [Fact]
    public async Task Messages_bring_the_latest_checkpoint_which_the_log_continues()
    {
        await new Scenarios(service).ReportedAsync();
        await Eventually.GetAsync(async () => await service.Http.GetAsync("/v1/log/checkpoint") is { IsSuccessStatusCode: true } answer ? answer : null);
        await new Scenarios(service).ReportedAsync();

        await Eventually.HoldsAsync(() =>
        {
            service.CheckpointsHeard.ShouldNotBeEmpty();
            return Task.CompletedTask;
        });
        var keys = (await service.Http.GetStringAsync("/v1/log/keys")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(LogVerifier.Parse).ToList();
        var heard = Checkpoint.Open(Encoding.UTF8.GetString(Convert.FromBase64String(service.CheckpointsHeard.Last())), keys);
        var latest = Checkpoint.Open(await service.Http.GetStringAsync("/v1/log/checkpoint"), keys);
        var consistency = await service.Http.GetStringAsync($"/v1/log/proofs/consistency?from={heard.Size}&to={latest.Size}");
        Merkle.IsConsistent(heard.Size, heard.Root, latest.Size, latest.Root, [.. consistency.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Convert.FromBase64String)]).ShouldBeTrue();
    }

    [Theory]
    [InlineData("/v1/log/proofs/inclusion", 422)]
    [InlineData("/v1/log/proofs/inclusion?eventId=1", 422)]
    [InlineData("/v1/log/proofs/inclusion?eventId=11111111-1111-7111-8111-111111111111", 404)]
    [InlineData("/v1/log/proofs/consistency?from=0&to=1", 422)]
    [InlineData("/v1/log/proofs/consistency?from=1&to=9223372036854775807", 422)]
    [InlineData("/v1/log/entries/9223372036854775807", 404)]
    [InlineData("/v1/log/tile/0/x999/x999/x999/x999/999", 404)]
    [InlineData("/v1/log/tile/63/000", 404)]
    [InlineData("/v1/log/tile/0/000.p/256", 404)]
    [InlineData("/v1/log/tile/0/0", 404)]
    public async Task What_the_log_does_not_have_is_refused(string path, int status) => (await service.GetAsync(path)).ShouldBe((HttpStatusCode)status);

    private async Task<Guid> EventIdAsync(string caseId)
    {
        await using var source = NpgsqlDataSource.Create(service.Database);
        await using var command = source.CreateCommand("select id from mt_events where stream_id = 'case-' || $1 and version = 1");
        command.Parameters.Add(new() { Value = caseId });
        return (Guid)(await command.ExecuteScalarAsync())!;
    }
}
