using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using ImageRights.Contracts.Ingestion.V1;
using ImageRights.EventStore;
using ImageRights.EventStore.Tests;
using ImageRights.ServiceDefaults.Messaging;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImageRights.Benchmarks;

/// <summary>What follows the log: sealing, catching up, rebuilding, publishing; with events of 0.3 kB, and with some of 30 kB as Matching's are.</summary>
public static class RecordBenchmark
{
    private static readonly string Large = string.Concat(Enumerable.Range(0, 3_000).Select(number => (number * 2654435761 % 10_000_000_000).ToString("D10", CultureInfo.InvariantCulture)));

    /// <summary>Runs what <c>only=</c> names, or everything.</summary>
    public static async Task RunAsync(string[] options)
    {
        var given = options.Select(option => option.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[^1], StringComparer.Ordinal);
        var amount = int.Parse(given.GetValueOrDefault("events", "200000"), CultureInfo.InvariantCulture);
        var large = int.Parse(given.GetValueOrDefault("large", "4000"), CultureInfo.InvariantCulture);
        var only = given.GetValueOrDefault("only")?.Split(',');
        await using var server = await PrivateServer.StartAsync("max_connections=200", "shared_buffers=512MB", "max_wal_size=4GB", "checkpoint_timeout=30min");
        Console.WriteLine($"load average {File.ReadAllText("/proc/loadavg").Trim()}; {Environment.ProcessorCount} cores");
        foreach (var (schema, count, body, unit) in new[] { ("small", amount, "The picture shows the same sunset over the same pier, mirrored and cropped.", "0.3 kB"), ("large", large, Large, "30 kB") })
        {
            await using var store = new DocumentStore(Configured(server, schema));
            await store.ApplySchemaAsync(CancellationToken.None);
            var watch = Stopwatch.StartNew();
            await Parallel.ForEachAsync(Enumerable.Range(0, count / 20), new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (number, _) =>
            {
                await using var session = store.LightweightSession();
                session.Events.StartStream($"note-{number}", [.. Enumerable.Range(0, 20).Select(place => (object)new Noted(body, place))]);
                await session.SaveChangesAsync(CancellationToken.None);
            });
            Print($"20 events a transaction with snapshot, {unit} each", count / watch.Elapsed.TotalSeconds, null);
            if (Wanted("follow")) Print($"follower catch-up, {unit}", count / (await FollowAsync(server, schema, count)).TotalSeconds, schema == "small" ? 50_000 : null);
            if (Wanted("seal")) Print($"sealing, {unit}", count / (await SealAsync(server, schema, store, count)).TotalSeconds, schema == "small" ? 20_000 : null);
            if (Wanted("rebuild")) Print($"rebuild of a read model, {unit}", (await store.RebuildAsync(nameof(Card))).Progress.PerSecond, schema == "small" ? 20_000 : null);
        }
        if (Wanted("publish")) await PublishAsync(server, Environment.GetEnvironmentVariable("IMAGERIGHTS_TEST_MESSAGING"));
        Console.WriteLine($"load average {File.ReadAllText("/proc/loadavg").Trim()}");

        bool Wanted(string name) => only is null || only.Contains(name);
    }

    private static void Print(string what, double perSecond, double? goal) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{what,-56}{perSecond,10:0}/s{(goal is { } wanted ? $"   goal {wanted:0}   ratio {perSecond / wanted:0.00}" : "")}"));

    private static async Task<TimeSpan> FollowAsync(PrivateServer server, string schema, long count)
    {
        var counting = new Counting(count);
        using var host = Hosted(server, schema, options => options.Follow("catch-up", _ => counting));
        var watch = Stopwatch.StartNew();
        await host.StartAsync();
        await counting.Done.Task.WaitAsync(TimeSpan.FromMinutes(5));
        var elapsed = watch.Elapsed;
        await host.StopAsync();
        return elapsed;
    }

    private static async Task<TimeSpan> SealAsync(PrivateServer server, string schema, DocumentStore store, long count)
    {
        using var host = Hosted(server, schema, options => options.KeepTransparencyLog(null));
        var watch = Stopwatch.StartNew();
        await host.StartAsync();
        await using var size = store.AcrossTenants.CreateCommand($"select coalesce(max(size), 0) from {schema}.mt_log_checkpoints");
        while ((long)(await size.ExecuteScalarAsync())! < count) await Task.Delay(10);
        var elapsed = watch.Elapsed;
        await host.StopAsync();
        return elapsed;
    }

