using ImageRights.TestKit;
using Npgsql;

namespace ImageRights.EventStore.Tests;

/// <summary>What separates a log that can be followed from a table with a sequence.</summary>
public sealed class HorizonTests : IAsyncLifetime
{
    private const string Insert =
        """
        insert into {schema}.mt_events (seq_id, id, stream_id, version, data, type)
        values (nextval('{schema}.mt_events_sequence'), gen_random_uuid(), $1, $2, '{"text": "slow"}', 'argument_made_v1') returning seq_id
        """;

    private TestStore store = null!;

    public async Task InitializeAsync() => store = await TestStore.CreateAsync();

    public async Task DisposeAsync() => await store.DisposeAsync();

    [Fact]
    public async Task A_transaction_held_open_delays_the_followers_and_loses_nothing()
    {
        var recorder = new Recorder();
        using var host = await store.StartHostAsync(options => options.Follow("reader", _ => recorder));
        await store.AppendAsync("log-1", new ArgumentMade("before"));
        await Soon.HoldsAsync(() => recorder.Texts.ShouldBe(["before"]));
        await using var slow = await store.ConnectAsync();
        await using (var transaction = await slow.BeginTransactionAsync())
        {
            await using (var stream = new NpgsqlCommand(store.Sql("insert into {schema}.mt_streams (id, version) values ('log-slow', 1)"), slow)) await stream.ExecuteNonQueryAsync();
            await using (var append = new NpgsqlCommand(store.Sql(Insert), slow) { Parameters = { new() { Value = "log-slow" }, new() { Value = 1L } } }) await append.ExecuteScalarAsync();
            for (var number = 0; number < 3; number++) await store.AppendAsync("log-1", new ArgumentMade($"{number}"));

            // Everything after the open transaction is committed and readable, but a follower that took it would have passed the slow event.
            (await store.ScalarAsync<long>("select count(*) from {schema}.mt_events")).ShouldBe(4);
            (await store.ScalarAsync<bool>("select pg_sleep(0.5) is not null")).ShouldBeTrue();
            recorder.Texts.ShouldBe(["before"]);
            await transaction.CommitAsync();
        }

        await Soon.HoldsAsync(() => recorder.Texts.ShouldBe(["before", "slow", "0", "1", "2"]));
        await host.StopAsync();
    }

    [Fact]
    public async Task A_transaction_that_is_rolled_back_holds_nobody_for_longer()
    {
        var recorder = new Recorder();
        using var host = await store.StartHostAsync(options => options.Follow("reader", _ => recorder));
        await using var slow = await store.ConnectAsync();
        await using (var transaction = await slow.BeginTransactionAsync())
        {
            await using var draw = new NpgsqlCommand(store.Sql("select pg_current_xact_id(), nextval('{schema}.mt_events_sequence')"), slow);
            await draw.ExecuteScalarAsync();
            await store.AppendAsync("log-1", new ArgumentMade("behind"));
            await transaction.RollbackAsync();
        }

        await Soon.HoldsAsync(() => recorder.Texts.ShouldBe(["behind"]));
        await host.StopAsync();
    }

    [Fact]
    public async Task A_forgotten_transaction_of_the_services_own_pool_is_ended_by_the_server()
    {
        (await SettingAsync("idle_in_transaction_session_timeout")).ShouldBe("10s");
        (await SettingAsync("statement_timeout")).ShouldBe("1min");

        async Task<string> SettingAsync(string name)
        {
            await using var command = store.Store.DataSource.CreateCommand($"show {name}");
            return (string)(await command.ExecuteScalarAsync())!;
        }
    }

    [Fact]
    public async Task Readers_by_sequence_alone_lose_events_in_the_same_run_in_which_followers_lose_none()
    {
        const int writers = 32;
        const int transactions = 12;
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(store.Store.Options.ConnectionString) { MaxPoolSize = writers + 1 });
        var recorder = new Recorder();
        using var host = await store.StartHostAsync(options => options.FollowInMemory("reader", _ => recorder));
        using var done = new CancellationTokenSource();
        var naive = ReadBySequenceAsync(done.Token);

        await Task.WhenAll(Enumerable.Range(0, writers).Select(WriteAsync));

        var all = await store.ScalarAsync<long[]>("select array_agg(seq_id) from {schema}.mt_events");
        await Soon.HoldsAsync(() => recorder.Seen.Count.ShouldBe(all.Length));
        await done.CancelAsync();
        var naively = await naive;
        recorder.Seen.Select(e => e.Sequence).ShouldBe(all, ignoreOrder: true);
        recorder.Seen.GroupBy(e => e.StreamKey).ShouldAllBe(stream => stream.Select((e, index) => e.Version == index + 1).All(inOrder => inOrder));
        all.Except(naively).Count().ShouldBeGreaterThan(all.Length / 100, "a run in which even the naive reader loses nothing shows nothing");
        await host.StopAsync();

        async Task WriteAsync(int writer)
        {
            var random = new Random(writer);
            for (var number = 0; number < transactions; number++)
            {
                await using var connection = await source.OpenConnectionAsync();
                await using var transaction = await connection.BeginTransactionAsync();
                await ExecuteAsync(number == 0 ? "insert into {schema}.mt_streams (id, version) values ($1, 1)" : "update {schema}.mt_streams set version = version + 1 where id = $1", $"log-{writer}");
                await ExecuteAsync("select pg_sleep($1)", random.NextDouble() * 0.01);
                await ExecuteAsync(Insert, $"log-{writer}", number + 1L);
                await ExecuteAsync("select pg_sleep($1)", random.NextDouble() * 0.03);
                // One in eight draws its number for nothing.
                if (random.Next(8) == 0 && number > 0)
                {
                    await transaction.RollbackAsync();
                    number--;
                }
                else
                {
                    await transaction.CommitAsync();
                }

                async Task ExecuteAsync(string sql, params object[] parameters)
                {
                    await using var command = new NpgsqlCommand(store.Sql(sql), connection, transaction);
                    foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
                    await command.ExecuteScalarAsync();
                }
            }
        }

        async Task<List<long>> ReadBySequenceAsync(CancellationToken cancellationToken)
        {
            var seen = new List<long> { 0 };
            var final = false;
            while (!final)
            {
                final = cancellationToken.IsCancellationRequested;
                await using var command = source.CreateCommand(store.Sql("select seq_id from {schema}.mt_events where seq_id > $1 order by seq_id"));
                command.Parameters.Add(new() { Value = seen[^1] });
                await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
                while (await reader.ReadAsync(CancellationToken.None)) seen.Add(reader.GetInt64(0));
            }
            return seen;
        }
    }
}
