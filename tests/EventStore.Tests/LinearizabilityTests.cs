using System.Collections.Concurrent;
using System.Diagnostics;
using Npgsql;

namespace ImageRights.EventStore.Tests;

public sealed class LinearizabilityTests
{
    [Fact]
    public async Task Writers_who_race_for_streams_make_a_linearizable_history_although_the_server_is_killed()
    {
        if (PrivateServer.Binaries.Length == 0) return;
        var (writers, streams, time, kills) = LongForm.Or((64, 100, TimeSpan.FromSeconds(60), 5), (16, 10, TimeSpan.FromSeconds(4), 1));
        await using var server = await PrivateServer.StartAsync("max_connections=300");
        await using var store = new DocumentStore(Configured(server));
        await store.ApplySchemaAsync(CancellationToken.None);
        var attempts = new ConcurrentBag<AppendAttempt>();
        using var stop = new CancellationTokenSource();
        var work = Enumerable.Range(0, writers).Select(writer => Task.Run(() => WriteAsync(store, writer, streams, attempts, stop.Token))).ToArray();

        for (var kill = 0; kill < kills; kill++)
        {
            await Task.Delay(time / (kills + 1));
            await server.KillAsync();
            await server.StartAgainAsync("max_connections=300");
        }
        await Task.Delay(time / (kills + 1));
        await stop.CancelAsync();
        await Task.WhenAll(work);

        var final = new Dictionary<string, IReadOnlyList<string>>();
        for (var number = 0; number < streams; number++)
        {
            await using var session = store.LightweightSession();
            final[$"raced-{number}"] = [.. (await session.Events.FetchStreamAsync($"raced-{number}")).Select(e => ((ArgumentMade)e.Data).Text)];
        }
        attempts.Count(attempt => attempt.Outcome == AppendOutcome.Written).ShouldBeGreaterThan(100);
        attempts.Count(attempt => attempt.Outcome == AppendOutcome.Refused).ShouldBeGreaterThan(0, "a run without a lost race shows little");
        AppendHistory.FirstContradiction(attempts, final).ShouldBeNull();
    }

    public static TheoryData<string, AppendAttempt[]> Wrong => new()
    {
        { "was confirmed and is not there", [At(0, 1, 2, [], "a"), At(3, 4, 5, [], "lost")] },
        { "was refused and is there", [At(0, 1, 2, [], "a", AppendOutcome.Refused)] },
        { "rests on version 0", [At(0, 1, 2, [], "a"), At(0, 1, 2, [], "b")] },
        { "after 1 was known", [At(0, 1, 2, [], "a"), At(3, 4, 5, [], "z", AppendOutcome.Refused)] },
        { "not the first of the stream", [At(0, 1, 2, [], "a"), At(3, 4, 5, ["x"], "z", AppendOutcome.Refused)] },
        { "a's writer read version 0 after 1 was known", [At(5, 6, 7, [], "a"), At(1, 2, 3, ["a"], "z", AppendOutcome.Refused)] },
        { "was written by nobody", [At(0, 1, 2, [], "z", AppendOutcome.Refused)] },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void The_checker_finds_a_history_that_cannot_be(string contradiction, AppendAttempt[] attempts)
    {
        IReadOnlyList<string> final = contradiction == "rests on version 0" ? ["a", "b"] : ["a"];
        AppendHistory.FirstContradiction(attempts, new Dictionary<string, IReadOnlyList<string>> { ["s"] = final }).ShouldNotBeNull().ShouldContain(contradiction);
    }

    [Fact]
    public void The_checker_lets_a_good_history_pass() => AppendHistory.FirstContradiction(
        [At(0, 1, 4, [], "a"), At(0, 2, 5, [], "x", AppendOutcome.Refused), At(3, 5, 9, ["a"], "b", AppendOutcome.Unknown), At(6, 7, 8, ["a"], "y", AppendOutcome.Unknown), At(10, 11, 12, ["a", "b"], "c")],
        new Dictionary<string, IReadOnlyList<string>> { ["s"] = ["a", "b", "c"] }).ShouldBeNull();

    private static AppendAttempt At(long began, long read, long ended, string[] seen, string text, AppendOutcome outcome = AppendOutcome.Written) => new("s", began, read, ended, seen, text, outcome);

    private static async Task WriteAsync(DocumentStore store, int writer, int streams, ConcurrentBag<AppendAttempt> attempts, CancellationToken stop)
    {
        var random = new Random(writer);
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            var (key, text, began) = ($"raced-{random.Next(streams)}", $"{writer}/{number}", Stopwatch.GetTimestamp());
            await using var session = store.LightweightSession();
            EventStream<Dispute> stream;
            try
            {
                stream = await session.Events.FetchForWriting<Dispute>(key, CancellationToken.None);
            }
            catch (NpgsqlException)
            {
                await Task.Delay(20, CancellationToken.None);
                continue;
            }
            var read = Stopwatch.GetTimestamp();
            var outcome = AppendOutcome.Written;
            stream.AppendOne(new ArgumentMade(text));
            try
            {
                await session.SaveChangesAsync(CancellationToken.None);
            }
            catch (ConcurrencyException)
            {
                outcome = AppendOutcome.Refused;
            }
            catch (NpgsqlException)
            {
                outcome = AppendOutcome.Unknown;
            }
            attempts.Add(new AppendAttempt(key, began, read, Stopwatch.GetTimestamp(), [.. stream.Events.Select(e => ((ArgumentMade)e.Data).Text)], text, outcome));
        }
    }

    private static StoreOptions Configured(PrivateServer server)
    {
        var options = new StoreOptions { ServiceName = "raced", ConnectionString = server.ConnectionString };
        options.Events.Map<ArgumentMade>("argument_made_v1");
        options.Projections.LiveStreamAggregation(Dispute.Initial, Dispute.Evolve);
        return options;
    }
}
