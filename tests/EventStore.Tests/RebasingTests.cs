using ImageRights.TestKit;
using Npgsql;

namespace ImageRights.EventStore.Tests;

public sealed class RebasingTests
{
    [Fact]
    public async Task After_a_restore_into_a_younger_cluster_followers_go_on_where_they_were_and_so_does_the_log()
    {
        await using var store = await TestStore.CreateAsync();
        var before = new Recorder();
        for (var number = 0; number < 5; number++) await store.AppendAsync("log-a", new ArgumentMade($"before {number}"));
        // Drawn first, committed last.
        await store.TamperAsync("update {schema}.mt_events set transaction_id = (select transaction_id from {schema}.mt_events where seq_id = 4) where seq_id = 2");
        using (var host = await store.StartHostAsync(options => { options.Follow("recorder", _ => before); options.KeepTransparencyLog(TransparencyLogTests.Key); }))
        {
            await SealedAsync(5);
            await Eventually.HoldsAsync(() => { before.Seen.Count.ShouldBe(5); return Task.CompletedTask; }, TimeSpan.FromSeconds(30));
            await host.StopAsync();
        }
        await store.AppendAsync("log-a", new ArgumentMade("unread"));
        var order = await OrderAsync();
        order.ShouldBe([1, 3, 2, 4, 5, 6]);
        // The ids of a cluster that has seen much more than this one.
        await store.TamperAsync("update {schema}.mt_events set transaction_id = (transaction_id::text::bigint + 4000000000)::text::xid8");
        await store.TamperAsync("update {schema}.mt_event_progression set last_transaction_id = (last_transaction_id::text::bigint + 4000000000)::text::xid8");

        await using (var owner = await store.ConnectAsync())
        {
            await using var rebase = new NpgsqlCommand(store.Sql("call {schema}.mt_rebase()"), owner);
            await rebase.ExecuteNonQueryAsync();
        }

        (await OrderAsync()).ShouldBe(order);
        var after = new Recorder();
        using var again = await store.StartHostAsync(options => { options.Follow("recorder", _ => after); options.KeepTransparencyLog(TransparencyLogTests.Key); });
        await store.AppendAsync("log-a", new ArgumentMade("new"));
        await SealedAsync(7);
        await Eventually.HoldsAsync(() => { after.Texts.ShouldBe(["unread", "new"]); return Task.CompletedTask; }, TimeSpan.FromSeconds(30));
        (await store.ScalarAsync<long[]>("select array_agg(seq_id order by index) from {schema}.mt_log_leaves")).ShouldBe([1, 3, 2, 4, 5, 6, 7]);
        (await Should.ThrowAsync<PostgresException>(() => store.ExecuteAsync("delete from {schema}.mt_events"))).MessageText.ShouldContain("append-only");
        await using var mayNot = store.Store.DataSource.CreateCommand(store.Sql("call {schema}.mt_rebase()"));
        (await Should.ThrowAsync<PostgresException>(() => mayNot.ExecuteNonQueryAsync())).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);

        async Task<long[]> OrderAsync() => await store.ScalarAsync<long[]>("select array_agg(seq_id order by transaction_id, seq_id) from {schema}.mt_events");

        Task SealedAsync(long size) => Eventually.HoldsAsync(
            async () => (await store.ScalarAsync<long>("select coalesce(max(size), 0) from {schema}.mt_log_checkpoints")).ShouldBe(size), TimeSpan.FromSeconds(30));
    }
}
