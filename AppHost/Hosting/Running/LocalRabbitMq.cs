using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ImageRights.Hosting;

/// <summary>RabbitMQ from the distribution's package as a local process with its own name server (epmd), cookie and configuration.</summary>
public sealed class LocalRabbitMq : LocalServer
{
    private const string Node = "imagerights@localhost";
    private const string OnlyLoopback = "-kernel inet_dist_use_interface {127,0,0,1}";

    private readonly string program;
    private readonly BrokerDefinitions? definitions;
    private ChildProcess? nameServer;
    private int nameServerPort;

    public LocalRabbitMq(LocalServerOptions options) : this(options, log: null)
    {
    }

    // Debian's /usr/sbin/rabbitmq-server insists on its own user, folder and service; the script below it does not.
    internal LocalRabbitMq(LocalServerOptions options, ConsoleLog? log, string program = "/usr/lib/rabbitmq/bin/rabbitmq-server")
        : base(options.Name == "server" ? options with { Name = "messaging" } : options, log)
    {
        this.program = program;
        definitions = options.Definitions is { } path ? BrokerDefinitions.Read(path) : null;
    }

    /// <inheritdoc/>
    public override string ConnectionString => ConnectionStringOf(UserName, Password);

    /// <summary>What each further user connects with, by name; complete once the broker has started.</summary>
    public IReadOnlyDictionary<string, string> ConnectionStrings =>
        definitions?.Users.ToDictionary(user => user, user => ConnectionStringOf(user, BrokerDefinitions.PasswordOf(user, Password))) ?? [];

    private protected override string PackageUser => "rabbitmq";
    private protected override string Package => "rabbitmq-server";
    private protected override int StopSignal => ProcessTable.SigTerm;
    private string UserName => Options.UserName ?? "guest";
    private string State => Path.Combine(Home, "broker");
    private string DefinitionsPath => Path.Combine(State, "definitions.json");
    private string ReadyPath => Path.Combine(Home, "ready");

    private string ConnectionStringOf(string user, string password) => $"amqp://{Uri.EscapeDataString(user)}:{Uri.EscapeDataString(password)}@127.0.0.1:{Port}";

    /// <summary>Creates a virtual host that the first user may use.</summary>
    /// <returns>The connection string of the virtual host.</returns>
    /// <exception cref="HostingException">The broker refused.</exception>
    public async Task<string> CreateVirtualHostAsync(string name, CancellationToken cancellationToken = default)
    {
        await ControlAsync(["add_vhost", name], cancellationToken);
        await ControlAsync(["set_permissions", "--vhost", name, UserName, ".*", ".*", ".*"], cancellationToken);
        return $"{ConnectionString}/{Uri.EscapeDataString(name)}";
    }

    private async Task ControlAsync(string[] command, CancellationToken cancellationToken)
    {
        var (exitCode, output) = await ChildProcess.RunAsync(Path.Combine(Path.GetDirectoryName(program)!, "rabbitmqctl"), ["--node", Node, .. command],
            Environment(), State, Account, TimeSpan.FromSeconds(60), cancellationToken);
        if (exitCode != 0) throw new HostingException($"{Options.Name}: rabbitmqctl {command[0]} failed (exit code {exitCode}).", "Look at what it wrote.", output);
    }

    internal static async Task<string?> CheckAsync(string connectionString, CancellationToken cancellationToken)
    {
        try
        {
            var factory = new ConnectionFactory
            {
                Uri = new Uri(connectionString), AutomaticRecoveryEnabled = false, ClientProvidedName = "AppHost health",
                RequestedConnectionTimeout = TimeSpan.FromSeconds(5), ContinuationTimeout = TimeSpan.FromSeconds(5),
            };
            await using var connection = await factory.CreateConnectionAsync(cancellationToken);
            // A refused virtual host closes the connection only after the client has taken it for open.
            await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
            await connection.CloseAsync(cancellationToken);
            return null;
        }
        catch (Exception fault) when (fault is RabbitMQClientException or TimeoutException or IOException)
        {
            return fault.InnerException?.Message ?? fault.Message;
        }
    }

    internal override Task<string?> CheckAsync(CancellationToken cancellationToken) => CheckAsync(ConnectionString, cancellationToken);

