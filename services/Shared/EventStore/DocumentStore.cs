using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace ImageRights.EventStore;

/// <summary>The store of one service: streams, events, read models and followers in one PostgreSQL database.</summary>
/// <remarks>Thread-safe. Sessions are not; open one for each unit of work.</remarks>
public sealed class DocumentStore : IAsyncDisposable
{
    /// <summary>Tenant of an installation that has only one.</summary>
    public const string DefaultTenant = "*DEFAULT*";

    /// <summary>Activity source and meter of the store.</summary>
    public const string TelemetryName = "ImageRights.EventStore";

    internal static readonly ActivitySource Activities = new(TelemetryName);
    internal static readonly Meter Meter = new(TelemetryName);
    internal static readonly Counter<long> Appended = Meter.CreateCounter<long>("imagerights.event.append", "{event}", "Events appended");

    private TaskCompletionSource appended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Opens the pool; touches the database only on first use.</summary>
    public DocumentStore(StoreOptions options)
    {
        Options = options;
        DataSource = CreateSource(pooled: true);
        AcrossTenants = CreateSource(pooled: true, WorkerSettings);
        Dedicated = CreateSource(pooled: false, WorkerSettings);
        Commits = new GroupCommit(this);
        Head = new LogHead(this);
        Persons = new PersonKeys(this);
    }

    /// <summary>What the store was configured with.</summary>
    public StoreOptions Options { get; }

    /// <summary>The pool. Tables with a <c>tenant_id</c> show and take nothing here unless the transaction names its tenant, as <see cref="DocumentSession.QueryRowsAsync"/> does.
    /// Sessions are not reset between uses: set nothing and lock nothing beyond a transaction.</summary>
    public NpgsqlDataSource DataSource { get; }

    /// <summary>A pool that sees the rows of all tenants: for a service's workers, which serve them all, never for what somebody asked for.</summary>
    public NpgsqlDataSource AcrossTenants { get; }

    /// <summary>Connections of their own, whose end is the end of the session and of the locks it holds.</summary>
    internal NpgsqlDataSource Dedicated { get; }

    internal GroupCommit Commits { get; }

    internal LogHead Head { get; }

    /// <summary>Keys of persons, under which personal data are sealed.</summary>
    public PersonKeys Persons { get; }

    internal string Schema => Options.DatabaseSchemaName;

    /// <summary>Completes at the next append made through this process; followers wake by it instead of NOTIFY, which would serialise commits.</summary>
    internal Task NextAppend => Volatile.Read(ref appended).Task;

