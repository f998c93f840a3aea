using Npgsql;

namespace ImageRights.EventStore;

/// <summary>How a unit of work reaches the database.</summary>
internal static class Committing
{
    /// <summary>Sends the statements as one pipelined batch: PostgreSQL runs a batch without explicit BEGIN as one transaction, so one round trip commits all or nothing.</summary>
    public static async Task CommitAsync(this DocumentStore store, IReadOnlyList<NpgsqlBatchCommand> writes, DocumentSession? session, CancellationToken cancellationToken)
    {
        await using var connection = await store.DataSource.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var write in writes) batch.BatchCommands.Add(write);
        try
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException failure) when (session is not null && session.Translate(failure) is var translated && translated != failure)
        {
            throw translated;
        }
        if (session?.HasEvents == true) store.SignalAppend();
    }
}
