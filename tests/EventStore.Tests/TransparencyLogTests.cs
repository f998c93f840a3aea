using System.Security.Cryptography;
using System.Text;
using ImageRights.EventStore.Transparency;
using ImageRights.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ImageRights.EventStore.Tests;

public sealed class TransparencyLogTests
{
    internal static readonly string Key = Convert.ToBase64String(SHA256.HashData("the log's key"u8));

    [Fact]
    public async Task Every_event_is_in_the_published_tree_once_over_restarts_and_two_processes()
    {
        await using var store = await TestStore.CreateAsync();
        for (var round = 0; round < 3; round++)
        {
            using var one = await store.StartHostAsync(options => options.KeepTransparencyLog(Key));
            using var other = await store.StartHostAsync(options => options.KeepTransparencyLog(Key));
            await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => AppendManyAsync(store, $"log-{round}-{writer}", 75)));
            // The first ends in mid-work; the other takes over.
            await one.StopAsync();
            await SealedAsync(store, (round + 1) * 300);
            await other.StopAsync();
        }

        (await store.ScalarAsync<long>("select count(*) from {schema}.mt_events e join {schema}.mt_log_leaves l on l.tenant_id = e.tenant_id and l.event_id = e.id")).ShouldBe(900);
        (await store.ScalarAsync<long>("select count(*) from {schema}.mt_log_leaves")).ShouldBe(900);
        // The leaves are in the order of the log.
        (await store.ScalarAsync<bool>("select bool_and(place = index + 1) from (select l.index, row_number() over (order by e.transaction_id, e.seq_id) place from {schema}.mt_events e join {schema}.mt_log_leaves l using (seq_id)) as ordered")).ShouldBeTrue();
    }

    [Fact]
    public async Task Every_checkpoint_is_signed_and_continues_each_one_before_it()
    {
        await using var store = await TestStore.CreateAsync();
        using var host = await store.StartHostAsync(options => options.KeepTransparencyLog(Key));
        var log = host.Services.GetRequiredService<TransparencyLog>();
        foreach (var amount in new[] { 1, 2, 4, 250, 3, 300 })
        {
            var before = await store.ScalarAsync<long>("select count(*) from {schema}.mt_events");
            await AppendManyAsync(store, $"log-{amount}", amount);
            await SealedAsync(store, before + amount);
        }

        var key = LogVerifier.Parse((await log.VerifierKeysAsync(CancellationToken.None)).ShouldHaveSingleItem());
        var notes = await store.ScalarAsync<string[]>("select array_agg(note order by size) from {schema}.mt_log_checkpoints");
        var checkpoints = notes.Select(note => Checkpoint.Open(note, [key])).ToList();
        checkpoints[^1].Size.ShouldBe(560);
        var leaves = await store.ScalarAsync<byte[][]>("select array_agg(hash order by index) from {schema}.mt_log_leaves");
        foreach (var checkpoint in checkpoints) checkpoint.Root.ShouldBe(NaiveRoot(leaves[..(int)checkpoint.Size]));
        foreach (var older in checkpoints)
        {
            foreach (var newer in checkpoints.Where(newer => newer.Size >= older.Size))
            {
                var proof = await log.ConsistencyProofAsync(older.Size, newer.Size, CancellationToken.None);
                Merkle.IsConsistent(older.Size, older.Root, newer.Size, newer.Root, proof!).ShouldBeTrue($"{older.Size} to {newer.Size}");
                Merkle.IsConsistent(older.Size, SHA256.HashData(older.Root), newer.Size, newer.Root, proof!).ShouldBeFalse();
            }
        }
        (await log.ConsistencyProofAsync(1, 561, CancellationToken.None)).ShouldBeNull();
        (await log.ConsistencyProofAsync(0, 1, CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task Each_event_has_a_proof_that_holds_without_the_store()
    {
        await using var store = await TestStore.CreateAsync();
        using var host = await store.StartHostAsync(options => options.KeepTransparencyLog(Key));
        var log = host.Services.GetRequiredService<TransparencyLog>();
        await AppendManyAsync(store, "log-a", 259);
        await SealedAsync(store, 259);
        var key = LogVerifier.Parse((await log.VerifierKeysAsync(CancellationToken.None))[0]);

        foreach (var id in await store.ScalarAsync<Guid[]>("select array_agg(id order by seq_id) from {schema}.mt_events where version in (1, 2, 128, 256, 257, 258, 259)"))
        {
            var (text, _) = await log.InclusionProofAsync(DocumentStore.DefaultTenant, id, CancellationToken.None);
            var proof = LogProof.Parse(text!);
            Encoding.UTF8.GetString(proof.Entry).ShouldContain(id.ToString());
            proof.Verify([key]).Size.ShouldBe(259);
            Should.Throw<FormatException>(() => (proof with { Index = (proof.Index + 1) % 259 }).Verify([key]));
            Should.Throw<FormatException>(() => (proof with { Entry = [.. proof.Entry, 0x20] }).Verify([key]));
            Should.Throw<FormatException>(() => proof.Verify([LogSigner.Ephemeral(key.Origin).Verifier]));
        }
        (await log.InclusionProofAsync("another tenant", await store.ScalarAsync<Guid>("select id from {schema}.mt_events limit 1"), CancellationToken.None)).ShouldBe((null, false));
        (await log.TileAsync(0, 0, 256, CancellationToken.None))!.Length.ShouldBe(256 * 32);
        (await log.TileAsync(0, 1, 3, CancellationToken.None))!.Length.ShouldBe(3 * 32);
        (await log.TileAsync(0, 1, 4, CancellationToken.None)).ShouldBeNull();
        (await log.TileAsync(1, 0, 1, CancellationToken.None))!.ShouldBe(NaiveRoot([.. (await log.TileAsync(0, 0, 256, CancellationToken.None))!.Chunk(32)]));
    }

    [Fact]
    public async Task Nothing_is_signed_after_the_stored_tree_was_changed()
    {
        await using var store = await TestStore.CreateAsync();
        using (var host = await store.StartHostAsync(options => options.KeepTransparencyLog(Key)))
        {
            await AppendManyAsync(store, "log-a", 3);
            await SealedAsync(store, 3);
            await host.StopAsync();
        }
        await store.TamperAsync("update {schema}.mt_log_leaves set hash = sha256(hash) where index = 1");

        using var again = await store.StartHostAsync(options => options.KeepTransparencyLog(Key));
        await AppendManyAsync(store, "log-b", 1);

        await Eventually.HoldsAsync(() => { again.Services.FollowerStatuses().Single().State.ShouldBe(FollowerState.Stopped); return Task.CompletedTask; }, TimeSpan.FromSeconds(15), "The sealer stops");
        again.Services.FollowerStatuses().Single().Error!.ShouldContain("another root");
        (await store.ScalarAsync<long>("select max(size) from {schema}.mt_log_checkpoints")).ShouldBe(3);
    }

    [Fact]
    public async Task What_the_log_holds_cannot_be_changed_by_the_service()
    {
        await using var store = await TestStore.CreateAsync();
        foreach (var table in new[] { "mt_log_leaves", "mt_log_tiles", "mt_log_checkpoints", "mt_log_keys" })
        {
            await using var command = store.Store.DataSource.CreateCommand(store.Sql($"delete from {{schema}}.{table}"));
            (await Should.ThrowAsync<Npgsql.PostgresException>(() => command.ExecuteNonQueryAsync(), table)).MessageText.ShouldStartWith("permission denied");
            (await Should.ThrowAsync<Npgsql.PostgresException>(() => store.ExecuteAsync($"truncate {{schema}}.{table}"), table)).MessageText.ShouldContain("append-only");
        }
    }

    private static async Task AppendManyAsync(TestStore store, string stream, int amount)
    {
        for (var first = 0; first < amount; first += 50)
            await store.AppendAsync(stream, [.. Enumerable.Range(first, Math.Min(50, amount - first)).Select(number => new ArgumentMade($"argument {number}"))]);
    }

    private static Task SealedAsync(TestStore store, long size) => Eventually.HoldsAsync(
        async () => (await store.ScalarAsync<long>("select coalesce(max(size), 0) from {schema}.mt_log_checkpoints")).ShouldBeGreaterThanOrEqualTo(size), TimeSpan.FromSeconds(30), $"A checkpoint over {size} events");

    /// <summary>RFC 6962, section 2.1, word for word.</summary>
    private static byte[] NaiveRoot(byte[][] leaves)
    {
        if (leaves.Length == 1) return leaves[0];
        var left = 1;
        while (left * 2 < leaves.Length) left *= 2;
        return SHA256.HashData([1, .. NaiveRoot(leaves[..left]), .. NaiveRoot(leaves[left..])]);
    }
}
