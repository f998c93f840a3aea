using Npgsql;

namespace ImageRights.EventStore;

/// <summary>Commits units of work. One that arrives alone is sent at once; those that arrive while a commit is in flight go together in the next,
/// in one round trip and one flush of the log, each with its own outcome.</summary>
/// <remarks>A save that was sent is always waited for: a caller that gives up while it is queued is taken out of the queue, never left in doubt.</remarks>
internal sealed class GroupCommit(DocumentStore store) : IAsyncDisposable
{
    // One at a time makes the largest groups and so the least work for each; a second one only where there is enough to do for both, in events.
    private const int Committers = 2;
    private const int EnoughForTwo = 32;
    private const int MostUnits = 64;
    private const int MostYields = 12;
    private const int MostEvents = 2000;
    private const int MostAlone = 8;
    private const int MostAttempts = 5;

    // Whoever holds one of a group's rows for longer makes its own writer wait, not everyone who arrived together with it. And plans are kept for
    // the session's life, often made while the tables are empty: they must not read every row when there are millions.
    private const string SessionSettings = "-c lock_timeout=250ms -c enable_seqscan=off -c enable_bitmapscan=off -c enable_hashjoin=off -c enable_mergejoin=off";

    private readonly Lock gate = new();
    private readonly LinkedList<PendingSave> waiting = [];
    private readonly CommitSessions sessions = new(store.CreateSource(pooled: false, SessionSettings));
    private readonly SemaphoreSlim apart = new(MostAlone);
    private int committing;
    private int waitingEvents;

    // Those that wait for the disk leave the pool's other threads to everybody else.
    static GroupCommit()
    {
        ThreadPool.GetMinThreads(out var threads, out var ports);
        ThreadPool.SetMinThreads(Math.Max(threads, Environment.ProcessorCount + Committers), ports);
    }

    public async Task CommitAsync(UnitOfWork unit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (unit.GoesAlone)
        {
            await CommitAloneAsync(unit);
            return;
        }
        var save = new PendingSave(unit);
        List<PendingSave>? group = null;
        lock (gate)
        {
            waiting.AddLast(save);
            waitingEvents += unit.Events;
            if (committing == 0 || (committing < Committers && waitingEvents >= EnoughForTwo)) group = StartGroup();
        }
        if (group is not null) CommitInBackground(group);
        await using var giveUp = cancellationToken.UnsafeRegister(static (state, token) => ((PendingSave)state!).GiveUp(token), save);
        await save.Done;
    }

