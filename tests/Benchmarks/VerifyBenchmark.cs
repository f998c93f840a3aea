using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using ImageRights.EventStore;
using ImageRights.EventStore.Tests;
using ImageRights.EventStore.Transparency;
using ImageRights.Verifier;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ImageRights.Benchmarks;

/// <summary>Sealing and verifying a whole store: events a second by the clock and by the processor, and what the verifier keeps in memory.</summary>
public static class VerifyBenchmark
{
    private const int Batch = 20_000;

    /// <summary>Runs both, the verifier a few times.</summary>
    public static async Task RunAsync(string[] options)
    {
        var given = options.Select(option => option.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[^1], StringComparer.Ordinal);
        var events = int.Parse(given.GetValueOrDefault("events", "400000"), CultureInfo.InvariantCulture);
        var runs = int.Parse(given.GetValueOrDefault("runs", "3"), CultureInfo.InvariantCulture);
        await using var server = await PrivateServer.StartAsync("shared_buffers=512MB", "max_wal_size=4GB", "checkpoint_timeout=30min", "fsync=off");
        Console.WriteLine($"load average {File.ReadAllText("/proc/loadavg").Trim()}; {Environment.ProcessorCount} cores; {events} events");

        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddEventStore(store =>
        {
            store.ServiceName = "bench";
            store.ConnectionString = server.ConnectionString;
            store.KeepTransparencyLog(Convert.ToBase64String(SHA256.HashData("bench"u8)));
        });
        using (var schema = builder.Build())
        {
            var store = schema.Services.GetRequiredService<DocumentStore>();
            await store.ApplySchemaAsync(CancellationToken.None);
            await FillAsync(server.ConnectionString, events);
            var (client, serving, watch) = (Process.GetCurrentProcess().TotalProcessorTime, server.ProcessorTime(), Stopwatch.StartNew());
            await schema.StartAsync();
            await using var source = NpgsqlDataSource.Create(server.ConnectionString);
            await using var size = source.CreateCommand("select coalesce(max(size), 0) from mt_log_checkpoints");
            while ((long)(await size.ExecuteScalarAsync())! < events) await Task.Delay(50);
            Print("seal", events, watch.Elapsed, Process.GetCurrentProcess().TotalProcessorTime - client, server.ProcessorTime() - serving, 20_000);
            await schema.StopAsync();
        }
        for (var run = 0; run < runs; run++)
        {
            GC.Collect();
            var (client, serving, watch) = (Process.GetCurrentProcess().TotalProcessorTime, server.ProcessorTime(), Stopwatch.StartNew());
            var report = await new DatabaseCheck(server.ConnectionString, "public", [], []).RunAsync(CancellationToken.None);
            if (report.Wrong is not null || report.Events != events) throw new InvalidOperationException($"{report.Events} events: {report.Wrong}");
            Print("verify", events, watch.Elapsed, Process.GetCurrentProcess().TotalProcessorTime - client, server.ProcessorTime() - serving, 100_000);
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"managed memory {GC.GetTotalMemory(true) / 1e6:0} MB after, working set at most {Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:0} MB; load average {File.ReadAllText("/proc/loadavg").Trim()}"));
    }

    private static void Print(string what, int events, TimeSpan elapsed, TimeSpan client, TimeSpan server, int goal) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{what,-8}{events / elapsed.TotalSeconds,10:0} events/s   goal {goal}   CPU µs an event: {client.TotalMicroseconds / events:0.0} + {server.TotalMicroseconds / events:0.0}   {events / client.TotalSeconds,10:0} events a CPU second of the client"));

    private static async Task FillAsync(string connectionString, int events)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        for (var done = 0; done < events; done += Batch)
        {
            await using var command = source.CreateCommand(
                """
                insert into mt_events (seq_id, id, stream_id, version, data, type, tenant_id, correlation_id, causation_id, headers, user_name)
                select n, gen_random_uuid(), 'case-case_' || md5((n / 20)::text), n % 20 + 1,
                       jsonb_build_object('dispute', jsonb_build_object('imageId', 'img_' || md5(n::text), 'workId', 'wrk_' || md5((n + 1)::text), 'respondentAccountId', 'seller-' || n), 'reasonCode', 'Copyright',
                           'act', jsonb_build_object('by', 'reviewer-mei', 'at', '2026-11-21T12:00:00+00:00', 'statement', 'The picture shows the same sunset over the same pier, mirrored.'), 'amount', 10.25, 'number', n),
                       'measure_applied_v1', '*DEFAULT*', md5(n::text), gen_random_uuid()::text, '{"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}', 'reviewer-mei'
                from generate_series($1, $2) n
                """);
            command.Parameters.Add(new() { Value = done + 1 });
            command.Parameters.Add(new() { Value = Math.Min(done + Batch, events) });
            await command.ExecuteNonQueryAsync();
        }
        await using var analyze = source.CreateCommand("vacuum analyze mt_events");
        await analyze.ExecuteNonQueryAsync();
    }
}
