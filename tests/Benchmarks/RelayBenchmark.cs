using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ImageRights.Contracts.CaseManagement.V1;
using ImageRights.EventStore;
using ImageRights.EventStore.Tests;
using ImageRights.Hosting;
using ImageRights.TestKit;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ImageRights.Benchmarks;

/// <summary>Events from the broker to the webhooks of a fast receiver, by the Notification service as a process of its own: how many a second, and what one costs in processor time.
/// The receiver checks every signature; what was lost, doubled or wrong is counted.</summary>
public static class RelayBenchmark
{
    private const int Outstanding = 4096;
    private const int Publishers = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Runs it.</summary>
    public static async Task<int> RunAsync(string[] options)
    {
        var given = options.Select(option => option.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[^1], StringComparer.Ordinal);
        int Number(string name, int otherwise) => given.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
        var (warm, timed, endpoints) = (Number("warm", 20000), Number("events", 60000), Number("endpoints", 1));

        var directory = Path.Combine(Path.GetTempPath(), $"imagerights-relay-{Environment.ProcessId}");
        await using var database = await PrivateServer.StartAsync([.. given.ContainsKey("statements") ? ["shared_preload_libraries=pg_stat_statements"] : Array.Empty<string>(), "max_connections=200", "shared_buffers=512MB", "max_wal_size=4GB", "checkpoint_timeout=30min"]);
        await using var broker = new LocalRabbitMq(new LocalServerOptions(directory) { ThrowAway = true });
        await broker.StartAsync();
        await using var receiver = await FastReceiver.StartAsync();
        var service = Start(database.ConnectionString, broker.ConnectionString);
        try
        {
            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{service.Port}") }.Authorized();
            await Eventually.HoldsAsync(async () => (await http.GetStringAsync("/health")).Equals("Healthy", StringComparison.Ordinal), TimeSpan.FromSeconds(60));
            for (var number = 0; number < endpoints; number++)
            {
                using var answer = await http.PostAsJsonAsync("/v1/endpoints", new { url = receiver.Url(number), eventTypes = new[] { "imagerights.measure.applied.v1" } });
                receiver.Secrets[number] = Convert.FromBase64String((await answer.Content.ReadFromJsonAsync<JsonNode>())!["secret"]!.GetValue<string>()["whsec_".Length..]);
            }
            var bus = Bus.Factory.CreateUsingRabbitMq(rabbit => rabbit.Host(new Uri(broker.ConnectionString)));
            await bus.StartAsync(TimeSpan.FromSeconds(60));

            Console.WriteLine($"{endpoints} endpoints; {Environment.ProcessorCount} cores; load average {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
            await PublishAsync(bus, receiver, warm, endpoints);
            if (given.ContainsKey("statements"))
            {
                await using var connection = new Npgsql.NpgsqlConnection(database.ConnectionString);
                await connection.OpenAsync();
                await using var command = new Npgsql.NpgsqlCommand("create extension if not exists pg_stat_statements; select pg_stat_statements_reset();", connection);
                await command.ExecuteNonQueryAsync();
            }
            var before = Usage();
            var watch = Stopwatch.StartNew();
            await PublishAsync(bus, receiver, timed, endpoints);
            var seconds = watch.Elapsed.TotalSeconds;
            var after = Usage();
            await bus.StopAsync(TimeSpan.FromSeconds(10));

            var deliveries = timed * endpoints;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{timed} events, {deliveries} deliveries in {seconds:0.0} s: {deliveries / seconds:0}/s   goal 3000   ratio {deliveries / seconds / 3000:0.00}"));
            foreach (var (name, used) in after) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name,-28}{(used - before[name]).TotalMicroseconds / deliveries,7:0} µs of processor a delivery"));
            if (given.ContainsKey("statements")) await StatementsAsync(database.ConnectionString, deliveries);
            Console.WriteLine($"lost {receiver.Expected - receiver.Distinct}, doubled {receiver.Doubled}, wrong {receiver.Wrong}");
            return receiver.Expected == receiver.Distinct && receiver.Doubled == 0 && receiver.Wrong == 0 ? 0 : 1;

            Dictionary<string, TimeSpan> Usage()
            {
                service.Process.Refresh();
                return new()
                {
                    ["notification"] = service.Process.TotalProcessorTime,
                    ["postgresql"] = database.ProcessorTime(),
                    ["rabbitmq"] = ProcessorTime(directory),
                    ["publisher and receiver (here)"] = Environment.CpuUsage.TotalTime,
                };
            }
        }
        finally
        {
            service.Process.Kill(entireProcessTree: true);
            await service.Process.WaitForExitAsync();
        }
    }

