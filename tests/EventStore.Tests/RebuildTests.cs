using System.Collections.Concurrent;
using ImageRights.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace ImageRights.EventStore.Tests;

/// <summary>A second read model of the disputes, kept by a follower.</summary>
public sealed record DisputeTimeline(string Id, IReadOnlyList<string> Said, long LastSequenceSeen)
{
    public static DisputeTimeline? Evolve(DisputeTimeline? timeline, RecordedEvent @event) => @event.Data switch
    {
        DisputeOpened opened => new DisputeTimeline(@event.StreamKey, [opened.Title], @event.Version),
        ArgumentMade made => timeline! with { Said = [.. timeline.Said, made.Text], LastSequenceSeen = @event.Version },
        DisputeSettled { Outcome: "erased" } => null,
        _ => timeline,
    };
}

public sealed class RebuildTests
{
    private const string Live = "select coalesce(string_agg(tenant_id || '|' || id || '|' || data::text || '|' || mt_version || '|' || mt_dotnet_type, e'\\n' order by tenant_id, id), '') from {schema}.mt_doc_dispute_card";

    [Fact]
    public async Task What_is_rebuilt_equals_what_was_there_byte_for_byte()
    {
        await using var store = await TestStore.CreateAsync();
        await ManyAsync(store, 300);
        var before = await store.ScalarAsync<string>(Live);

        (await store.Store.RebuildAsync(nameof(DisputeCard), onlyCompare: true)).Differences.ShouldBe(0);
        var result = await store.Store.RebuildAsync("disputecard");

        (await store.ScalarAsync<string>(Live)).ShouldBe(before);
        result.Documents.ShouldBe(await store.ScalarAsync<long>("select count(*) from {schema}.mt_doc_dispute_card"));
        result.Documents.ShouldBe(270, "every tenth was erased");
        (result.Progress.Done, result.Progress.Fraction).ShouldBe((result.Progress.Total, 1));
    }

    [Fact]
    public async Task What_was_changed_or_lost_is_told_and_mended()
    {
        await using var store = await TestStore.CreateAsync();
        await ManyAsync(store, 30);
        var before = await store.ScalarAsync<string>(Live);
        await store.ExecuteAsync("update {schema}.mt_doc_dispute_card set data = jsonb_set(data, '{title}', '\"forged\"') where id = '1'");
        await store.ExecuteAsync("delete from {schema}.mt_doc_dispute_card where id = '2'");
        await store.ExecuteAsync("insert into {schema}.mt_doc_dispute_card (tenant_id, id, data) values ('*DEFAULT*', 'planted', '{}')");

        (await store.Store.RebuildAsync(nameof(DisputeCard), onlyCompare: true)).Differences.ShouldBe(3);
        await store.Store.RebuildAsync(nameof(DisputeCard));

        (await store.ScalarAsync<string>(Live)).ShouldBe(before);
    }

