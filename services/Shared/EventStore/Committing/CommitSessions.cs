using System.Collections.Concurrent;
using Npgsql;

namespace ImageRights.EventStore;

/// <summary>The committers' own connections. Each remembers the tenant that it names, so that most commits are one statement.</summary>
internal sealed class CommitSessions(NpgsqlDataSource source) : IAsyncDisposable
{
    private readonly ConcurrentBag<CommitSession> idle = [];

    public Lease Take() => new(this, idle.TryTake(out var session) ? session : new CommitSession(source.OpenConnection()));

    public ValueTask DisposeAsync()
    {
        Clear();
        return source.DisposeAsync();
    }

    private void GiveBack(CommitSession session)
    {
        session.Ended();
        idle.Add(session);
        // What ended one, a server that went away for example, ended the others too.
        if (!session.IsUsable) Clear();
    }

    private void Clear()
    {
        while (idle.TryTake(out var session)) session.Dispose();
    }

    /// <summary>One commit's hold of a session.</summary>
    public readonly struct Lease(CommitSessions sessions, CommitSession session) : IDisposable
    {
        public CommitSession Session => session;

        public void Dispose() => sessions.GiveBack(session);
    }
}

/// <summary>A connection of a committer, and the tenant of its session (row_security.sql).</summary>
internal sealed class CommitSession(NpgsqlConnection connection) : IDisposable
{
    // Of the session, of the transaction under way, and what the session's will be when that is committed.
    private string? ofSession;
    private string? ofTransaction;
    private string? next;

    public NpgsqlConnection Connection => connection;

    public bool IsUsable => connection.FullState == System.Data.ConnectionState.Open;

    /// <summary>Whether a statement of <paramref name="tenant"/> needs one before it that names him for the session.</summary>
    /// <param name="byItself">It names him for its transaction by itself.</param>
    public bool MustName(string tenant, bool byItself)
    {
        var isNamed = (ofTransaction ?? ofSession) == tenant;
        ofTransaction = tenant;
        if (isNamed || byItself) return false;
        next = tenant;
        return true;
    }

    public void Committed() => ofSession = next ?? ofSession;

    /// <summary>What was not committed is forgotten.</summary>
    public void Ended() => (ofTransaction, next) = (null, null);

    public void Dispose() => connection.Dispose();
}