    /// <summary>500 events a second for ten seconds: from the answer of the save until a consumer of another queue has the message.</summary>
    private static async Task PublishAsync(PrivateServer server, string? broker)
    {
        if (broker is null)
        {
            Console.WriteLine("commit to published message: set IMAGERIGHTS_TEST_MESSAGING to a RabbitMQ broker");
            return;
        }
        const int perSecond = 500;
        var saved = new ConcurrentDictionary<string, long>();
        var heard = new ConcurrentDictionary<string, long>();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["ConnectionStrings:messaging"] = broker;
        builder.Configuration["Messaging:AwaitSubscribers"] = "false";
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddEventStore(options =>
        {
            Configure(options, server, "published");
            options.PublishFacts(e => new LicenceEnded(e.TenantId, e.StreamKey, "wrk", "account", e.Timestamp));
        });
        builder.AddBus("benchmark");
        using var host = builder.Build();
        await host.StartAsync();
        var listener = Bus.Factory.CreateUsingRabbitMq(rabbit =>
        {
            rabbit.Host(new Uri(broker));
            rabbit.ReceiveEndpoint($"benchmark-{Guid.CreateVersion7():N}", endpoint =>
            {
                endpoint.AutoDelete = true;
                endpoint.PrefetchCount = 128;
                endpoint.Handler<LicenceEnded>(context =>
                {
                    heard.TryAdd(context.Message.LicenceId, Stopwatch.GetTimestamp());
                    return Task.CompletedTask;
                });
            });
        });
        await listener.StartAsync();
        var store = host.Services.GetRequiredService<DocumentStore>();
        foreach (var (run, seconds) in new[] { ("warm", 3), ("timed", 10) })
        {
            var work = new List<Task>();
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
            for (var tick = 0; tick < seconds * 100 && await timer.WaitForNextTickAsync(); tick++)
            {
                work.AddRange(Enumerable.Range(0, perSecond / 100).Select(place => SaveAsync($"note-{run}-{tick}-{place}")));
            }
            await Task.WhenAll(work);
        }
        for (var waited = 0; waited < 1000 && heard.Count < saved.Count; waited++) await Task.Delay(10);
        var delays = saved.Where(pair => pair.Key.Contains("timed", StringComparison.Ordinal)).Select(pair => Stopwatch.GetElapsedTime(pair.Value, heard[pair.Key]).TotalMilliseconds).Order().ToArray();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"commit to message at a consumer, {perSecond} events/s: p50 {delays[delays.Length / 2]:0.0} ms   p99 {delays[(int)(delays.Length * 0.99)]:0.0} ms   goal 100   ratio {100 / delays[(int)(delays.Length * 0.99)]:0.00}   ({heard.Count} of {saved.Count} heard)"));
        await listener.StopAsync();
        await host.StopAsync();

        async Task SaveAsync(string key)
        {
            await using var session = store.LightweightSession();
            session.Events.StartStream(key, new Noted("short", 1));
            await session.SaveChangesAsync();
            saved[key] = Stopwatch.GetTimestamp();
        }
    }

    private static IHost Hosted(PrivateServer server, string schema, Action<StoreOptions> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddEventStore(options =>
        {
            Configure(options, server, schema);
            configure(options);
        });
        return builder.Build();
    }

    private static StoreOptions Configured(PrivateServer server, string schema)
    {
        var options = new StoreOptions();
        Configure(options, server, schema);
        return options;
    }

    private static void Configure(StoreOptions options, PrivateServer server, string schema)
    {
        options.ServiceName = "benchmark";
        options.ConnectionString = server.ConnectionString;
        options.DatabaseSchemaName = schema;
        options.Events.Map<Noted>("noted_v1");
        options.Projections.InlineSnapshot<Card>("note-", (card, e) => new Card(e.StreamKey, (card?.Count ?? 0) + 1, ((Noted)e.Data).Text.Length));
    }

    private sealed record Noted(string Text, int Place);

    private sealed record Card(string Id, int Count, int Length);

    private sealed class Counting(long expected) : ISubscription
    {
        private long seen;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task ProcessEventsAsync(EventPage page, CancellationToken cancellationToken)
        {
            if ((seen += page.Events.Count) >= expected) Done.TrySetResult();
            return Task.CompletedTask;
        }
    }
}
