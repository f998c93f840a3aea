using System.Reflection;
using System.Text.Json.Serialization;
using ImageRights.EventStore;
using ImageRights.Notification.Deliveries;
using ImageRights.Notification.Endpoints;
using ImageRights.Notification.Features.ChangingEndpoints;
using ImageRights.Notification.Features.DescribingEvents;
using ImageRights.Notification.Features.HearingContracts;
using ImageRights.Notification.Features.HearingMessages;
using ImageRights.Notification.Features.ReadingDeliveries;
using ImageRights.Notification.Features.ReadingEndpoints;
using ImageRights.Notification.Features.ReadingFeed;
using ImageRights.Notification.Features.ReadingInbox;
using ImageRights.Notification.Features.RegisteringEndpoints;
using ImageRights.Notification.Features.ReplayingDeliveries;
using ImageRights.Notification.Features.RotatingSecrets;
using ImageRights.Notification.Features.SendingTestEvents;
using ImageRights.Notification.Letters;
using ImageRights.Notification.Mailing;
using ImageRights.Notification.Projections;
using ImageRights.Notification.Publishing;
using ImageRights.Notification.Secrets;
using ImageRights.Notification.Sending;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http.Description;
using ImageRights.ServiceDefaults.Http.Egress;
using ImageRights.ServiceDefaults.Messaging;
using ImageRights.ServiceDefaults.Problems;
using ImageRights.ServiceDefaults.Transparency;
using MassTransit;

namespace ImageRights.Notification;