    private static async Task PublishAsync(IBus bus, FastReceiver receiver, int count, int endpoints)
    {
        receiver.Expected += count * endpoints;
        var (number, first) = (0, receiver.Expected - count * endpoints);
        await Task.WhenAll(Enumerable.Range(0, Publishers).Select(async _ =>
        {
            while (Interlocked.Increment(ref number) is var mine && mine <= count)
            {
                while (first + mine * endpoints - receiver.Distinct > Outstanding) await Task.Delay(1);
                await bus.Publish(new MeasureApplied(
                    DocumentStore.DefaultTenant, $"case_{mine}", "msr_1", "img_1", "seller-1", null, "Copyright_Infringement", "The picture shows the same sunset.", "reviewer-1", DateTimeOffset.UtcNow));
            }
        }));
        var watch = Stopwatch.StartNew();
        for (; receiver.Distinct < receiver.Expected && watch.Elapsed < Patience;) await Task.Delay(5);
    }

    private static async Task StatementsAsync(string database, int deliveries)
    {
        await using var connection = new Npgsql.NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new Npgsql.NpgsqlCommand("select calls, total_exec_time * 1000, rows, left(regexp_replace(query, '\\s+', ' ', 'g'), 160) from pg_stat_statements order by total_exec_time desc limit 25", connection);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {reader.GetDouble(1) / deliveries,7:0.0} µs {(double)reader.GetInt64(0) / deliveries,7:0.000} calls {reader.GetString(3)}"));
    }

    private static (Process Process, int Port) Start(string database, string broker)
    {
        var port = FreePort.Next();
        string[] settings =
        [
            $"--urls=http://127.0.0.1:{port}", $"--ConnectionStrings:notificationdb={database}", $"--ConnectionStrings:messaging={broker}", "--Messaging:AwaitSubscribers=false",
            $"--Secrets:Key={Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}", "--Egress:AllowLoopback=true", "--Egress:AllowHttp=true", "--Logging:LogLevel:Default=Warning", .. TestAccess.Settings,
        ];
        return (Process.Start(new ProcessStartInfo("dotnet", ["exec", typeof(Notification.Composition).Assembly.Location, .. settings]) { WorkingDirectory = AppContext.BaseDirectory })!, port);
    }

    /// <summary>Of the broker, known by the directory in its environment.</summary>
    private static TimeSpan ProcessorTime(string directory) => TimeSpan.FromTicks(Process.GetProcesses().Sum(process =>
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/environ").Contains(directory, StringComparison.Ordinal) ? process.TotalProcessorTime.Ticks : 0;
        }
        catch (Exception gone) when (gone is IOException or InvalidOperationException or UnauthorizedAccessException)
        {
            return 0;
        }
    }));

    /// <summary>Answers 204 at once, and keeps account.</summary>
    private sealed class FastReceiver : IAsyncDisposable
    {
        private readonly WebApplication app;
        private readonly ConcurrentDictionary<(int Endpoint, string Id), bool> seen = [];
        private int distinct, doubled, wrong;

        private FastReceiver(WebApplication app) => this.app = app;

        public ConcurrentDictionary<int, byte[]> Secrets { get; } = [];
        public int Expected { get; set; }
        public int Distinct => Volatile.Read(ref distinct);
        public int Doubled => doubled;
        public int Wrong => wrong;

        public static async Task<FastReceiver> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
            var receiver = new FastReceiver(builder.Build());
            receiver.app.Run(receiver.HearAsync);
            await receiver.app.StartAsync();
            return receiver;
        }

        public string Url(int endpoint) => $"{app.Urls.Single()}/{endpoint}";

        private async Task HearAsync(HttpContext context)
        {
            var endpoint = int.Parse(context.Request.Path.Value.AsSpan(1), CultureInfo.InvariantCulture);
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            var (id, timestamp) = (context.Request.Headers["webhook-id"].ToString(), context.Request.Headers["webhook-timestamp"].ToString());
            byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body.GetBuffer().AsSpan(0, (int)body.Length)];
            if (context.Request.Headers["webhook-signature"] != "v1," + Convert.ToBase64String(HMACSHA256.HashData(Secrets[endpoint], signed))) Interlocked.Increment(ref wrong);
            else if (seen.TryAdd((endpoint, id), true)) Interlocked.Increment(ref distinct);
            else Interlocked.Increment(ref doubled);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
