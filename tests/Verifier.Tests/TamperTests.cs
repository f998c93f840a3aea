using Npgsql;

namespace ImageRights.Verifier.Tests;

public sealed class TamperTests
{
    [Fact]
    public async Task A_store_that_nobody_touched_is_right()
    {
        await using var store = await SealedStore.CreateAsync(streams: 40, eventsEach: 20);
        await store.AppendAsync(1, 3, seal: false);

        var report = await store.CheckAsync();

        report.Wrong.ShouldBeNull();
        (report.Events, report.Unsealed).ShouldBe((800, 3));
        report.Checkpoints.ShouldBe(await store.ScalarAsync<long>("select count(*) from mt_log_checkpoints"));
        // All columns are covered but the transaction id, whose order is.
        (await store.ScalarAsync<string[]>("select array_agg(column_name::text) from information_schema.columns where table_name = 'mt_events'"))
            .ShouldBe([.. TamperMatrixTests.Columns, "mt_dotnet_type", "transaction_id"], ignoreOrder: true);
    }

    [Fact]
    public async Task Every_flipped_byte_of_the_log_itself_is_found()
    {
        await using var store = await SealedStore.CreateAsync(streams: 4, eventsEach: 70);
        foreach (var (table, column, where) in new[] { ("mt_log_leaves", "hash", "index = 7"), ("mt_log_tiles", "root", "level = 0 and index = 0"), ("mt_log_checkpoints", "root", "size = (select max(size) from mt_log_checkpoints)") })
            await FlipEachAsync(table, column, where, every: 7);
        await FlipEachAsync("mt_log_tiles", "hashes", "level = 0 and index = 0", every: 1021);
        (await store.CheckAsync()).Wrong.ShouldBeNull();

        async Task FlipEachAsync(string table, string column, string where, int every)
        {
            var length = await store.ScalarAsync<int>($"select length({column}) from {table} where {where}");
            for (var place = 0; place < length; place += every)
            {
                await store.TamperAsync($"update {table} set {column} = set_byte({column}, {place}, get_byte({column}, {place}) # 1) where {where}");
                (await store.CheckAsync()).Wrong.ShouldNotBeNull($"{table}.{column}, byte {place}");
                await store.TamperAsync($"update {table} set {column} = set_byte({column}, {place}, get_byte({column}, {place}) # 1) where {where}");
            }
        }
    }

    [Theory]
    [InlineData("delete from mt_events where seq_id = 10", "is missing: it is leaf 9")]
    [InlineData("delete from mt_events where seq_id > 25", "is missing: it is leaf 25")]
    [InlineData("delete from mt_events; delete from mt_log_leaves", "the log has 0 leaves, but a checkpoint is stored")]
    [InlineData("update mt_events set data = case seq_id when 10 then (select data from mt_events where seq_id = 11) else (select data from mt_events where seq_id = 10) end where seq_id in (10, 11)", "was changed")]
    [InlineData("update mt_events set seq_id = case seq_id when 10 then -10 else -11 end where seq_id in (10, 11); update mt_events set seq_id = case seq_id when -10 then 11 else 10 end where seq_id < 0", "was changed")]
    [InlineData("update mt_events set transaction_id = '1' where seq_id = 10", "the order was changed")]
    [InlineData("update mt_events set transaction_id = '9000000000000000000' where seq_id = 10", "the order was changed")]
    [InlineData("insert into mt_events (seq_id, id, stream_id, version, data, type, transaction_id) select 1000, gen_random_uuid(), 'note-x', 1, data, type, transaction_id from mt_events where seq_id = 10", "was inserted")]
    [InlineData("update mt_events set tenant_id = 'stranger' where seq_id = 10", "its tenant is stranger")]
    [InlineData("update mt_events set stream_id = 'note-stolen' where stream_id = (select stream_id from mt_events where seq_id = 10)", "its stream is note-stolen")]
    [InlineData("update mt_events set timestamp = timestamp - interval '1 microsecond' where seq_id = 10", "was changed")]
    [InlineData("update mt_events set timestamp = 'infinity' where seq_id = 10", "was changed")]
    [InlineData("update mt_events set user_name = null where seq_id = 10", "was changed")]
    [InlineData("update mt_events set user_name = '' where seq_id = 10; update mt_events set headers = null where seq_id = 11", "was changed")]
    [InlineData("delete from mt_log_leaves where index = 9", "the log has no leaf 9")]
    [InlineData("delete from mt_log_leaves where index > 25", "leaves are missing")]
    [InlineData("delete from mt_log_checkpoints where size = (select max(size) from mt_log_checkpoints)", "no checkpoint is stored over all 30")]
    public async Task What_was_done_to_the_rows_is_named(string tampering, string named)
    {
        await using var store = await SealedStore.CreateAsync(streams: 3, eventsEach: 10);
        (await store.CheckAsync()).Wrong.ShouldBeNull();

        foreach (var statement in tampering.Split(';')) await store.TamperAsync(statement);

        (await store.CheckAsync()).Wrong.ShouldNotBeNull().ShouldContain(named);
    }

    [Fact]
    public async Task A_forger_who_also_rewrites_the_leaves_is_found_by_the_signature()
    {
        await using var store = await SealedStore.CreateAsync(streams: 1, eventsEach: 10);
        await store.TamperAsync("update mt_events set user_name = 'Somebody else' where seq_id = 5");
        // He knows how leaves are made, but has not the key.
        await store.TamperAsync("update mt_log_leaves set hash = $1 where index = 4", await HashOfAsync(store, 5));

        (await store.CheckAsync()).Wrong.ShouldNotBeNull().ShouldContain("are not those that the checkpoint over 10 was signed for");
    }

    [Fact]
    public async Task A_restored_old_backup_and_a_rewritten_history_are_found_by_a_checkpoint_kept_elsewhere()
    {
        await using var store = await SealedStore.CreateAsync(streams: 1, eventsEach: 10);
        var old = await store.ScalarAsync<string>("select note from mt_log_checkpoints order by size desc limit 1");
        await store.AppendAsync(1, 10);
        var kept = await store.ScalarAsync<string>("select note from mt_log_checkpoints order by size desc limit 1");
        (await store.CheckAsync(old, kept)).Wrong.ShouldBeNull();

        // As it was after ten events, in every table.
        foreach (var back in new[] { "delete from mt_events where seq_id > 10", "delete from mt_log_leaves where index >= 10", "delete from mt_log_checkpoints where size > 10", "delete from mt_event_progression" }) await store.TamperAsync(back);
        await store.TamperAsync("insert into mt_event_progression (name, last_seq_id, last_transaction_id) select 'sealer', seq_id, transaction_id from mt_events where seq_id = 10");
        (await store.CheckAsync()).Wrong.ShouldBeNull();
        (await store.CheckAsync(old)).Wrong.ShouldBeNull();
        (await store.CheckAsync(kept)).Wrong.ShouldNotBeNull().ShouldContain("an older backup was restored");

        // And then went on with another history, under the right key.
        await store.AppendAsync(1, 10);
        (await store.CheckAsync()).Wrong.ShouldBeNull();
        (await store.CheckAsync(kept)).Wrong.ShouldNotBeNull().ShouldContain("the history was rewritten");
    }

    private static async Task<byte[]> HashOfAsync(SealedStore store, long sequence)
    {
        await using var source = NpgsqlDataSource.Create(store.ConnectionString);
        await using var command = source.CreateCommand($"select {EventStore.Transparency.Leaf.Columns} from mt_events where seq_id = {sequence}");
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return EventStore.Transparency.Leaf.Read(reader, new EventStore.Transparency.ByteBuffer()).Hash;
    }
}
