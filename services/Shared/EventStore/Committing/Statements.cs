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

    /// <summary>Names the tenant for the rest of the session, as far as the transaction that says so is committed.</summary>
    public static NpgsqlBatchCommand SessionTenant(string tenant)
    {
        var command = new NpgsqlBatchCommand("select set_config('app.tenant', $1, false)");
        command.Parameters.Add(new() { Value = tenant, NpgsqlDbType = NpgsqlDbType.Text });
        return command;
    }

    /// <summary>Units of one tenant and one way of appending that arrived together: the statement that has rows gives each one's outcome, those that follow it leave out
    /// what it refused.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Together(string schema, string tenant, AppendKind kind, IReadOnlyList<UnitOfWork> units)
    {
        if (kind == AppendKind.Enlisted)
        {
            yield return Append(schema, tenant, [.. units.Select(unit => (unit, unit.Appends.SingleOrDefault()))], alone: false);
        }
        else
        {
            yield return AppendPlainly(schema, tenant, kind, units);
        }
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
            $"select outcomes, versions from {schema}.mt_append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)");
        command.Parameters.Add(new() { Value = tenant, NpgsqlDbType = NpgsqlDbType.Varchar });
        command.Parameters.Add(new() { Value = alone });
        command.Parameters.Add(new() { Value = !alone && entries.Any(entry => entry.Unit.Operations.Count > 0) });
        Add(NpgsqlDbType.Varchar, entry => entry.Append?.Stream);
        Add(NpgsqlDbType.Varchar, entry => entry.Append?.Type);
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
        AddOnce(NpgsqlDbType.Bigint, unit => unit.Claim?.Version);
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

    // mt_append in one statement, for what needs neither inbox nor idempotency key: half the cost. It gives the streams that it wrote, not why it refused the others.
    private static NpgsqlBatchCommand AppendPlainly(string schema, string tenant, AppendKind kind, IReadOnlyList<UnitOfWork> units)
    {
        // One event goes as values, which saves a tenth of its commit.
        var single = units is [{ Events: 1 }];
        // Without a table behind them, lists that are unfolded side by side cost least this way.
        var entries = $"(select {Each(2)} as stream, {Each(3)} as type, {Each(4)} as expected, {Each(5)} as amount, {Each(6)} as at) g";
        var insert = $"insert into {schema}.mt_streams as s (tenant_id, id, type, version, timestamp, created) select $1, g.stream, g.type, g.amount, g.at, g.at from {entries} on conflict (tenant_id, id)";
        // A clock that was set back must not turn a stream's history around.
        var written = kind switch
        {
            AppendKind.Start => $"{insert} do nothing",
            AppendKind.Any => $"{insert} do update set version = s.version + excluded.version, timestamp = greatest(s.timestamp, excluded.timestamp) where not s.is_archived",
            _ => $"""
                  update {schema}.mt_streams s set version = s.version + g.amount, timestamp = greatest(s.timestamp, g.at) from {entries}
                  where s.tenant_id = $1 and s.id = g.stream and s.version = g.expected and not s.is_archived
                  """,
        };
        // For the documents of the same entries, which follow as statements of their own.
        var outcomes = units.Any(unit => unit.Operations.Count > 0)
            ? $"""
              (select set_config('imagerights.outcomes', array_agg(case when s.id is null then -1 else 0 end order by g.number)::text, true)
              from unnest({(single ? "array[$2]" : "$2")}) with ordinality as g(stream, number) left join s on s.id = g.stream) said left join s on true
              """
            : "s";
        var command = new NpgsqlBatchCommand(
            $"""
            with s as ({written} returning s.id, s.version, s.timestamp), e as (
                insert into {schema}.mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, correlation_id, causation_id, headers, user_name)
                select nextval('{schema}.mt_events_sequence'), e.id, s.id, s.version - e.later, e.body, e.type, s.timestamp, $1, e.correlation, e.causation, e.header, e.username
                from (select {Each(7)} as stream, {Each(8)} as later, {Each(9)} as id, {Each(10)} as type, {Each(11)} as body, {Each(12)} as header,
                      {Each(13)} as correlation, {Each(14)} as causation, {Each(15)} as username) e join s on s.id = e.stream)
            select s.id, s.version from {outcomes}
            """);
        var appends = units.Select(unit => unit.Appends[0]).ToList();
        var events = units.SelectMany(unit => unit.Appends[0].Events.Select((@event, position) => (Unit: unit, Later: unit.Appends[0].Events.Count - position - 1, Event: @event))).ToList();
        command.Parameters.Add(new() { Value = tenant, NpgsqlDbType = NpgsqlDbType.Varchar });
        Add(NpgsqlDbType.Varchar, appends, append => append.Stream);
        Add(NpgsqlDbType.Varchar, appends, append => append.Type);
        Add(NpgsqlDbType.Bigint, appends, append => append.ExpectedVersion);
        Add(NpgsqlDbType.Integer, appends, append => append.Events.Count);
        Add(NpgsqlDbType.TimestampTz, appends, append => append.Timestamp);
        Add(NpgsqlDbType.Varchar, events, e => e.Unit.Appends[0].Stream);
        Add(NpgsqlDbType.Integer, events, e => e.Later);
        Add(NpgsqlDbType.Uuid, events, e => e.Event.Id);
        Add(NpgsqlDbType.Varchar, events, e => e.Event.TypeName);
        Add(NpgsqlDbType.Jsonb, events, e => e.Event.Body);
        Add(NpgsqlDbType.Jsonb, events, e => e.Event.Headers);
        Add(NpgsqlDbType.Varchar, events, e => e.Unit.CorrelationId);
        Add(NpgsqlDbType.Varchar, events, e => e.Unit.CausationId);
        Add(NpgsqlDbType.Varchar, events, e => e.Unit.UserName);
        return command;

        string Each(int number) => single ? $"${number}" : $"unnest(${number})";

        void Add<TItem, TValue>(NpgsqlDbType type, IReadOnlyList<TItem> items, Func<TItem, TValue> value) =>
            command.Parameters.Add(single ? new NpgsqlParameter { NpgsqlDbType = type, Value = (object?)value(items[0]) ?? DBNull.Value } : Array(type, items, value));
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
