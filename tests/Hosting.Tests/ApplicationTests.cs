using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using ImageRights.Dashboard;
using Microsoft.Extensions.DependencyInjection;

namespace ImageRights.Hosting.Tests;

/// <summary>Whole applications of sample services, on free ports.</summary>
public sealed class ApplicationTests : IDisposable
{
    private static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromMinutes(3)).Token;
    private readonly TemporaryDirectory directory = new();
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(10) };

    public void Dispose()
    {
        http.Dispose();
        directory.Dispose();
    }

    private IDistributedApplicationBuilder Builder(params string[] args) => DistributedApplication.CreateBuilder(new DistributedApplicationOptions
    {
        Args = [$"--IMAGERIGHTS_DATA={directory.Path}", "--IMAGERIGHTS_RANDOM_PORTS=true", "--IMAGERIGHTS_THROW_AWAY=true", .. args],
        AssemblyName = "ImageRights.Hosting.Tests",
        DisableDashboard = true,
    });

    private static IResourceService Parts(DistributedApplication application) => application.Services.GetRequiredService<ApplicationRunner>();

    private static int? ProcessOf(DistributedApplication application, string name) => Parts(application).Snapshots.Single(s => s.Name == name).ProcessId;

    private static string UrlOf(DistributedApplication application, string name) => Parts(application).Snapshots.First(s => s.Group == name).Urls[0].Url;

    [Fact]
    public async Task A_killed_service_is_started_again_and_its_siblings_answer_meanwhile()
    {
        var builder = Builder();
        builder.AddProject<Projects.SampleService>("fingerprint").WithReplicas(2).WithHttpHealthCheck("/health");
        await using var application = builder.Build();
        await application.StartAsync(Patience);
        var killed = ProcessOf(application, "fingerprint-0").ShouldNotBeNull();
        var sibling = ProcessOf(application, "fingerprint-1").ShouldNotBeNull();

        ProcessTable.Signal(killed, ProcessTable.SigKill);
        await Eventually.HoldsAsync(() => ProcessTable.StartTicks(killed) is null, "gone");
        // A connection that was open to the killed one is reset, once; the next goes to the sibling.
        var answers = 0;
        for (var i = 0; i < 6 && answers < 4; i++)
        {
            try
            {
                (await http.GetStringAsync(UrlOf(application, "fingerprint") + "/process", Patience)).ShouldNotBeNull();
                answers++;
            }
            catch (HttpRequestException)
            {
                i.ShouldBeLessThan(2, "only connections from before the kill may break");
            }
        }
        answers.ShouldBe(4);
        await Eventually.HoldsAsync(() => Parts(application).Snapshots.Single(s => s.Name == "fingerprint-0") is { RestartCount: 1, Health: ResourceHealth.Healthy }, "started again");

        ProcessOf(application, "fingerprint-0").ShouldNotBe(killed);
        ProcessOf(application, "fingerprint-1").ShouldBe(sibling);
    }

    [Fact]
    public async Task A_killed_service_whose_port_somebody_took_is_started_again_when_it_is_free()
    {
        var builder = Builder();
        builder.AddProject<Projects.SampleService>("matching").WithHttpHealthCheck("/health");
        await using var application = builder.Build();
        await application.StartAsync(Patience);
        var port = new Uri(UrlOf(application, "matching")).Port;

        using (await TakeAsync())
            await Eventually.HoldsAsync(() => Parts(application).Snapshots.Single() is var s && s.State == KnownResourceStates.FailedToStart && s.HealthReport!.Contains($"Port {port}", StringComparison.Ordinal), "told");

        await application.ResourceNotifications.WaitForResourceHealthyAsync("matching", Patience);

        // On a busy machine it may run again before its port was taken.
        async Task<TcpListener> TakeAsync()
        {
            while (true)
            {
                await application.ResourceNotifications.WaitForResourceHealthyAsync("matching", Patience);
                var process = ProcessOf(application, "matching").ShouldNotBeNull();
                ProcessTable.Signal(process, ProcessTable.SigKill);
                await Eventually.HoldsAsync(() => ProcessTable.StartTicks(process) is null, "gone");
                var listener = new TcpListener(IPAddress.Loopback, port);
                try
                {
                    listener.Start();
                    return listener;
                }
                catch (SocketException)
                {
                    listener.Dispose();
                    await Eventually.HoldsAsync(() => ProcessOf(application, "matching") is { } next && next != process, "started again");
                }
            }
        }
    }

    [Fact]
    public async Task Services_that_refer_to_each_other_get_each_others_address()
    {
        var builder = Builder();
        var ingestion = builder.AddProject<Projects.SampleService>("ingestion").WithHttpHealthCheck("/health");
        var fingerprint = builder.AddProject<Projects.SampleService>("fingerprint").WithReference(ingestion).WaitFor(ingestion).WithHttpHealthCheck("/health");
        ingestion.WithReference(fingerprint);
        await using var application = builder.Build();
        await application.StartAsync(Patience);

        (await http.GetStringAsync(UrlOf(application, "ingestion") + "/environment/services__fingerprint__http__0", Patience)).ShouldBe(UrlOf(application, "fingerprint"));
        (await http.GetStringAsync(UrlOf(application, "fingerprint") + "/environment/services__ingestion__http__0", Patience)).ShouldBe(UrlOf(application, "ingestion"));
    }

    [Fact]
    public async Task A_service_that_cannot_start_is_named_with_its_exit_code_and_last_words()
    {
        var builder = Builder();
        builder.AddProject<Projects.SampleService>("matching").WithEnvironment("FAIL_AT_START", "no index to be found").WithHttpHealthCheck("/health");
        await using var application = builder.Build();

        var fault = await Should.ThrowAsync<HostingException>(() => application.StartAsync(Patience));

        fault.Message.ShouldContain("matching");
        fault.Message.ShouldContain("exit code 7");
        fault.Output.ShouldContain("no index to be found");
        fault.NextStep.ShouldContain("matching.log");
    }

    [Fact]
    public async Task A_service_that_never_gets_healthy_fails_the_start_by_name()
    {
        var builder = Builder("--IMAGERIGHTS_START_TIMEOUT=5");
        builder.AddProject<Projects.SampleService>("matching").WithHttpHealthCheck("/not-there");
        await using var application = builder.Build();

        var fault = await Should.ThrowAsync<HostingException>(() => application.StartAsync(Patience));

        fault.Message.ShouldContain("matching");
        fault.Message.ShouldContain("/not-there answers 404");
    }

    [Fact]
    public async Task Stop_start_and_restart_are_obeyed_and_are_no_crashes()
    {
        var builder = Builder();
        builder.AddProject<Projects.SampleService>("matching").WithHttpHealthCheck("/health");
        await using var application = builder.Build();
        await application.StartAsync(Patience);
        var first = ProcessOf(application, "matching");

        await Parts(application).ExecuteAsync("matching", "stop", Patience);
        await application.ResourceNotifications.WaitForResourceAsync("matching", KnownResourceStates.Exited, Patience);
        await Parts(application).ExecuteAsync("matching", "start", Patience);
        await application.ResourceNotifications.WaitForResourceHealthyAsync("matching", Patience);
        var second = ProcessOf(application, "matching");
        await Parts(application).ExecuteAsync("matching", "restart", Patience);
        await Eventually.HoldsAsync(() => Parts(application).Snapshots.Single() is { Health: ResourceHealth.Healthy } s && s.ProcessId != second, "restarted");

        second.ShouldNotBe(first);
        Parts(application).Snapshots.Single().RestartCount.ShouldBe(0);
    }

    [Fact]
    public async Task After_a_stop_no_process_is_left_and_the_addresses_are_gone()
    {
        var builder = Builder();
        builder.AddProject<Projects.SampleService>("matching").WithReplicas(2).WithHttpHealthCheck("/health");
        var application = builder.Build();
        await application.StartAsync(Patience);
        var processes = Parts(application).Snapshots.Select(s => s.ProcessId!.Value).ToList();
        File.Exists(Path.Combine(directory.Path, "endpoints.json")).ShouldBeTrue();

        await application.DisposeAsync();

        processes.ShouldAllBe(pid => ProcessTable.StartTicks(pid) == null);
        File.Exists(Path.Combine(directory.Path, "endpoints.json")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_second_AppHost_on_the_same_data_is_refused()
    {
        await using var first = Builder().Build();
        await first.StartAsync(Patience);
        await using var second = Builder().Build();

        (await Should.ThrowAsync<HostingException>(() => second.StartAsync(Patience))).Message.ShouldContain(directory.Path);
    }

    [Fact]
    public async Task A_server_from_outside_takes_the_place_of_the_local_one_and_gets_the_databases()
    {
        await using var outside = new LocalPostgres(new LocalServerOptions(Path.Combine(directory.Path, "outside")) { ThrowAway = true });
        await outside.StartAsync(Patience);
        var builder = Builder($"--ConnectionStrings:postgres={outside.ConnectionString}");
        var database = builder.AddPostgres("postgres").AddDatabase("casesdb");
        builder.AddProject<Projects.SampleService>("cases").WithReference(database).WaitFor(database).WithHttpHealthCheck("/health");
        await using var application = builder.Build();
        await application.StartAsync(Patience);

        Parts(application).Snapshots.Single(s => s.Name == "postgres").ProcessId.ShouldBeNull();
        var given = await http.GetStringAsync(UrlOf(application, "cases") + "/environment/ConnectionStrings__casesdb", Patience);
        (await LocalPostgres.CheckAsync(given, Patience)).ShouldBeNull();
        given.ShouldContain($"Port={outside.Port}");
    }

    [Fact]
    public async Task Shown_environment_has_no_secret_in_it()
    {
        var builder = Builder();
        var key = builder.AddParameter("vault-key", secret: true);
        var database = builder.AddPostgres("postgres").AddDatabase("casesdb");
        builder.AddProject<Projects.SampleService>("cases").WithReference(database).WaitFor(database).WithEnvironment("Vault__Key", key).WithHttpHealthCheck("/health");
        await using var application = builder.Build();
        await application.StartAsync(Patience);

        var secret = await key.Resource.GetValueAsync(Patience);
        var password = new Npgsql.NpgsqlConnectionStringBuilder(await database.Resource.GetConnectionStringAsync(Patience)).Password;
        var shown = string.Join('\n', Parts(application).Snapshots.SelectMany(s => s.Environment.Values.Concat(s.Properties.Values)));

        shown.ShouldContain("●●●●●●");
        shown.ShouldNotContain(secret!);
        shown.ShouldNotContain(password!);
    }
}
