using System.Collections.Concurrent;
using ImageRights.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ImageRights.EventStore.Tests;

/// <summary>kill -9 of PostgreSQL under load: what was answered is there, what was refused is not, and followers go on by themselves.</summary>
public sealed class KillTests
{
    [Fact]
    public async Task A_server_that_is_killed_loses_nothing_that_was_confirmed_and_followers_resume()
    {
        await using var server = await PrivateServer.StartAsync("max_connections=50");
        var recorder = new Recorder();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddEventStore(options =>
        {
            options.ServiceName = "disputes";
            options.ConnectionString = server.ConnectionString;
            options.Events.Map<ArgumentMade>("argument_made_v1");
            options.Follow("reader", _ => recorder);
        });
        using var host = builder.Build();
        await host.StartAsync();
        var store = host.Services.GetRequiredService<DocumentStore>();
        var confirmed = new ConcurrentBag<string>();
        var refused = new ConcurrentBag<string>();
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 16).Select(WriteAsync).ToArray();

        for (var kill = 1; kill <= 3; kill++)
        {
            var target = confirmed.Count + 100;
            await Soon.HoldsAsync(() => confirmed.Count.ShouldBeGreaterThan(target), what: "writing");
            await server.KillAsync();
            await server.StartAgainAsync("max_connections=50");
        }
        var last = confirmed.Count + 100;
        await Soon.HoldsAsync(() => confirmed.Count.ShouldBeGreaterThan(last), what: "writing after the last kill");
        await stop.CancelAsync();
        await Task.WhenAll(writers);

        await using var command = store.AcrossTenants.CreateCommand("select array_agg(data ->> 'text' order by transaction_id, seq_id) from mt_events");
        var stored = await Eventually.GetAsync(async () => (string[]?)await command.ExecuteScalarAsync());
        stored.Length.ShouldBe(stored.Distinct().Count());
        confirmed.Except(stored).ShouldBeEmpty("confirmed, but not there");
        refused.Intersect(stored).ShouldBeEmpty("refused, but there");
        await Soon.HoldsAsync(() => recorder.Texts.Distinct().ShouldBe(stored), TimeSpan.FromSeconds(60));
        await host.StopAsync();

        async Task WriteAsync(int writer)
        {
            for (var number = 0; !stop.IsCancellationRequested; number++)
            {
                var text = $"{writer}/{number}";
                await using var session = store.LightweightSession();
                session.Events.Append($"log-{writer}", new ArgumentMade(text));
                try
                {
                    await session.SaveChangesAsync();
                    confirmed.Add(text);
                }
                catch (PostgresException failure) when (failure.SqlState[..2] is not ("57" or "08"))
                {
                    refused.Add(text);
                }
                catch (NpgsqlException)
                {
                    // Nobody knows: it may be there or not, but not twice.
                    await Task.Delay(20);
                }
            }
        }
    }
}
