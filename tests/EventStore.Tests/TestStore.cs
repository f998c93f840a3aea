using ImageRights.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ImageRights.EventStore.Tests;

/// <summary>A store in a schema of its own, in one database for the run.</summary>
public sealed class TestStore : IAsyncDisposable
{
    private static readonly Lazy<Task<string>> Database = new(TestServers.CreateDatabaseAsync);
    private static int schemas;

    private TestStore(DocumentStore store, Action<StoreOptions> configure) => (Store, this.configure) = (store, configure);

    private readonly Action<StoreOptions> configure;

    public DocumentStore Store { get; }

    public string Schema => Store.Options.DatabaseSchemaName;

    public static async Task<TestStore> CreateAsync(Action<StoreOptions>? configure = null, bool applySchema = true)
    {
        var connectionString = await Database.Value;
        var schema = $"s{Interlocked.Increment(ref schemas)}";
        void Configure(StoreOptions options)
        {
            options.ServiceName = "disputes";
            options.ConnectionString = connectionString;
            options.DatabaseSchemaName = schema;
            options.Events.Map<DisputeOpened>("dispute_opened_v2").Map<ArgumentMade>("argument_made_v1").Map<DisputeSettled>("dispute_settled_v1");
            options.Events.Upcast<DisputeOpened>("dispute_opened_v1", old =>
            {
                old["language"] = "en";
                return old;
            });
            options.Projections.LiveStreamAggregation(Dispute.Initial, Dispute.Evolve);
            options.Projections.InlineSnapshot<DisputeCard>("dispute-", DisputeCard.Evolve, "(data ->> 'title')");
            options.Projections.Document<Tally>();
            configure?.Invoke(options);
        }
        var options = new StoreOptions();
        Configure(options);
        var store = new DocumentStore(options);
        if (applySchema) await store.ApplySchemaAsync(CancellationToken.None);
        return new TestStore(store, Configure);
    }

    /// <summary>A process of the service: same database and schema, its own pool and followers.</summary>
    public async Task<IHost> StartHostAsync(Action<StoreOptions> followers)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddEventStore(options =>
        {
            configure(options);
            followers(options);
        });
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    public DocumentSession Session(string tenant = DocumentStore.DefaultTenant) => Store.LightweightSession(tenant);

    /// <summary>Appends without a version check to a stream outside the inline snapshot.</summary>
    public async Task AppendAsync(string stream, params object[] events)
    {
        await using var session = Session();
        session.Events.Append(stream, events);
        await session.SaveChangesAsync();
    }

    public async Task<T> ScalarAsync<T>(string sql, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async Task ExecuteAsync(string sql, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>What somebody with all rights over the server does: past the triggers that keep events as they are.</summary>
    public async Task TamperAsync(string sql, params object[] parameters)
    {
        await using var connection = await ConnectAsync();
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new("select set_config('session_replication_role', 'replica', true)"), new(Sql(sql)) } };
        foreach (var parameter in parameters) batch.BatchCommands[1].Parameters.Add(new() { Value = parameter });
        await batch.ExecuteNonQueryAsync();
    }

    public async Task<NpgsqlConnection> ConnectAsync()
    {
        var connection = new NpgsqlConnection(Store.Options.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>SQL with <c>{schema}</c> replaced, on a connection that the store does not know.</summary>
    public string Sql(string sql) => sql.Replace("{schema}", Schema, StringComparison.Ordinal);

    private NpgsqlCommand Command(string sql, object[] parameters)
    {
        var command = Outside.CreateCommand(Sql(sql));
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        return command;
    }

    private NpgsqlDataSource? outsideSource;

    private NpgsqlDataSource Outside => outsideSource ??= NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(Store.Options.ConnectionString) { MaxPoolSize = 2 });

    public async ValueTask DisposeAsync()
    {
        if (outsideSource is not null) await outsideSource.DisposeAsync();
        await Store.DisposeAsync();
    }
}
