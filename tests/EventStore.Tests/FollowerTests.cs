using System.Diagnostics;
using ImageRights.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace ImageRights.EventStore.Tests;

public sealed class FollowerTests : IAsyncLifetime
{
    private TestStore store = null!;

    public async Task InitializeAsync() => store = await TestStore.CreateAsync();

    public async Task DisposeAsync() => await store.DisposeAsync();

    [Fact]
    public async Task A_follower_sees_every_tenants_events_in_order_over_many_pages()
    {
        for (var number = 0; number < 5; number++)
        {
            await using var session = store.Session($"tenant-{number % 2}");
            session.Events.Append($"log-{number % 2}", [.. Enumerable.Range(0, 10).Select(part => new ArgumentMade($"{number}/{part}"))]);
            await session.SaveChangesAsync();
        }
        var recorder = new Recorder();
        using var host = await store.StartHostAsync(options => options.Follow("reader", _ => recorder, pageSize: 7));

        await SeenAsync(recorder, 50);

        recorder.Texts.ShouldBe(Enumerable.Range(0, 5).SelectMany(number => Enumerable.Range(0, 10).Select(part => $"{number}/{part}")));
        recorder.Pages.ShouldBeGreaterThanOrEqualTo(8);
        await Soon.HoldsAsync(() =>
        {
            var status = host.Services.FollowerStatuses().Single();
            status.State.ShouldBe(FollowerState.Running);
            status.CaughtUp.ShouldBeTrue();
            status.Position.ShouldBe(recorder.Seen[^1].Position);
        });
        (await store.Store.AllProgressAsync(CancellationToken.None)).Single().ShouldBe(new FollowerProgress("reader", recorder.Seen[^1].Position, 0));
        await host.StopAsync();
    }

    [Fact]
    public async Task A_restarted_follower_resumes_where_it_stood()
    {
        await store.AppendAsync("log-1", new ArgumentMade("before"));
        var first = new Recorder();
        using (var host = await store.StartHostAsync(options => options.Follow("reader", _ => first)))
        {
            await Eventually.HoldsAsync(async () => (await store.Store.AllProgressAsync(CancellationToken.None)).Single().Behind.ShouldBe(0));
            await host.StopAsync();
        }
        await store.AppendAsync("log-1", new ArgumentMade("after"));
        var second = new Recorder();
        using var again = await store.StartHostAsync(options => options.Follow("reader", _ => second));

        await SeenAsync(second, 1);

        first.Texts.ShouldBe(["before"]);
        second.Texts.ShouldBe(["after"]);
        await again.StopAsync();
    }

