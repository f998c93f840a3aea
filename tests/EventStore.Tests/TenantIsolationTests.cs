using ImageRights.TestKit;
using Npgsql;

namespace ImageRights.EventStore.Tests;

public sealed class TenantIsolationTests
{
    private static readonly string[] TablesOfTenants = ["mt_streams", "mt_events", "mt_inbox", "mt_idempotency", "mt_log_leaves", "mt_personal_keys", "mt_doc_dispute_card", "mt_doc_tally", "deadlines"];

    private static Task<TestStore> CreateAsync() => TestStore.CreateAsync(options =>
        options.SchemaScripts.Add("create table if not exists {schema}.deadlines (tenant_id varchar not null, id varchar not null, primary key (tenant_id, id))"));

    [Fact]
    public async Task Every_table_with_a_tenant_forces_row_level_security_on_its_owner_too()
    {
        await using var store = await CreateAsync();

        (await store.ScalarAsync<string[]>(
            """
            select array_agg(c.relname::text order by c.relname) from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
            where c.relnamespace = '{schema}'::regnamespace and c.relkind = 'r' and c.relrowsecurity and c.relforcerowsecurity
            """)).ShouldBe(TablesOfTenants.Order(StringComparer.Ordinal).ToArray());
        (await store.ScalarAsync<long>(
            """
            select count(*) from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
            where c.relnamespace = '{schema}'::regnamespace and c.relkind = 'r' and not c.relforcerowsecurity
            """)).ShouldBe(0);
    }

