using System.Globalization;
using Npgsql;
using RabbitMQ.Client;

namespace ImageRights.Hosting.Tests;

/// <summary>Real servers from the distribution's packages.</summary>
public sealed class LocalServerTests : IDisposable
{
    private static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromMinutes(3)).Token;
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    private LocalPostgres Postgres() => new(new LocalServerOptions(Path.Combine(directory.Path, "postgres")));

    private LocalRabbitMq RabbitMq() => new(new LocalServerOptions(Path.Combine(directory.Path, "rabbitmq")));

    private static async Task<object?> SqlAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(Patience);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Patience);
    }

    private static async Task PublishAsync(string connectionString, string text)
    {
        await using var connection = await new ConnectionFactory { Uri = new Uri(connectionString) }.CreateConnectionAsync(Patience);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), Patience);
        await channel.QueueDeclareAsync("kept", durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }, cancellationToken: Patience);
        await channel.BasicPublishAsync("", "kept", mandatory: true, new BasicProperties { Persistent = true }, System.Text.Encoding.ASCII.GetBytes(text), Patience);
    }

    private static async Task<string?> TakeAsync(string connectionString)
    {
        await using var connection = await new ConnectionFactory { Uri = new Uri(connectionString) }.CreateConnectionAsync(Patience);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Patience);
        string? text = null;
        // The queue's leader is elected a moment after the broker takes connections.
        await Eventually.HoldsAsync(async () => (text = await channel.BasicGetAsync("kept", autoAck: true, Patience) is { } message ? System.Text.Encoding.ASCII.GetString(message.Body.Span) : null) is not null, "the message is back");
        return text;
    }

    /// <summary>The addresses on which processes that work below the folder listen.</summary>
    private List<string> ListeningAddresses()
    {
        var sockets = ProcessTable.All().Where(pid => ProcessTable.WorkingDirectory(pid)?.StartsWith(directory.Path, StringComparison.Ordinal) == true)
            .SelectMany(pid => Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd")).Select(fd => new FileInfo(fd).LinkTarget).ToHashSet();
        return [.. new[] { "/proc/net/tcp", "/proc/net/tcp6" }.SelectMany(table => File.ReadLines(table).Skip(1))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(columns => columns[3] == "0A" && sockets.Contains($"socket:[{columns[9]}]"))
            .Select(columns => columns[1].Split(':')[0])];
    }

    private bool NothingRuns() => !ProcessTable.All().Any(pid => ProcessTable.WorkingDirectory(pid)?.StartsWith(directory.Path, StringComparison.Ordinal) == true);

    // 127.0.0.1 and ::1 as /proc writes them.
    private static readonly string[] Loopback = ["0100007F", "00000000000000000000000001000000"];

    [Fact]
    public async Task PostgreSQL_keeps_its_data_password_and_port_from_one_start_to_the_next()
    {
        string connectionString;
        await using (var first = Postgres())
        {
            await first.StartAsync(Patience);
            connectionString = await first.CreateDatabaseAsync("cases", Patience);
            await SqlAsync(connectionString, "create table kept as select 42 as answer");
            (await SqlAsync(connectionString, "show data_checksums")).ShouldBe("on");
            (await SqlAsync(connectionString, "show fsync")).ShouldBe("on");
            (await first.CreateDatabaseAsync("cases", Patience)).ShouldBe(connectionString);
        }
        NothingRuns().ShouldBeTrue();

        await using var second = Postgres();
        await second.StartAsync(Patience);
        (await SqlAsync(connectionString, "select answer from kept")).ShouldBe(42);
    }

    [Fact]
    public async Task PostgreSQL_listens_on_loopback_only_and_asks_for_the_password()
    {
        await using var server = Postgres();
        await server.StartAsync(Patience);

        ListeningAddresses().ShouldNotBeEmpty();
        ListeningAddresses().ShouldAllBe(address => Loopback.Contains(address));
        var wrong = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Password = "wrong" }.ConnectionString;
        (await Should.ThrowAsync<PostgresException>(() => SqlAsync(wrong, "select 1"))).SqlState.ShouldBe(PostgresErrorCodes.InvalidPassword);
    }

    [Fact]
    public async Task PostgreSQL_recovers_what_was_committed_before_a_kill()
    {
        await using var killed = Postgres();
        await killed.StartAsync(Patience);
        var connectionString = await killed.CreateDatabaseAsync("cases", Patience);
        await SqlAsync(connectionString, "create table kept as select 42 as answer");
        killed.Child.ShouldNotBeNull().Signal(ProcessTable.SigKill);
        await killed.Child.Exited;

        await using var next = Postgres();
        await next.StartAsync(Patience);
        (await SqlAsync(new NpgsqlConnectionStringBuilder(next.ConnectionString) { Database = "cases" }.ConnectionString, "select answer from kept")).ShouldBe(42);
    }

    [Fact]
    public async Task PostgreSQL_starts_although_its_lock_file_names_a_process_that_is_now_someone_elses()
    {
        await using (var first = Postgres()) await first.StartAsync(Patience);
        var cluster = Path.Combine(directory.Path, "postgres", "cluster");
        await File.WriteAllTextAsync(Path.Combine(cluster, "postmaster.pid"), $"{Environment.ProcessId}\n{cluster}\n1700000000\n1\n\n127.0.0.1\n0 0\nready\n", Patience);

        await using var second = Postgres();
        await second.StartAsync(Patience);
        (await SqlAsync(second.ConnectionString, "select 1")).ShouldBe(1);
    }

    [Fact]
    public async Task A_server_left_by_a_killed_host_is_stopped_before_the_next_one_starts()
    {
        await using var left = Postgres();
        await left.StartAsync(Patience);
        var pid = left.ProcessId;

        await using var next = Postgres();
        await next.StartAsync(Patience);

        left.Child.ShouldNotBeNull().Exited.IsCompleted.ShouldBeTrue();
        next.ProcessId.ShouldNotBe(pid);
        (await SqlAsync(next.ConnectionString, "select 1")).ShouldBe(1);
    }

    [Fact]
    public async Task A_throw_away_server_leaves_nothing()
    {
        var folder = Path.Combine(directory.Path, "throw-away");
        await using (var server = new LocalPostgres(new LocalServerOptions(folder) { ThrowAway = true }))
        {
            await server.StartAsync(Patience);
            (await SqlAsync(server.ConnectionString, "show fsync")).ShouldBe("off");
        }
        NothingRuns().ShouldBeTrue();
        Directory.Exists(folder).ShouldBeFalse();
    }

    [Fact]
    public async Task A_given_port_that_is_taken_is_reported_with_the_servers_name()
    {
        using var squatter = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        squatter.Start();
        var port = ((System.Net.IPEndPoint)squatter.LocalEndpoint).Port;
        await using var server = new LocalPostgres(new LocalServerOptions(Path.Combine(directory.Path, "postgres")) { Name = "casestore", Port = port });

        (await Should.ThrowAsync<HostingException>(() => server.StartAsync(Patience))).Message.ShouldStartWith(string.Create(CultureInfo.InvariantCulture, $"Port {port} of \"casestore\" is taken"));
    }

    [Fact]
    public async Task Missing_programs_are_reported_with_the_package_that_has_them()
    {
        var options = new LocalServerOptions(Path.Combine(directory.Path, "none"));

        var postgres = await Should.ThrowAsync<HostingException>(() => new LocalPostgres(options with { Name = "postgres" }, null, "/nonexistent").StartAsync(Patience));
        postgres.NextStep.ShouldContain("postgresql-15");
        postgres.NextStep.ShouldContain("ConnectionStrings__postgres");

        var rabbit = await Should.ThrowAsync<HostingException>(() => new LocalRabbitMq(options with { Name = "messaging" }, null, "/nonexistent").StartAsync(Patience));
        rabbit.Message.ShouldContain("/nonexistent");
        rabbit.NextStep.ShouldContain("rabbitmq-server");
    }

    [Fact]
    public async Task RabbitMQ_keeps_its_messages_over_a_stop_and_over_a_kill()
    {
        await using (var first = RabbitMq())
        {
            await first.StartAsync(Patience);
            await PublishAsync(first.ConnectionString, "over a stop");
        }
        NothingRuns().ShouldBeTrue();

        await using var second = RabbitMq();
        await second.StartAsync(Patience);
        (await TakeAsync(second.ConnectionString)).ShouldBe("over a stop");
        await PublishAsync(second.ConnectionString, "over a kill");
        second.Child.ShouldNotBeNull().Signal(ProcessTable.SigKill);
        await second.Child.Exited;

        await using var third = RabbitMq();
        await third.StartAsync(Patience);
        (await TakeAsync(third.ConnectionString)).ShouldBe("over a kill");
    }

    [Fact]
    public async Task RabbitMQ_and_its_name_server_listen_on_loopback_only_and_virtual_hosts_are_apart()
    {
        await using (var server = RabbitMq())
        {
            await server.StartAsync(Patience);
            var tenant = await server.CreateVirtualHostAsync("run-1", Patience);

            // AMQP, Erlang distribution, epmd.
            ListeningAddresses().Count.ShouldBeGreaterThanOrEqualTo(3);
            ListeningAddresses().ShouldAllBe(address => Loopback.Contains(address));
            await PublishAsync(tenant, "apart");
            (await TakeAsync(tenant)).ShouldBe("apart");
            (await LocalRabbitMq.CheckAsync(server.ConnectionString + "/run-2", Patience)).ShouldNotBeNull().ShouldContain("run-2");
        }
        NothingRuns().ShouldBeTrue();
    }
}
