using System.Diagnostics;
using System.Net;
using ImageRights.EventStore;
using ImageRights.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ImageRights.Matching.IntegrationTests;

/// <summary>The service in this process, on real Kestrel.</summary>
internal sealed class Replica : IAsyncDisposable
{
    private readonly WebApplication app;

    private Replica(WebApplication app)
    {
        this.app = app;
        Http = new HttpClient
        {
            BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()),
            Timeout = TimeSpan.FromSeconds(30),
        }.Authorized();
    }

    public HttpClient Http { get; }

    public DocumentStore Store => app.Services.GetRequiredService<DocumentStore>();

    public IReadOnlyList<FollowerStatus> Followers => app.Services.FollowerStatuses();

    public static string[] Arguments(Surroundings surroundings, string url) =>
    [
        $"--urls={url}", $"--ConnectionStrings:matchingdb={surroundings.Database}", $"--ConnectionStrings:messaging={surroundings.Messaging}",
        "--Messaging:AwaitSubscribers=false", .. TestAccess.Settings, "--Logging:LogLevel:Default=Critical",
    ];

    /// <summary>Starts it and waits until it is healthy, when its queues are bound.</summary>
    public static async Task<Replica> StartAsync(Surroundings surroundings, params string[] settings)
    {
        var replica = await StartWithoutWaitingAsync(surroundings, settings);
        await Eventually.HoldsAsync(async () => (await replica.Http.GetAsync("/health")).StatusCode.ShouldBe(HttpStatusCode.OK), Surroundings.Patience, "health");
        return replica;
    }

    /// <summary>Starts it; its index may not have read the log yet.</summary>
    public static async Task<Replica> StartWithoutWaitingAsync(Surroundings surroundings, params string[] settings)
    {
        var app = Composition.Build([.. Arguments(surroundings, "http://127.0.0.1:0"), .. settings]);
        await app.StartAsync().WaitAsync(Surroundings.Patience);
        return new Replica(app);
    }

    /// <summary>What the index says of its health.</summary>
    public async Task<HealthReportEntry> IndexHealthAsync() =>
        (await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == "index")).Entries["index"];

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.StopAsync().WaitAsync(Surroundings.Patience);
        await app.DisposeAsync();
    }
}

/// <summary>The service as a process of its own, so that it can be killed as a machine fault would.</summary>
internal sealed class ReplicaProcess : IDisposable
{
    private readonly Process process;

    private ReplicaProcess(Process process, string url) =>
        (this.process, Http) = (process, new HttpClient { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(5) }.Authorized());

    public HttpClient Http { get; }

    public static async Task<ReplicaProcess> StartAsync(Surroundings surroundings)
    {
        var url = $"http://127.0.0.1:{FreePort.Next()}";
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(typeof(Composition).Assembly.Location);
        foreach (var argument in Replica.Arguments(surroundings, url)) start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        // A full pipe would stop it.
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var replica = new ReplicaProcess(process, url);
        await Eventually.HoldsAsync(async () => (await replica.Http.GetAsync("/health")).StatusCode.ShouldBe(HttpStatusCode.OK), Surroundings.Patience, "health");
        return replica;
    }

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit(10_000).ShouldBeTrue();
    }

    public void Dispose()
    {
        Http.Dispose();
        if (!process.HasExited) process.Kill();
        process.Dispose();
    }
}