    /// <summary>Opens a unit of work for one tenant. The database shows it that tenant's rows alone, whatever SQL it runs.</summary>
    public DocumentSession LightweightSession(string tenantId = DefaultTenant)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(tenantId);
        return new(this, tenantId);
    }

    /// <summary>Reads rows of all tenants, for a service's workers: with SQL that is sent again and again and so is prepared, with <c>$1</c> and so on for the parameters.</summary>
    public async Task<IReadOnlyList<TRow>> QueryAcrossTenantsAsync<TRow>(string sql, object[] parameters, Func<NpgsqlDataReader, TRow> read, CancellationToken cancellationToken = default)
    {
        await using var connection = await AcrossTenants.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters) command.Parameters.Add(DocumentSession.Given(parameter));
        await command.PrepareAsync(cancellationToken);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<TRow>();
        while (await reader.ReadAsync(cancellationToken)) rows.Add(read(reader));
        return rows;
    }

    // A service at work may be met by chance, not again and again.
    private const int SchemaTries = 5;

    /// <summary>Role under which the store's sessions work. It owns nothing and may not change or remove events.</summary>
    public const string RuntimeRole = "imagerights_runtime";

    /// <summary>Creates or migrates the tables: numbered scripts run once each, in order, and are remembered in <c>mt_migrations</c>; those of read models and of the service run when one of them has changed since the last start.
    /// Safe to run from several replicas at once: the first takes a lock, the others wait and find it done.</summary>
    /// <remarks>Works as the user of the connection string, who owns the tables; everything else the store does, it does as <see cref="RuntimeRole"/>.</remarks>
    public async Task ApplySchemaAsync(CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await TryApplySchemaAsync(cancellationToken);
                return;
            }
            catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.DeadlockDetected && tries < SchemaTries)
            {
                // Tables are changed in another order than a replica that is at work uses them; the database has let that one go on.
            }
        }
    }

    private async Task TryApplySchemaAsync(CancellationToken cancellationToken)
    {
        await using var owner = CreateSource(pooled: false, asOwner: true);
        await using var connection = await owner.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // Waiting for another starter, or indexing what years have stored, takes as long as it takes.
        await ExecuteAsync("select set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)");
        await ExecuteAsync($"select pg_advisory_xact_lock(hashtext('{Schema}.event_store'))");
        await ExecuteAsync("create schema if not exists {schema}; create table if not exists {schema}.mt_migrations (name varchar primary key, applied timestamptz not null default now())");
        var applied = await ReadAsync<string[]>("select coalesce(array_agg(name), '{}') from {schema}.mt_migrations");
        foreach (var script in Migrations.Except(applied!, StringComparer.Ordinal))
        {
            await ExecuteAsync(ReadScript(script));
            await ExecuteAsync($"insert into {{schema}}.mt_migrations (name) values ('{script}')");
        }
        // Even what changes nothing locks tables that replicas are at work with: an index that is there keeps writers out while it is looked for.
        string[] scripts = [.. Options.Projections.Documents.SelectMany(TableOf), .. Options.SchemaScripts];
        var version = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', scripts))));
        if (version != await ReadAsync<string>("select obj_description('{schema}.mt_migrations'::regclass, 'pg_class')"))
        {
            foreach (var script in scripts) await ExecuteAsync(script);
            await ExecuteAsync($"comment on table {{schema}}.mt_migrations is '{version}'");
        }
        await ExecuteAsync(ReadScript("compression.sql"));
        await ExecuteAsync(ReadScript("runtime_role.sql"));
        await ExecuteAsync(ReadScript("row_security.sql"));
        await transaction.CommitAsync(cancellationToken);

        static IEnumerable<string> TableOf(DocumentMapping document) =>
        [
            ReadScript("document.sql").Replace("{alias}", document.Alias, StringComparison.Ordinal),
            .. document.Indexes.Select((index, number) => $"create index if not exists mt_doc_{document.Alias}_idx_{number} on {{schema}}.mt_doc_{document.Alias} (tenant_id, {index})"),
        ];

        async Task<T?> ReadAsync<T>(string sql) where T : class
        {
            await using var command = Command(sql);
            return await command.ExecuteScalarAsync(cancellationToken) as T;
        }

        async Task ExecuteAsync(string sql)
        {
            await using var command = Command(sql);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        NpgsqlCommand Command(string sql) => new(sql.Replace("{schema}", Schema, StringComparison.Ordinal), connection, transaction) { CommandTimeout = 0 };
    }

    /// <summary>Builds a read model anew from its streams, while the service goes on, and puts it in the place of the live one. Works as the user of the connection string.</summary>
    /// <param name="projection">One of <see cref="ProjectionOptions.Rebuildable"/>.</param>
    /// <param name="onlyCompare">Leaves the live one as it is and says how many documents differ from it.</param>
    /// <exception cref="ArgumentException">There is no such read model.</exception>
    /// <exception cref="InvalidOperationException">It is being rebuilt already.</exception>
    public Task<RebuildResult> RebuildAsync(string projection, bool onlyCompare = false, IProgress<RebuildProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var snapshot = Options.Projections.Snapshots.FirstOrDefault(snapshot => string.Equals(snapshot.DocumentType.Name, projection, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException($"There is no read model {projection} to rebuild; there are {string.Join(", ", Options.Projections.Rebuildable)}.", nameof(projection));
        return new Rebuild(this, snapshot, progress).RunAsync(onlyCompare, cancellationToken);
    }

    /// <summary>Rebuilds that are under way, wherever they run.</summary>
    public async Task<IReadOnlyList<RebuildProgress>> RebuildsAsync(CancellationToken cancellationToken)
    {
        // A rebuild that has said nothing for a while has died.
        await using var command = DataSource.CreateCommand(
            $"select projection, done, total, updated - started from {Schema}.mt_rebuilds where finished is null and updated > clock_timestamp() - interval '1 minute' order by projection");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rebuilds = new List<RebuildProgress>();
        while (await reader.ReadAsync(cancellationToken))
            rebuilds.Add(new RebuildProgress(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetFieldValue<TimeSpan>(3)));
        return rebuilds;
    }

    /// <summary>Progress of every follower and the head of the log, for health, dashboards and the command line.</summary>
    public async Task<IReadOnlyList<FollowerProgress>> AllProgressAsync(CancellationToken cancellationToken)
    {
        await using var command = AcrossTenants.CreateCommand(
            $"""
            select p.name, coalesce(p.last_transaction_id, '0'::xid8), coalesce(p.last_seq_id, 0),
                   (select count(*) from (select 1 from {Schema}.mt_events e where (e.transaction_id, e.seq_id) > (p.last_transaction_id, p.last_seq_id) limit 10001) gap)
            from {Schema}.mt_event_progression p order by p.name
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var progress = new List<FollowerProgress>();
        while (await reader.ReadAsync(cancellationToken))
            progress.Add(new FollowerProgress(reader.GetString(0), new LogPosition(reader.GetFieldValue<ulong>(1), reader.GetInt64(2)), reader.GetInt64(3)));
        return progress;
    }

    /// <summary>The user that the store's sessions work as: <see cref="RuntimeRole"/>, or the connecting user where that one may not take the role.</summary>
    internal async Task<string> SessionUserAsync(CancellationToken cancellationToken)
    {
        await using var command = DataSource.CreateCommand("select current_user::text");
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Counts what was committed and wakes the followers of this process.</summary>
    internal void Committed(int events)
    {
        if (events == 0) return;
        Appended.Add(events);
        Interlocked.Exchange(ref appended, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    /// <summary>Sessions with the store's limits. Statements are prepared where they are the store's own: Npgsql's automatic preparation
    /// leaves a statement unusable when the execution that prepares it fails (npgsql #6391), and here failing is a normal outcome.</summary>
    internal NpgsqlDataSource CreateSource(bool pooled, string moreSettings = "", bool asOwner = false)
    {
        var builder = new NpgsqlDataSourceBuilder(Options.ConnectionString) { Name = Options.ServiceName };
        var settings = builder.ConnectionStringBuilder;
        settings.ApplicationName = Options.ServiceName;
        settings.Pooling = pooled;
        settings.MaxAutoPrepare = 0;
        // Says which of several units of work a page failed at.
        settings.IncludeFailedBatchedCommand = true;
        // A reset costs a statement with every use, and nothing here leaves anything behind in a session.
        settings.NoResetOnClose = true;
        // A forgotten open transaction would hold every reader of the log back (followers read below pg_snapshot_xmin),
        // and a leader whose machine is gone must lose its lock within seconds.
        settings.Options = $"-c idle_in_transaction_session_timeout=10s -c statement_timeout=60s -c tcp_keepalives_idle=2 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=2 {moreSettings}";
        if (!asOwner) builder.UsePhysicalConnectionInitializer(TakeRole, TakeRoleAsync);
        return builder.Build();
    }

    // Once for each physical connection. Not as a start-up option: a server without the role would refuse the connection.
    private const string TakeRoleSql =
        $"select set_config('role', rolname, false) from pg_roles where rolname = '{RuntimeRole}' and pg_has_role(session_user, oid, 'member')";

    private static void TakeRole(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand(TakeRoleSql, connection);
        command.ExecuteNonQuery();
    }

    private static async Task TakeRoleAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(TakeRoleSql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The numbered scripts (<c>001_event_store.sql</c>), in order. One that has been released never changes; a change is the next number.</summary>
    private static readonly string[] Migrations =
        [.. Assembly.GetExecutingAssembly().GetManifestResourceNames().Select(resource => resource[(resource.IndexOf(ScriptFolder, StringComparison.Ordinal) + ScriptFolder.Length)..])
            .Where(name => char.IsAsciiDigit(name[0])).Order(StringComparer.Ordinal)];

    private const string ScriptFolder = ".Schema.";

    // Workers' plans are kept for a session's life, often made while tables are empty: they must not read all of the log for each page when it is long.
    // Where there is no other way than to read all, the price that this puts on it must not set the compiler to work.
    private const string WorkerSettings = "-c app.all_tenants=on -c enable_seqscan=off -c enable_bitmapscan=off -c jit=off";

    internal static string ReadScript(string name)
    {
        var assembly = Assembly.GetExecutingAssembly();
        using var stream = assembly.GetManifestResourceStream(assembly.GetManifestResourceNames().Single(resource => resource.EndsWith(ScriptFolder + name, StringComparison.Ordinal)))!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Commits.DisposeAsync();
        await DataSource.DisposeAsync();
        await AcrossTenants.DisposeAsync();
        await Dedicated.DisposeAsync();
    }
}

/// <summary>How far a follower is.</summary>
/// <param name="Name">Follower.</param>
/// <param name="Position">Last event it finished.</param>
/// <param name="Behind">Events after it, counted to 10,001 at most.</param>
public sealed record FollowerProgress(string Name, LogPosition Position, long Behind);