    /// <summary>Commits one unit in a transaction of its own.</summary>
    public async Task CommitAloneAsync(UnitOfWork unit)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var connection = await store.DataSource.OpenConnectionAsync();
                await using var batch = new NpgsqlBatch(connection);
                foreach (var command in Statements.Alone(store.Schema, unit)) batch.BatchCommands.Add(command);
                if (unit.IsOfTheStore) await batch.PrepareAsync();
                await batch.ExecuteNonQueryAsync();
                break;
            }
            catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.DeadlockDetected && attempt < MostAttempts)
            {
                // The server undid all of it in favour of another; a service's own SQL may lock in any order. Not at once, or they meet again.
                await Task.Delay(Random.Shared.Next(10, 100) * attempt);
            }
            catch (PostgresException failure) when (unit.Translate(failure) is var translated && translated != failure)
            {
                throw translated;
            }
        }
        store.Committed(unit.Events);
    }

    private void CommitInBackground(List<PendingSave> group) =>
        ThreadPool.UnsafeQueueUserWorkItem(static first => _ = first.Commits.CommitGroupsAsync(first.Group), (Commits: this, Group: group), preferLocal: false);

    private async Task CommitGroupsAsync(List<PendingSave> first)
    {
        for (var group = first; group is not null;)
        {
            CommitGroup(group);
            if (group is [var alone])
            {
                if (NextGroup() is { } next) CommitInBackground(next);
                // Its caller goes on right here: to wake another thread for him costs as much as a row.
                alone.Complete();
                return;
            }
            foreach (var save in group) save.CompleteInBackground();
            // Who was in it often comes back at once: in one group they cost one flush.
            for (var times = 0; times < MostYields && Waiting < group.Count; times++) await Task.Yield();
            group = NextGroup();
        }
    }

    private int Waiting
    {
        get
        {
            lock (gate) return waiting.Count;
        }
    }

    /// <summary>Commits the group and notes each one's outcome; never throws.</summary>
    /// <remarks>Waits on its thread: at most two do at any time, and to be woken by the thread pool costs a good part of a commit.</remarks>
    private void CommitGroup(List<PendingSave> group)
    {
        try
        {
            CommitTogether(group);
        }
        catch (PostgresException failure) when (IsRolledBack(failure))
        {
            // One of them could not be executed, or waits for somebody's lock: each for itself, so that only that one is touched.
            foreach (var save in group) CommitApart(save);
        }
#pragma warning disable CA1031 // The failure belongs to the callers, each of whom gets it.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            foreach (var save in group) save.Fail(failure);
        }
    }

    private void CommitApart(PendingSave save)
    {
        save.IsApart = true;
        _ = CommitApartAsync(save);
    }

    /// <summary>What waits and can go together; null, and one committer fewer, when nothing does.</summary>
    private List<PendingSave>? NextGroup()
    {
        lock (gate)
        {
            committing--;
            return StartGroup();
        }
    }

    private List<PendingSave>? StartGroup()
    {
        var group = TakeGroup();
        if (group.Count == 0) return null;
        committing++;
        return group;
    }

    private List<PendingSave> TakeGroup()
    {
        var group = new List<PendingSave>();
        var claimed = waiting.Count > 1 ? new HashSet<(string, string, string)>() : null;
        var events = 0;
        for (var node = waiting.First; node is not null && group.Count < MostUnits && events < MostEvents;)
        {
            var (current, save) = (node, node.Value);
            node = node.Next;
            if (claimed?.TryClaim(save.Unit.Claims()) == false) continue;
            waiting.Remove(current);
            waitingEvents -= save.Unit.Events;
            if (!save.TryTake()) continue;
            group.Add(save);
            events += save.Unit.Events;
        }
        return group;
    }

    private void CommitTogether(List<PendingSave> group)
    {
        // Rows are locked in one order everywhere, so that two groups hardly ever wait for each other.
        group.Sort(static (left, right) =>
            string.CompareOrdinal(left.Unit.TenantId, right.Unit.TenantId) is var byTenant && byTenant != 0 ? byTenant
            : left.Unit.Kind.CompareTo(right.Unit.Kind) is var byKind && byKind != 0 ? byKind
            : string.CompareOrdinal(left.FirstStream, right.FirstStream));
        using (var lease = sessions.Take())
        {
            var session = lease.Session;
            using var batch = new NpgsqlBatch(session.Connection);
            var calls = new List<(ArraySegment<PendingSave> Saves, bool NamesTenant)>();
            var saves = group.ToArray();
            for (int from = 0, to; from < saves.Length; from = to)
            {
                var (tenant, kind) = (saves[from].Unit.TenantId, saves[from].Unit.Kind);
                for (to = from + 1; to < saves.Length && saves[to].Unit.TenantId == tenant && saves[to].Unit.Kind == kind;) to++;
                var together = new ArraySegment<PendingSave>(saves, from, to - from);
                var namesTenant = session.MustName(tenant, byItself: kind == AppendKind.Enlisted);
                if (namesTenant) batch.BatchCommands.Add(Statements.SessionTenant(tenant));
                calls.Add((together, namesTenant));
                foreach (var command in Statements.Together(store.Schema, tenant, kind, [.. together.Select(save => save.Unit)])) batch.BatchCommands.Add(command);
            }
            batch.Prepare();
            using var reader = batch.ExecuteReader();
            foreach (var (together, namesTenant) in calls)
            {
                if (namesTenant) reader.NextResult();
                if (together[0].Unit.Kind == AppendKind.Enlisted) NoteOutcomes(reader, together);
                else NoteWritten(reader, together);
                reader.NextResult();
            }
            // Until the last result is read the commit has not been answered.
            while (reader.NextResult()) { }
            session.Committed();
        }
        store.Committed(group.Where(save => save.IsWritten).Sum(save => save.Unit.Events));
        foreach (var save in group.Where(save => save.IsRefusedUnsaid)) CommitApart(save);
    }

    // Documents' statements have no result set of their own.
    private static void NoteOutcomes(NpgsqlDataReader reader, ArraySegment<PendingSave> saves)
    {
        reader.Read();
        var (outcomes, versions) = (reader.GetFieldValue<int[]>(0), reader.GetFieldValue<long[]>(1));
        for (var index = 0; index < saves.Count; index++) saves[index].Note(outcomes[index], versions[index]);
    }

    private static void NoteWritten(NpgsqlDataReader reader, ArraySegment<PendingSave> saves)
    {
        foreach (var save in saves) save.Note(PendingSave.RefusedUnsaid, 0);
        // A group takes each stream once.
        var byStream = saves.ToDictionary(save => save.FirstStream!, StringComparer.Ordinal);
        while (reader.Read())
        {
            if (!reader.IsDBNull(0)) byStream[reader.GetString(0)].Note(0, reader.GetInt64(1));
        }
    }

    private async Task CommitApartAsync(PendingSave save)
    {
        await apart.WaitAsync();
        try
        {
            await CommitAloneAsync(save.Unit);
            save.Note(0, 0);
        }
#pragma warning disable CA1031 // The failure belongs to the caller, who gets it.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            save.Fail(failure);
        }
        finally
        {
            apart.Release();
        }
        save.IsApart = false;
        save.Complete();
    }

    /// <summary>Whether the server said that nothing was written. A session that ends says nothing about the commit that was under way.</summary>
    private static bool IsRolledBack(PostgresException failure) => failure.SqlState[..2] is not ("08" or "57" or "58" or "XX");

    public ValueTask DisposeAsync()
    {
        apart.Dispose();
        return sessions.DisposeAsync();
    }

    private sealed class PendingSave(UnitOfWork unit)
    {
        public const int RefusedUnsaid = -1;

        private const int Queued = 0;
        private const int Taken = 1;
        private const int GivenUp = 2;

        // Whoever completes it says on which thread its caller goes on.
        private readonly TaskCompletionSource done = new();
        private int state = Queued;
        private int outcome;
        private long version;
        private Exception? failure;

        public UnitOfWork Unit => unit;
        public Task Done => done.Task;
        public string? FirstStream => unit.Appends.Count > 0 ? unit.Appends[0].Stream : null;
        public bool IsWritten => outcome == 0;

        /// <summary>Whether it was not written, and only mt_append can say why; or can write it after all.</summary>
        public bool IsRefusedUnsaid => outcome == RefusedUnsaid;

        /// <summary>Whether it left its group and is completed by itself.</summary>
        public bool IsApart { get; set; }

        public bool TryTake() => Interlocked.CompareExchange(ref state, Taken, Queued) == Queued;

        public void GiveUp(CancellationToken cancellationToken)
        {
            if (Interlocked.CompareExchange(ref state, GivenUp, Queued) != Queued) return;
            failure = new OperationCanceledException(cancellationToken);
            CompleteInBackground();
        }

        public void Note(int result, long at) => (outcome, version) = (result, at);

        public void Fail(Exception because) => failure = because;

        /// <summary>Lets the caller go on, on this thread.</summary>
        public void Complete()
        {
            if (IsApart) return;
            if (failure is OperationCanceledException given) done.TrySetCanceled(given.CancellationToken);
            else if (failure is not null) done.TrySetException(failure);
            else if (IsWritten) done.TrySetResult();
            else done.TrySetException(unit.Refused(outcome, unit.Appends.SingleOrDefault(), version));
        }

        /// <summary>Lets the caller go on, on another thread.</summary>
        public void CompleteInBackground() => ThreadPool.UnsafeQueueUserWorkItem(static save => save.Complete(), this, preferLocal: false);
    }
}

file static class Claiming
{
    public static bool TryClaim(this HashSet<(string, string, string)> claimed, IEnumerable<(string, string, string)> claims)
    {
        var wanted = claims.ToList();
        if (wanted.Any(claimed.Contains)) return false;
        claimed.UnionWith(wanted);
        return true;
    }
}
