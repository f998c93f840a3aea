namespace ImageRights.EventStore.Tests;

public sealed class AppendingTests : IAsyncLifetime
{
    private TestStore store = null!;

    public async Task InitializeAsync() => store = await TestStore.CreateAsync();

    public async Task DisposeAsync() => await store.DisposeAsync();

    [Fact]
    public async Task A_started_stream_reads_back_with_all_that_was_said_of_it()
    {
        await using (var session = store.Session("acme"))
        {
            session.CorrelationId = "conversation-1";
            session.CausationId = "cause-1";
            session.LastModifiedBy = "reviewer-7";
            session.Events.StartStream("dispute-1", new DisputeOpened("Sunset", "de"), new ArgumentMade("Mine since 2019"));
            await session.SaveChangesAsync();
        }

        await using var reading = store.Session("acme");
        var events = await reading.Events.FetchStreamAsync("dispute-1");

        events.Select(e => e.Data).ShouldBe([new DisputeOpened("Sunset", "de"), new ArgumentMade("Mine since 2019")]);
        events.Select(e => e.Version).ShouldBe([1L, 2L]);
        events.Select(e => e.EventTypeName).ShouldBe(["dispute_opened_v2", "argument_made_v1"]);
        events[0].Sequence.ShouldBeLessThan(events[1].Sequence);
        events.ShouldAllBe(e => e.TenantId == "acme" && e.StreamKey == "dispute-1" && e.CorrelationId == "conversation-1" && e.CausationId == "cause-1" && e.UserName == "reviewer-7");
        var state = (await reading.Events.FetchStreamStateAsync("dispute-1"))!;
        state.Version.ShouldBe(2);
        state.LastTimestamp.ShouldBe(events[1].Timestamp);
        (await store.ScalarAsync<string>("select type from {schema}.mt_streams where id = 'dispute-1'")).ShouldBe("dispute");
    }

    [Fact]
    public async Task A_stream_belongs_to_its_tenant()
    {
        foreach (var tenant in new[] { "north", "south" })
        {
            await using var session = store.Session(tenant);
            session.Events.StartStream("dispute-shared", new DisputeOpened(tenant, "en"));
            await session.SaveChangesAsync();
        }

        await using var north = store.Session("north");
        (await north.Events.FetchStreamAsync("dispute-shared")).ShouldHaveSingleItem().Data.ShouldBe(new DisputeOpened("north", "en"));
        await using var west = store.Session("west");
        (await west.Events.FetchStreamAsync("dispute-shared")).ShouldBeEmpty();
        (await west.Events.FetchStreamStateAsync("dispute-shared")).ShouldBeNull();
    }

    [Fact]
    public async Task Starting_a_stream_twice_is_a_collision_also_when_it_existed_long_before()
    {
        await StartAsync("dispute-taken");

        var collision = await Should.ThrowAsync<ExistingStreamIdCollisionException>(() => StartAsync("dispute-taken"));

        collision.Stream.ShouldBe("dispute-taken");
        (await store.ScalarAsync<long>("select count(*) from {schema}.mt_events where stream_id = 'dispute-taken'")).ShouldBe(1);
    }

