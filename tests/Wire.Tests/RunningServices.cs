using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ImageRights.EventStore.Transparency;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ImageRights.Wire.Tests;

/// <summary>Every service with an HTTP API, in this process behind real Kestrel, each on a database of its own.</summary>
public sealed class RunningServices : IAsyncLifetime
{
    private readonly string directory = Directory.CreateTempSubdirectory("imagerights-wire-").FullName;
    private readonly Dictionary<string, (WebApplication App, HttpClient Http, JsonNode Document)> running = [];

    public static readonly IReadOnlyDictionary<string, (Func<string[], WebApplication> Build, string Database)> Services = new Dictionary<string, (Func<string[], WebApplication>, string)>
    {
        ["Ingestion"] = (Ingestion.Composition.Build, "ingestiondb"),
        ["Fingerprint"] = (Fingerprint.Composition.Build, "fingerprintdb"),
        ["Matching"] = (Matching.Composition.Build, "matchingdb"),
        ["CaseManagement"] = (CaseManagement.Composition.Build, "casesdb"),
        ["Notification"] = (Notification.Composition.Build, "notificationdb"),
    };

    public static TheoryData<string> Names => new(Services.Keys);

    public static Assembly AssemblyOf(string service) => Services[service].Build.Method.DeclaringType!.Assembly;

    public HttpClient Http(string service) => running[service].Http;

    /// <summary>What the service answers at all, described or not.</summary>
    public IEnumerable<RouteEndpoint> Routes(string service) => running[service].App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    public JsonNode Document(string service) => running[service].Document;

    public IEnumerable<(string Path, string Method, JsonNode Operation)> Operations(string service) =>
        from path in Document(service)["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        where operation.Key is "get" or "post" or "put" or "patch" or "delete"
        select (path.Key, operation.Key, operation.Value!);

    /// <summary>Keys of the logs that a case file has events of.</summary>
    public async Task<IReadOnlyList<LogVerifier>> LogKeysAsync()
    {
        var keys = new List<LogVerifier>();
        foreach (var service in new[] { "CaseManagement", "Ingestion", "Matching", "Fingerprint" })
            keys.AddRange((await Http(service).GetStringAsync("/v1/log/keys")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(LogVerifier.Parse));
        return keys;
    }

    public async Task InitializeAsync()
    {
        var messaging = await TestServers.CreateVirtualHostAsync();
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        foreach (var (name, (build, database)) in Services)
        {
            var app = build([
                "--urls=http://127.0.0.1:0", "--environment=Production", "--Logging:LogLevel:Default=None",
                $"--ConnectionStrings:{database}={await TestServers.CreateDatabaseAsync()}", $"--ConnectionStrings:messaging={messaging}",
                $"--Vault:Directory={directory}", $"--Vault:Key={key}", $"--Secrets:Key={key}", $"--Personal:Key={key}", .. TestAccess.Settings,
                // Webhooks go to this machine; what Ingestion fetches does not.
                .. name == "Notification" ? new[] { "--Egress:AllowLoopback=true", "--Egress:AllowHttp=true" } : [],
            ]);
            await app.StartAsync();
            var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()), Timeout = TimeSpan.FromSeconds(60) }.Authorized();
            // The peers' addresses are known once all run.
            running[name] = (app, http, JsonNode.Parse(await http.GetStringAsync("/openapi/v1.json"))!);
        }
        foreach (var (_, (app, _, _)) in running)
        {
            foreach (var (peer, (_, http, _)) in running) app.Configuration[$"services:{peer.ToLowerInvariant()}:http:0"] = http.BaseAddress!.ToString();
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var (app, http, _) in running.Values)
        {
            http.Dispose();
            await app.StopAsync();
            await app.DisposeAsync();
        }
        Directory.Delete(directory, recursive: true);
    }
}
