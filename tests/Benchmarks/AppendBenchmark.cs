using System.Diagnostics;
using System.Globalization;
using ImageRights.EventStore;
using ImageRights.EventStore.Tests;
using ImageRights.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ImageRights.Benchmarks;

/// <summary>The event store beside pgbench: same server, same run, taking turns. Figures are per second; the ratio is what a shared machine can say.</summary>
public static class AppendBenchmark
{
    private static readonly Noted Event = new(
        "The picture shows the same sunset over the same pier, mirrored and cropped to the left half.", 4711, new DateOnly(2026, 5, 17), ["mirrored", "cropped"]);

    /// <summary>Runs what <c>only=</c> names, or everything.</summary>
    public static async Task RunAsync(string[] options)
    {
        var given = options.Select(option => option.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[^1], StringComparer.Ordinal);
        var seconds = int.Parse(given.GetValueOrDefault("seconds", "5"), CultureInfo.InvariantCulture);
        var writers = given.GetValueOrDefault("writers", "1,8,32,128").Split(',').Select(number => int.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        var only = given.GetValueOrDefault("only")?.Split(',');
        await using var server = await PrivateServer.StartAsync("max_connections=300", "shared_buffers=512MB", "max_wal_size=4GB", "checkpoint_timeout=30min");
        await using var bench = new Bench(server, TimeSpan.FromSeconds(seconds));
        await bench.PrepareAsync();
        await bench.WarmUpAsync();
        Console.WriteLine($"load average {File.ReadAllText("/proc/loadavg").Trim()}; {Environment.ProcessorCount} cores; {seconds} s each");

        if (Wanted("single", "new"))
        {
            Console.WriteLine($"{"single-event durable appends",-44}{"writers",8}{"pgbench",10}{"ours",10}{"ratio",8}{"goal",8}{"p50 ms",9}{"p99 ms",9}   CPU µs an append: pgbench client + server | ours");
            foreach (var count in writers)
            {
                var goal = count switch { 1 => 0.5, <= 8 => 0.8, <= 32 => 1.5, _ => 2 };
                var yardstick = await bench.PgbenchAsync(count);
                if (Wanted("single"))
                {
                    var result = await bench.RunAsync(count, bench.AppendToExistingAsync);
                    yardstick = yardstick.And(await bench.PgbenchAsync(count));
                    Print("to an existing stream", count, yardstick, result, goal);
                }
                if (Wanted("new"))
                {
                    var result = await bench.RunAsync(count, bench.AppendToNewAsync);
                    Print("to a new stream", count, yardstick, result, goal);
                }
            }
        }
        if (Wanted("fetch")) Report("fetch 20 events, append 1 (8 writers)", await bench.FetchAsync("long", 8), 1, 3000);
        if (Wanted("snapshot")) Report("the same with an inline snapshot (8 writers)", await bench.FetchAsync("dispute", 8), 1, 3000);
        if (Wanted("hundred")) Report("100 events a transaction (8 writers), events", await bench.RunAsync(8, bench.HundredAsync), 100, 60_000);
        if (Wanted("follow")) await bench.FollowAsync(50_000);
        Console.WriteLine($"load average {File.ReadAllText("/proc/loadavg").Trim()}");

        bool Wanted(params string[] names) => only is null || names.Any(only.Contains);
    }

    private static void Print(string what, int writers, Result yardstick, Result result, double goal) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"  {what,-42}{writers,8}{yardstick.PerSecond,10:0}{result.PerSecond,10:0}{result.PerSecond / yardstick.PerSecond,8:0.00}{goal,8:0.0}{result.Quantile(0.5),9:0.00}{result.Quantile(0.99),9:0.00}   {yardstick.Cost} | {result.Cost}"));

    private static void Report(string what, Result result, int each, double goal) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{what,-52}{result.PerSecond * each,10:0}/s   goal {goal:0}   p50 {result.Quantile(0.5):0.00} ms   p99 {result.Quantile(0.99):0.00} ms   CPU µs {result.Cost}"));

    private sealed record Noted(string Text, int Score, DateOnly Day, string[] Transforms);

    private sealed record Notes(int Count, string Last);

    private sealed record Card(string Id, int Count, string Last);

    private sealed record Result(double Operations, TimeSpan Elapsed, double[] Milliseconds, TimeSpan Client, TimeSpan Server)
    {
        public double PerSecond => Operations / Elapsed.TotalSeconds;
        public string Cost => string.Create(CultureInfo.InvariantCulture, $"{Client.TotalMicroseconds / Operations:0} + {Server.TotalMicroseconds / Operations:0}");
        public Result And(Result other) => new(Operations + other.Operations, Elapsed + other.Elapsed, Milliseconds, Client + other.Client, Server + other.Server);
        public double Quantile(double part) => Milliseconds.Length == 0 ? 0 : Milliseconds[(int)(part * (Milliseconds.Length - 1))];
    }

    private sealed class Bench(PrivateServer server, TimeSpan duration) : IAsyncDisposable
    {
        private readonly DocumentStore store = new(Configured(server));

        public async Task PrepareAsync()
        {
            await store.ApplySchemaAsync(CancellationToken.None);
            // As the server's owner: the store's own sessions may create nothing.
            await using var connection = new NpgsqlConnection(server.ConnectionString);
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand(
                """
                create table yardstick (
                    pos bigint generated always as identity, stream text not null, version bigint not null, data jsonb not null, type text not null,
                    written timestamptz not null default now(), transaction_id xid8 not null default pg_current_xact_id(),
                    primary key (stream, version), unique (pos))
                """, connection);
            await command.ExecuteNonQueryAsync();
        }

        public Task AppendToExistingAsync(DocumentStore target, int writer, int number) => AppendAsync(target, $"log-{writer}-{number % 50}");

        public Task AppendToNewAsync(DocumentStore target, int writer, int number) => AppendAsync(target, $"new-{Guid.CreateVersion7():N}");

        /// <summary>Until the just-in-time compiler has settled: for seconds it takes a quarter of a core from whatever is measured.</summary>
        public async Task WarmUpAsync()
        {
            foreach (var writers in (int[])[8, 1])
            {
                await RunForAsync(writers, TimeSpan.FromSeconds(5), AppendToExistingAsync);
                await RunForAsync(writers, TimeSpan.FromSeconds(5), AppendToNewAsync);
            }
        }

        private static async Task AppendAsync(DocumentStore target, string stream)
        {
            await using var session = target.LightweightSession();
            session.Events.Append(stream, Event);
            await session.SaveChangesAsync();
        }

        public async Task HundredAsync(DocumentStore target, int writer, int number)
        {
            await using var session = target.LightweightSession();
            session.Events.Append($"hundred-{writer}", Enumerable.Repeat<object>(Event, 100).ToArray());
            await session.SaveChangesAsync();
        }

        public async Task<Result> FetchAsync(string prefix, int writers)
        {
            // Enough streams that each is about 20 events long when its turn comes, and none is written by two at once.
            return await RunAsync(writers, async (target, writer, number) =>
            {
                await using var session = target.LightweightSession();
                var stream = await session.Events.FetchForWriting<Notes>($"{prefix}-{writer}-{number % 500}");
                stream.AppendOne(Event);
                await session.SaveChangesAsync();
            }, before: async target =>
            {
                await Parallel.ForEachAsync(Enumerable.Range(0, writers * 500), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (index, _) =>
                {
                    await using var session = target.LightweightSession();
                    session.Events.StartStream($"{prefix}-{index / 500}-{index % 500}", Enumerable.Repeat<object>(Event, 20).ToArray());
                    await session.SaveChangesAsync(CancellationToken.None);
                });
            });
        }

        public async Task<Result> RunAsync(int writers, Func<DocumentStore, int, int, Task> operation, Func<DocumentStore, Task>? before = null)
        {
            if (before is not null) await before(store);
            await RunForAsync(writers, TimeSpan.FromSeconds(3), operation);
            return await RunForAsync(writers, duration, operation);
        }

        private async Task<Result> RunForAsync(int writers, TimeSpan time, Func<DocumentStore, int, int, Task> operation)
        {
            var latencies = new List<double>[writers];
            var watch = Stopwatch.StartNew();
            var (client, serving) = (Process.GetCurrentProcess().TotalProcessorTime, server.ProcessorTime());
            await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
            {
                var mine = latencies[writer] = [];
                for (var number = 0; watch.Elapsed < time; number++)
                {
                    var start = Stopwatch.GetTimestamp();
                    await operation(store, writer, number);
                    mine.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                }
            })));
            var elapsed = watch.Elapsed;
            var all = latencies.SelectMany(each => each).Order().ToArray();
            return new Result(all.Length, elapsed, all, Process.GetCurrentProcess().TotalProcessorTime - client, server.ProcessorTime() - serving);
        }

        public async Task<Result> PgbenchAsync(int clients)
        {
            var script = Path.GetTempFileName();
            var body = System.Text.Json.JsonSerializer.Serialize(Event, StoreOptions.Json);
            await File.WriteAllTextAsync(script,
                $"\\set stream random(1, 1000000000)\n\\set version random(1, 1000000000)\ninsert into yardstick (stream, version, data, type) values ('log-' || :stream, :version, '{body}', 'noted_v1');\n");
            var start = new ProcessStartInfo(
                Path.Combine(PrivateServer.Binaries, "pgbench"),
                ["-n", "-M", "prepared", "-f", script, "-c", $"{clients}", "-j", $"{Math.Min(clients, 2)}", "-T", $"{duration.TotalSeconds:0}", "-h", "127.0.0.1", "-p", $"{server.Port}", "-U", "postgres", "postgres"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            var (client, serving) = (EndedChildren(), server.ProcessorTime());
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            File.Delete(script);
            var line = output.Split('\n').FirstOrDefault(text => text.StartsWith("tps =", StringComparison.Ordinal)) ?? throw new InvalidOperationException(await errors);
            var perSecond = double.Parse(line.Split(' ')[2], CultureInfo.InvariantCulture);
            return new Result(perSecond * duration.TotalSeconds, duration, [], EndedChildren() - client, server.ProcessorTime() - serving);
        }

        private static TimeSpan EndedChildren() => ProcessStat.Read(Environment.ProcessId)!.OfEnded;

        public async Task FollowAsync(double goal)
        {
            await using var count = store.AcrossTenants.CreateCommand("select count(*) from mt_events");
            var existing = (long)(await count.ExecuteScalarAsync())!;
            while (existing < 300_000)
            {
                await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => HundredAsync(store, writer, 0)));
                existing += 800;
            }
            foreach (var (kind, follow) in new (string, Action<StoreOptions, Counting>)[]
            {
                ("progress in the database", (options, counting) => options.Follow($"catch-up-{Guid.CreateVersion7():N}", _ => counting)),
                ("progress in the database, pages of 2000", (options, counting) => options.Follow($"catch-up-{Guid.CreateVersion7():N}", _ => counting, pageSize: 2000)),
                ("in memory", (options, counting) => options.FollowInMemory("catch-up", _ => counting)),
            })
            {
                var counting = new Counting(existing);
                var builder = Host.CreateEmptyApplicationBuilder(null);
                builder.Logging.SetMinimumLevel(LogLevel.None);
                builder.Services.AddEventStore(options =>
                {
                    Configure(options, server);
                    follow(options, counting);
                });
                using var host = builder.Build();
                var watch = Stopwatch.StartNew();
                await host.StartAsync();
                await counting.Done.Task.WaitAsync(TimeSpan.FromMinutes(5));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"follower catch-up, " + kind,-52}{existing / watch.Elapsed.TotalSeconds,10:0}/s   goal {goal:0}   ({existing} events)"));
                await host.StopAsync();
            }
        }

        private static StoreOptions Configured(PrivateServer server)
        {
            var options = new StoreOptions();
            Configure(options, server);
            return options;
        }

        private static void Configure(StoreOptions options, PrivateServer server)
        {
            options.ServiceName = "benchmark";
            options.ConnectionString = server.ConnectionString;
            options.Events.Map<Noted>("noted_v1");
            options.Projections.LiveStreamAggregation(new Notes(0, ""), (state, fact) => fact is Noted noted ? new Notes(state.Count + 1, noted.Text) : state);
            options.Projections.InlineSnapshot<Card>("dispute-", (card, e) => new Card(e.StreamKey, (card?.Count ?? 0) + 1, ((Noted)e.Data).Text));
        }

        public ValueTask DisposeAsync() => store.DisposeAsync();
    }

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
