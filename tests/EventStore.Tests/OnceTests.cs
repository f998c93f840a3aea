namespace ImageRights.EventStore.Tests;

public sealed class OnceTests : IAsyncLifetime
{
    private TestStore store = null!;

    public async Task InitializeAsync() => store = await TestStore.CreateAsync();

    public async Task DisposeAsync() => await store.DisposeAsync();

    [Fact]
    public async Task A_message_has_its_effect_once_however_often_it_is_delivered()
    {
        var message = Guid.CreateVersion7();
        await ConsumeAsync(message, "log-once");

        var duplicate = await Should.ThrowAsync<DuplicateMessageException>(() => ConsumeAsync(message, "log-once"));

        duplicate.MessageId.ShouldBe(message);
        (await store.ScalarAsync<long>("select count(*) from {schema}.mt_events where stream_id = 'log-once'")).ShouldBe(1);
    }

    [Fact]
    public async Task Deliveries_that_arrive_together_have_one_effect()
    {
        var message = Guid.CreateVersion7();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            try
            {
                await ConsumeAsync(message, "log-together");
                return true;
            }
            catch (DuplicateMessageException)
            {
                return false;
            }
        }));

        outcomes.Count(done => done).ShouldBe(1);
        (await store.ScalarAsync<long>("select count(*) from {schema}.mt_events where stream_id = 'log-together'")).ShouldBe(1);
    }

    [Fact]
    public async Task Two_consumers_each_take_the_same_message()
    {
        var message = Guid.CreateVersion7();
        await ConsumeAsync(message, "log-first", "first");
        await ConsumeAsync(message, "log-second", "second");

        (await store.ScalarAsync<long>("select count(*) from {schema}.mt_events where causation_id = $1", message.ToString())).ShouldBe(2);
    }

    [Fact]
    public async Task Events_that_a_message_causes_have_ids_that_follow_from_it()
    {
        var message = Guid.CreateVersion7();
        await using (var session = store.Session())
        {
            session.Enlist(message, "consumer");
            session.Events.Append("log-derived", new ArgumentMade("one"), new ArgumentMade("two"));
            await session.SaveChangesAsync();
        }

        await using var reading = store.Session();
        (await reading.Events.FetchStreamAsync("log-derived")).Select(e => e.Id)
            .ShouldBe([DeterministicGuid.Create(message, "consumer/0"), DeterministicGuid.Create(message, "consumer/1")]);
    }

    [Fact]
    public async Task One_session_that_takes_two_messages_derives_each_ones_ids_alike()
    {
        var (first, second) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await using var session = store.Session();
        foreach (var message in new[] { first, second })
        {
            session.Enlist(message, "consumer");
            session.Events.Append("log-sequence", new ArgumentMade("one"));
            await session.SaveChangesAsync();
        }

        var events = await session.Events.FetchStreamAsync("log-sequence");
        events.Select(e => e.Id).ShouldBe([DeterministicGuid.Create(first, "consumer/0"), DeterministicGuid.Create(second, "consumer/0")]);
        events.Select(e => e.CausationId).ShouldBe([first.ToString(), second.ToString()]);
    }

    [Fact]
    public async Task A_redelivery_after_the_inbox_was_pruned_is_refused_by_the_ids()
    {
        var message = Guid.CreateVersion7();
        await ConsumeAsync(message, "log-pruned");
        await store.ExecuteAsync("delete from {schema}.mt_inbox where message_id = $1", message);

        await Should.ThrowAsync<DuplicateMessageException>(() => ConsumeAsync(message, "log-pruned"));

        (await store.ScalarAsync<long>("select count(*) from {schema}.mt_events where stream_id = 'log-pruned'")).ShouldBe(1);
    }

    [Fact]
    public async Task A_message_whose_effect_lost_a_race_can_be_tried_again()
    {
        var message = Guid.CreateVersion7();
        await store.AppendAsync("log-retry", new ArgumentMade("before"));
        await using (var session = store.Session())
        {
            session.Enlist(message, "consumer");
            (await session.Events.FetchForWriting<Dispute>("log-retry")).AppendOne(new ArgumentMade("effect"));
            await store.AppendAsync("log-retry", new ArgumentMade("faster"));
            await Should.ThrowAsync<ConcurrencyException>(() => session.SaveChangesAsync());
        }

        await using var again = store.Session();
        again.Enlist(message, "consumer");
        (await again.Events.FetchForWriting<Dispute>("log-retry")).AppendOne(new ArgumentMade("effect"));
        await again.SaveChangesAsync();

        (await again.Events.FetchStreamAsync("log-retry")).Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_message_without_effect_is_remembered_too()
    {
        var message = Guid.CreateVersion7();
        for (var delivery = 0; delivery < 2; delivery++)
        {
            await using var session = store.Session();
            session.Enlist(message, "consumer");
            if (delivery == 0) await session.SaveChangesAsync();
            else await Should.ThrowAsync<DuplicateMessageException>(() => session.SaveChangesAsync());
        }
    }

    [Fact]
    public async Task The_first_request_with_an_idempotency_key_wins_and_its_answer_is_kept()
    {
        await ClaimAsync("key-1", "log-claimed-1", 201);

        await Should.ThrowAsync<DuplicateIdempotencyKeyException>(() => ClaimAsync("key-1", "log-claimed-2", 202));

        await using var session = store.Session();
        var answer = (await session.FindIdempotentAnswerAsync("POST /v1/works", "key-1", CancellationToken.None))!;
        (answer.Fingerprint, answer.Status, answer.Location).ShouldBe(("fingerprint", 201, "/v1/works/1"));
        answer.Body.ShouldBe("""{"id": "log-claimed-1"}""");
        (await session.Events.FetchStreamAsync("log-claimed-2")).ShouldBeEmpty();
        (await session.FindIdempotentAnswerAsync("POST /v1/images", "key-1", CancellationToken.None)).ShouldBeNull();
        await using var other = store.Session("another");
        (await other.FindIdempotentAnswerAsync("POST /v1/works", "key-1", CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task A_repeated_request_is_recognised_by_its_key_before_its_stream_is_looked_at()
    {
        await ClaimAsync("key-same", "log-same", 201);

        await Should.ThrowAsync<DuplicateIdempotencyKeyException>(() => ClaimAsync("key-same", "log-same", 201));
    }

    [Fact]
    public void Ids_are_RFC_9562_version_5()
    {
        // The RFC's own example (A.4): www.example.com in the DNS namespace.
        DeterministicGuid.Create(Guid.Parse("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), "www.example.com").ShouldBe(Guid.Parse("2ed6657d-e927-568b-95e1-2665a8aea6a2"));
    }

    private async Task ConsumeAsync(Guid message, string stream, string consumer = "consumer")
    {
        await using var session = store.Session();
        session.Enlist(message, consumer);
        session.Events.Append(stream, new ArgumentMade("effect"));
        await session.SaveChangesAsync();
    }

    private async Task ClaimAsync(string key, string stream, int status)
    {
        await using var session = store.Session();
        session.Events.StartStream(stream, new ArgumentMade("claimed"));
        session.ClaimIdempotencyKey("POST /v1/works", key, "fingerprint", status, "/v1/works/1", new { id = stream });
        await session.SaveChangesAsync();
    }
}
