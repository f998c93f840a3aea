using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Npgsql;

namespace ImageRights.Console.IntegrationTests;

/// <summary>The console on a database of its own, and two services (Matching, CaseManagement) that take its tokens by its key set's address.</summary>
public sealed class RunningConsole : IAsyncLifetime
{
    private readonly string directory = Directory.CreateTempSubdirectory("imagerights-console-").FullName;
    private readonly string key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
    private readonly int port = FreePort.Next();
    private readonly int mediaPort = FreePort.Next();
    private WebApplication? console;
    private WebApplication? service;
    private WebApplication? cases;
    private string database = "";

    public string CredentialsFile => Path.Combine(directory, "first-credentials.env");

    public Uri Address => new($"http://127.0.0.1:{port}");

    /// <summary>Where pictures are shown.</summary>
    public Uri Media => new($"http://127.0.0.1:{mediaPort}");

    /// <summary>Ingestion and Fingerprint, as far as pages need them.</summary>
    internal PictureServices Pictures { get; private set; } = null!;

    public IReadOnlyDictionary<string, string> First => File.ReadLines(CredentialsFile).Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

    public IServiceProvider Services => console!.Services;

    /// <summary>For programs: no cookies, no redirects.</summary>
    public HttpClient? Http { get; private set; }

    /// <summary>The service.</summary>
    public HttpClient Matching { get; private set; } = null!;

    /// <summary>The same as it runs.</summary>
    public WebApplication MatchingService => service!;

    /// <summary>The service that leads cases.</summary>
    public WebApplication Cases => cases!;

    public async Task InitializeAsync()
    {
        database = await TestServers.CreateDatabaseAsync();
        var messaging = await TestServers.CreateVirtualHostAsync();
        service = ImageRights.Matching.Composition.Build([
            "--urls=http://127.0.0.1:0", "--environment=Production", "--Logging:LogLevel:Default=None", $"--ConnectionStrings:matchingdb={await TestServers.CreateDatabaseAsync()}",
            $"--ConnectionStrings:messaging={messaging}", "--Messaging:AwaitSubscribers=false", $"--Access:Issuer={Origin}", $"--Access:ServiceKey={TestAccess.ServiceKey}",
        ]);
        await service.StartAsync();
        cases = ImageRights.CaseManagement.Composition.Build([
            "--urls=http://127.0.0.1:0", "--environment=Production", "--Logging:LogLevel:Default=None", $"--ConnectionStrings:casesdb={await TestServers.CreateDatabaseAsync()}",
            $"--ConnectionStrings:messaging={messaging}", "--Messaging:AwaitSubscribers=false", $"--Access:Issuer={Origin}", $"--Access:ServiceKey={TestAccess.ServiceKey}",
        ]);
        await cases.StartAsync();
        Pictures = await PictureServices.StartAsync();
        Matching = new HttpClient { BaseAddress = new Uri(service.Urls.Single()), Timeout = TimeSpan.FromSeconds(30) };
        await StartAsync();
    }

    /// <summary>Starts the console; the services run already.</summary>
    public async Task StartAsync(params string[] settings)
    {
        console = Composition.Build([
            $"--urls={Origin};{Media}", $"--Media:Origin={Media}", "--environment=Development", "--Logging:LogLevel:Default=None", $"--ConnectionStrings:consoledb={database}", $"--Access:Issuer={Origin}", $"--Access:Key={key}",
            $"--Access:FirstCredentials={CredentialsFile}", $"--services:matching:http:0={Matching.BaseAddress}", $"--services:casemanagement:http:0={cases!.Urls.Single()}",
            $"--services:ingestion:http:0={Pictures.Address}", $"--services:fingerprint:http:0={Pictures.Address}", .. settings,
        ]);
        await console.StartAsync();
        Http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(30) };
    }

    public async Task StopAsync()
    {
        Http?.Dispose();
        if (console is null) return;
        await console.StopAsync();
        await console.DisposeAsync();
        console = null;
    }

    public async Task DisposeAsync()
    {
        await StopAsync();
        Matching.Dispose();
        await Pictures.DisposeAsync();
        await service!.StopAsync();
        await service.DisposeAsync();
        await cases!.StopAsync();
        await cases.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    /// <summary>Asks for a token; gives status and answer.</summary>
    public async Task<(HttpStatusCode Status, JsonNode Body, HttpResponseHeaders Headers)> AskAsync(string? id, string? secret, string? scope = null, bool asBasic = true, string grant = "client_credentials")
    {
        var fields = new Dictionary<string, string> { ["grant_type"] = grant };
        if (scope is not null) fields["scope"] = scope;
        if (!asBasic && id is not null) (fields["client_id"], fields["client_secret"]) = (id, secret!);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/connect/token") { Content = new FormUrlEncodedContent(fields) };
        if (asBasic) request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(id!)}:{Uri.EscapeDataString(secret!)}")));
        using var response = await Http!.SendAsync(request);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!, response.Headers);
    }

    public async Task<string> TokenAsync(string? scope = null)
    {
        var (status, body, _) = await AskAsync(First["client_id"], First["client_secret"], scope);
        status.ShouldBe(HttpStatusCode.OK, body.ToJsonString());
        return body["access_token"]!.GetValue<string>();
    }

    /// <summary>What the service answers to a token.</summary>
    public async Task<HttpStatusCode> TryAsync(string token, string path = "/v1/index")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await Matching.SendAsync(request);
        return response.StatusCode;
    }

    public async Task<T> QueryAsync<T>(string sql)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    private string Origin => $"http://127.0.0.1:{port}";
}