    [Fact]
    public async Task Effects_in_the_database_happen_once_although_the_handler_fails_midway()
    {
        await store.ExecuteAsync("create table {schema}.effects (event uuid not null)");
        var failures = 0;
        var recorder = new Recorder(page =>
        {
            foreach (var @event in page.Events) page.ForTenant(@event.TenantId).QueueSqlCommand("insert into {schema}.effects values (?)", @event.Id);
            page.ForTenant("acme").Events.Append("log-effects", page.Events.Where(e => e.StreamKey != "log-effects").Select(object (e) => new ArgumentMade($"about {e.Sequence}")).ToArray());
            return page.Events.Any(e => e.StreamKey == "log-1") && Interlocked.Increment(ref failures) is 1 or 3 ? throw new InvalidOperationException("interrupted") : Task.CompletedTask;
        });
        using var host = await store.StartHostAsync(options => options.Follow("effects", _ => recorder, pageSize: 4));
        for (var number = 0; number < 20; number++) await store.AppendAsync("log-1", new ArgumentMade($"{number}"));

        await SeenAsync(recorder, 40);

        await Eventually.HoldsAsync(async () => (await store.ScalarAsync<long>("select count(*) from {schema}.effects")).ShouldBe(40));
        (await store.ScalarAsync<long>("select count(distinct event) from {schema}.effects")).ShouldBe(40);
        (await store.ScalarAsync<long>("select count(*) from {schema}.mt_events where stream_id = 'log-effects' and tenant_id = 'acme'")).ShouldBe(20);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_follower_that_cannot_pass_an_event_stops_says_so_and_goes_on_when_it_can()
    {
        var recorder = new Recorder { Refuse = "poison" };
        using var host = await store.StartHostAsync(options => options.Follow("reader", _ => recorder));
        await store.AppendAsync("log-1", new ArgumentMade("fine"));
        await SeenAsync(recorder, 1);
        await store.AppendAsync("log-1", new ArgumentMade("poison"));

        await Eventually.HoldsAsync(async () => (await HealthAsync(host.Services)).Status.ShouldBe(HealthStatus.Unhealthy));

        await store.AppendAsync("log-1", new ArgumentMade("later"));
        await Soon.HoldsAsync(() => recorder.Attempts.ShouldBeGreaterThan(4));
        recorder.Texts.ShouldBe(["fine"]);
        (await HealthAsync(host.Services)).Entries["event-store"].Description!.ShouldContain("cannot take poison");
        host.Services.FollowerStatuses().Single().State.ShouldBe(FollowerState.Stopped);

        recorder.Refuse = null;
        await SeenAsync(recorder, 3);
        recorder.Texts.ShouldBe(["fine", "poison", "later"]);
        await Eventually.HoldsAsync(async () => (await HealthAsync(host.Services)).Status.ShouldBe(HealthStatus.Healthy));
        await host.StopAsync();
    }

    [Fact]
    public async Task An_event_that_nobody_knows_stops_the_follower()
    {
        await store.AppendAsync("log-1", new ArgumentMade("a"));
        await store.TamperAsync("update {schema}.mt_events set type = 'argument_withdrawn_v1'");
        var recorder = new Recorder();
        using var host = await store.StartHostAsync(options => options.Follow("reader", _ => recorder));

        await Eventually.HoldsAsync(async () => (await HealthAsync(host.Services)).Entries["event-store"].Description!.ShouldContain("argument_withdrawn_v1"));

        recorder.Seen.ShouldBeEmpty();
        await host.StopAsync();
    }

    [Fact]
    public async Task A_page_whose_writes_are_refused_is_named_in_health_and_moves_nothing()
    {
        var message = Guid.CreateVersion7();
        await using (var session = store.Session())
        {
            session.Enlist(message, "reader");
            await session.SaveChangesAsync();
        }
        var recorder = new Recorder(page =>
        {
            page.ForTenant("other").Events.Append("log-effects", new ArgumentMade("effect"));
            page.ForTenant(DocumentStore.DefaultTenant).Enlist(message, "reader");
            return Task.CompletedTask;
        });
        await store.AppendAsync("log-1", new ArgumentMade("a"));
        using var host = await store.StartHostAsync(options => options.Follow("reader", _ => recorder));

        await Eventually.HoldsAsync(async () => (await HealthAsync(host.Services)).Entries["event-store"].Description!.ShouldContain(message.ToString()));

        (await store.ScalarAsync<long>("select count(*) from {schema}.mt_events")).ShouldBe(1);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_follower_in_memory_runs_in_every_replica_and_goes_on_after_a_failure_without_starting_over()
    {
        await store.AppendAsync("log-1", new ArgumentMade("first"));
        var left = new Recorder { Refuse = "second" };
        var right = new Recorder();
        using var leftHost = await store.StartHostAsync(options => options.FollowInMemory("index", _ => left));
        using var rightHost = await store.StartHostAsync(options => options.FollowInMemory("index", _ => right));
        await SeenAsync(left, 1);
        await store.AppendAsync("log-1", new ArgumentMade("second"));
        await SeenAsync(right, 2);
        left.Refuse = null;

        await SeenAsync(left, 2);

        left.Texts.ShouldBe(["first", "second"]);
        right.Texts.ShouldBe(["first", "second"]);
        await Task.WhenAll(leftHost.StopAsync(), rightHost.StopAsync());
    }

    [Fact]
    public async Task A_page_that_loses_a_race_is_decided_again_at_once_and_says_nothing()
    {
        var attempts = 0;
        var stoppedOnce = false;
        IHost? host = null;
        var racing = new Recorder(async page =>
        {
            foreach (var @event in page.Events.Where(e => e.StreamKey.StartsWith("log-", StringComparison.Ordinal)))
            {
                var session = page.CausedBy(@event);
                var stream = await session.Events.FetchForWriting<Dispute>("dispute-raced");
                stream.AppendOne(stream.CurrentVersion == 0 ? new DisputeOpened("raced", "en") : new ArgumentMade($"after {stream.CurrentVersion}"));
                stoppedOnce |= host!.Services.FollowerStatuses().Single().State == FollowerState.Stopped;
                if (Interlocked.Increment(ref attempts) > 3) continue;
                // Somebody else writes to the stream after it was read.
                await using var other = store.Session();
                var theirs = await other.Events.FetchForWriting<Dispute>("dispute-raced");
                theirs.AppendOne(theirs.CurrentVersion == 0 ? new DisputeOpened("theirs", "en") : new ArgumentMade("theirs"));
                await other.SaveChangesAsync();
            }
        });
        host = await store.StartHostAsync(options => options.Follow("racing", _ => racing));
        using var _ = host;
        await store.AppendAsync("log-race", new ArgumentMade("go"));

        await Eventually.HoldsAsync(async () => (await store.ScalarAsync<long>("select count(*) from {schema}.mt_events where stream_id = 'dispute-raced'")).ShouldBe(4));

        attempts.ShouldBe(4);
        stoppedOnce.ShouldBeFalse();
        (await HealthAsync(host.Services)).Entries["event-store"].Status.ShouldNotBe(HealthStatus.Unhealthy);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_new_leader_takes_over_within_five_seconds_when_the_leaders_session_dies()
    {
        var left = new Recorder();
        var right = new Recorder();
        using var leftHost = await store.StartHostAsync(options => options.Follow("reader", _ => left));
        await store.AppendAsync("log-1", new ArgumentMade("1"));
        await SeenAsync(left, 1);
        using var rightHost = await store.StartHostAsync(options => options.Follow("reader", _ => right));
        await Soon.HoldsAsync(() => rightHost.Services.FollowerStatuses().Single().State.ShouldBe(FollowerState.Standby));

        for (var round = 2; round <= 4; round++)
        {
            var leader = await store.ScalarAsync<int>("select pid from pg_locks where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database()) and (classid::bigint << 32 | objid::bigint) = hashtextextended('{schema}.disputes.reader', 0)");
            (await store.ScalarAsync<bool>("select pg_terminate_backend($1)", leader)).ShouldBeTrue();
            await store.AppendAsync("log-1", new ArgumentMade($"{round}"));
            var expected = Enumerable.Range(1, round).Select(number => $"{number}").ToList();
            await Soon.HoldsAsync(() => left.Texts.Concat(right.Texts).Distinct().ShouldBe(expected, ignoreOrder: true), TimeSpan.FromSeconds(5), "the hand-over");
        }

        await Task.WhenAll(leftHost.StopAsync(), rightHost.StopAsync());
    }

    [Fact]
    public async Task A_leader_whose_session_dies_while_nothing_happens_is_followed_by_another()
    {
        using var leftHost = await store.StartHostAsync(options => options.Follow("reader", _ => new Recorder()));
        await Soon.HoldsAsync(() => leftHost.Services.FollowerStatuses().Single().State.ShouldBe(FollowerState.Running));
        using var rightHost = await store.StartHostAsync(options => options.Follow("reader", _ => new Recorder()));
        await Soon.HoldsAsync(() => rightHost.Services.FollowerStatuses().Single().State.ShouldBe(FollowerState.Standby));

        await store.ScalarAsync<bool>("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database()) and (classid::bigint << 32 | objid::bigint) = hashtextextended('{schema}.disputes.reader', 0)");

        await Soon.HoldsAsync(() => rightHost.Services.FollowerStatuses().Single().State.ShouldBe(FollowerState.Running), TimeSpan.FromSeconds(5), "the hand-over");
        await Soon.HoldsAsync(() => leftHost.Services.FollowerStatuses().Single().State.ShouldBe(FollowerState.Standby), TimeSpan.FromSeconds(5), "finding out");
        await Task.WhenAll(leftHost.StopAsync(), rightHost.StopAsync());
    }

    [Fact]
    public async Task Followers_with_nothing_to_read_look_at_the_log_together()
    {
        var (reads, looks) = (0, 0);
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = statement =>
            {
                var sql = statement.Tags.FirstOrDefault(tag => tag.Key is "db.query.text" or "db.statement").Value ?? "";
                if (!sql.Contains($"from {store.Schema}.mt_events", StringComparison.Ordinal)) return;
                if (sql.Contains("order by transaction_id desc", StringComparison.Ordinal)) Interlocked.Increment(ref looks);
                else Interlocked.Increment(ref reads);
            },
        };
        ActivitySource.AddActivityListener(listener);
        var recorders = Enumerable.Range(0, 4).Select(_ => new Recorder()).ToList();
        using var host = await store.StartHostAsync(options =>
        {
            for (var number = 0; number < 4; number++)
            {
                var recorder = recorders[number];
                options.Follow($"reader-{number}", _ => recorder);
            }
        });
        await store.AppendAsync("log-1", new ArgumentMade("1"));
        foreach (var recorder in recorders) await SeenAsync(recorder, 1);

        var (readsBefore, looksBefore) = (Volatile.Read(ref reads), Volatile.Read(ref looks));
        await Soon.HoldsAsync(() => Volatile.Read(ref looks).ShouldBeGreaterThan(looksBefore + 20), TimeSpan.FromSeconds(30), "looking at the log");

        // Each would have read twenty times.
        (Volatile.Read(ref reads) - readsBefore).ShouldBeLessThan(20);
        await store.AppendAsync("log-1", new ArgumentMade("2"));
        foreach (var recorder in recorders) await Soon.HoldsAsync(() => recorder.Seen.Count.ShouldBe(2), TimeSpan.FromSeconds(1), "what another process appended");
        await host.StopAsync();
    }

    [Fact]
    public async Task A_stopped_process_hands_over_at_once_and_nothing_is_seen_twice()
    {
        var left = new Recorder();
        var right = new Recorder();
        using var leftHost = await store.StartHostAsync(options => options.Follow("reader", _ => left));
        await store.AppendAsync("log-1", new ArgumentMade("1"));
        await SeenAsync(left, 1);
        using var rightHost = await store.StartHostAsync(options => options.Follow("reader", _ => right));
        await leftHost.StopAsync();
        await store.AppendAsync("log-1", new ArgumentMade("2"));

        await Soon.HoldsAsync(() => right.Texts.ShouldBe(["2"]), TimeSpan.FromSeconds(5));

        left.Texts.ShouldBe(["1"]);
        await rightHost.StopAsync();
    }

    [Fact]
    public async Task A_leader_that_was_overtaken_cannot_move_the_progress()
    {
        await store.ExecuteAsync("select {schema}.mt_mark_event_progression('fenced', '0', 0, '900', 9)");

        var refused = await Should.ThrowAsync<PostgresException>(() => store.ExecuteAsync("select {schema}.mt_mark_event_progression('fenced', '0', 0, '800', 8)"));

        refused.SqlState.ShouldBe("MT004");
        (await store.Store.AllProgressAsync(CancellationToken.None)).Single().Position.ShouldBe(new LogPosition(900, 9));
    }

    [Fact]
    public async Task Two_leaders_at_once_write_each_effect_once()
    {
        await store.ExecuteAsync("create table {schema}.effects (event uuid not null)");
        var meeting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var handling = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Recorder Writing(Func<Task> before) => new(async page =>
        {
            foreach (var @event in page.Events) page.ForTenant(@event.TenantId).QueueSqlCommand("insert into {schema}.effects values (?)", @event.Id);
            await before();
        });
        var slow = Writing(() =>
        {
            handling.TrySetResult();
            return meeting.Task;
        });
        var fast = Writing(() => Task.CompletedTask);
        using var slowHost = await store.StartHostAsync(options => options.Follow("reader", _ => slow));
        await store.AppendAsync("log-1", new ArgumentMade("1"));
        await handling.Task.WaitAsync(TimeSpan.FromSeconds(30));
        // The slow leader loses its lock, but does not know it: its handler is still at work.
        await store.ScalarAsync<bool>("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted and (classid::bigint << 32 | objid::bigint) = hashtextextended('{schema}.disputes.reader', 0)");
        using var fastHost = await store.StartHostAsync(options => options.Follow("reader", _ => fast));
        await SeenAsync(fast, 1);
        await Eventually.HoldsAsync(async () => (await store.ScalarAsync<long>("select count(*) from {schema}.effects")).ShouldBe(1));
        meeting.SetResult();

        await Soon.HoldsAsync(() => slowHost.Services.FollowerStatuses().Single().State.ShouldBe(FollowerState.Standby));

        (await store.ScalarAsync<long>("select count(*) from {schema}.effects")).ShouldBe(1);
        await Task.WhenAll(slowHost.StopAsync(), fastHost.StopAsync());
    }

    private static Task SeenAsync(Recorder recorder, int count) =>
        Soon.HoldsAsync(() => recorder.Seen.Count.ShouldBe(count), what: $"seeing {count} events");

    private static Task<HealthReport> HealthAsync(IServiceProvider services) => services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
}