/// <summary>Everything that the service consists of, by name.</summary>
public static class Composition
{
    /// <summary>Builds the service.</summary>
    /// <exception cref="InvalidOperationException">Configuration that it cannot run without is missing or makes no sense.</exception>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults();
        builder.Services.AddProblems(typeof(Composition).Assembly);
        builder.AddApiDescription(Api.Description);
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.DefaultIgnoreCondition = StoreOptions.Json.DefaultIgnoreCondition;
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(allowIntegerValues: false));
        });

        var egress = EgressOptions.FromConfiguration(builder.Configuration.GetSection("Egress"));
        var webhooks = WebhookOptions.FromConfiguration(builder.Configuration.GetSection("Webhooks"));
        builder.Services.AddSingleton(SecretSeal.FromConfiguration(builder.Configuration["Secrets:Key"]));
        builder.Services.AddSingleton(webhooks);
        builder.Services.AddSingleton(TimeProvider.System);

        builder.Services.AddEventStore(options =>
        {
            Facts(options, builder.Configuration.GetConnectionString("notificationdb")
                ?? throw new InvalidOperationException("ConnectionStrings:notificationdb is missing; start the service through AppHost or set ConnectionStrings__notificationdb."));
            options.KeepTransparencyLog(builder.Configuration["Transparency:SigningKey"]);
        });
        builder.AddAccess();
        builder.AddBus("notification", bus =>
        {
            bus.AddConsumer<EveryContractConsumer, EveryContractConsumerDefinition>();
            bus.AddConsumer<PartyMessageSentConsumer>();
        });

        builder.Services.AddSingleton(new EgressPolicy(egress));
        builder.Services.AddSingleton(services => new HttpMessageInvoker(new EgressHandler(services.GetRequiredService<EgressPolicy>(), webhooks.Timeout)));
        builder.Services.AddSingleton<EndpointSecrets>();
        builder.Services.AddSingleton<DueDeliveries>();
        builder.Services.AddSingleton<DueSignal>();
        builder.Services.AddSingleton<NoticeIntake>();
        builder.Services.AddSingleton<WebhookSender>();
        builder.Services.AddSingleton<DeliveryWorker>();
        builder.Services.AddHostedService<Dispatcher>();
        builder.Services.AddSingleton(MailOptions.FromConfiguration(builder.Configuration.GetSection("Mail"))).AddSingleton<MailSender>();
        builder.Services.AddHttpClient<ContactClient>(ContactClient.Configure).CallAsService();
        builder.Services.AddHostedService<MailDispatcher>();
        builder.Services.AddHealthChecks().AddCheck<BacklogHealthCheck>("webhook-backlog", tags: ["ready"]);

        var app = builder.Build();
        app.UseProblems();
        app.UseAccess();
        app.MapDefaultEndpoints();
        app.MapApiDescription();
        app.MapTransparencyLog();
        DescribeEvents.Map(app);
        Doors(app);
        if (egress.AllowLoopback || egress.AllowHttp)
        {
            app.Logger.LogWarning(
                "Webhooks may go to this machine's own addresses: {AllowLoopback}; by plain HTTP: {AllowHttp}. Meant for development and sandboxes only", egress.AllowLoopback, egress.AllowHttp);
        }
        return app;
    }

    /// <summary>Names of the facts, what is folded from them, who follows them.</summary>
    public static void Facts(StoreOptions options, string connectionString)
    {
        options.ServiceName = "notification";
        options.ConnectionString = connectionString;
        options.Events
            .Map<EndpointEvent.Registered>("endpoint_registered_v1")
            .Map<EndpointEvent.Moved>("endpoint_moved_v1")
            .Map<EndpointEvent.FilterChanged>("endpoint_filter_changed_v1")
            .Map<EndpointEvent.Described>("endpoint_described_v1")
            .Map<EndpointEvent.SecretRotated>("endpoint_secret_rotated_v1")
            .Map<EndpointEvent.Disabled>("endpoint_disabled_v1")
            .Map<EndpointEvent.Enabled>("endpoint_enabled_v1")
            .Map<DeliveryEvent.Scheduled>("delivery_scheduled_v1")
            .Map<DeliveryEvent.Delivered>("delivery_delivered_v1")
            .Map<DeliveryEvent.Attempted>("delivery_attempted_v1")
            .Map<DeliveryEvent.Succeeded>("delivery_succeeded_v1")
            .Map<DeliveryEvent.Exhausted>("delivery_exhausted_v1")
            .Map<DeliveryEvent.Replayed>("delivery_replayed_v1")
            .Map<LetterEvent.Received>("letter_received_v1")
            .Map<LetterEvent.Read>("letter_read_v1")
            .Map<LetterEvent.Mailed>("letter_mailed_v1");
        options.Projections.LiveStreamAggregation(WebhookEndpoint.Initial, WebhookEndpoint.Evolve);
        options.Projections.LiveStreamAggregation(Delivery.Initial, Delivery.Evolve);
        options.Projections.InlineSnapshot<EndpointView>("endpoint-", EndpointView.Evolve, "(data ->> 'state')");
        options.Projections.InlineSnapshot<DeliveryView>(
            "delivery-", DeliveryView.Evolve, DeliveryView.OrderSql, $"(data ->> 'endpointId'), {DeliveryView.OrderSql}", $"(data ->> 'state'), {DeliveryView.OrderSql}");
        options.Projections.LiveStreamAggregation(Letter.Initial, Letter.Evolve);
        options.Projections.InlineSnapshot<LetterView>(Letter.StreamPrefix, LetterView.Evolve, LetterView.Indexes);
        options.SchemaScripts.Add(ReadScript("webhooks.sql"));
        options.PublishFacts(NotificationContracts.Translate);
    }

    private static void Doors(WebApplication app)
    {
        var endpoints = app.MapGroup("/v1/endpoints").WithTags("Webhook endpoints").Requires(Permission.EndpointsRead);
        RegisterEndpoint.Map(endpoints);
        ReadEndpoints.Map(endpoints);
        ChangeEndpoint.Map(endpoints);
        RotateSecret.Map(endpoints);
        SendTestEvent.Map(endpoints);
        ReplayRange.Map(endpoints);

        var deliveries = app.MapGroup("/v1/deliveries").WithTags("Deliveries").Requires(Permission.DeliveriesRead);
        ReadDeliveries.Map(deliveries);
        ReplayDelivery.Map(deliveries);

        ReadInbox.Map(app.MapGroup("/v1"));
        ReadFeed.Map(app.MapGroup("/v1").WithTags("Feed").Requires(Permission.FeedRead));
        ReadEndpoints.MapTypes(app.MapGroup("/v1/event-types").WithTags("Webhook endpoints").Requires(Permission.EndpointsRead));
    }

    private static string ReadScript(string name)
    {
        var assembly = Assembly.GetExecutingAssembly();
        using var stream = assembly.GetManifestResourceStream(assembly.GetManifestResourceNames().Single(resource => resource.EndsWith(name, StringComparison.Ordinal)))!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
