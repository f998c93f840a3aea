using System.Collections.Concurrent;

namespace ImageRights.EventStore.Tests;

/// <summary>A relay dies between any two of its steps, as its process would: its session ends, and what it knew is gone.</summary>
public sealed class BetweenStepsTests : IAsyncLifetime
{
    private const int Events = 60;
    private TestStore store = null!;

    public async Task InitializeAsync() => store = await TestStore.CreateAsync();

    public async Task DisposeAsync() => await store.DisposeAsync();

    [Theory]
    [InlineData(Step.BeforePublishing)]
    [InlineData(Step.BeforeTheConfirm)]
    [InlineData(Step.AfterTheConfirm)]
    [InlineData(Step.AfterTheProgress)]
    public async Task Whoever_dies_there_loses_nothing_and_repeats_only_the_same_ids(Step step)
    {
        var broker = new ConcurrentQueue<(Guid MessageId, string Text)>();
        var deaths = LongForm.Or(12, 4);
        using var host = await store.StartHostAsync(options => options.Follow("relay", _ => new MortalRelay(broker, DieAsync), pageSize: 7));
        for (var number = 0; number < Events; number++) await store.AppendAsync($"log-{number % 5}", new ArgumentMade($"{number}"));
        await Soon.HoldsAsync(() => broker.Select(message => message.Text).Distinct().Count().ShouldBe(Events), TimeSpan.FromSeconds(LongForm.Or(240, 60)));

        // Everything is delivered, twice over, and the consumer has its effect once.
        foreach (var (messageId, text) in broker.Concat(broker))
        {
            await using var session = store.Session();
            session.Enlist(messageId, "consumer");
            session.Events.Append("heard-1", new ArgumentMade(text));
            try
            {
                await session.SaveChangesAsync();
            }
            catch (DuplicateMessageException)
            {
                // Refused by the database.
            }
        }
        broker.Distinct().Count().ShouldBe(Events, "an event under two ids");
        if (step != Step.BeforePublishing && step != Step.AfterTheProgress) broker.Count.ShouldBeGreaterThan(Events, "nobody died");
        var heard = await store.ScalarAsync<string[]>("select array_agg(data ->> 'text') from {schema}.mt_events where stream_id = 'heard-1'");
        heard.ShouldBe(Enumerable.Range(0, Events).Select(number => $"{number}"), ignoreOrder: true);
        // In a stream's order, first deliveries first.
        foreach (var stream in broker.DistinctBy(message => message.MessageId).GroupBy(message => int.Parse(message.Text, System.Globalization.CultureInfo.InvariantCulture) % 5))
            stream.Select(message => int.Parse(message.Text, System.Globalization.CultureInfo.InvariantCulture)).ShouldBeInOrder();
        await host.StopAsync();

        async Task DieAsync(Step at)
        {
            if (at != step || Interlocked.Decrement(ref deaths) < 0) return;
            await store.ExecuteAsync("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted and (classid::bigint << 32 | objid::bigint) = hashtextextended('{schema}.disputes.relay', 0)");
            throw new InvalidOperationException($"died at {at}");
        }
    }

    [Fact]
    public async Task A_transaction_held_open_for_long_delays_and_loses_nothing()
    {
        var hold = LongForm.Or(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(2));
        var recorder = new Recorder();
        using var host = await store.StartHostAsync(options => options.Follow("reader", _ => recorder));
        await using var slow = await store.ConnectAsync();
        await using (var transaction = await slow.BeginTransactionAsync())
        {
            await using (var draw = new Npgsql.NpgsqlCommand("select pg_current_xact_id()", slow)) await draw.ExecuteScalarAsync();
            var until = TimeProvider.System.GetTimestamp();
            var number = 0;
            while (TimeProvider.System.GetElapsedTime(until) < hold)
            {
                await store.AppendAsync($"log-{number % 8}", new ArgumentMade($"{number}"));
                if (number++ % 20 == 0) recorder.Seen.ShouldBeEmpty();
            }
            await transaction.RollbackAsync();
            await Soon.HoldsAsync(() => recorder.Seen.Count.ShouldBe(number), TimeSpan.FromSeconds(60));
        }

        recorder.Texts.ShouldBe(await store.ScalarAsync<string[]>("select array_agg(data ->> 'text' order by transaction_id, seq_id) from {schema}.mt_events"));
        host.Services.FollowerStatuses().Single().State.ShouldBe(FollowerState.Running);
        await host.StopAsync();
    }

    public enum Step
    {
        BeforePublishing,
        BeforeTheConfirm,
        AfterTheConfirm,
        AfterTheProgress,
    }

    private sealed class MortalRelay(ConcurrentQueue<(Guid, string)> broker, Func<Step, Task> die) : ISubscription
    {
        public async Task ProcessEventsAsync(EventPage page, CancellationToken cancellationToken)
        {
            if (page.Events.Any(e => e.Sequence > 1)) await die(Step.AfterTheProgress);
            await die(Step.BeforePublishing);
            foreach (var (@event, place) in page.Events.Where(e => e.StreamKey.StartsWith("log-", StringComparison.Ordinal)).Select((@event, place) => (@event, place)))
            {
                // The message is at the broker, its confirm not yet with us.
                broker.Enqueue((@event.Id, ((ArgumentMade)@event.Data).Text));
                if (place == 3) await die(Step.BeforeTheConfirm);
            }
            await die(Step.AfterTheConfirm);
        }
    }
}
