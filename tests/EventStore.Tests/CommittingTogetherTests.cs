using ImageRights.TestKit;
using Npgsql;

namespace ImageRights.EventStore.Tests;

/// <summary>Saves that arrive together share a transaction; each must fare as if it were alone.</summary>
public sealed class CommittingTogetherTests : IAsyncLifetime
{
    private TestStore store = null!;

    public async Task InitializeAsync() => store = await TestStore.CreateAsync();

    public async Task DisposeAsync() => await store.DisposeAsync();

    [Fact]
    public async Task Saves_that_arrive_together_share_transactions()
    {
        await Task.WhenAll(Enumerable.Range(0, 100).Select(number => store.AppendAsync($"log-{number}", new ArgumentMade($"{number}"))));

        (await store.ScalarAsync<long>("select count(*) from {schema}.mt_events")).ShouldBe(100);
        (await store.ScalarAsync<long>("select count(distinct transaction_id) from {schema}.mt_events")).ShouldBeLessThan(50);
    }

    [Fact]
    public async Task Each_of_those_that_arrive_together_has_its_own_outcome()
    {
        var consumed = Guid.CreateVersion7();
        // Those that lose a race rest on the time before the stream was started.
        var sessions = Enumerable.Range(0, 120).Select(_ => store.Session()).ToArray();
        foreach (var number in Enumerable.Range(0, 120).Where(number => number % 6 == 3))
            (await sessions[number].Events.FetchForWriting<Dispute>("dispute-exists")).AppendOne(new DisputeOpened($"{number}", "en"));
        await SaveAsync(session =>
        {
            session.Enlist(consumed, "consumer");
            session.ClaimIdempotencyKey("POST /", "taken", "f", 200, null, null);
            session.Events.StartStream("dispute-exists", new DisputeOpened("Exists", "en"));
        });

        var outcomes = await Task.WhenAll(sessions.Select((session, number) => OutcomeAsync(session, number, consumed)));

        foreach (var (outcome, number) in outcomes.Select((outcome, number) => (outcome, number)))
        {
            outcome?.GetType().ShouldBe((number % 6) switch
            {
                0 => typeof(DuplicateMessageException),
                1 => typeof(DuplicateIdempotencyKeyException),
                2 => typeof(ExistingStreamIdCollisionException),
                3 => typeof(ConcurrencyException),
                4 => typeof(PostgresException),
                _ => null,
            }, $"save {number}");
            (outcome is null).ShouldBe(number % 6 == 5);
        }
        // The losers left nothing behind: no event, no document, no inbox row, no key, no number.
        (await store.ScalarAsync<long>("select count(*) from {schema}.mt_events")).ShouldBe(21);
        (await store.ScalarAsync<long>("select count(*) from {schema}.mt_streams")).ShouldBe(21);
        (await store.ScalarAsync<long>("select count(*) from {schema}.mt_doc_tally")).ShouldBe(20);
        (await store.ScalarAsync<long>("select count(*) from {schema}.mt_inbox")).ShouldBe(21);
        (await store.ScalarAsync<long>("select count(*) from {schema}.mt_idempotency")).ShouldBe(21);
        await using var session = store.Session();
        foreach (var number in Enumerable.Range(0, 120).Where(number => number % 6 == 5))
        {
            (await session.LoadAsync<Tally>($"{number}")).ShouldBe(new Tally($"{number}", number));
            (await session.LoadAsync<DisputeCard>($"{number}"))!.Title.ShouldBe($"{number}");
        }
    }

