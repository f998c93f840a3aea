using System.Globalization;
using Npgsql;

namespace ImageRights.Hosting;

/// <summary>PostgreSQL from the distribution's package, the newest installed version, as a local process.</summary>
public sealed class LocalPostgres : LocalServer
{
    private readonly string installations;
    private string cluster = "";

    public LocalPostgres(LocalServerOptions options) : this(options, log: null)
    {
    }

    internal LocalPostgres(LocalServerOptions options, ConsoleLog? log, string installations = "/usr/lib/postgresql")
        : base(options.Name == "server" ? options with { Name = "postgres" } : options, log) => this.installations = installations;

    /// <inheritdoc/>
    public override string ConnectionString => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1", Port = Port, Username = UserName, Password = Password,
    }.ConnectionString;

    private protected override string PackageUser => "postgres";
    private protected override string Package => "postgresql-15";
    private protected override int StopSignal => ProcessTable.SigInt;
    private string UserName => Options.UserName ?? "postgres";

    /// <summary>Creates the database unless it is there.</summary>
    /// <returns>The connection string of the database.</returns>
    public async Task<string> CreateDatabaseAsync(string name, CancellationToken cancellationToken = default)
    {
        await CreateDatabaseAsync(ConnectionString, name, cancellationToken);
        return new NpgsqlConnectionStringBuilder(ConnectionString) { Database = name }.ConnectionString;
    }

    internal static async Task CreateDatabaseAsync(string server, string name, CancellationToken cancellationToken)
    {
        var maintenance = new NpgsqlConnectionStringBuilder(server) { Pooling = false, Timeout = 10 };
        maintenance.Database ??= "postgres";
        await using var connection = new NpgsqlConnection(maintenance.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var exists = new NpgsqlCommand("select 1 from pg_database where datname = $1", connection) { Parameters = { new() { Value = name } } };
        if (await exists.ExecuteScalarAsync(cancellationToken) is not null) return;
        await using var create = new NpgsqlCommand($"create database \"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"", connection);
        try
        {
            await create.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.DuplicateDatabase)
        {
            // Someone else created it in between.
        }
    }

    internal static async Task<string?> CheckAsync(string connectionString, CancellationToken cancellationToken)
    {
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, Timeout = 5, CommandTimeout = 5 };
            await using var connection = new NpgsqlConnection(settings.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            await using var command = new NpgsqlCommand("select 1", connection);
            await command.ExecuteScalarAsync(cancellationToken);
            return null;
        }
        catch (Exception fault) when (fault is NpgsqlException or TimeoutException)
        {
            return fault.Message;
        }
    }

    internal override Task<string?> CheckAsync(CancellationToken cancellationToken) => CheckAsync(ConnectionString, cancellationToken);

    private protected override void Require() => _ = Program("postgres");

    private string Program(string name)
    {
        var newest = Directory.Exists(installations)
            ? Directory.EnumerateDirectories(installations)
                .Where(version => int.TryParse(Path.GetFileName(version), out _) && File.Exists(Path.Combine(version, "bin", "initdb")))
                .MaxBy(version => int.Parse(Path.GetFileName(version), CultureInfo.InvariantCulture))
            : null;
        return newest is not null ? Path.Combine(newest, "bin", name) : throw new HostingException(
            $"{Options.Name} needs PostgreSQL, and there is none in {installations}.",
            "Run ./run.sh, which installs the package postgresql-15, or set ConnectionStrings__" + Options.Name + " to a server of yours.");
    }

    private protected override async Task PrepareAsync(CancellationToken cancellationToken)
    {
        cluster = Path.Combine(Home, "cluster");
        if (Directory.Exists(cluster))
        {
            await RemoveStalePidFileAsync(cancellationToken);
            return;
        }

        // Made beside and renamed: an initdb that was interrupted must not pass for a cluster.
        var draft = Path.Combine(Home, "cluster.new");
        if (Directory.Exists(draft)) Directory.Delete(draft, recursive: true);
        MakeServerDirectory("cluster.new");
        var passwordFile = Path.Combine(Home, "initdb-password");
        WriteServerFile(passwordFile, Password);
        try
        {
            string[] arguments =
            [
                "--pgdata", draft, "--username", UserName, "--pwfile", passwordFile, "--auth", "scram-sha-256",
                "--encoding", "UTF8", "--locale", "C.UTF-8", "--data-checksums", .. (string[])(Options.ThrowAway ? ["--no-sync"] : []),
            ];
            var (exitCode, output) = await ChildProcess.RunAsync(Program("initdb"), arguments, ServerEnvironment.Minimal(draft), draft, Account,
                TimeSpan.FromMinutes(2), cancellationToken);
            if (exitCode != 0) throw new HostingException($"{Options.Name}: initdb failed (exit code {exitCode}).", $"Check the space and the rights of {Home}.", output);
        }
        finally
        {
            File.Delete(passwordFile);
        }
        Directory.Move(draft, cluster);
    }

    /// <summary>
    /// After a kill -9 of the whole machine's processes the file names a process id that may now be someone else's, and PostgreSQL would refuse
    /// to start. Leftovers of ours are gone by now, so it is stale.
    /// </summary>
    private async Task RemoveStalePidFileAsync(CancellationToken cancellationToken)
    {
        var path = Path.Combine(cluster, "postmaster.pid");
        if (!File.Exists(path)) return;
        var lines = await File.ReadAllLinesAsync(path, cancellationToken);
        if (lines.Length > 0 && int.TryParse(lines[0], out var pid) && !ProcessTable.CommandLine(pid).Contains("postgres", StringComparison.Ordinal)) File.Delete(path);
    }

    private protected override Task<ChildProcess> LaunchAsync(CancellationToken cancellationToken)
    {
        Dictionary<string, string> settings = new()
        {
            ["listen_addresses"] = "127.0.0.1",
            ["port"] = $"{Port}",
            ["unix_socket_directories"] = "",
            ["max_connections"] = "200",
            ["shared_buffers"] = "256MB",
            ["password_encryption"] = "scram-sha-256",
            // A forgotten transaction holds back every reader of the event log.
            ["idle_in_transaction_session_timeout"] = "5min",
            ["log_line_prefix"] = "%m [%p] %d ",
        };
        if (Options.ThrowAway)
            foreach (var safety in (string[])["fsync", "synchronous_commit", "full_page_writes"]) settings[safety] = "off";
        string[] arguments = ["-D", cluster, .. settings.SelectMany(s => (string[])["-c", $"{s.Key}={s.Value}"])];
        return ChildProcess.StartAsync(Program("postgres"), arguments, ServerEnvironment.Minimal(cluster), cluster, StopSignal, Account, Log.Add);
    }

    // SIGINT: clients are cut off, what is committed is written. SIGQUIT: at once, with recovery at the next start; children would survive a SIGKILL.
    private protected override Task StopAsync(ChildProcess child, CancellationToken urgent) =>
        child.StopAsync(Options.ThrowAway ? ProcessTable.SigQuit : StopSignal, TimeSpan.FromSeconds(30), urgent, lastResort: ProcessTable.SigQuit);

    // Every process of a cluster works in its directory; after a kill -9 of the first one, the others linger for a moment.
    private protected override bool IsOurs(int pid, string commandLine) =>
        commandLine.Contains("postgres", StringComparison.Ordinal) && ProcessTable.WorkingDirectory(pid) == Path.Combine(Home, "cluster");
}
