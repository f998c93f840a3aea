using System.Security.Cryptography;
using ImageRights.EventStore;
using ImageRights.EventStore.Transparency;
using ImageRights.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ImageRights.Verifier.Tests;

public sealed record Noted(string Text, decimal Amount, IReadOnlyList<string> Tags);

/// <summary>A store of its own whose events are sealed, and somebody with all rights over its server.</summary>
public sealed class SealedStore : IAsyncDisposable
{
    private static readonly string Secret = Convert.ToBase64String(SHA256.HashData("the log's key"u8));
    private readonly NpgsqlDataSource superuser;

    private SealedStore(string connectionString)
    {
        ConnectionString = connectionString;
        superuser = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = 2, Options = "-c session_replication_role=replica" }.ConnectionString);
    }

    public string ConnectionString { get; }

    public string Key { get; private set; } = "";

    public static async Task<SealedStore> CreateAsync(int streams, int eventsEach)
    {
        var store = new SealedStore(await TestServers.CreateDatabaseAsync());
        await store.AppendAsync(streams, eventsEach);
        return store;
    }

    /// <summary>Appends and waits until a checkpoint commits to all.</summary>
    public async Task AppendAsync(int streams, int eventsEach, bool seal = true)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddEventStore(options =>
        {
            options.ServiceName = "notes";
            options.ConnectionString = ConnectionString;
            options.Events.Map<Noted>("noted_v1");
            if (seal) options.KeepTransparencyLog(Secret);
        });
        using var host = builder.Build();
        await host.StartAsync();
        var store = host.Services.GetRequiredService<DocumentStore>();
        var batch = Guid.CreateVersion7().ToString("N");
        for (var stream = 0; stream < streams; stream++)
        {
            await using var session = store.LightweightSession(stream % 3 == 2 ? "other" : DocumentStore.DefaultTenant);
            session.CorrelationId = "conversation";
            session.CausationId = "cause";
            session.LastModifiedBy = "Ü. Ser";
            session.TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
            session.Events.Append($"note-{batch}-{stream}", [.. Enumerable.Range(0, eventsEach).Select(number => new Noted($"„{number}“ \"é\"\n", 10.25m * number, ["a", "b"]))]);
            await session.SaveChangesAsync();
        }
        if (seal)
        {
            var total = await ScalarAsync<long>("select count(*) from mt_events");
            await Eventually.HoldsAsync(async () => (await ScalarAsync<long>("select coalesce(max(size), 0) from mt_log_checkpoints")).ShouldBe(total), TimeSpan.FromSeconds(60), "The last checkpoint");
            Key = (await host.Services.GetRequiredService<TransparencyLog>().VerifierKeysAsync(CancellationToken.None)).ShouldHaveSingleItem();
        }
        await host.StopAsync();
    }

    public async Task<T> ScalarAsync<T>(string sql, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Past the triggers.</summary>
    public async Task TamperAsync(string sql, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        await command.ExecuteNonQueryAsync();
    }

    public Task<DatabaseReport> CheckAsync(params string[] notes) => CheckAsync(1, notes);

    public async Task<DatabaseReport> CheckAsync(int most, params string[] notes) => await new DatabaseCheck(
        ConnectionString, "public", Key.Length > 0 ? [LogVerifier.Parse(Key)] : [], [.. notes.Select(note => ("kept.note", note))]).RunAsync(CancellationToken.None, most);

    private NpgsqlCommand Command(string sql, object[] parameters)
    {
        var command = superuser.CreateCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        return command;
    }

    public ValueTask DisposeAsync() => superuser.DisposeAsync();
}
