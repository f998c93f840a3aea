using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ImageRights.Contracts.CaseManagement.V1;
using ImageRights.EventStore;
using ImageRights.Notification.Deliveries;
using ImageRights.Notification.Projections;
using ImageRights.TestKit;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ImageRights.Notification.IntegrationTests;

/// <summary>The service on a database and a virtual host of its own, a receiver, and a bus to speak to it.</summary>
public sealed class RunningService : IAsyncDisposable
{
    public const string Key = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly List<WebApplication> replicas = [];
    private readonly string[] settings;
    private IBusControl? bus;

    private RunningService(string database, string virtualHost, Receiver receiver, string[] settings) =>
        (Database, VirtualHost, Receiver, this.settings) = (database, virtualHost, receiver, settings);

    public string Database { get; }
    public DocumentStore Store => replicas[0].Services.GetRequiredService<DocumentStore>();
    public string VirtualHost { get; }
    public Receiver Receiver { get; }
    public HttpClient Http { get; private set; } = new();

    /// <param name="settings">Such as <c>Webhooks:Timeout=00:00:01</c>; they come after, and so replace, those for tests.</param>
    public static async Task<RunningService> StartAsync(params string[] settings)
    {
        var service = new RunningService(
            await TestServers.CreateDatabaseAsync(), await TestServers.CreateVirtualHostAsync(), await Receiver.StartAsync(),
            ["Webhooks:Schedule:0=00:00:00", "Webhooks:Schedule:1=00:00:00.2", "Webhooks:Schedule:2=00:00:00.2", "Webhooks:Poll=00:00:00.05", .. settings]);
        await service.AddReplicaAsync();
        service.bus = MassTransit.Bus.Factory.CreateUsingRabbitMq(rabbit => rabbit.Host(new Uri(service.VirtualHost)));
        await service.bus.StartAsync(StartLimit);
        return service;
    }

    /// <summary>Configuration of the service, for whoever starts it.</summary>
    public string[] Arguments(params string[] more) =>
    [
        .. new[]
        {
            "urls=http://127.0.0.1:0", $"ConnectionStrings:notificationdb={Database}", $"ConnectionStrings:messaging={VirtualHost}", "Messaging:AwaitSubscribers=false", $"services:ingestion:http:0={Receiver.Url("/")}",
            $"Secrets:Key={Key}", "Egress:AllowLoopback=true", "Egress:AllowHttp=true", "Logging:LogLevel:Default=Warning",
        }.Concat(settings).Concat(more).Select(setting => "--" + setting), .. TestAccess.Settings,
    ];

    public async Task<WebApplication> AddReplicaAsync(params string[] more)
    {
        var replica = Composition.Build(Arguments(more));
        await replica.StartAsync();
        replicas.Add(replica);
        Http.Dispose();
        Http = new HttpClient { BaseAddress = new Uri(replica.Urls.First()), Timeout = TimeSpan.FromSeconds(30) }.Authorized();
        await Eventually.HoldsAsync(async () => (await Http.GetStringAsync("/health")).Split('\n')[0].ShouldBeOneOf("Healthy", "Degraded"), StartLimit, "The service");
        return replica;
    }

    /// <summary>Stops every replica, as an orderly shutdown does.</summary>
    public async Task StopAsync()
    {
        foreach (var replica in replicas)
        {
            await replica.StopAsync();
            await replica.DisposeAsync();
        }
        replicas.Clear();
    }

    public Task PublishAsync<T>(T contract, Guid? messageId = null, string? traceParent = null, string? checkpoint = null, long? version = null) where T : class => bus!.Publish(contract, context =>
    {
        if (messageId is { } id) context.MessageId = id;
        if (traceParent is not null) context.Headers.Set("traceparent", traceParent);
        if (checkpoint is not null) context.Headers.Set("imagerights-log-checkpoint", checkpoint);
        if (version is not null)
        {
            context.Headers.Set("imagerights-stream", "case-case_1");
            context.Headers.Set("imagerights-stream-version", version);
        }
    });

    public static MeasureApplied Measure(string caseId = "case_1", string statement = "It is a copy.") =>
        new(DocumentStore.DefaultTenant, caseId, "msr_1", "img_1", "seller-1", null, "Copyright_Infringement", statement, "reviewer-1", DateTimeOffset.UtcNow);

    public static MeasureLifted Lifted(string caseId = "case_1") =>
        new(DocumentStore.DefaultTenant, caseId, "msr_1", "img_1", "seller-1", null, "Mistake", "reviewer-1", DateTimeOffset.UtcNow);

    public static CaseClosed Closed(string caseId = "case_1") =>
        new(DocumentStore.DefaultTenant, caseId, "img_1", "seller-1", null, CaseOutcome.Dismissed, DateTimeOffset.UtcNow);

    /// <summary>Registers an endpoint at a path of the receiver.</summary>
    public async Task<(string Id, string Secret)> RegisterAsync(string path, params string[] eventTypes)
    {
        var answer = await Http.PostAsJsonAsync("/v1/endpoints", new { url = Receiver.Url(path), eventTypes });
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        var created = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return (created.GetProperty("endpointId").GetString()!, created.GetProperty("secret").GetString()!);
    }

    public async Task<T> GetAsync<T>(string path)
    {
        var answer = await Http.GetAsync(path);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<T>(StoreOptions.Json))!;
    }

    public async Task<IReadOnlyList<DeliveryView>> DeliveriesAsync(string query = "") =>
        [.. (await GetAsync<JsonElement>($"/v1/deliveries?limit=200{query}")).GetProperty("items").Deserialize<List<DeliveryView>>(StoreOptions.Json)!];

    /// <summary>Waits until the only delivery of an endpoint is as wanted.</summary>
    public Task<DeliveryView> DeliveryAsync(string endpointId, DeliveryState state, int attempts = 0) => Eventually.GetAsync(async () =>
    {
        var delivery = (await DeliveriesAsync($"&endpointId={endpointId}")).ShouldHaveSingleItem();
        delivery.State.ShouldBe(state);
        delivery.Attempts.Count.ShouldBeGreaterThanOrEqualTo(attempts);
        return delivery;
    }, what: $"A delivery that is {state}");

    public async Task<T> QueryAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(Database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        if (bus is not null) await bus.StopAsync(TimeSpan.FromSeconds(10));
        await Receiver.DisposeAsync();
        await StopAsync();
        Http.Dispose();
        NpgsqlConnection.ClearPool(new NpgsqlConnection(Database));
    }
}
