using System.Data.Common;
using Npgsql;

namespace ImageRights.EventStore.Transparency;

/// <summary>One event as the log commits to it: every column but <c>transaction_id</c>, whose order is the order of the leaves.</summary>
public sealed class Leaf
{
    /// <summary>Columns in the order in which <see cref="Read"/> takes them.</summary>
    public const string Columns =
        "transaction_id, seq_id, id, stream_id, version, data, type, timestamp, tenant_id, mt_dotnet_type, correlation_id, causation_id, headers, user_name, is_archived";

    private static readonly DateTime Epoch2000 = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>PostgreSQL's transaction, as a follower's position has it.</summary>
    public ulong TransactionId { get; private init; }

    /// <summary>Global sequence number.</summary>
    public long Sequence { get; private init; }

    /// <summary>The event.</summary>
    public Guid EventId { get; private init; }

    /// <summary>Its tenant.</summary>
    public required string Tenant { get; init; }

    /// <summary>Its stream.</summary>
    public required string Stream { get; init; }

    /// <summary>Its place in the stream.</summary>
    public long Version { get; private init; }

    /// <summary>RFC 6962 hash of the leaf.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>Reads a row; afterwards <paramref name="json"/> holds the event in canonical JSON (RFC 8785), the columns' names as members, null columns left out.</summary>
    public static Leaf Read(DbDataReader row, ByteBuffer json)
    {
        var (transaction, sequence, id) = (row.GetFieldValue<ulong>(0), row.GetInt64(1), row.GetGuid(2));
        var (stream, version, tenant) = (row.GetString(3), row.GetInt64(4), row.GetString(8));
        json.Truncate(0);
        // In the order of the names, which is RFC 8785's.
        json.Append("{"u8);
        Text("causation_id", 11);
        Text("correlation_id", 10);
        Json("data", 5);
        Json("headers", 12);
        json.Append("\"id\":\""u8);
        json.Append(id);
        json.Append("\","u8);
        if (!row.IsDBNull(14)) json.Append(row.GetBoolean(14) ? "\"is_archived\":true,"u8 : "\"is_archived\":false,"u8);
        Text("mt_dotnet_type", 9);
        json.Append("\"seq_id\":"u8);
        json.Append(sequence);
        json.Append(","u8);
        Text("stream_id", 3);
        Text("tenant_id", 8);
        json.Append("\"timestamp\":\""u8);
        Time(row.GetFieldValue<long>(7));
        json.Append("\","u8);
        Text("type", 6);
        Text("user_name", 13);
        json.Append("\"version\":"u8);
        json.Append(version);
        json.Append("}"u8);
        return new Leaf { TransactionId = transaction, Sequence = sequence, EventId = id, Tenant = tenant, Stream = stream, Version = version, Hash = Merkle.LeafHash(json.Written) };

        void Text(string name, int column)
        {
            if (row.IsDBNull(column)) return;
            Name(name);
            CanonicalJson.WriteString(row.GetString(column), json);
            json.Append(","u8);
        }

        void Json(string name, int column)
        {
            if (row.IsDBNull(column)) return;
            Name(name);
            CanonicalJson.Write(row.GetFieldValue<byte[]>(column), json);
            json.Append(","u8);
        }

        void Name(string name)
        {
            json.Append("\""u8);
            json.Append(name);
            json.Append("\":"u8);
        }

        // PostgreSQL's clock reaches further than .NET's, and knows infinity.
        void Time(long microseconds)
        {
            if (microseconds > (DateTime.MaxValue - Epoch2000).Ticks / 10 || microseconds < (DateTime.MinValue - Epoch2000).Ticks / 10) json.Append(microseconds);
            else json.Append(Epoch2000.AddTicks(microseconds * 10), "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'");
        }
    }

    /// <summary>The next events behind the safe horizon, in the order of the log, with their leaf hash in place of the fact: sealing needs no names table.</summary>
    internal static async Task<IReadOnlyList<RecordedEvent>> ReadPageAsync(DocumentStore store, NpgsqlConnection connection, LogPosition after, int limit, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select {Columns} from {store.Schema}.mt_events
            where (transaction_id, seq_id) > ($1, $2) and transaction_id < pg_snapshot_xmin(pg_current_snapshot())
            order by transaction_id, seq_id limit $3
            """, connection);
        command.Parameters.Add(new() { Value = after.TransactionId, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Xid8 });
        command.Parameters.Add(new() { Value = after.Sequence });
        command.Parameters.Add(new() { Value = limit });
        await command.PrepareAsync(cancellationToken);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var (events, json) = (new List<RecordedEvent>(), new ByteBuffer());
        while (await reader.ReadAsync(cancellationToken))
        {
            var leaf = Read(reader, json);
            events.Add(new RecordedEvent(leaf.EventId, leaf.TransactionId, leaf.Sequence, leaf.Stream, leaf.Version, leaf.Hash, reader.GetString(6), default, leaf.Tenant, null, null, null, null));
        }
        return events;
    }
}
