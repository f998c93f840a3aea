namespace ImageRights.EventStore.Tests;

public sealed class ReadingTests : IAsyncLifetime
{
    private TestStore store = null!;

    public async Task InitializeAsync() => store = await TestStore.CreateAsync();

    public async Task DisposeAsync() => await store.DisposeAsync();

    [Fact]
    public async Task An_inline_snapshot_moves_with_its_stream_in_the_same_transaction()
    {
        await using var session = store.Session();
        session.LastModifiedBy = "reviewer-7";
        session.Events.StartStream("dispute-card", new DisputeOpened("Card", "en"));
        await session.SaveChangesAsync();
        (await session.Events.FetchForWriting<Dispute>("dispute-card")).AppendMany([new ArgumentMade("a"), new ArgumentMade("b")]);
        await session.SaveChangesAsync();

        var card = (await session.LoadAsync<DisputeCard>("card"))!;
        var last = (await session.Events.FetchStreamAsync("dispute-card"))[^1];
        card.ShouldBe(new DisputeCard("dispute-card", "Card", 2, last.Timestamp, "reviewer-7"));
        (await store.ScalarAsync<long>("select mt_version from {schema}.mt_doc_dispute_card where id = 'card'")).ShouldBe(3);
    }

    [Fact]
    public async Task A_snapshot_folded_to_nothing_is_removed()
    {
        await using var session = store.Session();
        session.Events.StartStream("dispute-erased", new DisputeOpened("Erased", "en"), new DisputeSettled("erased"));
        await session.SaveChangesAsync();

        (await session.LoadAsync<DisputeCard>("erased")).ShouldBeNull();
    }

    [Fact]
    public async Task Appending_blindly_to_a_stream_with_a_snapshot_is_refused()
    {
        await using var session = store.Session();
        session.Events.Append("dispute-blind", new ArgumentMade("a"));

        await Should.ThrowAsync<InvalidOperationException>(() => session.SaveChangesAsync());
    }

    [Fact]
    public async Task Documents_are_stored_replaced_and_deleted()
    {
        await using var session = store.Session();
        session.Store("tally", new Tally("once", 1));
        session.Store("gone", new Tally("gone", 1));
        await session.SaveChangesAsync();
        session.Store("tally", new Tally("twice", 2));
        session.Delete<Tally>("gone");
        await session.SaveChangesAsync();

        (await session.LoadAsync<Tally>("tally")).ShouldBe(new Tally("twice", 2));
        (await session.LoadAsync<Tally>("gone")).ShouldBeNull();
    }

    [Fact]
    public async Task What_is_stored_last_in_one_save_is_what_remains()
    {
        await using var session = store.Session();
        session.Store("final", new Tally("first", 1));
        session.Store("final", new Tally("second", 2));
        session.Store("undone", new Tally("first", 1));
        session.Delete<Tally>("undone");
        session.Delete<Tally>("redone");
        session.Store("redone", new Tally("last", 3));
        await session.SaveChangesAsync();

        (await session.LoadAsync<Tally>("final")).ShouldBe(new Tally("second", 2));
        (await session.LoadAsync<Tally>("undone")).ShouldBeNull();
        (await session.LoadAsync<Tally>("redone")).ShouldBe(new Tally("last", 3));
    }

