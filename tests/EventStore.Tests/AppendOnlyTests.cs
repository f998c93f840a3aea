using Npgsql;

namespace ImageRights.EventStore.Tests;

public sealed class AppendOnlyTests
{
    public static TheoryData<string> Changes => new(
        "update {schema}.mt_events set data = '{}'", "delete from {schema}.mt_events", "truncate {schema}.mt_events",
        "update {schema}.mt_events set is_archived = true where false");

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task The_service_may_not_change_events(string change)
    {
        await using var store = await TestStore.CreateAsync();
        await store.AppendAsync("log-1", new ArgumentMade("stays"));
        await using var command = store.Store.DataSource.CreateCommand(store.Sql(change));

        var refused = await Should.ThrowAsync<PostgresException>(() => command.ExecuteNonQueryAsync());

        // By its rights, before any trigger is asked.
        refused.SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        refused.MessageText.ShouldStartWith("permission denied");
        (await store.ScalarAsync<long>("select count(*) from {schema}.mt_events where data ->> 'text' = 'stays'")).ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Nor_may_the_owner_of_the_tables(string change)
    {
        await using var store = await TestStore.CreateAsync();
        await store.AppendAsync("log-1", new ArgumentMade("stays"));

        var refused = await Should.ThrowAsync<PostgresException>(() => store.ExecuteAsync(change));

        refused.MessageText.ShouldStartWith("mt_events is append-only");
        (await store.ScalarAsync<long>("select count(*) from {schema}.mt_events where data ->> 'text' = 'stays'")).ShouldBe(1);
    }

    [Fact]
    public async Task The_service_works_as_a_role_that_owns_nothing_and_cannot_make_or_drop_tables()
    {
        await using var store = await TestStore.CreateAsync();

        await using var user = store.Store.DataSource.CreateCommand("select current_user::text");
        (await user.ExecuteScalarAsync()).ShouldBe(DocumentStore.RuntimeRole);
        (await store.ScalarAsync<long>($"select count(*) from pg_class where relowner = '{DocumentStore.RuntimeRole}'::regrole")).ShouldBe(0);
        foreach (var change in new[] { "create table {schema}.own (id int)", "drop table {schema}.mt_events", "alter table {schema}.mt_events disable trigger all", "drop trigger mt_events_append_only on {schema}.mt_events" })
        {
            await using var command = store.Store.DataSource.CreateCommand(store.Sql(change));
            (await Should.ThrowAsync<PostgresException>(() => command.ExecuteNonQueryAsync(), change)).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        }
    }

    [Fact]
    public async Task Tables_made_later_by_the_owner_can_be_used()
    {
        await using var store = await TestStore.CreateAsync();
        await store.ExecuteAsync("create table {schema}.later (id int generated always as identity, note text)");

        await using var command = store.Store.DataSource.CreateCommand(store.Sql("insert into {schema}.later (note) values ('x'); update {schema}.later set note = 'y'; delete from {schema}.later"));

        (await command.ExecuteNonQueryAsync()).ShouldBe(3);
    }

    [Fact]
    public async Task A_user_who_cannot_take_the_role_works_as_himself_and_still_cannot_change_events()
    {
        await using var server = await PrivateServer.StartAsync();
        await ExecuteAsync(server.ConnectionString, "create role plain login; create database plain owner plain");
        var connectionString = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Username = "plain", Database = "plain", Pooling = false }.ConnectionString;
        var options = new StoreOptions { ConnectionString = connectionString };
        options.Events.Map<ArgumentMade>("argument_made_v1");
        await using var store = new DocumentStore(options);

        await store.ApplySchemaAsync(CancellationToken.None);

        await using var user = store.DataSource.CreateCommand("select current_user::text");
        (await user.ExecuteScalarAsync()).ShouldBe("plain");
        await using var session = store.LightweightSession();
        session.Events.Append("log-1", new ArgumentMade("stays"));
        await session.SaveChangesAsync();
        await using var change = store.DataSource.CreateCommand("delete from mt_events");
        (await Should.ThrowAsync<PostgresException>(() => change.ExecuteNonQueryAsync())).MessageText.ShouldStartWith("mt_events is append-only");

        static async Task ExecuteAsync(string connectionString, string sql)
        {
            await using var source = NpgsqlDataSource.Create(connectionString + ";Pooling=false");
            foreach (var statement in sql.Split(';'))
            {
                await using var command = source.CreateCommand(statement);
                await command.ExecuteNonQueryAsync();
            }
        }
    }
}
