using ImageRights.TestKit;
using Npgsql;

namespace ImageRights.EventStore.Tests;

public sealed class SchemaTests
{
    private const string Deadlines = "create table if not exists {schema}.deadlines (id text primary key); create index if not exists deadlines_by_length on {schema}.deadlines (length(id))";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Eight_starters_at_once_make_the_tables_once()
    {
        await using var store = await TestStore.CreateAsync(options => options.SchemaScripts.Add("create table if not exists {schema}.deadlines (id text primary key)"), applySchema: false);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => store.Store.ApplySchemaAsync(CancellationToken.None)));

        (await store.ScalarAsync<long>("select count(*) from pg_tables where schemaname = '{schema}' and tablename in ('mt_streams', 'mt_events', 'mt_event_progression', 'mt_inbox', 'mt_idempotency', 'mt_doc_tally', 'deadlines', 'mt_migrations')")).ShouldBe(8);
        await store.AppendAsync("log-1", new ArgumentMade("works"));
    }

    [Fact]
    public async Task Services_that_start_together_in_a_new_database_do_not_disturb_each_other()
    {
        for (var round = 0; round < 3; round++)
        {
            var database = await TestServers.CreateDatabaseAsync();
            var stores = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => TestStore.CreateAsync(options => options.ConnectionString = database, applySchema: false)));

            await Task.WhenAll(stores.Select(store => store.Store.ApplySchemaAsync(CancellationToken.None)));

            foreach (var store in stores)
            {
                await store.AppendAsync("log-1", new ArgumentMade("works"));
                await store.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task A_numbered_script_runs_once()
    {
        await using var store = await TestStore.CreateAsync();
        (await store.ScalarAsync<string[]>("select array_agg(name order by name) from {schema}.mt_migrations")).ShouldBe(["001_event_store.sql", "002_append_only.sql", "003_transparency_log.sql", "004_rebase.sql", "005_tenants.sql", "006_rebuilds.sql", "010_time_stamps.sql", "011_personal_keys.sql", "012_versions_of_answers.sql"]);
        await store.ExecuteAsync("drop table {schema}.mt_inbox");

        await store.Store.ApplySchemaAsync(CancellationToken.None);

        (await store.ScalarAsync<bool>("select to_regclass('{schema}.mt_inbox') is null")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_start_that_has_nothing_new_to_make_waits_for_nobody_at_work()
    {
        await using var store = await TestStore.CreateAsync(options => options.SchemaScripts.Add(Deadlines));
        await using var atWork = await store.ConnectAsync();
        await using var transaction = await atWork.BeginTransactionAsync();
        await RunAsync(atWork, store.Sql("insert into {schema}.deadlines values ('held'); insert into {schema}.mt_doc_tally (id, data) values ('held', '{}')"));

        await store.Store.ApplySchemaAsync(CancellationToken.None).WaitAsync(Patience);
    }

    [Fact]
    public async Task What_a_service_keeps_beside_the_store_is_made_when_its_script_has_changed()
    {
        await using var store = await TestStore.CreateAsync(options => options.SchemaScripts.Add(Deadlines));
        store.Store.Options.SchemaScripts.Add("alter table {schema}.deadlines add column if not exists ground text");

        await store.Store.ApplySchemaAsync(CancellationToken.None);

        await store.ExecuteAsync("insert into {schema}.deadlines (id, ground) values ('one', 'fault')");
    }

    [Fact]
    public async Task A_start_that_locks_tables_in_another_order_than_a_replica_at_work_begins_again()
    {
        await using var store = await TestStore.CreateAsync(options => options.SchemaScripts.Add("create table if not exists {schema}.deadlines (id text primary key)"));
        await using var atWork = await store.ConnectAsync();
        await using var transaction = await atWork.BeginTransactionAsync();
        // Who waits longest looks for the deadlock: the start.
        await RunAsync(atWork, store.Sql("set local deadlock_timeout = '1min'; insert into {schema}.deadlines values ('held')"));
        store.Store.Options.SchemaScripts.Add("alter table {schema}.mt_doc_tally add column if not exists ground text; alter table {schema}.deadlines add column if not exists ground text");

        var starting = store.Store.ApplySchemaAsync(CancellationToken.None);
        await Eventually.HoldsAsync(
            async () => (await store.ScalarAsync<long>("select count(*) from pg_locks where not granted and relation = '{schema}.deadlines'::regclass")).ShouldBe(1), Patience, "the start to wait for who is at work");
        await RunAsync(atWork, store.Sql("insert into {schema}.mt_doc_tally (id, data) values ('held', '{}')"));
        await transaction.CommitAsync();

        await starting.WaitAsync(Patience);
        await store.ExecuteAsync("update {schema}.deadlines set ground = 'fault'; update {schema}.mt_doc_tally set ground = 'fault'");
    }

    [Fact]
    public async Task Applying_again_keeps_what_is_stored()
    {
        await using var store = await TestStore.CreateAsync();
        await store.AppendAsync("log-1", new ArgumentMade("kept"));

        await store.Store.ApplySchemaAsync(CancellationToken.None);

        await using var session = store.Session();
        (await session.Events.FetchStreamAsync("log-1")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Tables_and_columns_are_Marten_9s()
    {
        await using var store = await TestStore.CreateAsync();

        (await ColumnsAsync("mt_streams")).ShouldBe("id,is_archived,tenant_id,timestamp,type,version,created".Split(','), ignoreOrder: true);
        var events = await ColumnsAsync("mt_events");
        events.ShouldBe("seq_id,id,stream_id,version,data,type,timestamp,tenant_id,mt_dotnet_type,correlation_id,causation_id,headers,user_name,is_archived,transaction_id".Split(','));
        events[^1].ShouldBe("transaction_id");
        (await ColumnsAsync("mt_doc_tally")).ShouldBe("tenant_id,id,data,mt_last_modified,mt_version,mt_dotnet_type".Split(','));

        async Task<string[]> ColumnsAsync(string table) => await store.ScalarAsync<string[]>(
            "select array_agg(column_name::text order by ordinal_position) from information_schema.columns where table_schema = '{schema}' and table_name = $1", table);
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