    [Fact]
    public async Task Queries_see_only_their_own_tenant_whatever_their_condition_says()
    {
        foreach (var tenant in new[] { "north", "south" })
        {
            await using var writing = store.Session(tenant);
            for (var number = 1; number <= 3; number++) writing.Store($"{number}", new Tally($"{tenant}-{number}", number));
            await writing.SaveChangesAsync();
        }

        await using var session = store.Session("north");
        (await session.QueryAsync<Tally>("where data ->> 'word' = ? or id > ? order by id", ["north-1", "1"]))
            .Select(tally => tally.Word).ShouldBe(["north-1", "north-2", "north-3"]);
        (await session.QueryAsync<Tally>("order by id desc limit 1", [])).Select(tally => tally.Word).ShouldBe(["north-3"]);
        (await session.QueryAsync<Tally>(" WHERE (data ->> 'count')::int between ? and ? order by id", [1, 2])).Count.ShouldBe(2);
        (await session.QueryAsync<Tally>("\n  where\n  id = any(?)", [new[] { "2", "3" }])).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_question_mark_in_a_literal_is_text_and_a_doubled_one_is_the_operator()
    {
        await using var session = store.Session();
        session.Store("question", new Tally("Who? $1", 1));
        await session.SaveChangesAsync();

        (await session.QueryAsync<Tally>("where data ->> 'word' = 'Who? $1' and id = ?", ["question"])).Count.ShouldBe(1);
        (await session.QueryAsync<Tally>("where data ->> 'word' <> 'it''s ?' and data ?? 'word' and id = ? -- really?", ["question"])).Count.ShouldBe(1);
        (await session.QueryAsync<Tally>("where data ??| array['word', ?] /* ? */ and data ->> 'word' <> $q$?$q$", ["none"])).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_query_with_too_few_or_too_many_parameters_is_refused()
    {
        await using var session = store.Session();
        await Should.ThrowAsync<ArgumentException>(() => session.QueryAsync<Tally>("where id = ?", []));
        await Should.ThrowAsync<ArgumentException>(() => session.QueryAsync<Tally>("where id = ?", ["a", "b"]));
        Should.Throw<ArgumentException>(() => session.QueueSqlCommand("select ?"));
    }

    [Fact]
    public async Task Own_sql_commits_with_the_events_or_not_at_all()
    {
        await store.ExecuteAsync("create table {schema}.deadlines (id text primary key, due timestamptz null)");
        await using (var session = store.Session())
        {
            session.Events.StartStream("dispute-deadline", new DisputeOpened("Deadline", "en"));
            session.QueueSqlCommand("insert into {schema}.deadlines values (?, ?)", "first", DateTimeOffset.UnixEpoch);
            session.QueueSqlCommand("insert into {schema}.deadlines values (?, ?)", "open", DBNull.Value);
            await session.SaveChangesAsync();
        }
        await using (var session = store.Session())
        {
            session.Events.StartStream("dispute-deadline-2", new DisputeOpened("Deadline", "en"));
            session.QueueSqlCommand("insert into {schema}.deadlines values (?, ?)", "first", DateTimeOffset.UnixEpoch);
            await Should.ThrowAsync<Npgsql.PostgresException>(() => session.SaveChangesAsync());
        }

        (await store.ScalarAsync<long>("select count(*) from {schema}.deadlines")).ShouldBe(2);
        await using var reading = store.Session();
        (await reading.Events.FetchStreamAsync("dispute-deadline")).Count.ShouldBe(1);
        (await reading.Events.FetchStreamAsync("dispute-deadline-2")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Own_sql_that_locks_crosswise_is_tried_again_after_a_deadlock()
    {
        await store.ExecuteAsync("create table {schema}.accounts (id int primary key, amount int not null)");
        await store.ExecuteAsync("insert into {schema}.accounts values (1, 0), (2, 0)");

        await Task.WhenAll(Enumerable.Range(0, 2).Select(async writer =>
        {
            await using var session = store.Session();
            session.QueueSqlCommand("update {schema}.accounts set amount = amount + 1 where id = ?", (writer % 2) + 1);
            session.QueueSqlCommand("select pg_sleep(0.1)");
            session.QueueSqlCommand("update {schema}.accounts set amount = amount + 1 where id = ?", 2 - (writer % 2));
            await session.SaveChangesAsync();
        }));

        (await store.ScalarAsync<long>("select sum(amount) from {schema}.accounts")).ShouldBe(4);
    }

    [Fact]
    public async Task A_stream_can_be_seen_as_it_was_at_a_version_or_an_instant()
    {
        await using var session = store.Session();
        session.Events.StartStream("dispute-time", new DisputeOpened("Time", "en"));
        await session.SaveChangesAsync();
        (await session.Events.FetchForWriting<Dispute>("dispute-time")).AppendOne(new ArgumentMade("a"));
        await session.SaveChangesAsync();
        (await session.Events.FetchForWriting<Dispute>("dispute-time")).AppendOne(new DisputeSettled("agreed"));
        await session.SaveChangesAsync();
        var events = await session.Events.FetchStreamAsync("dispute-time");

        (await session.Events.AggregateStreamAsync<Dispute>("dispute-time")).ShouldBe(new Dispute("Time", 1, true));
        (await session.Events.AggregateStreamAsync<Dispute>("dispute-time", version: 2)).ShouldBe(new Dispute("Time", 1, false));
        (await session.Events.AggregateStreamAsync<Dispute>("dispute-time", timestamp: events[0].Timestamp.ToOffset(TimeSpan.FromHours(9)))).ShouldBe(new Dispute("Time", 0, false));
        (await session.Events.AggregateStreamAsync<Dispute>("dispute-time", timestamp: events[0].Timestamp.AddMilliseconds(-1))).ShouldBeNull();
        (await session.Events.AggregateStreamAsync<Dispute>("dispute-none")).ShouldBeNull();
    }

    [Fact]
    public async Task An_old_version_of_an_event_is_read_as_the_current_one_and_stays_as_it_was_written()
    {
        await store.AppendAsync("log-old", new DisputeOpened("New", "fr"));
        await store.TamperAsync("""update {schema}.mt_events set type = 'dispute_opened_v1', data = '{"title": "Old"}' where stream_id = 'log-old'""");

        await using var session = store.Session();
        var @event = (await session.Events.FetchStreamAsync("log-old")).ShouldHaveSingleItem();

        @event.Data.ShouldBe(new DisputeOpened("Old", "en"));
        @event.EventTypeName.ShouldBe("dispute_opened_v1");
        (await store.ScalarAsync<string>("select data::text from {schema}.mt_events where stream_id = 'log-old'")).ShouldBe("""{"title": "Old"}""");
    }

    [Fact]
    public async Task A_stored_name_that_nobody_knows_stops_the_reader()
    {
        await store.AppendAsync("log-unknown", new ArgumentMade("a"));
        await store.TamperAsync("update {schema}.mt_events set type = 'argument_withdrawn_v1' where stream_id = 'log-unknown'");

        await using var session = store.Session();
        (await Should.ThrowAsync<UnknownEventTypeException>(() => session.Events.FetchStreamAsync("log-unknown"))).Message.ShouldContain("argument_withdrawn_v1");
    }

    [Fact]
    public async Task Text_that_PostgreSQL_cannot_hold_fails_its_own_save_only()
    {
        var saves = Enumerable.Range(0, 20).Select(async number =>
        {
            await using var session = store.Session();
            session.Events.StartStream($"log-text-{number}", new ArgumentMade(number % 7 == 3 ? "nul \0 character" : "fine"));
            try
            {
                await session.SaveChangesAsync();
                return true;
            }
            catch (Npgsql.PostgresException)
            {
                return false;
            }
        });

        (await Task.WhenAll(saves)).Select((saved, number) => (saved, number)).ShouldAllBe(save => save.saved == (save.number % 7 != 3));
    }
}