    [Fact]
    public async Task Plain_appends_that_arrive_together_have_their_own_outcomes_too()
    {
        await store.AppendAsync("log-archived", new ArgumentMade("0"));
        await store.AppendAsync("log-there", new ArgumentMade("0"));
        await store.ExecuteAsync("update {schema}.mt_streams set is_archived = true where id = 'log-archived'");
        var sessions = Enumerable.Range(0, 120).Select(_ => store.Session()).ToArray();
        foreach (var number in Enumerable.Range(0, 120).Where(number => number % 6 is 1 or 2))
        {
            var stream = await sessions[number].Events.FetchForWriting<Dispute>($"dispute-moved-{number % 6 == 1}");
            stream.AppendOne(new DisputeOpened($"{number}", "en"));
        }
        await SaveAsync(session => session.Events.StartStream("dispute-moved-True", new DisputeOpened("Moved", "en")));

        var outcomes = await Task.WhenAll(sessions.Select((session, number) =>
        {
            if (number % 6 == 0) session.Events.StartStream("log-there", new ArgumentMade($"{number}"));
            else if (number % 6 == 3) session.Events.Append("log-archived", new ArgumentMade($"{number}"));
            else if (number % 6 == 4) session.Events.Append("log-there", new ArgumentMade($"{number}"), new ArgumentMade("and more"));
            else if (number % 6 == 5) session.Events.Append($"log-new-{number}", new ArgumentMade($"{number}"));
            session.Store($"{number}", new Tally($"{number}", number));
            return SaveAsync(session);
        }));

        foreach (var (outcome, number) in outcomes.Select((outcome, number) => (outcome, number)))
        {
            outcome?.GetType().ShouldBe((number % 6) switch { 0 => typeof(ExistingStreamIdCollisionException), 4 or 5 => null, _ => typeof(ConcurrencyException) }, $"save {number}");
        }
        outcomes.Where((_, number) => number % 6 == 2).Count(outcome => outcome is null).ShouldBe(1);
        (await store.ScalarAsync<long>("select count(*) from {schema}.mt_events")).ShouldBe(2 + 1 + 1 + 2 * 20 + 20);
        (await store.ScalarAsync<long>("select count(*) from {schema}.mt_events where stream_id = 'log-there' and version = (select max(version) from {schema}.mt_events where stream_id = 'log-there')")).ShouldBe(1);
        (await store.ScalarAsync<bool>("select bool_and(s.version = e.last and e.last = e.amount) from {schema}.mt_streams s join (select stream_id, max(version) as last, count(*) as amount from {schema}.mt_events group by stream_id) e on e.stream_id = s.id")).ShouldBeTrue();
        (await store.ScalarAsync<long>("select count(*) from {schema}.mt_doc_tally")).ShouldBe(41);
    }

    private static Task<Exception?> OutcomeAsync(DocumentSession session, int number, Guid consumed)
    {
        var kind = number % 6;
        session.Enlist(kind == 0 ? consumed : Guid.CreateVersion7(), "consumer");
        session.ClaimIdempotencyKey("POST /", kind == 1 ? "taken" : $"key-{number}", "f", 200, null, null);
        if (kind == 2) session.Events.StartStream("dispute-exists", new DisputeOpened($"{number}", "en"));
        else if (kind != 3) session.Events.StartStream($"dispute-{number}", new DisputeOpened(kind == 4 ? "nul \0" : $"{number}", "en"));
        session.Store($"{number}", new Tally($"{number}", number));
        return SaveAsync(session);
    }

    [Fact]
    public async Task A_stream_that_somebody_holds_locked_delays_its_own_writers_only()
    {
        await store.AppendAsync("log-held", new ArgumentMade("0"));
        await using var holder = await store.ConnectAsync();
        await using var transaction = await holder.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand(store.Sql("select 1 from {schema}.mt_streams where id = 'log-held' for update"), holder)) await hold.ExecuteScalarAsync();

        var held = Enumerable.Range(0, 3).Select(number => store.AppendAsync("log-held", new ArgumentMade($"held {number}"))).ToArray();
        for (var round = 0; round < 20; round++)
            await Task.WhenAll(Enumerable.Range(0, 10).Select(number => store.AppendAsync($"log-free-{number}", new ArgumentMade($"{round}")))).WaitAsync(TimeSpan.FromSeconds(20));

