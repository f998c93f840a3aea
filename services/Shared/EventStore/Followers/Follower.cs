using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace ImageRights.EventStore;

/// <summary>Runs one subscription over the log: leader election by advisory lock, pages behind the safe horizon, fenced progress.</summary>
internal sealed class Follower(DocumentStore store, FollowerRegistration registration, Func<ISubscription> subscription, ILogger<Follower> logger) : BackgroundService
{
    private static readonly TimeSpan ShortestPoll = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LeadershipPoll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(15);

    private FollowerStatus status = new(registration.Name, FollowerState.Standby, LogPosition.Start, null, false);

    public FollowerStatus Status => Volatile.Read(ref status);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (registration.EveryReplica) await FollowAsync(null, () => failures = 0, stoppingToken);
                else await LeadAsync(() => failures = 0, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
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
        await using var leadership = await store.DataSource.OpenConnectionAsync(stoppingToken);
        var lockKey = $"{store.Schema}.{store.Options.ServiceName}.{registration.Name}";
        while (!await TryLockAsync(leadership, lockKey, stoppingToken))
        {
            status = Status with { State = FollowerState.Standby, Error = null };
            await Task.Delay(LeadershipPoll, stoppingToken);
        }
        try
        {
            await FollowAsync(leadership, progressed, stoppingToken);
        }
        finally
        {
            // Closing would return the session, and its lock, to the pool.
            await using var unlock = new NpgsqlCommand("select pg_advisory_unlock_all()", leadership);
            if (leadership.State == System.Data.ConnectionState.Open) await unlock.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    private async Task FollowAsync(NpgsqlConnection? leadership, Action progressed, CancellationToken stoppingToken)
    {
        var position = leadership is null ? LogPosition.Start : await LoadProgressAsync(stoppingToken);
        var handler = subscription();
        var poll = ShortestPoll;
        var checkedLeadership = Stopwatch.StartNew();
        status = new FollowerStatus(registration.Name, FollowerState.Running, position, null, false);
        while (!stoppingToken.IsCancellationRequested)
        {
            var appended = store.NextAppend;
            var events = await DocumentSession.ReadPageAsync(store, position, registration.PageSize, stoppingToken);
            if (events.Count > 0)
            {
                using var activity = DocumentStore.Activities.StartActivity($"follow {registration.Name}");
                activity?.SetTag("imagerights.follower", registration.Name).SetTag("imagerights.events", events.Count);
                var page = new EventPage(store, registration.Name, events, events.Count < registration.PageSize);
                await handler.ProcessEventsAsync(page, stoppingToken);
                var next = events[^1].Position;
                if (leadership is not null) await CommitAsync(page, position, next, stoppingToken);
                position = next;
                poll = ShortestPoll;
                progressed();
            }
            status = new FollowerStatus(registration.Name, FollowerState.Running, position, null, events.Count < registration.PageSize);
            if (events.Count == registration.PageSize) continue;
            if (leadership is not null && checkedLeadership.Elapsed > LeadershipPoll)
            {
                // A broken session lost the lock; the next statement says so before another page is taken.
                await using var ping = new NpgsqlCommand("select 1", leadership);
                await ping.ExecuteNonQueryAsync(stoppingToken);
                checkedLeadership.Restart();
            }
            await Task.WhenAny(appended, Task.Delay(poll, stoppingToken));
            poll = events.Count > 0 ? ShortestPoll : TimeSpan.FromTicks(Math.Min(LongestPoll.Ticks, poll.Ticks * 2));
        }
    }

    private async Task CommitAsync(EventPage page, LogPosition from, LogPosition to, CancellationToken cancellationToken)
    {
        var batch = new List<NpgsqlBatchCommand>();
        foreach (var session in page.Sessions) batch.AddRange(session.Prepare());
        var progress = new NpgsqlBatchCommand($"select {store.Schema}.mt_mark_event_progression($1, $2, $3, $4, $5)");
        progress.Parameters.Add(new() { Value = registration.Name, NpgsqlDbType = NpgsqlDbType.Varchar });
        progress.Parameters.Add(new() { Value = from.TransactionId, NpgsqlDbType = NpgsqlDbType.Xid8 });
        progress.Parameters.Add(new() { Value = from.Sequence });
        progress.Parameters.Add(new() { Value = to.TransactionId, NpgsqlDbType = NpgsqlDbType.Xid8 });
        progress.Parameters.Add(new() { Value = to.Sequence });
        batch.Add(progress);
        await store.CommitAsync(batch, page.Sessions.FirstOrDefault(session => session.HasEvents), cancellationToken);
    }

    private async Task<LogPosition> LoadProgressAsync(CancellationToken cancellationToken)
    {
        await using var command = store.DataSource.CreateCommand(
            $"select coalesce(last_transaction_id, '0'::xid8), coalesce(last_seq_id, 0) from {store.Schema}.mt_event_progression where name = $1");
        command.Parameters.Add(new() { Value = registration.Name });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new LogPosition(reader.GetFieldValue<ulong>(0), reader.GetInt64(1)) : LogPosition.Start;
    }

    private static async Task<bool> TryLockAsync(NpgsqlConnection connection, string key, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pg_try_advisory_lock(hashtextextended($1, 0))", connection);
        command.Parameters.Add(new() { Value = key });
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
