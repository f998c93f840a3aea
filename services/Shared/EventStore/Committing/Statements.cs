using Npgsql;
using NpgsqlTypes;

namespace ImageRights.EventStore;

/// <summary>Units of work as SQL.</summary>
internal static class Statements
{
    /// <summary>One unit in a transaction of its own: whatever is refused undoes all of it.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Alone(string schema, UnitOfWork unit)
    {
        yield return Tenant(unit.AcrossTenants ? null : unit.TenantId);
        if (unit.Message is not null || unit.Claim is not null || unit.Appends.Count > 0)
        {
            var entries = unit.Appends.Select(append => (unit, (PreparedAppend?)append)).DefaultIfEmpty((unit, null)).ToList();
            yield return Append(schema, unit.TenantId, entries, alone: true);
        }
        foreach (var operation in unit.Operations)
            yield return operation is DocumentWrite document ? Write(schema, unit.TenantId, document) : ((OwnSql)operation).Command;
    }

    /// <summary>Names the tenant of the transaction for row-level security; null: all tenants.</summary>
    public static NpgsqlBatchCommand Tenant(string? tenant)
    {
        var command = new NpgsqlBatchCommand("select set_config('app.tenant', $1, true), set_config('app.all_tenants', $2, true)");
        command.Parameters.Add(new() { Value = tenant ?? "", NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = tenant is null ? "on" : "off", NpgsqlDbType = NpgsqlDbType.Text });
        return command;
    }

    /// <summary>Units of one tenant that arrived together: the first statement gives each one's outcome, the others leave out what it refused.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Together(string schema, string tenant, IReadOnlyList<UnitOfWork> units)
    {
        yield return Append(schema, tenant, [.. units.Select(unit => (unit, unit.Appends.SingleOrDefault()))], alone: false);
        var documents = units.SelectMany((unit, index) => LastWrites(unit).Select(document => (Entry: index + 1, Document: document)))
            .GroupBy(write => (write.Document.Alias, write.Document.TypeName, Deletes: write.Document.Body is null))
            .OrderBy(writes => writes.Key.Alias, StringComparer.Ordinal);
        foreach (var writes in documents)
        {
            var ordered = writes.OrderBy(write => write.Document.Id, StringComparer.Ordinal).ToList();
            yield return writes.Key.Deletes ? Delete(schema, tenant, writes.Key.Alias, ordered) : Store(schema, tenant, writes.Key.Alias, writes.Key.TypeName, ordered);
        }
    }

    public static NpgsqlBatchCommand MarkProgress(string schema, string follower, LogPosition from, LogPosition to)
    {
        var command = new NpgsqlBatchCommand($"select {schema}.mt_mark_event_progression($1, $2, $3, $4, $5)");
        command.Parameters.Add(new() { Value = follower, NpgsqlDbType = NpgsqlDbType.Varchar });
        command.Parameters.Add(new() { Value = from.TransactionId, NpgsqlDbType = NpgsqlDbType.Xid8 });
        command.Parameters.Add(new() { Value = from.Sequence });
        command.Parameters.Add(new() { Value = to.TransactionId, NpgsqlDbType = NpgsqlDbType.Xid8 });
        command.Parameters.Add(new() { Value = to.Sequence });
        return command;
    }

    private static IEnumerable<DocumentWrite> LastWrites(UnitOfWork unit) =>
        unit.Operations.Count < 2 ? unit.Operations.Cast<DocumentWrite>() : unit.Operations.Cast<DocumentWrite>().GroupBy(write => (write.Alias, write.Id)).Select(writes => writes.Last());

