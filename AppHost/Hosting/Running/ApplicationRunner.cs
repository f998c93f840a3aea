using System.Diagnostics;
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using ImageRights.Dashboard;
using Microsoft.Extensions.Logging;

namespace ImageRights.Hosting;

/// <summary>Runs what AppHost.cs describes: addresses first, then everything at once, each part waiting for what it needs.</summary>
internal sealed class ApplicationRunner(
    IReadOnlyList<IResource> resources, HostSettings settings, ResourceNotificationService notifications, ILoggerFactory loggers)
    : IResourceService, IAsyncDisposable
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly List<Supervised> services = [];
    private readonly List<Supervised> servers = [];
    private readonly List<ReplicaProxy> proxies = [];
    private readonly List<Task> watches = [];
    private readonly CancellationTokenSource stopping = new();
    private readonly SecretMask mask = new();
    private IAsyncDisposable? dashboard;
    private FileStream? lockFile;

    private string EndpointsPath => Path.Combine(settings.DataDirectory, "endpoints.json");

    IReadOnlyList<ResourceSnapshot> IResourceService.Snapshots => notifications.Snapshots;

    IReadOnlyList<ConsoleLine> IResourceService.ConsoleLines(string resource, long afterNumber, int limit) =>
        Units.FirstOrDefault(unit => unit.Name == resource)?.Log.After(afterNumber, limit) ?? [];

    Task IResourceService.ExecuteAsync(string resource, string command, CancellationToken cancellationToken)
    {
        var meant = Units.Where(unit => unit.Name == resource || unit.Resource.Name == resource).ToList();
        return meant.Count > 0 ? Task.WhenAll(meant.Select(unit => unit.ExecuteAsync(command))) : throw new ArgumentException($"There is no process \"{resource}\".", nameof(resource));
    }

    private IEnumerable<Supervised> Units => servers.Concat(services);

    /// <summary>Returns when everything is healthy.</summary>
    internal async Task StartAsync(CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        TakeLock();
        File.Delete(EndpointsPath);
        foreach (var parameter in resources.OfType<ParameterResource>()) await AddAsync(parameter, cancellationToken);
        foreach (var server in resources.OfType<PostgresServerResource>()) Add(server);
        foreach (var server in resources.OfType<RabbitMQServerResource>()) Add(server);
        var telemetry = settings.DashboardEnabled ? new OtlpTarget(settings.OtlpGrpcUrl, settings.OtlpApiKey) : null;
        mask.Add(settings.OtlpApiKey);
        Allocate();
        foreach (var project in resources.OfType<ProjectResource>()) Add(project, telemetry);

        if (settings.DashboardEnabled) await StartDashboardAsync(cancellationToken);
        foreach (var unit in Units) unit.Start();
        await WaitUntilHealthyAsync(cancellationToken);
        await PublishAddressesAsync(clock.Elapsed, cancellationToken);
    }

    /// <summary>Services first, then what they depend on.</summary>
    internal async Task StopAsync(CancellationToken urgent)
    {
        await stopping.CancelAsync();
        File.Delete(EndpointsPath);
        await Task.WhenAll(services.Select(unit => unit.StopAsync(urgent)));
        foreach (var proxy in proxies) await proxy.DisposeAsync();
        proxies.Clear();
        await Task.WhenAll(watches);
        await Task.WhenAll(servers.Select(unit => unit.StopAsync(urgent)));
        if (dashboard is not null) await dashboard.DisposeAsync();
        dashboard = null;
        lockFile?.Dispose();
        lockFile = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (lockFile is not null) await StopAsync(CancellationToken.None);
        foreach (var unit in Units) await unit.DisposeAsync();
        services.Clear();
        servers.Clear();
    }

    private void TakeLock()
    {
        Directory.CreateDirectory(settings.DataDirectory);
        var path = Path.Combine(settings.DataDirectory, "apphost.lock");
        try
        {
            lockFile = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
            lockFile.SetLength(0);
            lockFile.Write(System.Text.Encoding.ASCII.GetBytes($"{Environment.ProcessId}"));
            lockFile.Flush();
        }
        catch (IOException fault)
        {
            throw new HostingException($"Another AppHost already runs with the data in {settings.DataDirectory}.",
                "Use or stop that one (`cat` the file apphost.lock there for its process id), or start with another IMAGERIGHTS_DATA and IMAGERIGHTS_RANDOM_PORTS=true.", inner: fault);
        }
        catch (UnauthorizedAccessException fault)
        {
            throw new HostingException($"{settings.DataDirectory} cannot be written to: {fault.Message}", "Run as its owner, or set IMAGERIGHTS_DATA to a folder of yours.", inner: fault);
        }
    }

    private async Task AddAsync(ParameterResource parameter, CancellationToken cancellationToken)
    {
        var unit = new PassiveUnit(parameter, "Parameter", KnownResourceStates.Running, notifications);
        var value = await parameter.GetValueAsync(cancellationToken) ?? "";
        if (parameter.Secret) mask.Add(value);
        unit.Update(s => s with { Health = ResourceHealth.Healthy, Properties = new Dictionary<string, string> { ["value"] = mask.Mask(value) } });
    }

    private void Add(PostgresServerResource server)
    {
        var databases = server.Databases.ToDictionary(database => database, database => new PassiveUnit(database, "PostgresDatabase", KnownResourceStates.Waiting, notifications));
        foreach (var (database, unit) in databases.Where(d => d.Key.ExternalConnectionString is not null))
            Watch(unit, database.ExternalConnectionString!, token => LocalPostgres.CheckAsync(database.ExternalConnectionString!, token), _ => Task.CompletedTask);

        if (settings.ExternalConnectionString(server.Name) is { Length: > 0 } external)
        {
            server.Allocate(external);
            var unit = new PassiveUnit(server, "PostgresServer", KnownResourceStates.Waiting, notifications);
            Watch(unit, external, token => CheckExternalServerAsync(external, token), token => CreateDatabasesAsync(external, token));
        }
        else if (databases.Keys.Any(database => database.ExternalConnectionString is null) || databases.Count == 0)
        {
            var local = new LocalPostgres(OptionsOf(server, server.Port, server.UserNameParameter, server.PasswordParameter), new ConsoleLog(LogPath(server.Name)));
            servers.Add(new LocalServerUnit(server, "PostgresServer", local, async (connectionString, token) =>
            {
                server.Allocate(connectionString);
                await CreateDatabasesAsync(connectionString, token);
            }, DatabasesAreGone, mask, LogPath(server.Name), notifications));
        }
        else
        {
            new PassiveUnit(server, "PostgresServer", KnownResourceStates.Running, notifications)
                .Update(s => s with { Health = ResourceHealth.Healthy, HealthReport = "every database is given from outside" });
        }

        async Task CreateDatabasesAsync(string connectionString, CancellationToken token)
        {
            foreach (var (database, unit) in databases.Where(d => d.Key.ExternalConnectionString is null))
            {
                await LocalPostgres.CreateDatabaseAsync(connectionString, database.DatabaseName, token);
                unit.Update(s => s with { State = KnownResourceStates.Running, Health = ResourceHealth.Healthy, HealthReport = null });
                var own = mask.Mask((await database.GetConnectionStringAsync(token))!);
                unit.Update(s => s with { Properties = new Dictionary<string, string> { ["connection string"] = own } });
            }
        }

        void DatabasesAreGone()
        {
            foreach (var (_, unit) in databases.Where(d => d.Key.ExternalConnectionString is null))
                unit.Update(s => s with { State = KnownResourceStates.Waiting, Health = ResourceHealth.Unhealthy, HealthReport = $"{server.Name} does not run" });
        }

        void Watch(PassiveUnit unit, string connectionString, Func<CancellationToken, Task<string?>> check, Func<CancellationToken, Task> onReady)
        {
            mask.Add(new Npgsql.NpgsqlConnectionStringBuilder(connectionString).Password);
            unit.Update(s => s with { Properties = new Dictionary<string, string> { ["connection string"] = mask.Mask(connectionString), ["from"] = "outside" } });
            watches.Add(unit.WatchAsync(check, onReady, stopping.Token));
        }

        static Task<string?> CheckExternalServerAsync(string connectionString, CancellationToken token)
        {
            var server = new Npgsql.NpgsqlConnectionStringBuilder(connectionString);
            server.Database ??= "postgres";
            return LocalPostgres.CheckAsync(server.ConnectionString, token);
        }
    }

    private void Add(RabbitMQServerResource server)
    {
        if (settings.ExternalConnectionString(server.Name) is { Length: > 0 } external)
        {
            server.Allocate(external);
            mask.Add(Uri.UnescapeDataString(new Uri(external).UserInfo.Split(':', 2)[^1]));
            var unit = new PassiveUnit(server, "RabbitMQServer", KnownResourceStates.Waiting, notifications);
            unit.Update(s => s with { Properties = new Dictionary<string, string> { ["connection string"] = mask.Mask(external), ["from"] = "outside" } });
            watches.Add(unit.WatchAsync(token => LocalRabbitMq.CheckAsync(external, token), _ => Task.CompletedTask, stopping.Token));
            return;
        }
        var local = new LocalRabbitMq(
            OptionsOf(server, server.Port, server.UserNameParameter, server.PasswordParameter) with { Definitions = server.Definitions }, new ConsoleLog(LogPath(server.Name)));
        servers.Add(new LocalServerUnit(server, "RabbitMQServer", local, (connectionString, _) =>
        {
            foreach (var user in local.ConnectionStrings.Values) mask.Add(new Uri(user).UserInfo.Split(':')[1]);
            server.Allocate(connectionString, local.ConnectionStrings);
            return Task.CompletedTask;
        }, () => { }, mask, LogPath(server.Name), notifications));
    }

    private LocalServerOptions OptionsOf(IResource server, int? port, ParameterResource? userName, ParameterResource? password) =>
        new(server.Annotations.OfType<DataDirectoryAnnotation>().LastOrDefault()?.Path ?? Path.Combine(settings.DataDirectory, server.Name))
        {
            Name = server.Name,
            Port = settings.RandomPorts ? 0 : port ?? 0,
            UserName = userName?.GetValueAsync().AsTask().GetAwaiter().GetResult(),
            Password = password?.GetValueAsync().AsTask().GetAwaiter().GetResult(),
            ThrowAway = settings.ThrowAway,
            Notice = line => Terminal.Say("  " + line),
        };

    /// <summary>Every public address is known before anything starts, so that services may refer to each other in a circle.</summary>
    private void Allocate()
    {
        foreach (var project in resources.OfType<ProjectResource>())
            foreach (var endpoint in project.Annotations.OfType<EndpointAnnotation>())
            {
                if (settings.RandomPorts || endpoint.Port is null) endpoint.AllocatedPort = Ports.Free();
                else
                {
                    var folder = Path.GetDirectoryName(project.Annotations.OfType<ProjectMetadataAnnotation>().Single().Metadata.ProjectPath)!;
                    Ports.EnsureFree(endpoint.Port.Value, project.Name, $"change applicationUrl in {Path.Combine(folder, "Properties", "launchSettings.json")}");
                    endpoint.AllocatedPort = endpoint.Port.Value;
                }
            }
    }

    private void Add(ProjectResource project, OtlpTarget? telemetry)
    {
        var count = project.Annotations.OfType<ReplicaAnnotation>().LastOrDefault()?.Replicas ?? 1;
        var endpoints = project.Annotations.OfType<EndpointAnnotation>().ToList();
        var replicas = Enumerable.Range(0, count).Select(index =>
        {
            var name = count == 1 ? project.Name : $"{project.Name}-{index}";
            var listens = endpoints.Select(e => new ProjectReplica.Listen(e, count == 1 ? e.AllocatedPort : Ports.Free())).ToList();
            return (Listens: listens, Unit: new ProjectReplica(project, name, listens, telemetry, settings, mask, LogPath(name), notifications));
        }).ToList();
        services.AddRange(replicas.Select(r => r.Unit));
        if (count > 1)
            for (var i = 0; i < endpoints.Count; i++)
                proxies.Add(new ReplicaProxy(endpoints[i].AllocatedPort, [.. replicas.Select(r => new ReplicaProxy.Replica(r.Listens[i].Port, () => r.Unit.IsAlive))]));
    }

    private string LogPath(string name) => Path.Combine(settings.DataDirectory, "logs", name + ".log");

    private async Task StartDashboardAsync(CancellationToken cancellationToken)
    {
        foreach (var (address, name) in (ReadOnlySpan<(Uri, string)>)[(settings.DashboardUrl, "ASPNETCORE_URLS"), (settings.OtlpGrpcUrl, "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"), (settings.OtlpHttpUrl, "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL")])
            Ports.EnsureFree(address.Port, "dashboard", $"change {name} in AppHost/Properties/launchSettings.json");
        var options = new DashboardOptions(settings.DashboardUrl, settings.OtlpGrpcUrl, settings.OtlpHttpUrl, settings.BrowserToken, settings.OtlpApiKey, settings.ApplicationName);
        dashboard = await DashboardApplication.StartAsync(this, options, loggers, cancellationToken);
    }

    private async Task WaitUntilHealthyAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(settings.StartTimeout);
        var said = new Dictionary<string, string>();
        try
        {
            await notifications.WaitUntilAnyAsync(replicas =>
            {
                foreach (var replica in replicas.Where(r => r.Kind is not ("Parameter" or "PostgresDatabase"))) Say(replica);
                return replicas.All(ResourceNotificationService.IsHealthy) || Units.Any(unit => unit.Failure is not null);
            }, deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var late = notifications.Snapshots.Where(s => !ResourceNotificationService.IsHealthy(s)).ToList();
            var first = Units.FirstOrDefault(unit => unit.Snapshot.ProcessId is not null && late.Contains(unit.Snapshot));
            throw new HostingException(
                $"Not healthy after {settings.StartTimeout.TotalSeconds:0} s: {string.Join("; ", late.Select(s => $"{s.Name} ({s.State}{(s.HealthReport is null ? "" : ": " + s.HealthReport)})"))}.",
                $"Read the console of {first?.Name ?? late[0].Name} in {LogPath(first?.Name ?? late[0].Name)}; a slow machine may need IMAGERIGHTS_START_TIMEOUT (seconds).", first?.Log.Tail());
        }
        if (Units.Select(unit => unit.Failure).FirstOrDefault(failure => failure is not null) is { } failed) throw failed;

        void Say(ResourceSnapshot replica)
        {
            var state = ResourceNotificationService.IsHealthy(replica) ? "healthy" : replica.State.ToLowerInvariant();
            if (replica.State == KnownResourceStates.NotStarted || said.GetValueOrDefault(replica.Name) == state) return;
            said[replica.Name] = state;
            var detail = state switch
            {
                "waiting" => replica.HealthReport ?? "",
                "healthy" when replica.ProcessId is not null => $"process {replica.ProcessId}{(replica.Urls.Count > 0 ? "  " + replica.Urls[0].Url : "")}",
                _ => "",
            };
            Terminal.Progress(replica.Name, state, detail);
        }
    }

    /// <summary>What the first start drew is shown by the start that drew it, and by no later one.</summary>
    private void ShowFirstCredentials(DateTime startedAt)
    {
        var path = Path.Combine(settings.DataDirectory, "first-credentials.env");
        if (!File.Exists(path) || File.GetLastWriteTimeUtc(path) < startedAt) return;
        Terminal.Say("First start. These credentials are shown once:");
        foreach (var line in File.ReadLines(path)) Terminal.Say("  " + line);
        Terminal.Say($"Sign in at the console; it asks for a password of your own. They are also in {path}, for you only: keep them elsewhere and delete it. ./run.sh token and the tour use the program's.");
    }

    private async Task PublishAddressesAsync(TimeSpan took, CancellationToken cancellationToken)
    {
        var addresses = new Dictionary<string, string>();
        foreach (var resource in resources)
        {
            var address = resource switch
            {
                IResourceWithConnectionString server => await server.GetConnectionStringAsync(cancellationToken),
                ProjectResource project => project.Annotations.OfType<EndpointAnnotation>().FirstOrDefault()?.Url,
                _ => null,
            };
            if (address is not null) addresses[resource.Name] = address;
            // Users that are no service of ours are somebody else's: here is what to hand them.
            if (resource is RabbitMQServerResource broker)
                foreach (var (user, its) in (await broker.GetUsersAsync(cancellationToken)).Where(pair => resources.All(r => r.Name != pair.Key)))
                    addresses[$"{broker.Name}-{user}"] = its;
        }
        var login = new Uri(settings.DashboardUrl, settings.BrowserToken is null ? "/" : $"/login?t={settings.BrowserToken}").ToString();
        if (settings.DashboardEnabled) addresses["dashboard"] = login;
        PrivateFile.Write(EndpointsPath, JsonSerializer.Serialize(addresses, Indented));

        var rows = resources.Where(r => addresses.ContainsKey(r.Name) && r is not PostgresDatabaseResource).Select(r =>
        {
            var replicas = notifications.Snapshots.Where(s => s.Group == r.Name).ToList();
            return (r.Name, replicas.Count > 1 ? $"healthy ({replicas.Count} processes)" : "healthy", mask.Mask(addresses[r.Name]));
        });
        Terminal.Addresses(rows, settings.DashboardEnabled ? login : null, settings.DataDirectory, took);
        ShowFirstCredentials(DateTime.UtcNow - took);
    }
}
