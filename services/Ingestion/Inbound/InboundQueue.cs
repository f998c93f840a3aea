using System.Text.Json;
using ImageRights.Contracts.Inbound.V1;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Problems;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace ImageRights.Ingestion.Inbound;

/// <summary>The door for CloudEvents by AMQP 0.9.1: structured JSON on the exchange <c>imagerights.inbound</c>, from any client in any language. A message is acknowledged when its
/// event is taken or parked; until then the broker keeps it.</summary>
public sealed class InboundQueue(IConfiguration configuration, IServiceScopeFactory scopes, Parking parking, ILogger<InboundQueue> logger) : BackgroundService
{
    /// <summary>Exchange that senders publish to; the routing key is theirs to choose.</summary>
    public const string Exchange = InboundEvents.Exchange;

    /// <summary>Queue of this service behind it.</summary>
    public const string Queue = "ingestion-inbound";

    // Pictures travel in these messages: few at a time bound the memory.
    private const ushort AtOnce = 4;

    // After that many failures that were nobody's outage the event is parked, so that it does not hold the others up for ever.
    private const long MostDeliveries = 10;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // The broker refuses a message that names another user than its connection's, so the user vouches for the tenant; what names no user is the installation's own marketplace's.
    private readonly string tenant = configuration["Inbound:Tenant"] ?? DocumentStore.DefaultTenant;
    private readonly Dictionary<string, string> tenantsByUser = configuration.GetSection("Inbound:Tenants").Get<Dictionary<string, string>>() ?? [];

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var factory = new ConnectionFactory
        {
            Uri = new Uri(configuration.GetConnectionString("messaging")!), ClientProvidedName = "ingestion inbound", ConsumerDispatchConcurrency = AtOnce,
            RequestedConnectionTimeout = TimeSpan.FromSeconds(5),
        };
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await factory.CreateConnectionAsync(stoppingToken);
                await using var channel = await connection.CreateChannelAsync(cancellationToken: stoppingToken);
                await ListenAsync(channel, stoppingToken);
                // The client restores connection, topology and consumer after an outage by itself.
                await Task.Delay(Timeout.Infinite, stoppingToken);
            }
            catch (Exception failure) when (failure is BrokerUnreachableException or OperationInterruptedException or AlreadyClosedException or TimeoutException)
            {
                logger.LogWarning("The broker does not answer; trying again: {Reason}", failure.Message);
                await Task.Delay(Pause, stoppingToken);
            }
        }
    }

    private async Task ListenAsync(IChannel channel, CancellationToken stoppingToken)
    {
        await channel.ExchangeDeclareAsync(Exchange, ExchangeType.Topic, durable: true, cancellationToken: stoppingToken);
        await channel.QueueDeclareAsync(
            Queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }, cancellationToken: stoppingToken);
        await channel.QueueBindAsync(Queue, Exchange, "#", cancellationToken: stoppingToken);
        await channel.BasicQosAsync(0, AtOnce, global: false, stoppingToken);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) => HearAsync(channel, delivery, stoppingToken);
        await channel.BasicConsumeAsync(Queue, autoAck: false, consumer, stoppingToken);
    }

    private async Task HearAsync(IChannel channel, BasicDeliverEventArgs delivery, CancellationToken stoppingToken)
    {
        try
        {
            await TakeAsync(delivery, stoppingToken);
            await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        catch (AlreadyClosedException)
        {
            // The broker delivers it again; its effect is known by then.
        }
#pragma warning disable CA1031 // Whatever failed, the message goes back: the broker must not lose it, and the consumer must not end.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            logger.LogError(failure, "An inbound event could not be handled; it goes back to the queue");
            await Task.Delay(Pause, stoppingToken);
            await channel.BasicNackAsync(delivery.DeliveryTag, multiple: false, requeue: true, stoppingToken);
        }
    }

    private async Task TakeAsync(BasicDeliverEventArgs delivery, CancellationToken cancellationToken)
    {
        var body = delivery.Body.ToArray();
        var owner = delivery.BasicProperties.UserId is { } user && tenantsByUser.TryGetValue(user, out var its) ? its : tenant;
        var (incoming, rejection) = Read(body);
        if (incoming is null || Deliveries(delivery) >= MostDeliveries)
        {
            rejection ??= new Rejection("Unexpected", $"It failed {MostDeliveries} times.");
            await parking.ParkAsync(owner, incoming, body, "amqp", rejection, cancellationToken);
            return;
        }
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<InboundHandler>().TakeAsync(owner, incoming, "amqp", cancellationToken);
    }

    private static (CloudEvent? Event, Rejection? Rejection) Read(byte[] body)
    {
        try
        {
            using var json = EventJson.Parse(body);
            return CloudEvent.Read(json.RootElement);
        }
        catch (JsonException fault)
        {
            return (null, new Rejection("Event_Malformed", $"It is not JSON. {fault.Message}"));
        }
    }

    private static long Deliveries(BasicDeliverEventArgs delivery) =>
        delivery.BasicProperties.Headers?.TryGetValue("x-delivery-count", out var count) == true ? Convert.ToInt64(count, System.Globalization.CultureInfo.InvariantCulture) : 0;
}