    private static NpgsqlBatchCommand Append(string schema, string tenant, IReadOnlyList<(UnitOfWork Unit, PreparedAppend? Append)> entries, bool alone)
    {
        var events = entries.SelectMany((entry, index) => (entry.Append?.Events ?? []).Select((@event, position) => (Entry: index + 1, Position: position + 1, Event: @event))).ToList();
        var command = new NpgsqlBatchCommand(
            $"select outcomes, versions from {schema}.mt_append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)");
        command.Parameters.Add(new() { Value = tenant, NpgsqlDbType = NpgsqlDbType.Varchar });
        command.Parameters.Add(new() { Value = alone });
        command.Parameters.Add(new() { Value = !alone && entries.Any(entry => entry.Unit.Operations.Count > 0) });
        Add(NpgsqlDbType.Varchar, entry => entry.Append?.Stream);
        Add(NpgsqlDbType.Varchar, entry => entry.Append is { } append ? append.Stream[..Math.Max(0, append.Stream.IndexOf('-'))] : null);
        Add(NpgsqlDbType.Bigint, entry => entry.Append?.ExpectedVersion);
        Add(NpgsqlDbType.Boolean, entry => entry.Append?.Starts);
        Add(NpgsqlDbType.Integer, entry => entry.Append?.Events.Count);
        Add(NpgsqlDbType.TimestampTz, entry => entry.Append?.Timestamp);
        Add(NpgsqlDbType.Varchar, entry => entry.Unit.CorrelationId);
        Add(NpgsqlDbType.Varchar, entry => entry.Unit.CausationId);
        Add(NpgsqlDbType.Varchar, entry => entry.Unit.UserName);
        AddOnce(NpgsqlDbType.Varchar, unit => unit.Message?.Consumer);
        AddOnce(NpgsqlDbType.Uuid, unit => unit.Message?.MessageId);
        AddOnce(NpgsqlDbType.Varchar, unit => unit.Claim?.Route);
        AddOnce(NpgsqlDbType.Varchar, unit => unit.Claim?.Key);
        AddOnce(NpgsqlDbType.Varchar, unit => unit.Claim?.Fingerprint);
        AddOnce(NpgsqlDbType.Integer, unit => unit.Claim?.Status);
        AddOnce(NpgsqlDbType.Varchar, unit => unit.Claim?.Location);
        AddOnce(NpgsqlDbType.Jsonb, unit => unit.Claim?.Body);
        command.Parameters.Add(Array(NpgsqlDbType.Integer, events, e => e.Entry));
        command.Parameters.Add(Array(NpgsqlDbType.Integer, events, e => e.Position));
        command.Parameters.Add(Array(NpgsqlDbType.Uuid, events, e => e.Event.Id));
        command.Parameters.Add(Array(NpgsqlDbType.Varchar, events, e => e.Event.TypeName));
        command.Parameters.Add(Array(NpgsqlDbType.Jsonb, events, e => e.Event.Body));
        command.Parameters.Add(Array(NpgsqlDbType.Jsonb, events, e => e.Event.Headers));
        return command;

        void Add<T>(NpgsqlDbType type, Func<(UnitOfWork Unit, PreparedAppend? Append), T> value) => command.Parameters.Add(Array(type, entries, value));

        // A unit with several streams is several entries, but takes its message and its key once.
        void AddOnce<T>(NpgsqlDbType type, Func<UnitOfWork, T?> value) =>
            command.Parameters.Add(new NpgsqlParameter<T?[]> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = [.. entries.Select((entry, index) => alone && index > 0 ? default : value(entry.Unit))] });
    }

    private static NpgsqlBatchCommand Store(string schema, string tenant, string alias, string typeName, IReadOnlyList<(int Entry, DocumentWrite Document)> writes)
    {
        var command = new NpgsqlBatchCommand(
            $"""
            insert into {schema}.mt_doc_{alias} (tenant_id, id, data, mt_version, mt_dotnet_type)
            select $1, d.id, d.data, d.version, $2 from unnest($3, $4, $5, $6) as d(entry, id, data, version)
            where (select current_setting('imagerights.outcomes')::int[])[d.entry] = 0
            on conflict (tenant_id, id) do update set data = excluded.data, mt_version = excluded.mt_version, mt_last_modified = transaction_timestamp()
            """);
        command.Parameters.Add(new() { Value = tenant, NpgsqlDbType = NpgsqlDbType.Varchar });
        command.Parameters.Add(new() { Value = typeName, NpgsqlDbType = NpgsqlDbType.Varchar });
        command.Parameters.Add(Array(NpgsqlDbType.Integer, writes, write => write.Entry));
        command.Parameters.Add(Array(NpgsqlDbType.Varchar, writes, write => write.Document.Id));
        command.Parameters.Add(Array(NpgsqlDbType.Jsonb, writes, write => write.Document.Body));
        command.Parameters.Add(Array(NpgsqlDbType.Bigint, writes, write => write.Document.Version));
        return command;
    }

    private static NpgsqlBatchCommand Delete(string schema, string tenant, string alias, IReadOnlyList<(int Entry, DocumentWrite Document)> writes)
    {
        var command = new NpgsqlBatchCommand(
            $"""
            delete from {schema}.mt_doc_{alias} where tenant_id = $1 and id = any(array(
                select d.id from unnest($2, $3) as d(entry, id) where (select current_setting('imagerights.outcomes')::int[])[d.entry] = 0))
            """);
        command.Parameters.Add(new() { Value = tenant, NpgsqlDbType = NpgsqlDbType.Varchar });
        command.Parameters.Add(Array(NpgsqlDbType.Integer, writes, write => write.Entry));
        command.Parameters.Add(Array(NpgsqlDbType.Varchar, writes, write => write.Document.Id));
        return command;
    }

    private static NpgsqlBatchCommand Write(string schema, string tenant, DocumentWrite document)
    {
        var command = new NpgsqlBatchCommand(document.Body is null
            ? $"delete from {schema}.mt_doc_{document.Alias} where tenant_id = $1 and id = $2"
            : $"""
               insert into {schema}.mt_doc_{document.Alias} (tenant_id, id, data, mt_version, mt_dotnet_type) values ($1, $2, $3, $4, $5)
               on conflict (tenant_id, id) do update set data = excluded.data, mt_version = excluded.mt_version, mt_last_modified = transaction_timestamp()
               """);
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = document.Id });
        if (document.Body is null) return command;
        command.Parameters.Add(new() { Value = document.Body, NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = document.Version });
        command.Parameters.Add(new() { Value = document.TypeName });
        return command;
    }

    private static NpgsqlParameter<TValue[]> Array<TItem, TValue>(NpgsqlDbType type, IReadOnlyList<TItem> items, Func<TItem, TValue> value)
    {
        var values = new TValue[items.Count];
        for (var index = 0; index < values.Length; index++) values[index] = value(items[index]);
        return new NpgsqlParameter<TValue[]> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = values };
    }
}
