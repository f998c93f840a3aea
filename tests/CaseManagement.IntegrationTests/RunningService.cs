using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ImageRights.Contracts.CaseManagement.V1;
using ImageRights.EventStore;
using ImageRights.TestKit;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace ImageRights.CaseManagement.IntegrationTests;

/// <summary>The service on a database and a virtual host of its own, with a bus of ours beside it that speaks for matching and hears what is published.</summary>
public class RunningService : IAsyncLifetime
{
    private readonly ConcurrentQueue<(Guid MessageId, object Contract)> heard = [];

    /// <summary>Checkpoints that messages brought, in base64.</summary>
    public ConcurrentQueue<string> CheckpointsHeard { get; } = [];
    private WebApplication app = null!;
    private IBusControl bus = null!;

    private static readonly string PersonalKey = Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData("keys of persons"u8));

    /// <summary>Further settings of the next start.</summary>
    public IReadOnlyList<string> More { get; set; } = [];

    public string Database { get; private set; } = "";
    public string Messaging { get; private set; } = "";
    public HttpClient Http { get; private set; } = null!;

    /// <summary>What this service is told besides.</summary>
    protected virtual string[] Arguments => [];

    /// <summary>Virtual host, for the management API.</summary>
    public string VirtualHost => new Uri(Messaging).AbsolutePath[1..];

    public async Task InitializeAsync()
    {
        Database = await TestServers.CreateDatabaseAsync();
        Messaging = await TestServers.CreateVirtualHostAsync();
        bus = Bus.Factory.CreateUsingRabbitMq(rabbit =>
        {
            rabbit.Host(new Uri(Messaging));
            rabbit.ReceiveEndpoint("listener", endpoint =>
            {
                Hear<CaseOpened>(endpoint);
                Hear<MeasureApplied>(endpoint);
                Hear<CounterNoticeReceived>(endpoint);
                Hear<MeasureLifted>(endpoint);
                Hear<SettlementExecuted>(endpoint);
                Hear<CaseClosed>(endpoint);
                Hear<ProcedureStepTaken>(endpoint);
                Hear<DeadlineRan>(endpoint);
                // One at a time, so that the order heard is the order published.
                endpoint.PrefetchCount = 1;
                endpoint.ConcurrentMessageLimit = 1;
            });
        });
        await bus.StartAsync(new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token);
        await StartAsync();
    }

    /// <summary>With what the service is started.</summary>
    public string[] Settings =>
    [
        "--urls=http://127.0.0.1:0", $"--ConnectionStrings:casesdb={Database}", $"--ConnectionStrings:messaging={Messaging}",
        "--Messaging:AwaitSubscribers=false", "--Logging:LogLevel:Default=Warning", .. TestAccess.Settings, $"--Personal:Key={PersonalKey}", .. More, .. Arguments,
    ];

    public DocumentStore Store => app.Services.GetRequiredService<DocumentStore>();

    public async Task StartAsync()
    {
        app = Composition.Build(Settings);
        await app.StartAsync(new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()), Timeout = TimeSpan.FromSeconds(30) }.Authorized();
        await Eventually.HoldsAsync(async () => (await Http.GetAsync("/health")).StatusCode.ShouldBe(HttpStatusCode.OK), TimeSpan.FromSeconds(60), "health");
    }

    public async Task StopAsync()
    {
        Http.Dispose();
        await app.StopAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);
        await app.DisposeAsync();
    }

    public async Task DisposeAsync()
    {
        await StopAsync();
        await bus.StopAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);
    }

    public async Task SayAsync<T>(T contract, Guid? messageId = null) where T : class
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await bus.Publish(contract, context => context.MessageId = messageId ?? Guid.CreateVersion7(), timeout.Token);
    }

    public IReadOnlyList<object> HeardOf(string caseId) => [.. heard.DistinctBy(message => message.MessageId).Select(message => message.Contract).Where(contract => CaseOf(contract) == caseId)];

    public async Task<Answer> GetAsync(string path) => await Answer.ReadAsync(await Http.GetAsync(path));

    public Task<Answer> PostAsync(string path, object body, string? ifMatch = null, string? idempotencyKey = null, string? language = null) =>
        SendAsync(path, JsonContent.Create(body), ifMatch, idempotencyKey, language);

    public Task<Answer> PutAsync(string path, object body, string? ifMatch = null) => SendAsync(path, JsonContent.Create(body), ifMatch, method: HttpMethod.Put);

    public async Task<Answer> SendAsync(string path, HttpContent content, string? ifMatch = null, string? idempotencyKey = null, string? language = null, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Post, path) { Content = content };
        if (ifMatch is not null) request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        if (idempotencyKey is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", idempotencyKey);
        if (language is not null) request.Headers.TryAddWithoutValidation("Accept-Language", language);
        using var response = await Http.SendAsync(request);
        return await Answer.ReadAsync(response);
    }

    private void Hear<T>(IReceiveEndpointConfigurator endpoint) where T : class => endpoint.Handler<T>(context =>
    {
        if (context.Headers.Get<string>("imagerights-log-checkpoint") is { } checkpoint) CheckpointsHeard.Enqueue(checkpoint);
        heard.Enqueue((context.MessageId!.Value, context.Message));
        return Task.CompletedTask;
    });

    private static string CaseOf(object contract) => (string)contract.GetType().GetProperty("CaseId")!.GetValue(contract)!;
}

/// <summary>An answer, read whole.</summary>
public sealed record Answer(HttpStatusCode Status, JsonNode? Body, string? ETag, string? Location, bool Replayed)
{
    public string? Code => (string?)Body?["code"];

    public static async Task<Answer> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        return new Answer(
            response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text), response.Headers.ETag?.ToString(), response.Headers.Location?.ToString(),
            response.Headers.Contains("Idempotent-Replayed"));
    }

    public Answer ShouldBe(HttpStatusCode status, string? code = null)
    {
        Status.ShouldBe(status, Body?.ToJsonString());
        if (code is not null) Code.ShouldBe(code);
        return this;
    }
}

[CollectionDefinition(Name)]
public sealed class ServiceCollection : ICollectionFixture<RunningService>
{
    public const string Name = "one service";
}