    [Fact]
    public async Task Writers_go_on_while_it_is_rebuilt_and_nothing_of_theirs_is_lost()
    {
        await using var store = await TestStore.CreateAsync();
        await ManyAsync(store, 200);
        using var stop = new CancellationTokenSource();
        var written = new ConcurrentBag<string>();
        var writers = Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var number = 0; !stop.IsCancellationRequested; number++)
            {
                await using var session = store.Session();
                if (number % 3 == 0)
                {
                    session.Events.StartStream($"dispute-live-{writer}-{number}", new DisputeOpened($"live {writer} {number}", "en"));
                    await session.SaveChangesAsync(CancellationToken.None);
                    written.Add($"live-{writer}-{number}");
                    continue;
                }
                var stream = await session.Events.FetchForWriting<Dispute>($"dispute-live-{writer}-{number - (number % 3)}", CancellationToken.None);
                stream.AppendOne(new ArgumentMade($"argument {number}"));
                await session.SaveChangesAsync(CancellationToken.None);
            }
        })).ToArray();

        for (var round = 0; round < 3; round++)
        {
            var target = written.Count + 30;
            await Soon.HoldsAsync(() => written.Count.ShouldBeGreaterThan(target), what: "writing");
            await store.Store.RebuildAsync(nameof(DisputeCard));
        }
        var last = written.Count + 30;
        await Soon.HoldsAsync(() => written.Count.ShouldBeGreaterThan(last), what: "writing after the exchange");
        await stop.CancelAsync();
        await Task.WhenAll(writers);

        (await store.ScalarAsync<string[]>("select array_agg(id) from {schema}.mt_doc_dispute_card where id like 'live%'")).ShouldBe(written, ignoreOrder: true);
        (await store.Store.RebuildAsync(nameof(DisputeCard), onlyCompare: true)).Differences.ShouldBe(0);
    }

    [Fact]
    public async Task The_table_that_takes_its_place_has_its_indexes_rights_and_tenants()
    {
        const string shape =
            """
            select string_agg(line, e'\n' order by line) from (
                select indexdef as line from pg_indexes where schemaname = '{schema}' and tablename = 'mt_doc_dispute_card' union all
                select conname || ' ' || pg_get_constraintdef(oid) from pg_constraint where conrelid = '{schema}.mt_doc_dispute_card'::regclass union all
                select polname || ' ' || pg_get_expr(polqual, polrelid) from pg_policy where polrelid = '{schema}.mt_doc_dispute_card'::regclass union all
                select relrowsecurity || ' ' || relforcerowsecurity from pg_class where oid = '{schema}.mt_doc_dispute_card'::regclass union all
                select grantee || ' ' || privilege_type from information_schema.role_table_grants where table_schema = '{schema}' and table_name = 'mt_doc_dispute_card' union all
                select column_name || ' ' || data_type || ' ' || coalesce(collation_name, '') || ' ' || coalesce(column_default, '') || ' ' || is_nullable
                    from information_schema.columns where table_schema = '{schema}' and table_name = 'mt_doc_dispute_card') as lines
            """;
        await using var store = await TestStore.CreateAsync(options => options.SchemaScripts.Add("create unique index if not exists one_title on {schema}.mt_doc_dispute_card (tenant_id, (data ->> 'title')) where data ->> 'by' is not null"));
        await ManyAsync(store, 10);
        var before = await store.ScalarAsync<string>(shape);

        await store.Store.RebuildAsync(nameof(DisputeCard));
        await store.Store.ApplySchemaAsync(CancellationToken.None);

        (await store.ScalarAsync<string>(shape)).ShouldBe(before);
        (await store.ScalarAsync<long>("select count(*) from pg_class where relnamespace = '{schema}'::regnamespace and relname like '%rebuild' and relkind in ('r', 'i')")).ShouldBe(0);
    }

    [Fact]
    public async Task A_rebuild_that_is_ended_leaves_the_live_one_as_it_was_and_can_be_begun_again()
    {
        await using var store = await TestStore.CreateAsync();
        await ManyAsync(store, 50);
        var before = await store.ScalarAsync<string>(Live);
        using var cancelled = new CancellationTokenSource();
        var progress = new Told(_ => cancelled.Cancel());

        await Should.ThrowAsync<OperationCanceledException>(() => store.Store.RebuildAsync(nameof(DisputeCard), progress: progress, cancellationToken: cancelled.Token));

        (await store.ScalarAsync<string>(Live)).ShouldBe(before);
        (await store.ScalarAsync<bool>("select to_regclass('{schema}.mt_doc_dispute_card_rebuild') is null")).ShouldBeTrue();
        (await store.Store.RebuildAsync(nameof(DisputeCard), onlyCompare: true)).Differences.ShouldBe(0);
        await Should.ThrowAsync<ArgumentException>(() => store.Store.RebuildAsync("Nothing"));
    }

    [Fact]
    public async Task How_far_it_is_is_in_the_health_of_the_service()
    {
        await using var store = await TestStore.CreateAsync();
        await ManyAsync(store, 50);
        using var host = await store.StartHostAsync(_ => { });
        await store.ExecuteAsync("insert into {schema}.mt_rebuilds (projection, total, done, started) values ('DisputeCard', 200, 50, clock_timestamp() - interval '10 seconds')");

        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();

        report.Status.ShouldBe(HealthStatus.Healthy);
        report.Entries["event-store"].Data["rebuild DisputeCard"].ShouldBeOfType<string>().ShouldStartWith("DisputeCard 25.0 %  50 of 200 events  5/s  0:00:3");
        new RebuildProgress("X", 50, 200, TimeSpan.FromSeconds(10)).ToString().ShouldBe("X 25.0 %  50 of 200 events  5/s  0:00:30 left");
        await host.StopAsync();
    }

    [Fact]
    public async Task A_read_model_that_a_follower_keeps_catches_up_and_equals_its_rebuild()
    {
        await using var store = await TestStore.CreateAsync(options => options.Projections.AsyncSnapshot<DisputeTimeline>("dispute-", DisputeTimeline.Evolve));
        await ManyAsync(store, 100);
        using var host = await store.StartHostAsync(_ => { });

        await Soon.HoldsAsync(() => host.Services.FollowerStatuses().Single().CaughtUp.ShouldBeTrue());
        await Eventually.HoldsAsync(async () => (await store.Store.RebuildAsync(nameof(DisputeTimeline), onlyCompare: true)).Differences.ShouldBe(0));
        await store.ExecuteAsync("update {schema}.mt_doc_dispute_timeline set data = '{}'");
        await store.Store.RebuildAsync(nameof(DisputeTimeline));
        await ManyAsync(store, 20, from: 1000);

        await Eventually.HoldsAsync(async () => (await store.Store.RebuildAsync(nameof(DisputeTimeline), onlyCompare: true)).Differences.ShouldBe(0));
        (await store.ScalarAsync<long>("select count(*) from {schema}.mt_doc_dispute_timeline")).ShouldBe(108);
        host.Services.FollowerStatuses().Single().State.ShouldBe(FollowerState.Running);
        await host.StopAsync();
    }

    /// <summary>Disputes of different length in two tenants; every tenth is erased.</summary>
    private static Task ManyAsync(TestStore store, int count, int from = 0) => Parallel.ForEachAsync(Enumerable.Range(from, count), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (number, _) =>
    {
        await using var session = store.Session(number % 3 == 0 ? "anna" : DocumentStore.DefaultTenant);
        session.LastModifiedBy = number % 2 == 0 ? "reviewer" : null;
        session.Events.StartStream($"dispute-{number}", new DisputeOpened($"title “{number}” <日落>", "en"));
        await session.SaveChangesAsync(CancellationToken.None);
        for (var argument = 0; argument < number % 5; argument++)
        {
            var stream = await session.Events.FetchForWriting<Dispute>($"dispute-{number}", CancellationToken.None);
            stream.AppendOne(new ArgumentMade($"argument {argument}"));
            if (number % 10 == 9 && argument == 3) stream.AppendOne(new DisputeSettled("erased"));
            await session.SaveChangesAsync(CancellationToken.None);
        }
    });

    private sealed class Told(Action<RebuildProgress> then) : IProgress<RebuildProgress>
    {
        public void Report(RebuildProgress value) => then(value);
    }
}
