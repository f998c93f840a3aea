using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ImageRights.EventStore;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ImageRights.Ingestion.IntegrationTests;

/// <summary>The service in this process behind real Kestrel, on a database, a virtual host and directories of its own.</summary>
public sealed class RunningIngestion : IAsyncLifetime
{
    private readonly string directory = Directory.CreateTempSubdirectory("imagerights-ingestion-").FullName;
    private readonly string vaultKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
    private WebApplication? app;
    private FingerprintDouble? fingerprint;
    private MatchingDouble? matching;
    private BusListener? bus;
    private NpgsqlDataSource? database;

    public string Database { get; private set; } = "";
    public string Messaging { get; private set; } = "";
    public string VaultDirectory => Path.Combine(directory, "vault");
    public string SpoolDirectory => Path.Combine(directory, "spool");
    public Uri Address => new(app!.Urls.Single());
    public HttpClient Http { get; private set; } = new();
    public DocumentStore Store => app!.Services.GetRequiredService<DocumentStore>();

    internal FingerprintDouble Fingerprint => fingerprint!;
    internal MatchingDouble Matching => matching!;
    internal BusListener Bus => bus!;

    public async Task InitializeAsync()
    {
        await PrepareAsync();
        bus = await BusListener.StartAsync(Messaging);
        await StartAsync("--Messaging:AwaitSubscribers=false");
    }

    /// <summary>Database, broker and peers, without the service.</summary>
    public async Task PrepareAsync()
    {
        Database = await TestServers.CreateDatabaseAsync();
        Messaging = await TestServers.CreateVirtualHostAsync();
        Directory.CreateDirectory(SpoolDirectory);
        fingerprint = await FingerprintDouble.StartAsync();
        matching = await MatchingDouble.StartAsync();
        database = NpgsqlDataSource.Create(Database);
    }

    public async Task StartAsync(params string[] settings)
    {
        app = Composition.Build([
            "--urls=http://127.0.0.1:0", "--environment=Production", "--Logging:LogLevel:Default=Warning", "--Logging:LogLevel:ImageRights=None",
            $"--ConnectionStrings:ingestiondb={Database}", $"--ConnectionStrings:messaging={Messaging}", $"--services:fingerprint:http:0={Fingerprint.Address}", $"--services:matching:http:0={Matching.Address}",
            .. TestAccess.Settings, $"--Vault:Directory={VaultDirectory}", $"--Vault:Key={vaultKey}", $"--Uploads:Directory={SpoolDirectory}", .. settings,
        ]);
        await app.StartAsync();
        Http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) }.Authorized();
    }

    public async Task StopAsync()
    {
        Http.Dispose();
        if (app is null) return;
        await app.StopAsync();
        await app.DisposeAsync();
        app = null;
    }

    public async Task DisposeAsync()
    {
        await StopAsync();
        if (bus is not null) await bus.DisposeAsync();
        if (fingerprint is not null) await fingerprint.DisposeAsync();
        if (matching is not null) await matching.DisposeAsync();
        if (database is not null) await database.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    /// <summary>Sends a picture with fields.</summary>
    public async Task<Answer> SendAsync(string path, byte[] file, string? key = null, params (string Name, string Value)[] fields)
    {
        using var form = Form(file, fields);
        return await SendAsync(HttpMethod.Post, path, form, key: key);
    }

    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content = null, string? version = null, string? key = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (version is not null) request.Headers.TryAddWithoutValidation("If-Match", version);
        if (key is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        using var response = await Http.SendAsync(request);
        return await Answer.ReadAsync(response);
    }

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public async Task<string> UploadAsync(string account, byte[]? file = null) =>
        (await SendAsync("/v1/images", file ?? SampleFiles.Read("small.jpg"), fields: ("accountId", account))).Accepted()["imageId"]!.GetValue<string>();

    public async Task<string> RegisterAsync(string account) =>
        (await SendAsync("/v1/works", SampleFiles.Read("photo.jpg"), null, ("accountId", account), ("title", "Coat"), ("author", "Ada Example"))).Accepted()["workId"]!.GetValue<string>();

    public static MultipartFormDataContent Form(byte[]? file, params (string Name, string Value)[] fields)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields) form.Add(new StringContent(value), name);
        if (file is not null) form.Add(new ByteArrayContent(file), "file", "picture");
        return form;
    }

    public static string Sha256(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>Names of all stored events, oldest first.</summary>
    public async Task<IReadOnlyList<(Guid Id, string Stream, string Type)>> EventsAsync()
    {
        await using var command = database!.CreateCommand("select id, stream_id, type from mt_events order by seq_id");
        await using var reader = await command.ExecuteReaderAsync();
        var events = new List<(Guid, string, string)>();
        while (await reader.ReadAsync()) events.Add((reader.GetGuid(0), reader.GetString(1), reader.GetString(2)));
        return events;
    }

    /// <summary>All stored events as they are written down.</summary>
    public async Task<string> FactsTextAsync()
    {
        await using var command = database!.CreateCommand("select string_agg(data::text, ' ') from mt_events");
        return (string)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Every object of the vault, and what a writer may have left.</summary>
    public string[] VaultFiles() => [.. Directory.GetFiles(VaultDirectory, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "key-id")];

    /// <summary>Everything that a refused request must leave as it was.</summary>
    public async Task<string> FootprintAsync() =>
        $"{(await EventsAsync()).Count} events, {VaultFiles().Length} vault files, {Directory.GetFiles(SpoolDirectory).Length} spooled";
}

/// <summary>An HTTP answer, read whole.</summary>
public sealed record Answer(int Status, string? MediaType, JsonNode? Body, string Text, HttpResponseHeaders Headers)
{
    public string? Code => Body?["code"]?.GetValue<string>();

    public string? Pointer => Body?["errors"]?[0]?["pointer"]?.GetValue<string>();

    public string Version => Headers.ETag!.ToString();

    public JsonNode Accepted()
    {
        Status.ShouldBeInRange(200, 299, Text);
        return Body!;
    }

    /// <summary>A problem of RFC 9457 with this code.</summary>
    public void ShouldBeProblem(int status, string code, string? pointer = null)
    {
        Status.ShouldBe(status, Text);
        MediaType.ShouldBe("application/problem+json");
        Code.ShouldBe(code);
        Body!["type"]!.GetValue<string>().ShouldBe($"urn:imagerights:problem:{code}");
        Body["title"]!.GetValue<string>().ShouldNotBeNullOrWhiteSpace();
        if (pointer is not null) Pointer.ShouldBe(pointer);
    }

    public static async Task<Answer> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        var type = response.Content.Headers.ContentType?.MediaType;
        return new Answer((int)response.StatusCode, type, type?.EndsWith("json", StringComparison.Ordinal) == true ? JsonNode.Parse(text) : null, text, response.Headers);
    }
}

/// <summary>Tests that share one running service; each uses accounts of its own.</summary>
[CollectionDefinition(nameof(SharedIngestion))]
public sealed class SharedIngestion : ICollectionFixture<RunningIngestion>;
