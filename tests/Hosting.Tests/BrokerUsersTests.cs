using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ImageRights.Hosting.Tests;

/// <summary>What the users in the AppHost's own definitions can do at a real broker.</summary>
public sealed class BrokerUsersTests : IAsyncLifetime
{
    private const string Inbound = "imagerights.inbound";
    private const string Heard = "ImageRights.Contracts.Ingestion.V1:ImageReceived";
    private static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromMinutes(3)).Token;
    private static readonly Dictionary<string, object?> Quorum = new() { ["x-queue-type"] = "quorum" };
    private readonly TemporaryDirectory directory = new();
    private LocalRabbitMq broker = null!;

    public Task InitializeAsync() => StartAsync();

    public async Task DisposeAsync()
    {
        await broker.DisposeAsync();
        directory.Dispose();
    }

    [Fact]
    public async Task An_integrator_may_write_to_the_inbound_exchange_and_nothing_else()
    {
        await AsAsync("ingestion", IngestionOpensAsync);

        await AsAsync("integrator", channel => PublishAsync(channel, Inbound, "an event"));
        await AsAsync("ingestion", async channel => (await channel.BasicGetAsync("ingestion-inbound", autoAck: true, Patience)).ShouldNotBeNull());

        foreach (var attempt in (Func<IChannel, Task>[])
        [
            channel => channel.BasicGetAsync("ingestion-inbound", autoAck: true, Patience),
            channel => channel.BasicConsumeAsync("ingestion-inbound", autoAck: true, new RabbitMQ.Client.Events.AsyncEventingBasicConsumer(channel), Patience),
            channel => channel.QueuePurgeAsync("ingestion-inbound", Patience),
            channel => channel.QueueDeleteAsync("ingestion-inbound", cancellationToken: Patience),
            channel => PublishAsync(channel, "", "ingestion-inbound"),
            channel => PublishAsync(channel, Heard, "forged"),
            channel => channel.QueueDeclareAsync("", cancellationToken: Patience),
            channel => channel.QueueDeclareAsync("of-mine", cancellationToken: Patience),
            channel => channel.ExchangeDeclareAsync("of-mine", ExchangeType.Fanout, cancellationToken: Patience),
            channel => channel.ExchangeDeclareAsync(Inbound, ExchangeType.Topic, durable: true, cancellationToken: Patience),
            channel => channel.ExchangeDeleteAsync(Inbound, cancellationToken: Patience),
            channel => channel.ExchangeBindAsync(Inbound, Heard, "", cancellationToken: Patience),
        ]) await IsRefusedAsync("integrator", attempt);
    }

    [Fact]
    public async Task A_service_may_use_its_own_queues_and_what_it_publishes_and_hears_and_nothing_else()
    {
        await AsAsync("ingestion", IngestionOpensAsync);
        await AsAsync("fingerprint", async channel =>
        {
            await channel.ExchangeDeclareAsync(Heard, ExchangeType.Fanout, durable: true, cancellationToken: Patience);
            foreach (var queue in (string[])["fingerprint-image-received", "fingerprint-image-received_error"])
            {
                await channel.ExchangeDeclareAsync(queue, ExchangeType.Fanout, durable: true, cancellationToken: Patience);
                await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, Quorum, cancellationToken: Patience);
                await channel.QueueBindAsync(queue, queue, "", cancellationToken: Patience);
            }
            await channel.ExchangeBindAsync("fingerprint-image-received", Heard, "", cancellationToken: Patience);
        });
        await AsAsync("ingestion", async channel =>
        {
            // Publishers look whether those who hear them are there.
            await channel.QueueDeclarePassiveAsync("fingerprint-image-received", Patience);
            await PublishAsync(channel, Heard, "a picture");
        });
        await AsAsync("fingerprint", async channel => (await channel.BasicGetAsync("fingerprint-image-received", autoAck: true, Patience)).ShouldNotBeNull());

        foreach (var attempt in (Func<IChannel, Task>[])
        [
            channel => channel.BasicGetAsync("fingerprint-image-received", autoAck: true, Patience),
            channel => channel.QueuePurgeAsync("fingerprint-image-received", Patience),
            channel => PublishAsync(channel, "fingerprint-image-received", "past the record"),
            channel => PublishAsync(channel, "", "fingerprint-image-received"),
            channel => channel.QueueBindAsync("matching-eavesdropping", Heard, "", cancellationToken: Patience),
            channel => PublishAsync(channel, Heard, "forged"),
            channel => PublishAsync(channel, Inbound, "forged"),
        ]) await IsRefusedAsync("matching", async channel =>
        {
            await channel.QueueDeclareAsync("matching-eavesdropping", durable: true, exclusive: false, autoDelete: false, Quorum, cancellationToken: Patience);
            await attempt(channel);
        });
    }

    [Fact]
    public async Task Users_keep_their_passwords_and_none_opens_for_another()
    {
        var users = broker.ConnectionStrings;
        users.Values.Append(broker.ConnectionString).Select(address => new Uri(address).UserInfo.Split(':')[1]).Distinct().Count().ShouldBe(7);
        await broker.DisposeAsync();

        await StartAsync();
        broker.ConnectionStrings.ShouldBe(users);
        foreach (var user in users) (await LocalRabbitMq.CheckAsync(user.Value, Patience)).ShouldBeNull(user.Key);
        (await LocalRabbitMq.CheckAsync(users["matching"].Replace("matching", "ingestion", StringComparison.Ordinal), Patience)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Without_the_kept_password_all_users_get_new_ones()
    {
        var (first, users) = (broker.ConnectionString, broker.ConnectionStrings);
        await broker.DisposeAsync();
        File.Delete(Path.Combine(directory.Path, "rabbitmq", "password"));

        await StartAsync();
        broker.ConnectionString.ShouldNotBe(first);
        foreach (var user in users) (await LocalRabbitMq.CheckAsync(user.Value, Patience)).ShouldNotBeNull(user.Key);
        foreach (var user in broker.ConnectionStrings) (await LocalRabbitMq.CheckAsync(user.Value, Patience)).ShouldBeNull(user.Key);
    }

    [Fact]
    public async Task A_broker_that_had_one_user_gets_the_others_and_keeps_its_messages()
    {
        await broker.DisposeAsync();
        var options = new LocalServerOptions(Path.Combine(directory.Path, "older"));
        await using (var older = new LocalRabbitMq(options))
        {
            await older.StartAsync(Patience);
            await AsAsync(new Uri(older.ConnectionString), IngestionOpensAsync);
            await AsAsync(new Uri(older.ConnectionString), channel => PublishAsync(channel, Inbound, "kept"));
        }

        broker = new LocalRabbitMq(options with { Definitions = Definitions });
        await broker.StartAsync(Patience);
        await AsAsync("ingestion", channel => Eventually.HoldsAsync(async () => (await channel.BasicGetAsync("ingestion-inbound", autoAck: true, Patience)) is not null, "the message is back"));
    }

    private static string Definitions
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "ImageRights.sln"))) folder = folder.Parent!;
            return Path.Combine(folder.FullName, "AppHost", "messaging.definitions.json");
        }
    }

    private async Task StartAsync()
    {
        broker = new LocalRabbitMq(new LocalServerOptions(Path.Combine(directory.Path, "rabbitmq")) { Definitions = Definitions });
        await broker.StartAsync(Patience);
    }

    private static async Task IngestionOpensAsync(IChannel channel)
    {
        await channel.ExchangeDeclareAsync(Inbound, ExchangeType.Topic, durable: true, cancellationToken: Patience);
        await channel.QueueDeclareAsync("ingestion-inbound", durable: true, exclusive: false, autoDelete: false, Quorum, cancellationToken: Patience);
        await channel.QueueBindAsync("ingestion-inbound", Inbound, "#", cancellationToken: Patience);
        await channel.ExchangeDeclareAsync(Heard, ExchangeType.Fanout, durable: true, cancellationToken: Patience);
    }

    private static async Task PublishAsync(IChannel channel, string exchange, string text) =>
        await channel.BasicPublishAsync(exchange, text, mandatory: true, new BasicProperties { Persistent = true }, System.Text.Encoding.UTF8.GetBytes(text), Patience);

    private Task AsAsync(string user, Func<IChannel, Task> act) => AsAsync(new Uri(broker.ConnectionStrings[user]), act);

    private static async Task AsAsync(Uri address, Func<IChannel, Task> act)
    {
        await using var connection = await new ConnectionFactory { Uri = address }.CreateConnectionAsync(Patience);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), Patience);
        await act(channel);
    }

    private async Task IsRefusedAsync(string user, Func<IChannel, Task> attempt) => await AsAsync(user, async channel =>
    {
        await Should.ThrowAsync<RabbitMQClientException>(() => attempt(channel));
        ((int)channel.CloseReason.ShouldNotBeNull().ReplyCode).ShouldBe(Constants.AccessRefused);
    });
}