    [Fact]
    public async Task Of_many_that_start_the_same_stream_at_once_one_wins_and_the_others_collide()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => OutcomeAsync(() => StartAsync("dispute-raced"))));

        outcomes.Count(outcome => outcome is null).ShouldBe(1);
        outcomes.Where(outcome => outcome is not null).ShouldAllBe(outcome => outcome is ExistingStreamIdCollisionException);
    }

    [Fact]
    public async Task Appending_without_a_version_starts_the_stream_or_follows_whoever_was_first()
    {
        await Task.WhenAll(Enumerable.Range(0, 12).Select(number => store.AppendAsync("log-blind", new ArgumentMade($"{number}"))));

        await using var session = store.Session();
        var events = await session.Events.FetchStreamAsync("log-blind");
        events.Select(e => e.Version).ShouldBe(Enumerable.Range(1, 12).Select(version => (long)version));
        events.Select(e => ((ArgumentMade)e.Data).Text).ShouldBe(Enumerable.Range(0, 12).Select(number => $"{number}"), ignoreOrder: true);
    }

    [Fact]
    public async Task The_loser_of_a_race_is_told_and_draws_no_number()
    {
        await StartAsync("dispute-race");
        await using var first = store.Session();
        await using var second = store.Session();
        var mine = await first.Events.FetchForWriting<Dispute>("dispute-race");
        var theirs = await second.Events.FetchForWriting<Dispute>("dispute-race");
        mine.AppendOne(new ArgumentMade("first"));
        theirs.AppendOne(new ArgumentMade("second"));
        await first.SaveChangesAsync();
        var drawn = await store.ScalarAsync<long>("select last_value from {schema}.mt_events_sequence");

        var lost = await Should.ThrowAsync<ConcurrencyException>(() => second.SaveChangesAsync());

        lost.ShouldBeOfType<ConcurrencyException>();
        lost.Stream.ShouldBe("dispute-race");
        (await store.ScalarAsync<long>("select last_value from {schema}.mt_events_sequence")).ShouldBe(drawn);
        await using var reading = store.Session();
        (await reading.Events.FetchStreamAsync("dispute-race")).Select(e => e.Data).ShouldBe([new DisputeOpened("Race", "en"), new ArgumentMade("first")]);
    }

    [Fact]
    public async Task Two_that_found_no_stream_and_write_at_once_are_one_winner_and_one_lost_race()
    {
        await using var first = store.Session();
        await using var second = store.Session();
        (await first.Events.FetchForWriting<Dispute>("dispute-absent")).AppendOne(new DisputeOpened("first", "en"));
        (await second.Events.FetchForWriting<Dispute>("dispute-absent")).AppendOne(new DisputeOpened("second", "en"));
        await first.SaveChangesAsync();

        (await Should.ThrowAsync<ConcurrencyException>(() => second.SaveChangesAsync())).ShouldBeOfType<ConcurrencyException>();
    }

    [Fact]
    public async Task A_stream_is_read_after_its_first_event_when_that_is_known()
    {
        await StartAsync("dispute-known");
        await using var session = store.Session();
        (await session.Events.FetchForWriting<Dispute>("dispute-known")).AppendOne(new ArgumentMade("then"));
        await session.SaveChangesAsync();
        var events = await session.Events.FetchStreamAsync("dispute-known");
        await using var first = store.Session();
        await using var second = store.Session();
        await using var third = store.Session();

        var known = await first.Events.FetchForWriting<Dispute>(events[0]);
        var late = await second.Events.FetchForWriting<Dispute>(events[0]);
        var later = await third.Events.FetchForWriting<Dispute>(events[1]);
        known.AppendOne(new ArgumentMade("mine"));
        late.AppendOne(new ArgumentMade("late"));
        await first.SaveChangesAsync();

        known.Events[0].ShouldBeSameAs(events[0]);
        known.Events.ShouldBe(events);
        later.Events.ShouldBe(events);
        (known.CurrentVersion, known.Aggregate).ShouldBe((2, later.Aggregate));
        (await first.LoadAsync<DisputeCard>("known"))!.Arguments.ShouldBe(2);
        (await Should.ThrowAsync<ConcurrencyException>(() => second.SaveChangesAsync())).Stream.ShouldBe("dispute-known");
    }

    [Fact]
    public async Task Writers_with_retries_on_one_stream_lose_nothing_and_leave_no_hole()
    {
        await StartAsync("dispute-hot");
        var before = await store.ScalarAsync<long>("select last_value from {schema}.mt_events_sequence");

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async writer =>
        {
            for (var number = 0; number < 10; number++)
                await RetryAsync(async session => (await session.Events.FetchForWriting<Dispute>("dispute-hot")).AppendOne(new ArgumentMade($"{writer}/{number}")));
        }));

        await using var reading = store.Session();
        var events = await reading.Events.FetchStreamAsync("dispute-hot");
        events.Select(e => e.Version).ShouldBe(Enumerable.Range(1, 81).Select(version => (long)version));
        events.Skip(1).Select(e => ((ArgumentMade)e.Data).Text).Distinct().Count().ShouldBe(80);
        (await store.ScalarAsync<long>("select last_value from {schema}.mt_events_sequence")).ShouldBe(before + 80);
        (await reading.LoadAsync<DisputeCard>("hot"))!.Arguments.ShouldBe(80);
    }

    [Fact]
    public async Task A_save_over_two_streams_is_all_or_nothing_and_names_the_stream_that_moved()
    {
        await StartAsync("dispute-left");
        await StartAsync("dispute-right");
        await using var session = store.Session();
        (await session.Events.FetchForWriting<Dispute>("dispute-left")).AppendOne(new ArgumentMade("left"));
        (await session.Events.FetchForWriting<Dispute>("dispute-right")).AppendOne(new ArgumentMade("right"));
        await RetryAsync(async other => (await other.Events.FetchForWriting<Dispute>("dispute-right")).AppendOne(new ArgumentMade("faster")));

        (await Should.ThrowAsync<ConcurrencyException>(() => session.SaveChangesAsync())).Stream.ShouldBe("dispute-right");

        await using var reading = store.Session();
        (await reading.Events.FetchStreamAsync("dispute-left")).Count.ShouldBe(1);
        (await reading.LoadAsync<DisputeCard>("left"))!.Arguments.ShouldBe(0);
    }

    [Fact]
    public async Task An_archived_stream_takes_no_more_events()
    {
        await StartAsync("dispute-archived");
        await store.ExecuteAsync("update {schema}.mt_streams set is_archived = true where id = 'dispute-archived'");
        await using var session = store.Session();
        (await session.Events.FetchForWriting<Dispute>("dispute-archived")).AppendOne(new ArgumentMade("late"));

        (await Should.ThrowAsync<ConcurrencyException>(() => session.SaveChangesAsync())).Message.ShouldContain("archived");
    }

    [Fact]
    public async Task A_session_can_save_again_and_keeps_nothing_of_the_first_save()
    {
        await using var session = store.Session();
        session.Events.StartStream("dispute-again", new DisputeOpened("Again", "en"));
        await session.SaveChangesAsync();
        await session.SaveChangesAsync();
        (await session.Events.FetchForWriting<Dispute>("dispute-again")).AppendOne(new ArgumentMade("more"));
        await session.SaveChangesAsync();

        (await session.Events.FetchStreamAsync("dispute-again")).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_stream_fetched_before_a_save_refuses_further_facts_instead_of_losing_them()
    {
        await using var session = store.Session();
        session.Events.StartStream("dispute-stale", new DisputeOpened("Stale", "en"));
        await session.SaveChangesAsync();
        var stream = await session.Events.FetchForWriting<Dispute>("dispute-stale");
        stream.AppendOne(new ArgumentMade("in time"));
        await session.SaveChangesAsync();

        Should.Throw<InvalidOperationException>(() => stream.AppendOne(new ArgumentMade("too late")));
        stream.NextVersion.ShouldBe(2);
    }

    [Fact]
    public async Task Fetching_a_stream_that_the_session_already_appends_to_is_refused()
    {
        await using var session = store.Session();
        session.Events.Append("log-mixed", new ArgumentMade("blind"));

        await Should.ThrowAsync<InvalidOperationException>(() => session.Events.FetchForWriting<Dispute>("log-mixed"));
        Should.Throw<InvalidOperationException>(() => session.Events.StartStream("log-mixed", new ArgumentMade("start")));
    }

    [Fact]
    public async Task An_event_without_a_stored_name_is_refused_before_anything_is_sent()
    {
        await using var session = store.Session();
        session.Events.StartStream("log-nameless", new Tally("not", 1));

        (await Should.ThrowAsync<InvalidOperationException>(() => session.SaveChangesAsync())).Message.ShouldContain("names table");
    }

    [Fact]
    public async Task A_cancelled_save_either_happened_or_did_not()
    {
        await using var session = store.Session();
        session.Events.StartStream("dispute-cancelled", new DisputeOpened("Cancelled", "en"));
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => session.SaveChangesAsync(cancelled.Token));

        await using var reading = store.Session();
        (await reading.Events.FetchStreamAsync("dispute-cancelled")).ShouldBeEmpty();
        (await reading.LoadAsync<DisputeCard>("cancelled")).ShouldBeNull();
    }

    [Fact]
    public async Task Time_does_not_run_backwards_within_a_stream()
    {
        await StartAsync("dispute-clock");
        // What a clock that is set back leaves behind.
        await store.TamperAsync("update {schema}.mt_events set timestamp = '2090-01-01Z' where stream_id = 'dispute-clock'");
        await store.ExecuteAsync("update {schema}.mt_streams set timestamp = '2090-01-01Z' where id = 'dispute-clock'");

        await RetryAsync(async session => (await session.Events.FetchForWriting<Dispute>("dispute-clock")).AppendOne(new ArgumentMade("after")));

        await using var reading = store.Session();
        var events = await reading.Events.FetchStreamAsync("dispute-clock");
        events[1].Timestamp.ShouldBeGreaterThanOrEqualTo(events[0].Timestamp);
        (await reading.Events.FetchStreamStateAsync("dispute-clock"))!.LastTimestamp.ShouldBe(events[1].Timestamp);
        (await reading.LoadAsync<DisputeCard>("clock"))!.LastChange.ShouldBe(events[1].Timestamp);
    }

    private async Task StartAsync(string stream)
    {
        await using var session = store.Session();
        session.Events.StartStream(stream, new DisputeOpened("Race", "en"));
        await session.SaveChangesAsync();
    }

    private async Task RetryAsync(Func<DocumentSession, Task> work)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var session = store.Session();
            await work(session);
            try
            {
                await session.SaveChangesAsync();
                return;
            }
            catch (ConcurrencyException) when (attempt < 500)
            {
            }
        }
    }

    private static async Task<Exception?> OutcomeAsync(Func<Task> work)
    {
        try
        {
            await work();
            return null;
        }
        catch (ConcurrencyException failure)
        {
            return failure;
        }
    }
}
