using System.Data.Common;
using Npgsql;

namespace ImageRights.EventStore.Transparency;

/// <summary>One event as the log commits to it: every column but <c>transaction_id</c>, whose order is the order of the leaves.</summary>
public sealed class Leaf
{
    /// <summary>Columns in the order in which <see cref="Read"/> and <see cref="HashOf"/> take them.</summary>
    public const string Columns =
        "transaction_id, seq_id, id, stream_id, version, data, type, timestamp, tenant_id, mt_dotnet_type, correlation_id, causation_id, headers, user_name, is_archived";

    /// <summary>How many they are.</summary>
    public const int ColumnCount = 15;

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
        json.Truncate(0);
        Write(new ReaderRow(row), json);
        return new Leaf
        {
            TransactionId = row.GetFieldValue<ulong>(0),
            Sequence = row.GetInt64(1),
            EventId = row.GetGuid(2),
            Tenant = row.GetString(8),
            Stream = row.GetString(3),
            Version = row.GetInt64(4),
            Hash = Merkle.LeafHash(json.Written),
        };
    }

    /// <summary>Hashes a row of a binary COPY of <see cref="Columns"/> as <see cref="Read"/> does.</summary>
    /// <param name="json">Used for the canonical JSON.</param>
    /// <param name="hash">Takes the 32 bytes.</param>
    public static void HashOf(CopyRow row, ByteBuffer json, Span<byte> hash)
    {
        json.Truncate(0);
        // The prefix of a leaf (RFC 6962, 2.1), so that it need not be copied.
        json.Append([0]);
        Write(new BinaryRow(row), json);
        System.Security.Cryptography.SHA256.HashData(json.Written, hash);
    }

    private static void Write<TRow>(TRow row, ByteBuffer json) where TRow : IRow, allows ref struct
    {
        // In the order of the names, which is RFC 8785's.
        json.Append("{"u8);
        if (!row.IsNull(11)) Text(row, json, "\"causation_id\":"u8, 11);
        if (!row.IsNull(10)) Text(row, json, "\"correlation_id\":"u8, 10);
        Json(row, json, "\"data\":"u8, 5);
        if (!row.IsNull(12)) Json(row, json, "\"headers\":"u8, 12);
        json.Append("\"id\":\""u8);
        json.Append(row.Id(2));
        json.Append("\","u8);
        if (!row.IsNull(14)) json.Append(row.Truth(14) ? "\"is_archived\":true,"u8 : "\"is_archived\":false,"u8);
        if (!row.IsNull(9)) Text(row, json, "\"mt_dotnet_type\":"u8, 9);
        json.Append("\"seq_id\":"u8);
        json.Append(row.Number(1));
        json.Append(","u8);
        Text(row, json, "\"stream_id\":"u8, 3);
        Text(row, json, "\"tenant_id\":"u8, 8);
        json.Append("\"timestamp\":\""u8);
        Time(json, row.Number(7));
        json.Append("\","u8);
        Text(row, json, "\"type\":"u8, 6);
        if (!row.IsNull(13)) Text(row, json, "\"user_name\":"u8, 13);
        json.Append("\"version\":"u8);
        json.Append(row.Number(4));
        json.Append("}"u8);
    }

    private static void Text<TRow>(TRow row, ByteBuffer json, ReadOnlySpan<byte> name, int column) where TRow : IRow, allows ref struct
    {
        json.Append(name);
        row.WriteText(column, json);
        json.Append(","u8);
    }

    private static void Json<TRow>(TRow row, ByteBuffer json, ReadOnlySpan<byte> name, int column) where TRow : IRow, allows ref struct
    {
        json.Append(name);
        row.WriteJson(column, json);
        json.Append(","u8);
    }

    // PostgreSQL's clock reaches further than .NET's, and knows infinity.
    private static void Time(ByteBuffer json, long microseconds)
    {
        if (microseconds > (DateTime.MaxValue - Epoch2000).Ticks / 10 || microseconds < (DateTime.MinValue - Epoch2000).Ticks / 10) json.Append(microseconds);
        else json.Append(Epoch2000.AddTicks(microseconds * 10), "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'");
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

    /// <summary>A row, wherever it comes from.</summary>
    private interface IRow
    {
        bool IsNull(int column);

        long Number(int column);

        Guid Id(int column);

        bool Truth(int column);

        /// <summary>Writes a text as a JSON string.</summary>
        void WriteText(int column, ByteBuffer json);

        /// <summary>Writes JSON in its canonical form.</summary>
        void WriteJson(int column, ByteBuffer json);
    }

    private readonly struct ReaderRow(DbDataReader row) : IRow
    {
        public bool IsNull(int column) => row.IsDBNull(column);
        public long Number(int column) => row.GetFieldValue<long>(column);
        public Guid Id(int column) => row.GetGuid(column);
        public bool Truth(int column) => row.GetBoolean(column);
        public void WriteText(int column, ByteBuffer json) => CanonicalJson.WriteString(row.GetString(column), json);
        public void WriteJson(int column, ByteBuffer json) => CanonicalJson.Write(row.GetFieldValue<byte[]>(column), json);
    }

    private readonly ref struct BinaryRow(CopyRow row) : IRow
    {
        private readonly CopyRow row = row;

        public bool IsNull(int column) => row.IsNull(column);
        public long Number(int column) => row.Number(column);
        public Guid Id(int column) => row.Id(column);
        public bool Truth(int column) => row[column][0] != 0;
        public void WriteText(int column, ByteBuffer json) => CanonicalJson.WriteString(row[column], json);

        // The version of jsonb's binary form comes first.
        public void WriteJson(int column, ByteBuffer json) => CanonicalJson.Write(row[column][1..], json);
    }
}
