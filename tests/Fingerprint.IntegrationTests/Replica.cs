using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using ImageRights.Fingerprint.Decoding.Isolation;
using ImageRights.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace ImageRights.Fingerprint.IntegrationTests;

/// <summary>The service in this process, on real Kestrel, with real decoder processes.</summary>
internal sealed partial class Replica : IAsyncDisposable
{
    private const int StopSignal = 19;
    private const int KillSignal = 9;

    private readonly WebApplication app;
    private bool stopped;

    private Replica(WebApplication app)
    {
        this.app = app;
        Http = new HttpClient
        {
            BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()),
            Timeout = TimeSpan.FromSeconds(60),
        }.Authorized();
    }

    public HttpClient Http { get; }

    public IServiceProvider Services => app.Services;

    public static string[] Arguments(Surroundings surroundings, string url) =>
    [
        $"--urls={url}", $"--ConnectionStrings:fingerprintdb={surroundings.Database}", $"--ConnectionStrings:messaging={surroundings.Messaging}",
        "--Messaging:AwaitSubscribers=false", .. TestAccess.Settings, $"--services:ingestion:http:0={surroundings.Vault.Address}", "--Logging:LogLevel:Default=Critical",
        "--Fingerprint:FirstRetry=00:00:00.050", "--Fingerprint:LongestRetry=00:00:00.200", "--Fingerprint:ContentTries=3", "--Fingerprint:DecoderProcesses=1",
    ];

    /// <summary>Starts it and waits until it is healthy, when its queues are bound.</summary>
    public static async Task<Replica> StartAsync(Surroundings surroundings, params string[] more)
    {
        var app = Composition.Build([.. Arguments(surroundings, "http://127.0.0.1:0"), .. more]);
        await app.StartAsync().WaitAsync(Surroundings.Patience);
        var replica = new Replica(app);
        await Eventually.HoldsAsync(async () => (await replica.Http.GetAsync("/health")).StatusCode.ShouldBe(HttpStatusCode.OK), Surroundings.Patience, "health");
        return replica;
    }

    /// <summary>Stops its only decoder, gives it work by <paramref name="start"/>, and kills it once it has that work.</summary>
    public async Task KillDecoderInTheMiddleOfAsync(Func<Task> start)
    {
        var decoders = app.Services.GetRequiredService<DecoderPool>();
        var id = await Eventually.GetAsync<object>(async () => (await decoders.IdleProcessesAsync()).Cast<object>().FirstOrDefault(), Surroundings.Patience, "an idle decoder");
        kill((int)id, StopSignal).ShouldBe(0);
        await start();
        await Eventually.HoldsAsync(async () => (await decoders.IdleProcessesAsync()).ShouldNotContain((int)id), Surroundings.Patience, "the decoder at work");
        kill((int)id, KillSignal).ShouldBe(0);
    }

    /// <summary>Ends it in order: what it has begun is done, what it has not stays in the queue.</summary>
    public async Task StopAsync()
    {
        if (stopped) return;
        stopped = true;
        Http.Dispose();
        await app.StopAsync().WaitAsync(Surroundings.Patience);
        await app.DisposeAsync();
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);
}

/// <summary>The service as a process of its own, so that it can be killed as a machine fault would.</summary>
internal sealed class ReplicaProcess : IDisposable
{
    private readonly Process process;

    private ReplicaProcess(Process process) => this.process = process;

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
        var replica = new ReplicaProcess(process);
        using var http = new HttpClient { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(10) };
        await Eventually.HoldsAsync(async () => (await http.GetAsync("/health")).StatusCode.ShouldBe(HttpStatusCode.OK), Surroundings.Patience, "health");
        return replica;
    }

    /// <summary>Its decoder processes.</summary>
    public IReadOnlyList<int> Decoders() =>
        [.. Directory.GetDirectories("/proc").Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0).Where(id => id > 0 && IsAlive(id) && ParentOf(id) == process.Id)];

    /// <summary>Whether a process runs; one that has ended and was not asked after yet does not.</summary>
    public static bool IsAlive(int id) => Status(id, "State:") is { } state && state[0] is not ('Z' or 'X');

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit(10_000).ShouldBeTrue();
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill();
        process.Dispose();
    }

    private static int ParentOf(int id) => int.Parse(Status(id, "PPid:") ?? "0");

    private static string? Status(int id, string field)
    {
        try
        {
            return File.ReadLines($"/proc/{id}/status").FirstOrDefault(line => line.StartsWith(field, StringComparison.Ordinal))?[field.Length..].Trim();
        }
        catch (IOException)
        {
            return null;
        }
    }
}