    [Fact]
    public async Task A_session_reads_its_own_tenant_alone_with_handwritten_sql_too()
    {
        await using var store = await CreateAsync();
        await FillAsync(store, "anna");
        await FillAsync(store, "boris");
        await using var anna = store.Session("anna");

        foreach (var table in (string[])["mt_streams", "mt_events", "mt_inbox", "mt_idempotency", "mt_doc_dispute_card", "mt_doc_tally", "deadlines"])
        {
            var tenants = await anna.QueryRowsAsync($"select distinct tenant_id from {{schema}}.{table}", [], reader => reader.GetString(0));
            tenants.ShouldBe(["anna"], table);
            (await anna.QueryRowsAsync($"select 1 from {{schema}}.{table} where tenant_id = ?", ["boris"], reader => reader.GetInt32(0))).ShouldBeEmpty(table);
        }
        (await anna.QueryAsync<DisputeCard>("where true or true", [])).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_session_cannot_write_another_tenants_rows_with_handwritten_sql()
    {
        await using var store = await CreateAsync();
        await FillAsync(store, "anna");
        await FillAsync(store, "boris");

        foreach (var sql in (string[])[
            "insert into {schema}.deadlines values ('boris', 'planted')",
            "insert into {schema}.mt_doc_tally (tenant_id, id, data) values ('boris', 'planted', '{}')",
            "insert into {schema}.mt_events (seq_id, id, stream_id, version, data, type, tenant_id) values (-1, gen_random_uuid(), 'planted', 1, '{}', 'dispute_opened_v2', 'boris')",
            "insert into {schema}.mt_streams (tenant_id, id, version) values ('boris', 'planted', 1)",
            "update {schema}.deadlines set tenant_id = 'boris'"])
        {
            await using var anna = store.Session("anna");
            anna.QueueSqlCommand(sql);
            (await Should.ThrowAsync<PostgresException>(() => anna.SaveChangesAsync())).MessageText.ShouldContain("row-level security", customMessage: sql);
        }
        foreach (var sql in (string[])["update {schema}.deadlines set id = 'changed' where tenant_id = 'boris'", "delete from {schema}.deadlines", "update {schema}.mt_doc_tally set data = '{}'"])
        {
            await using var anna = store.Session("anna");
            anna.QueueSqlCommand(sql);
            await anna.SaveChangesAsync();
        }

        (await store.ScalarAsync<string[]>("select array_agg(tenant_id || ' ' || id) from {schema}.deadlines")).ShouldBe(["boris first"]);
        (await store.ScalarAsync<string>("select data ->> 'count' from {schema}.mt_doc_tally where tenant_id = 'boris'")).ShouldBe("1");
    }

    [Fact]
    public async Task Without_a_tenant_nothing_is_seen_and_nothing_written()
    {
        await using var store = await CreateAsync();
        await FillAsync(store, "anna");

        foreach (var table in TablesOfTenants)
        {
            await using var count = store.Store.DataSource.CreateCommand(store.Sql($"select count(*) from {{schema}}.{table}"));
            (await count.ExecuteScalarAsync()).ShouldBe(0L, table);
        }
        await using var insert = store.Store.DataSource.CreateCommand(store.Sql("insert into {schema}.deadlines values ('anna', 'second')"));
        (await Should.ThrowAsync<PostgresException>(() => insert.ExecuteNonQueryAsync())).MessageText.ShouldContain("row-level security");
        Should.Throw<ArgumentException>(() => store.Session(""));
        Should.Throw<ArgumentException>(() => store.Session(" "));
    }

    [Fact]
    public async Task A_tenant_named_in_one_transaction_is_forgotten_in_the_next_of_the_same_connection()
    {
        await using var store = await CreateAsync();
        await FillAsync(store, "anna");
        await using var connection = await store.Store.DataSource.OpenConnectionAsync();

        await using (var batch = new NpgsqlBatch(connection)
        {
            BatchCommands = { new("select set_config('app.tenant', 'anna', true)"), new(store.Sql("select count(*) from {schema}.mt_events")) },
        })
        {
            await using var reader = await batch.ExecuteReaderAsync();
            await reader.NextResultAsync();
            await reader.ReadAsync();
            reader.GetInt64(0).ShouldBe(2);
        }
        await using var after = new NpgsqlCommand(store.Sql("select count(*) from {schema}.mt_events"), connection);
        (await after.ExecuteScalarAsync()).ShouldBe(0L);
    }

    [Fact]
    public async Task Tenants_that_commit_together_keep_apart()
    {
        await using var store = await CreateAsync();

        await Task.WhenAll(Enumerable.Range(0, 200).Select(number => Task.Run(async () =>
        {
            await using var session = store.Session($"tenant-{number % 7}");
            session.Events.StartStream($"dispute-{number / 7}", new DisputeOpened($"title {number}", "en"));
            await session.SaveChangesAsync();
        })));

        for (var tenant = 0; tenant < 7; tenant++)
        {
            await using var session = store.Session($"tenant-{tenant}");
            var titles = await session.QueryRowsAsync("select data ->> 'title' from {schema}.mt_doc_dispute_card", [], reader => reader.GetString(0));
            titles.Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(0, 200).Where(number => number % 7 == tenant).Select(number => $"title {number}").Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task A_followers_writes_stay_with_the_tenant_of_the_session()
    {
        await using var store = await CreateAsync();
        await FillAsync(store, "anna");
        await FillAsync(store, "boris");
        var recorder = new Recorder(page =>
        {
            // Forgets the tenant in its condition.
            page.ForTenant("anna").QueueSqlCommand("delete from {schema}.deadlines");
            return Task.CompletedTask;
        });
        using var host = await store.StartHostAsync(options => options.Follow("forgetful", _ => recorder));

        await Eventually.HoldsAsync(async () => (await store.ScalarAsync<string>("select string_agg(tenant_id, ' ') from {schema}.deadlines")).ShouldBe("boris"));
        // Somebody else's transaction may have parted what was written into two pages.
        await Soon.HoldsAsync(() => recorder.Seen.Select(e => e.TenantId).Distinct().Order().ShouldBe(["anna", "boris"]));
    }

    [Fact]
    public async Task A_condition_on_a_field_uses_its_index()
    {
        await using var store = await CreateAsync();
        await FillAsync(store, "anna");
        await using var connection = await store.Store.DataSource.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("select set_config('app.tenant', 'anna', true), set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)"),
                new(store.Sql("explain select data from {schema}.mt_doc_dispute_card where tenant_id = 'anna' and data ->> 'title' = 'mine'")),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync();
        await reader.NextResultAsync();
        var plan = new List<string>();
        while (await reader.ReadAsync()) plan.Add(reader.GetString(0));
        plan.ShouldContain(line => line.Contains("Index Cond") && line.Contains("'title'"), string.Join('\n', plan));
    }

    /// <summary>A row of the tenant in every table.</summary>
    private static async Task FillAsync(TestStore store, string tenant)
    {
        await using var session = store.Session(tenant);
        session.Events.StartStream("dispute-1", new DisputeOpened("mine", "en"), new ArgumentMade("because"));
        session.Store("1", new Tally("word", 1));
        session.Enlist(Guid.CreateVersion7(), "consumer");
        session.ClaimIdempotencyKey("POST /disputes", "key", "fingerprint", 201, null, new { tenant });
        session.QueueSqlCommand("insert into {schema}.deadlines values (?, 'first')", tenant);
        await session.SaveChangesAsync();
    }
}
