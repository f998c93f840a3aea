using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using ImageRights.CaseManagement.Cases;
using ImageRights.CaseManagement.Regimes;
using ImageRights.EventStore;
using ImageRights.Hosting;
using ImageRights.TestKit;
using Npgsql;
using Xunit.Abstractions;
using static ImageRights.CaseManagement.Cases.CaseEvent;

namespace ImageRights.CaseManagement.IntegrationTests;

/// <summary>Thousands of terms that come due while replicas and the broker are killed: each effect once, none early, and few late.</summary>
public class DeadlineStormTests(ITestOutputHelper output)
{
    private static readonly ConcurrentQueue<string?> Said = [];
    private static readonly string PersonalKey = Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));

    private static readonly bool IsLong = Environment.GetEnvironmentVariable("IMAGERIGHTS_LONG") == "1";

    /// <summary>Terms that come due one after the other, terms that come due in one instant, and how long it all takes.</summary>
    private static readonly (int Spread, int AtOnce, TimeSpan Length, int Kills) Size = IsLong ? (9_500, 500, TimeSpan.FromSeconds(120), 6) : (400, 50, TimeSpan.FromSeconds(8), 2);

    [Fact]
    public async Task Replicas_and_the_broker_die_and_every_term_has_its_effect_once_never_early_and_within_seconds()
    {
        var database = await TestServers.CreateDatabaseAsync();
        var directory = Path.Combine(Path.GetTempPath(), $"imagerights-storm-{Guid.NewGuid():N}");
        var broker = IsLong ? new LocalRabbitMq(new LocalServerOptions(directory) { Port = FreePort.Next(), UserName = "storm", Password = "storm" }) : null;
        if (broker is not null) await broker.StartAsync();
        var messaging = broker is null ? await TestServers.CreateVirtualHostAsync() : $"{broker.ConnectionString}/";
        var replicas = new List<Replica>();
        try
        {
            // The first makes the tables and the clock; both run deadlines, so that one goes on while the other is dead.
            replicas.Add(Start(database, messaging));
            await using var setup = new DocumentStore(Options(database));
            await Eventually.HoldsAsync(async () => (await ScalarAsync<long>(database, "select count(*) from pg_tables where tablename = 'mt_doc_case_agenda'")).ShouldBe(1), TimeSpan.FromSeconds(120), "the schema");
            replicas.Add(Start(database, messaging));
            foreach (var replica in replicas) await ReadyAsync(replica!);
            var start = await SeedAsync(setup, database);

            var killed = 0;
            while (killed < Size.Kills)
            {
                var target = start + (Size.Length * (killed + 1) / (Size.Kills + 1));
                await Eventually.HoldsAsync(async () => (await NowAsync(database)).ShouldBeGreaterThan(target), Size.Length + TimeSpan.FromSeconds(60), "the next kill");
                var victim = killed % 2;
                await ReadyAsync(replicas[1 - victim]!);
                await replicas[victim]!.KillAsync();
                if (broker is { ProcessId: { } pid } && killed == Size.Kills / 2)
                {
                    Process.GetProcessById(pid).Kill(entireProcessTree: true);
                    await broker.DisposeAsync();
                    broker = new LocalRabbitMq(new LocalServerOptions(directory) { Port = new Uri(messaging).Port, UserName = "storm", Password = "storm" });
                    await broker.StartAsync();
                }
                replicas[victim] = Start(database, messaging);
                killed++;
            }
            var total = Size.Spread + Size.AtOnce;
            await Eventually.HoldsAsync(
                async () => (await ScalarAsync<long>(database, "select count(*) from mt_events where type in ('deadline_elapsed_v1', 'deadline_fired_v1')")).ShouldBe(total),
                Size.Length + TimeSpan.FromSeconds(120), "the last term");

            (await ScalarAsync<long>(database, "select count(distinct stream_id) from mt_events where type in ('deadline_elapsed_v1', 'deadline_fired_v1')")).ShouldBe(total, "each once");
            (await ScalarAsync<long>(database, "select count(*) from mt_events where type = 'measure_lifted_v1'")).ShouldBe(Size.AtOnce);
            (await ScalarAsync<long>(database, "select count(distinct stream_id) from mt_events where type = 'measure_lifted_v1'")).ShouldBe(Size.AtOnce);
            const string late = "extract(epoch from (data -> 'act' ->> 'at')::timestamptz - (data ->> 'dueAt')::timestamptz)::float8";
            const string ran = "from mt_events where type in ('deadline_elapsed_v1', 'deadline_fired_v1')";
            (await ScalarAsync<double>(database, $"select min({late}) {ran}")).ShouldBeGreaterThanOrEqualTo(0, "none early");
            var (median, p99, worst) = (
                await ScalarAsync<double>(database, $"select percentile_cont(0.5) within group (order by {late}) {ran}"),
                await ScalarAsync<double>(database, $"select percentile_cont(0.99) within group (order by {late}) {ran}"),
                await ScalarAsync<double>(database, $"select max({late}) {ran}"));
            output.WriteLine($"{total} terms in {Size.Length.TotalSeconds} s, {killed} kills{(broker is null ? "" : " and the broker's")}: lateness median {median:0.000} s, p99 {p99:0.000} s, worst {worst:0.000} s");
            // What is worth a fact has one.
            (await ScalarAsync<long>(database, "select count(*) from mt_events where type = 'deadline_executed_late_v1'")).ShouldBe(await ScalarAsync<long>(database, $"select count(*) {ran} and {late} > 5"));
            if (IsLong) p99.ShouldBeLessThanOrEqualTo(5);
        }
        finally
        {
            foreach (var line in Said.TakeLast(40)) output.WriteLine(line ?? "");
            foreach (var replica in replicas) await replica.KillAsync();
            if (broker is not null) await broker.DisposeAsync();
            if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>Cases whose 24 hours for a decision end one after the other, and cases whose restoration window opens in one instant in the middle.</summary>
    private static async Task<DateTimeOffset> SeedAsync(DocumentStore store, string database)
    {
        // Midnight in New York after business day 10 comes in the middle of the storm.
        var midnight = new DateTimeOffset(2026, 12, 8, 5, 0, 0, TimeSpan.Zero);
        var start = midnight - (Size.Length / 2);
        // Seeding takes its time, so the clock is set when it is done.
        await SetAsync(database, start.AddHours(-1));
        var act = new Act("author", "Copyright", "Storm.", start.AddDays(-25));
        foreach (var chunk in Enumerable.Range(0, Size.Spread + Size.AtOnce).Chunk(100))
        {
            await using var session = store.LightweightSession();
            foreach (var index in chunk)
            {
                var id = CaseId.From(Guid.CreateVersion7());
                var dispute = new Dispute($"img_{index}", $"wrk_{index}", "seller", "author");
                var isSpread = index < Size.Spread;
                var received = isSpread ? start.AddDays(-1) + (Size.Length * index / Size.Spread) : start.AddDays(-25);
                var notice = new NoticeReference($"ntc_{index}", received, received, []);
                List<object> facts = [new CaseOpened(dispute, Origin.Report, "us-dmca-512.v1", new Location("Listing", null), notice.NoticeId, null, act, notice)];
                if (!isSpread)
                {
                    facts.Add(new MeasureApplied(dispute, $"msr_{index}", act with { By = "reviewer" }, new MeasureScope("us-dmca-512.v1", null, false)));
                    facts.Add(new CounterNoticeReceived(dispute, act with { By = "seller", At = new DateTimeOffset(2026, 11, 20, 20, 0, 0, TimeSpan.Zero) }, []));
                }
                session.Events.StartStream(id.StreamKey, [.. facts]);
            }
            await session.SaveChangesAsync();
        }
        await SetAsync(database, start);
        return start;
    }

    private static StoreOptions Options(string database)
    {
        var options = new StoreOptions { ServiceName = "storm", ConnectionString = database };
        Composition.Register(options, RegimeCatalogue.BuiltIn());
        return options;
    }

    private static async Task ReadyAsync(Replica replica)
    {
        using var http = new HttpClient { BaseAddress = replica.Address, Timeout = TimeSpan.FromSeconds(5) };
        await Eventually.HoldsAsync(async () => (await http.GetAsync("/alive")).IsSuccessStatusCode.ShouldBeTrue(), TimeSpan.FromSeconds(90), "the start of a replica");
    }

    private static Replica Start(string database, string messaging)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = AppContext.BaseDirectory };
        string[] arguments =
        [
            "exec", typeof(Composition).Assembly.Location, $"--urls={address}", "--environment=Development", "--Clock:Virtual=true", $"--ConnectionStrings:casesdb={database}",
            $"--ConnectionStrings:messaging={messaging}", "--Messaging:AwaitSubscribers=false", "--Logging:LogLevel:Default=Warning", .. TestAccess.Settings, $"--Personal:Key={PersonalKey}",
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Said.Enqueue(line.Data);
        process.ErrorDataReceived += (_, line) => Said.Enqueue(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new Replica(process, address);
    }

    /// <summary>A process of the service.</summary>
    private sealed record Replica(Process Process, Uri Address)
    {
        /// <summary>kill -9.</summary>
        public async Task KillAsync()
        {
            if (!Process.HasExited) Process.Kill();
            await Process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);
        }
    }

    private static Task SetAsync(string database, DateTimeOffset to) => ScalarAsync<object>(
        database, $"insert into clock_shift (shift) values ('{to:O}'::timestamptz - clock_timestamp()) on conflict (the_only) do update set shift = excluded.shift returning 1");

    private static async Task<DateTimeOffset> NowAsync(string database) => new(await ScalarAsync<DateTime>(database, "select law_now()"));

    private static async Task<T> ScalarAsync<T>(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
