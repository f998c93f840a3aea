using System.Reflection;
using ImageRights.Contracts;
using ImageRights.EventStore;
using ImageRights.EventStore.Transparency;
using ImageRights.ServiceDefaults.Telemetry;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ImageRights.ServiceDefaults.Messaging;

/// <summary>The bus as every service uses it: quorum queues named by service, publisher confirms, retries that end in an <c>_error</c> queue, an inbox that makes redelivery harmless.</summary>
public static class BusExtensions
{
    /// <summary>Connects to the broker in <c>ConnectionStrings:messaging</c> and runs the consumers given.</summary>
    /// <param name="builder">Application.</param>
    /// <param name="service">Queue prefix, such as <c>matching</c>: two services with a consumer of the same name must not share a queue.</param>
    /// <param name="consumers">Consumers by name, in <c>Composition.cs</c>.</param>
    public static void AddBus(this IHostApplicationBuilder builder, string service, Action<IBusRegistrationConfigurator>? consumers = null)
    {
        var address = builder.Configuration.GetConnectionString("messaging")
            ?? throw new InvalidOperationException("ConnectionStrings:messaging is missing; start the service through AppHost or set ConnectionStrings__messaging.");
        builder.Services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.SetEndpointNameFormatter(new KebabCaseEndpointNameFormatter(service, includeNamespace: false));
            consumers?.Invoke(bus);
            bus.AddConfigureEndpointsCallback((context, _, endpoint) =>
            {
                if (endpoint is IRabbitMqReceiveEndpointConfigurator queue)
                {
                    queue.SetQuorumQueue();
                    // Quorum queues of RabbitMQ 3.10 redeliver without end to a consumer that crashes its process.
                    queue.SetQueueArgument("x-delivery-limit", 20);
                    queue.PrefetchCount = 32;
                }
                // What failed waits in the _error queue; nobody listens for faults, and a service's user may not declare their exchanges.
                endpoint.PublishFaults = false;
                endpoint.UseMessageRetry(retry => retry.Exponential(6, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(200)));
                endpoint.UseConsumeFilter(typeof(SubjectFilter<>), context);
                endpoint.UseConsumeFilter(typeof(InboxFilter<>), context);
            });
            bus.UsingRabbitMq((context, rabbit) =>
            {
                rabbit.Host(new Uri(address));
                rabbit.ConfigureEndpoints(context);
            });
        });
        builder.Services.Configure<MassTransitHostOptions>(options =>
        {
            options.WaitUntilStarted = false;
            options.StartTimeout = TimeSpan.FromSeconds(60);
            options.StopTimeout = TimeSpan.FromSeconds(10);
        });
        builder.Services.AddSingleton(services => new Subscribers(new Uri(address), builder.Configuration.GetValue("Messaging:AwaitSubscribers", true)));
    }

    /// <summary>Publishes the service's facts as contracts: the log is the outbox.</summary>
    /// <param name="options">Store of the service.</param>
    /// <param name="translate">Turns a fact into the contract that tells of it; null for facts that stay inside.</param>
    public static void PublishFacts(this StoreOptions options, Func<RecordedEvent, object?> translate) =>
        options.Follow("relay", services => new Relay(
            services.GetRequiredService<IBus>(), services.GetRequiredService<Subscribers>(), services.GetRequiredService<TransparencyLog>(), translate));

    /// <summary>The publishing service's latest checkpoint, a C2SP signed note in base64, as the message brought it; null when it keeps no log or has sealed nothing yet.</summary>
    public static string? LogCheckpoint(this ConsumeContext context) => context.Headers.Get<string>(Relay.CheckpointHeader);

    /// <summary>Which fact a message tells of; null when it does not come from a log.</summary>
    public static FactPlace? Fact(this ConsumeContext context) =>
        context.Headers.Get<string>(Relay.StreamHeader) is { } stream && context.Headers.Get<long>(Relay.VersionHeader) is { } version ? new FactPlace(stream, version) : null;

    /// <summary>Makes the session's save the one effect of this message: inbox row, causation and correlation commit with the events.</summary>
    public static void Enlist(this DocumentSession session, ConsumeContext context, object consumer)
    {
        session.Enlist(
            context.MessageId ?? throw new InvalidOperationException("A message without an id cannot be consumed once."),
            consumer.GetType().Name);
        session.CorrelationId = context.CorrelationId?.ToString() ?? context.ConversationId?.ToString();
    }
}

/// <summary>Where a fact stands.</summary>
/// <param name="Version">Version in its stream, from 1.</param>
public sealed record FactPlace(string Stream, long Version);