    private protected override void Require()
    {
        foreach (var needed in (string[])[program, "/usr/bin/epmd", "/usr/bin/erl"])
            if (!File.Exists(needed)) throw new HostingException($"{Options.Name} needs RabbitMQ, and {needed} is missing.",
                $"Run ./run.sh, which installs the package rabbitmq-server, or set ConnectionStrings__{Options.Name} to a broker of yours.");
    }

    private protected override Task PrepareAsync(CancellationToken cancellationToken)
    {
        MakeServerDirectory("broker");
        // A first start that was interrupted leaves tables without users; nobody was let in yet, so nothing is lost.
        if (!File.Exists(ReadyPath) && Directory.Exists(Path.Combine(State, "mnesia"))) Directory.Delete(Path.Combine(State, "mnesia"), recursive: true);
        if (definitions is not null) WriteServerFile(DefinitionsPath, definitions.Complete(UserName, Password));
        WriteServerFile(Path.Combine(State, "rabbitmq.conf"), $"""
            listeners.tcp.1 = 127.0.0.1:{Port}
            {(definitions is null ? "" : $"load_definitions = {DefinitionsPath}")}
            default_user = {UserName}
            default_pass = {Password}
            log.file = false
            log.console = true
            log.console.level = info
            log.connection.level = warning
            {(Options.ManagementPort is { } management ? $"management.tcp.ip = 127.0.0.1\nmanagement.tcp.port = {management}" : "")}
            """);
        WriteServerFile(Path.Combine(State, "advanced.config"), "[].");
        WriteServerFile(Path.Combine(State, "enabled_plugins"), Options.ManagementPort is null ? "[]." : "[rabbitmq_management].");
        return Task.CompletedTask;
    }

    private protected override async Task<ChildProcess> LaunchAsync(CancellationToken cancellationToken)
    {
        nameServerPort = Ports.Free();
        nameServer = await ChildProcess.StartAsync("/usr/bin/epmd", ["-port", $"{nameServerPort}", "-address", "127.0.0.1"],
            ServerEnvironment.Minimal(State), State, ProcessTable.SigKill, Account, Log.Add);
        return await ChildProcess.StartAsync(program, [], Environment(), State, StopSignal, Account, Log.Add);
    }

    private Dictionary<string, string> Environment() => new(ServerEnvironment.Minimal(State))
    {
        ["ERL_EPMD_PORT"] = $"{nameServerPort}",
        ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
        ["ERL_FLAGS"] = OnlyLoopback,
        // The script then becomes the broker instead of waiting for it: the signals reach the broker itself.
        ["RUNNING_UNDER_SYSTEMD"] = "true",
        ["RABBITMQ_NODENAME"] = Node,
        ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
        ["RABBITMQ_NODE_PORT"] = $"{Port}",
        ["RABBITMQ_DIST_PORT"] = $"{Ports.Free()}",
        ["RABBITMQ_MNESIA_BASE"] = Path.Combine(State, "mnesia"),
        ["RABBITMQ_LOG_BASE"] = Path.Combine(State, "log"),
        ["RABBITMQ_CONFIG_FILE"] = Path.Combine(State, "rabbitmq.conf"),
        ["RABBITMQ_CONFIG_FILES"] = Path.Combine(State, "conf.d", "*.conf"),
        ["RABBITMQ_ADVANCED_CONFIG_FILE"] = Path.Combine(State, "advanced.config"),
        ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(State, "enabled_plugins"),
        // The machine's own broker may have one in /etc.
        ["RABBITMQ_CONF_ENV_FILE"] = Path.Combine(State, "rabbitmq-env.conf"),
        // Several brokers bound to the same cores slow each other down.
        ["RABBITMQ_SCHEDULER_BIND_TYPE"] = "u",
    };

    private protected override void OnReady() => File.WriteAllText(ReadyPath, "");

    private protected override Task StopAsync(ChildProcess child, CancellationToken urgent) =>
        child.StopAsync(Options.ThrowAway ? ProcessTable.SigKill : StopSignal, TimeSpan.FromSeconds(30), urgent);

    private protected override async Task AfterStopAsync()
    {
        if (nameServer is not null) await nameServer.StopAsync(ProcessTable.SigKill, TimeSpan.FromSeconds(5), CancellationToken.None);
        nameServer = null;
    }

    private protected override bool IsOurs(int pid, string commandLine) =>
        (commandLine.Contains("beam.smp", StringComparison.Ordinal) || commandLine.Contains("epmd", StringComparison.Ordinal))
        && ProcessTable.WorkingDirectory(pid) == State;
}