        held.ShouldAllBe(save => !save.IsCompleted);
        await transaction.CommitAsync();
        await Task.WhenAll(held).WaitAsync(TimeSpan.FromSeconds(20));
        (await store.ScalarAsync<long>("select count(*) from {schema}.mt_events where stream_id = 'log-held'")).ShouldBe(4);
        (await store.ScalarAsync<long>("select count(*) from {schema}.mt_events where stream_id like 'log-free-%'")).ShouldBe(200);
    }

    [Fact]
    public async Task A_caller_that_gives_up_in_the_queue_writes_nothing_and_harms_nobody()
    {
        using var giveUp = new CancellationTokenSource();
        var saves = Enumerable.Range(0, 200).Select(number => SaveAsync(session => session.Events.Append($"log-{number}", new ArgumentMade("x")), number % 2 == 0 ? giveUp.Token : default)).ToArray();
        await giveUp.CancelAsync();

        var outcomes = await Task.WhenAll(saves);

        outcomes.Where((_, number) => number % 2 == 1).ShouldAllBe(outcome => outcome == null);
        outcomes.Where((_, number) => number % 2 == 0).ShouldAllBe(outcome => outcome == null || outcome is OperationCanceledException);
        (await store.ScalarAsync<long>("select count(*) from {schema}.mt_events")).ShouldBe(outcomes.Count(outcome => outcome is null));
    }

    [Fact]
    public async Task Writers_with_overlapping_streams_lock_in_one_order_and_never_deadlock()
    {
        // A database of its own: deadlocks are counted by database, and another test makes one.
        var connectionString = await TestServers.CreateDatabaseAsync();
        await using var own = await TestStore.CreateAsync(options => options.ConnectionString = connectionString);
        await Task.WhenAll(Enumerable.Range(0, 12).Select(async writer =>
        {
            var random = new Random(writer);
            for (var number = 0; number < 25; number++)
            {
                await using var session = own.Session();
                foreach (var stream in Enumerable.Range(0, 6).OrderBy(_ => random.Next()).Take(1 + random.Next(3))) session.Events.Append($"log-{stream}", new ArgumentMade($"{writer}/{number}"));
                (await SaveAsync(session)).ShouldBeNull();
            }
        }));

        (await own.ScalarAsync<bool>("select bool_and(s.version = e.last and e.last = e.amount) from {schema}.mt_streams s join (select stream_id, max(version) as last, count(*) as amount from {schema}.mt_events group by stream_id) e on e.stream_id = s.id")).ShouldBeTrue();
        (await own.ScalarAsync<long>("select deadlocks from pg_stat_database where datname = current_database()")).ShouldBe(0);
    }

    [Fact]
    public async Task A_statement_that_failed_when_it_was_first_prepared_works_the_next_time()
    {
        for (var round = 0; round < 12; round++)
        {
            var poison = round % 2 == 0;
            var outcome = await SaveAsync(session => session.Events.Append($"log-{round}", new ArgumentMade(poison ? "nul \0" : "fine")));
            (outcome is PostgresException).ShouldBe(poison, outcome?.ToString());
        }
    }

    [Fact]
    public async Task Several_tenants_in_one_group_keep_to_themselves()
    {
        await Task.WhenAll(Enumerable.Range(0, 60).Select(async number =>
        {
            await using var session = store.Session($"tenant-{number % 3}");
            session.Events.StartStream($"dispute-{number / 3}", new DisputeOpened($"{number}", "en"));
            session.Store("same", new Tally($"tenant-{number % 3}", 1));
            await session.SaveChangesAsync();
        }));

        for (var tenant = 0; tenant < 3; tenant++)
        {
            await using var session = store.Session($"tenant-{tenant}");
            (await session.LoadAsync<Tally>("same"))!.Word.ShouldBe($"tenant-{tenant}");
            (await session.QueryAsync<DisputeCard>("", [])).Count.ShouldBe(20);
            for (var number = 0; number < 20; number++)
                ((DisputeOpened)(await session.Events.FetchStreamAsync($"dispute-{number}")).Single().Data).Title.ShouldBe($"{(number * 3) + tenant}");
        }
    }

    [Fact]
    public async Task Committers_that_go_from_tenant_to_tenant_write_each_ones_rows_as_his()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var expected = new Dictionary<string, int> { ["anna"] = 0, ["boris"] = 0, ["clara"] = 0 };
        for (var wave = 0; wave < 60; wave++)
        {
            var saves = Enumerable.Range(0, random.Next(1, 9)).Select(number => (Tenant: expected.Keys.ElementAt(random.Next(3)), Kind: random.Next(5), Stream: $"log-{wave}-{number}")).ToList();
            await Task.WhenAll(saves.Select(async save =>
            {
                await using var session = store.Session(save.Tenant);
                // With a message the append names its tenant for its transaction, without one the committer's session does.
                if (save.Kind is 1 or 2) session.Enlist(Guid.CreateVersion7(), "consumer");
                if (save.Kind == 2) session.Store(save.Stream, new Tally(save.Tenant, 1));
                if (save.Kind == 3) session.Events.StartStream(save.Stream, new ArgumentMade(save.Tenant));
                else session.Events.Append(save.Stream, new ArgumentMade(save.Tenant));
                // Undoes its whole group.
                if (save.Kind == 4) session.Store("\0", new Tally("", 0));
                (await SaveAsync(session))?.GetType().ShouldBe(save.Kind == 4 ? typeof(PostgresException) : null, $"seed {seed}, {save}");
            }));
            foreach (var save in saves.Where(save => save.Kind != 4)) expected[save.Tenant]++;
        }

        foreach (var (tenant, count) in expected)
        {
            (await store.ScalarAsync<long>("select count(*) from {schema}.mt_events where tenant_id = $1 and data ->> 'text' = $1", tenant)).ShouldBe(count, $"seed {seed}");
            (await store.ScalarAsync<long>("select count(*) from {schema}.mt_events where tenant_id = $1", tenant)).ShouldBe(count, $"seed {seed}");
            (await store.ScalarAsync<long>("select count(*) from {schema}.mt_streams where tenant_id = $1", tenant)).ShouldBe(count, $"seed {seed}");
        }
    }

    private async Task<Exception?> SaveAsync(Action<DocumentSession> write, CancellationToken cancellationToken = default)
    {
        await using var session = store.Session();
        write(session);
        return await SaveAsync(session, cancellationToken);
    }

    private static async Task<Exception?> SaveAsync(DocumentSession session, CancellationToken cancellationToken = default)
    {
        try
        {
            await session.SaveChangesAsync(cancellationToken);
            return null;
        }
#pragma warning disable CA1031 // The failure is the result.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return failure;
        }
    }
}
