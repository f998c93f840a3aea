using Npgsql;

namespace ImageRights.Hosting.Tests;

/// <summary>The product's own AppHost, as a process, with servers and services.</summary>
public sealed class AppHostTests : IDisposable
{
    private static readonly string Assembly = new Projects.AppHost().TargetPath;
    private static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromMinutes(5)).Token;
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    private static async Task<object?> SqlAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(Patience);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Patience);
    }

    private static List<int> ProcessesOf(AppHostProcess application) =>
        [.. Directory.EnumerateFiles(Path.Combine(application.DataDirectory, "logs"), "*.pid").Select(path => int.Parse(File.ReadAllText(path), System.Globalization.CultureInfo.InvariantCulture))];

    [Fact]
    public async Task It_runs_cleanly_stops_completely_and_finds_its_data_again()
    {
        List<int> processes;
        await using (var first = await AppHostProcess.StartAsync(Assembly, directory.Path, cancellationToken: Patience))
        {
            using var http = new HttpClient();
            foreach (var address in first.Endpoints.Where(e => e.Key != "dashboard").Select(e => e.Value).Where(url => url.StartsWith("http", StringComparison.Ordinal)))
                (await http.GetStringAsync(address + "/health", Patience)).ShouldBe("Healthy");
            await SqlAsync(first.Endpoints["casesdb"], "create table apphost_test as select 42 as answer");
            processes = ProcessesOf(first);
            processes.Count.ShouldBeGreaterThan(8);

            (await first.StopAsync()).ShouldBe(0);
        }
        processes.ShouldAllBe(pid => ProcessTable.StartTicks(pid) == null);
        var secrets = await File.ReadAllTextAsync(Path.Combine(directory.Path, "secrets.json"), Patience);

        await using var second = await AppHostProcess.StartAsync(Assembly, directory.Path, cancellationToken: Patience);
        (await SqlAsync(second.Endpoints["casesdb"], "select answer from apphost_test")).ShouldBe(42);
        (await File.ReadAllTextAsync(Path.Combine(directory.Path, "secrets.json"), Patience)).ShouldBe(secrets);
    }

    [Fact]
    public async Task When_it_is_killed_its_processes_end_and_the_next_start_works()
    {
        var killed = await AppHostProcess.StartAsync(Assembly, directory.Path, cancellationToken: Patience);
        await SqlAsync(killed.Endpoints["casesdb"], "create table apphost_test as select 42 as answer");
        var processes = ProcessesOf(killed);
        await killed.KillAsync();

        // At once: the leftovers may still be shutting down.
        await using var next = await AppHostProcess.StartAsync(Assembly, directory.Path, cancellationToken: Patience);

        processes.ShouldAllBe(pid => ProcessTable.StartTicks(pid) == null);
        (await SqlAsync(next.Endpoints["casesdb"], "select answer from apphost_test")).ShouldBe(42);
    }
}
