using System.Collections.Concurrent;
using System.Text.Json;
using ImageRights.Contracts.Matching.V1;
using ImageRights.EventStore;
using ImageRights.TestKit;
using MassTransit;
using Npgsql;
using RabbitMQ.Client;

namespace ImageRights.Matching.IntegrationTests;

/// <summary>One database, one virtual host, and a bus that speaks as the other services do and hears what Matching says.</summary>
internal sealed class Surroundings : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly ConcurrentDictionary<Guid, (object Message, string? TraceParent)> heard = new();
    private IBusControl bus = null!;

    private Surroundings(string database, string messaging) => (Database, Messaging) = (database, messaging);

    public string Database { get; }
    public string Messaging { get; }

    public static async Task<Surroundings> CreateAsync()
    {
        var surroundings = new Surroundings(await TestServers.CreateDatabaseAsync(), await TestServers.CreateVirtualHostAsync());
        surroundings.bus = Bus.Factory.CreateUsingRabbitMq(rabbit =>
        {
            rabbit.Host(new Uri(surroundings.Messaging));
            rabbit.ReceiveEndpoint("listener", endpoint =>
            {
                endpoint.Handler<ImageScreened>(surroundings.HearAsync);
                endpoint.Handler<CopyFound>(surroundings.HearAsync);
                endpoint.Handler<OwnershipConflictFound>(surroundings.HearAsync);
                endpoint.Handler<WorkSearched>(surroundings.HearAsync);
            });
        });
        await surroundings.bus.StartAsync().WaitAsync(Patience);
        return surroundings;
    }

    /// <summary>Facts heard, each once: the relay may repeat a message under the same id.</summary>
    public IReadOnlyList<T> Heard<T>() => [.. heard.Values.Select(entry => entry.Message).OfType<T>()];

    public string? TraceOf(Func<object, bool> which) => heard.Values.First(entry => which(entry.Message)).TraceParent;

    public Task PublishAsync<T>(T message, Guid? id = null) where T : class =>
        bus.Publish(message, context => context.MessageId = id ?? NewId.NextGuid()).WaitAsync(Patience);

    /// <summary>Puts raw JSON where a contract's messages go.</summary>
    public async Task PublishRawAsync(string exchange, string json)
    {
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.BasicPublishAsync(exchange, "", true, new BasicProperties { ContentType = "application/vnd.masstransit+json" }, System.Text.Encoding.UTF8.GetBytes(json));
    }

    public async Task<uint> QueueLengthAsync(string queue)
    {
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        return (await channel.QueueDeclarePassiveAsync(queue)).MessageCount;
    }

    public Task<IReadOnlyList<T>> HearAsync<T>(int count) => Eventually.GetAsync<IReadOnlyList<T>>(
        () => Task.FromResult<IReadOnlyList<T>?>(Heard<T>() is var all && all.Count >= count ? all : throw new InvalidOperationException($"{all.Count} of {count} {typeof(T).Name} were heard.")), Patience);

    public Task<ImageScreened> ScreeningOfAsync(string imageId) =>
        Eventually.GetAsync(() => Task.FromResult(Heard<ImageScreened>().SingleOrDefault(screened => screened.ImageId == imageId)), Patience, $"the screening of {imageId}");

    /// <summary>Stored facts of a type in the order of the log.</summary>
    public async Task<IReadOnlyList<JsonElement>> StoredAsync(string type)
    {
        await using var source = NpgsqlDataSource.Create(Database);
        await using var command = source.CreateCommand("select data from mt_events where type = $1 order by transaction_id, seq_id");
        command.Parameters.Add(new() { Value = type });
        await using var reader = await command.ExecuteReaderAsync();
        var facts = new List<JsonElement>();
        while (await reader.ReadAsync()) facts.Add(JsonSerializer.Deserialize<JsonElement>(reader.GetString(0), StoreOptions.Json));
        return facts;
    }

    private Task HearAsync<T>(ConsumeContext<T> context) where T : class
    {
        heard.TryAdd(context.MessageId!.Value, (context.Message, context.Headers.Get<string>("traceparent")));
        return Task.CompletedTask;
    }

    private Task<IConnection> ConnectAsync() => new ConnectionFactory { Uri = new Uri(Messaging) }.CreateConnectionAsync();

    public async ValueTask DisposeAsync() => await bus.StopAsync(TimeSpan.FromSeconds(10));
}
