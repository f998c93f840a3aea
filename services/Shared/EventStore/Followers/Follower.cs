using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ImageRights.EventStore;

/// <summary>Runs one subscription over the log: leader election by advisory lock, pages behind the safe horizon, fenced progress.</summary>
internal sealed class Follower(DocumentStore store, FollowerRegistration registration, Func<ISubscription> subscription, ILogger<Follower> logger) : BackgroundService
{
    private static readonly TimeSpan BurstPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LeadershipPoll = TimeSpan.FromSeconds(1);

    // A leader that has nothing to read finds out by a read that its session, and the lock with it, is gone.
    private static readonly TimeSpan LongestUnread = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(15);

    private const int MostRaces = 10;

    private ISubscription? inMemory;
    private FollowerStatus status = new(registration.Name, FollowerState.Standby, LogPosition.Start, null, false);

    public FollowerStatus Status => Volatile.Read(ref status);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (failures, races) = (0, 0);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (registration.EveryReplica) await FollowInMemoryAsync(() => failures = 0, stoppingToken);
                else await LeadAsync(() => (failures, races) = (0, 0), stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (ConcurrencyException) when (++races < MostRaces)
            {
                // A stream moved between the page's decision and its commit: nothing was written, and what is decided anew sees it. No reason to stand.
            }
#pragma warning disable CA1031 // Whatever stops a page must be said in health and tried again; skipping is not an option for a legal record.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                failures++;
                status = Status with { State = FollowerState.Stopped, Error = failure.Message };
                logger.LogError(failure, "Follower {Follower} stands at {Position} (attempt {Attempt})", registration.Name, Status.Position, failures);
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(LongestBackOff.TotalMilliseconds, 100 * Math.Pow(2, Math.Min(failures, 10)))), stoppingToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task LeadAsync(Action progressed, CancellationToken stoppingToken)
    {
        // The lock, the reads and the commits are one session's: who loses the lock can neither take another page nor finish one.
        await using var leadership = await store.Dedicated.OpenConnectionAsync(stoppingToken);
        var lockKey = $"{store.Schema}.{store.Options.ServiceName}.{registration.Name}";
        while (!await TryLockAsync(leadership, lockKey, stoppingToken))
        {
            status = Status with { State = FollowerState.Standby, Error = null };
            await Task.Delay(LeadershipPoll, stoppingToken);
        }
        var from = await LoadProgressAsync(leadership, stoppingToken);
        await FollowAsync(
            subscription(), from, (position, cancellationToken) => ReadPageAsync(leadership, position, cancellationToken),
            (page, to) => CommitAsync(leadership, page, to, stoppingToken), progressed, stoppingToken);
    }

    private async Task FollowInMemoryAsync(Action progressed, CancellationToken stoppingToken)
    {
        // Kept over failures: what is in memory is right up to here.
        if (inMemory is null)
        {
            var resumed = subscription();
            status = Status with { Position = await resumed.ResumeAsync(store, stoppingToken) };
            inMemory = resumed;
        }
        await FollowAsync(
            inMemory, Status.Position,
            async (position, cancellationToken) =>
            {
                await using var connection = await store.AcrossTenants.OpenConnectionAsync(cancellationToken);
                return await ReadPageAsync(connection, position, cancellationToken);
            },
            (_, _) => Task.CompletedTask, progressed, stoppingToken);
    }

    private Task<IReadOnlyList<RecordedEvent>> ReadPageAsync(NpgsqlConnection connection, LogPosition after, CancellationToken cancellationToken) =>
        (registration.Read ?? DocumentSession.ReadPageAsync)(store, connection, after, registration.PageSize, cancellationToken);

    private async Task FollowAsync(
        ISubscription handler, LogPosition position, Func<LogPosition, CancellationToken, Task<IReadOnlyList<RecordedEvent>>> read,
        Func<EventPage, LogPosition, Task> commit, Action progressed, CancellationToken stoppingToken)
    {
        status = new FollowerStatus(registration.Name, FollowerState.Running, position, null, false);
        while (!stoppingToken.IsCancellationRequested)
        {
            var appended = store.NextAppend;
            var events = await read(position, stoppingToken);
            if (events.Count > 0)
            {
                using var activity = DocumentStore.Activities.StartActivity($"follow {registration.Name}");
                activity?.SetTag("imagerights.follower", registration.Name).SetTag("imagerights.events", events.Count);
                var page = new EventPage(store, registration.Name, events, events.Count < registration.PageSize, position);
                await handler.ProcessEventsAsync(page, stoppingToken);
                await commit(page, events[^1].Position);
                position = events[^1].Position;
                progressed();
            }
            status = new FollowerStatus(registration.Name, FollowerState.Running, position, null, events.Count < registration.PageSize);
            if (events.Count == registration.PageSize) continue;
            // A burst is read in pages, not event by event; an append after a quiet time wakes at once.
            if (events.Count > 0) await Task.Delay(registration.Pace ?? BurstPause, stoppingToken);
            await store.Head.WaitAsync(position, appended, LongestUnread, stoppingToken);
        }
    }

    private async Task CommitAsync(NpgsqlConnection leadership, EventPage page, LogPosition to, CancellationToken cancellationToken)
    {
        var units = new List<UnitOfWork>();
        foreach (var session in page.Sessions)
            if (await session.PrepareAsync(cancellationToken) is { IsEmpty: false } unit) units.Add(unit);
        await using var batch = new NpgsqlBatch(leadership);
        var owners = new Dictionary<NpgsqlBatchCommand, UnitOfWork>();
        foreach (var unit in units)
        {
            foreach (var command in Statements.Alone(store.Schema, unit))
            {
                owners[command] = unit;
                batch.BatchCommands.Add(command);
            }
        }
        // Progress alone may be lost with the machine: the page comes again, with the same ids. What was written must not be.
        if (units.Count == 0) batch.BatchCommands.Add(new NpgsqlBatchCommand("select set_config('synchronous_commit', 'off', true)"));
        batch.BatchCommands.Add(Statements.MarkProgress(store.Schema, registration.Name, page.From, to));
        try
        {
            // A service's own statements too: what a follower runs is the same for each page.
            await batch.PrepareAsync(cancellationToken);
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException failure) when (failure.SqlState == "MT004")
        {
            throw new ProgressionProgressOutOfOrderException(registration.Name);
        }
        catch (PostgresException failure) when (failure.BatchCommand is { } command && owners.TryGetValue((NpgsqlBatchCommand)command, out var unit) && unit.Translate(failure) is var translated && translated != failure)
        {
            throw translated;
        }
        store.Committed(units.Sum(unit => unit.Events));
    }

    private async Task<LogPosition> LoadProgressAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"select coalesce(last_transaction_id, '0'::xid8), coalesce(last_seq_id, 0) from {store.Schema}.mt_event_progression where name = $1", connection);
        command.Parameters.Add(new() { Value = registration.Name });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new LogPosition(reader.GetFieldValue<ulong>(0), reader.GetInt64(1)) : LogPosition.Start;
    }

    private static async Task<bool> TryLockAsync(NpgsqlConnection connection, string key, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pg_try_advisory_lock(hashtextextended($1, 0))", connection);
        command.Parameters.Add(new() { Value = key });
        await command.PrepareAsync(cancellationToken);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
