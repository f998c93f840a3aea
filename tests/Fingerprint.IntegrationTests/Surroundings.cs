using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using ImageRights.Contracts.Fingerprint.V1;
using ImageRights.Contracts.Ingestion.V1;
using ImageRights.EventStore;
using ImageRights.TestKit;
using MassTransit;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ImageRights.Fingerprint.IntegrationTests;

/// <summary>One database, one virtual host, a vault, and a bus that speaks as Ingestion does and hears what Fingerprint says.</summary>
internal sealed class Surroundings : IAsyncDisposable
{
    public const string UploadQueue = "fingerprint-image-received";
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    public static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    private readonly ConcurrentQueue<(Guid Id, object Message)> heard = new();
    private IBusControl bus = null!;

    private Surroundings(string database, string messaging, VaultDouble vault) => (Database, Messaging, Vault) = (database, messaging, vault);

    public string Database { get; }
    public string Messaging { get; }
    public VaultDouble Vault { get; }

    public static async Task<Surroundings> CreateAsync()
    {
        var surroundings = new Surroundings(await TestServers.CreateDatabaseAsync(), await TestServers.CreateVirtualHostAsync(), await VaultDouble.StartAsync());
        surroundings.bus = Bus.Factory.CreateUsingRabbitMq(rabbit =>
        {
            rabbit.Host(new Uri(surroundings.Messaging));
            rabbit.ReceiveEndpoint("listener", endpoint =>
            {
                endpoint.Handler<ImageFingerprinted>(surroundings.HearAsync);
                endpoint.Handler<ImageUnreadable>(surroundings.HearAsync);
            });
        });
        await surroundings.bus.StartAsync().WaitAsync(Patience);
        return surroundings;
    }

    public static string NewImage() => $"img_{Guid.CreateVersion7():N}";

    public static string NewWork() => $"wrk_{Guid.CreateVersion7():N}";

    public static ImageReceived Upload(string imageId, string sha256) =>
        new(DocumentStore.DefaultTenant, imageId, "seller", Surface.Listing, "listing_1", sha256, "PNG", 200, 150, 1000, Noon);

    public static WorkRegistered Work(string workId, string sha256) =>
        new(DocumentStore.DefaultTenant, workId, "author", "Bridge", "A. Author", null, sha256, "PNG", 200, 150, Noon);

    public Task PublishAsync<T>(T message, Guid? id = null) where T : class =>
        bus.Publish(message, context => context.MessageId = id ?? NewId.NextGuid()).WaitAsync(Patience);

    /// <summary>Everything said about a picture; a repeat under the same message id counts once, as it does for consumers.</summary>
    public IReadOnlyList<object> Said(string subjectId) =>
        [.. heard.Where(one => SubjectOf(one.Message) == subjectId).DistinctBy(one => one.Id).Select(one => one.Message)];

    public Task<ImageFingerprinted> FingerprintOfAsync(string subjectId) => FirstAsync<ImageFingerprinted>(subjectId);

    public Task<ImageUnreadable> UnreadableAsync(string subjectId) => FirstAsync<ImageUnreadable>(subjectId);

    /// <summary>One value of the service's database.</summary>
    public async Task<T> ScalarAsync<T>(string sql, params object[] parameters)
    {
        await using var source = NpgsqlDataSource.Create(Database);
        await using var command = source.CreateCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public Task<long> FactsAsync(string subjectId) => ScalarAsync<long>("select count(*) from mt_events where stream_id = $1", $"fingerprint-{subjectId}");

    public Task<long> PendingAsync() => ScalarAsync<long>("select count(*) from pending_pictures");

    /// <summary>Messages that wait in a queue; null when there is no such queue.</summary>
    public async Task<uint?> QueueLengthAsync(string queue)
    {
        await using var connection = await new ConnectionFactory { Uri = new Uri(Messaging) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        try
        {
            return (await channel.QueueDeclarePassiveAsync(queue)).MessageCount;
        }
        catch (OperationInterruptedException)
        {
            return null;
        }
    }

    /// <summary>Puts raw JSON where a contract's messages go.</summary>
    public async Task PublishRawAsync(string exchange, object message)
    {
        await using var connection = await new ConnectionFactory { Uri = new Uri(Messaging) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.BasicPublishAsync(
            exchange, "", true, new BasicProperties { ContentType = "application/vnd.masstransit+json" }, Encoding.UTF8.GetBytes(JsonSerializer.Serialize(message)));
    }

    private Task<T> FirstAsync<T>(string subjectId) where T : class =>
        Eventually.GetAsync(() => Task.FromResult(Said(subjectId).OfType<T>().FirstOrDefault()), Patience, $"{typeof(T).Name} of {subjectId}");

    private Task HearAsync<T>(ConsumeContext<T> context) where T : class
    {
        heard.Enqueue((context.MessageId!.Value, context.Message));
        return Task.CompletedTask;
    }

    private static string SubjectOf(object message) => message switch
    {
        ImageFingerprinted fingerprinted => fingerprinted.SubjectId,
        ImageUnreadable unreadable => unreadable.SubjectId,
        _ => throw new InvalidOperationException(message.GetType().Name),
    };

    public async ValueTask DisposeAsync()
    {
        await bus.StopAsync(TimeSpan.FromSeconds(10));
        await Vault.DisposeAsync();
    }
}
