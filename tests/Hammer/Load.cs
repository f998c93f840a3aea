using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ImageRights.Hammer;

/// <summary>What was done in one phase.</summary>
internal sealed record Work(int Done, double PerSecond);

/// <summary>Uploads, and keeps account of what must come of each.</summary>
internal sealed class Load : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly IReadOnlyDictionary<string, Uri> services;
    private readonly HttpClient http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { Timeout = TimeSpan.FromSeconds(60) };
    private readonly WebApplication receiver;
    private readonly Func<Task> signIn;
    private readonly Stopwatch sinceToken = Stopwatch.StartNew();
    private readonly ConcurrentDictionary<string, string> works = [];
    private readonly ConcurrentDictionary<string, (Scene Scene, DateTimeOffset StartedAt)> sent = [];
    private readonly ConcurrentDictionary<string, (JsonNode Data, int Times)> decided = [];
    private byte[] secret = [];
    private JsonNode? endpoint;
    private int refused, forged;

    private Load(IReadOnlyDictionary<string, Uri> services, WebApplication receiver, string clientId, string clientSecret)
    {
        (this.services, this.receiver) = (services, receiver);
        signIn = async () =>
        {
            using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_id"] = clientId, ["client_secret"] = clientSecret });
            using var response = await http.PostAsync(new Uri(services["console"], "/connect/token"), form);
            var token = (await ReadAsync(response))["access_token"]!.GetValue<string>();
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            sinceToken.Restart();
        };
    }

    /// <summary>Uploads that were accepted.</summary>
    public int Uploads => sent.Count;

    /// <summary>Requests that were answered otherwise than they must be.</summary>
    public int Refused => refused;

    /// <summary>Uploads of which no decision was told.</summary>
    public int Lost => sent.Keys.Count(image => !decided.ContainsKey(image));

    /// <summary>Decisions that were told more than once.</summary>
    public int Doubled => decided.Values.Count(told => told.Times > 1);

    /// <summary>Webhooks without a valid signature.</summary>
    public int Forged => forged;

    /// <summary>Decisions other than the picture deserves: a work of somebody else's matches with that work, and nobody else's picture matches.</summary>
    public int Wrong => sent.Count(upload => decided.TryGetValue(upload.Key, out var told) && !IsRight(upload.Value.Scene, told.Data));

    public static async Task<Load> JoinAsync(IReadOnlyDictionary<string, Uri> services, string clientId, string clientSecret)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var load = new Load(services, builder.Build(), clientId, clientSecret);
        load.receiver.MapPost("/hook", (Delegate)load.HearAsync);
        await load.receiver.StartAsync();
        await load.signIn();
        using var response = await load.http.PostAsJsonAsync(
            new Uri(services["notification"], "/v1/endpoints"), new { url = load.receiver.Urls.Single() + "/hook", eventTypes = new[] { "imagerights.image.screened.v1" } });
        load.endpoint = await ReadAsync(response);
        load.secret = Convert.FromBase64String(load.endpoint["secret"]!.GetValue<string>()["whsec_".Length..]);
        return load;
    }

    /// <summary>Registers the works, and waits until their uploads would match.</summary>
    public async Task RegisterAsync(IReadOnlyList<Scene> scenes)
    {
        foreach (var scene in scenes.Where(scene => scene.IsWork))
        {
            using var answer = await SendAsync("ingestion", "/v1/works", scene.Bytes, ("accountId", $"{scene.Account}-author"), ("title", "Load"), ("author", "Hammer"));
            works[scene.Account] = (await ReadAsync(answer))["workId"]!.GetValue<string>();
        }
        var watch = Stopwatch.StartNew();
        foreach (var scene in scenes.Where(scene => scene.IsWork))
        {
            while (true)
            {
                using var answer = await SendAsync("ingestion", "/v1/prechecks", scene.Variant(), ("accountId", scene.Account));
                if (answer.IsSuccessStatusCode && IsRight(scene, await ReadAsync(answer))) break;
                if (watch.Elapsed > Patience) throw new TimeoutException($"The work of {scene.Account} is not found: {(int)answer.StatusCode}");
                await Task.Delay(200);
            }
        }
    }

    /// <summary>What Fingerprint alone does in a second with the same pictures.</summary>
    public Task<Work> DecodeAsync(IReadOnlyList<Scene> scenes, int writers, TimeSpan duration) => RunAsync(scenes, writers, duration, null, async scene =>
    {
        using var content = new ByteArrayContent(scene.Variant()) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
        using var answer = await http.PostAsync(new Uri(services["fingerprint"], "/v1/fingerprints?store=false"), content);
        return answer.StatusCode == HttpStatusCode.OK;
    });

    /// <summary>Uploads; gives how many were accepted.</summary>
    /// <param name="perSecond">Pace; null: as fast as they are answered.</param>
    public Task<Work> UploadAsync(IReadOnlyList<Scene> scenes, int writers, TimeSpan duration, double? perSecond) => RunAsync(scenes, writers, duration, perSecond, async scene =>
    {
        var startedAt = DateTimeOffset.UtcNow;
        using var answer = await SendAsync("ingestion", "/v1/images", scene.Variant(), ("accountId", scene.Account), ("surface", "Listing"), ("listingId", "hammer"));
        if (answer.StatusCode != HttpStatusCode.Accepted) return false;
        return sent.TryAdd((await ReadAsync(answer))["imageId"]!.GetValue<string>(), (scene, startedAt));
    });

    /// <summary>Waits until everything that was uploaded is decided, or nothing more is to be hoped for.</summary>
    public async Task SettleAsync()
    {
        var watch = Stopwatch.StartNew();
        while (Lost > 0 && watch.Elapsed < Patience) await Task.Delay(100);
    }

    private readonly HashSet<string> counted = [];

    /// <summary>Leaves what came so far out of <see cref="Latency"/>.</summary>
    public void Forget() => counted.UnionWith(sent.Keys);

    /// <summary>From the begin of an upload to its decision, in milliseconds: by the clock of this machine, which both are on.</summary>
    public (double P50, double P99) Latency()
    {
        var waits = sent.Where(upload => !counted.Contains(upload.Key) && decided.ContainsKey(upload.Key))
            .Select(upload => (decided[upload.Key].Data["screenedAt"]!.GetValue<DateTimeOffset>() - upload.Value.StartedAt).TotalMilliseconds).Order().ToList();
        return waits.Count == 0 ? (double.NaN, double.NaN) : (waits[waits.Count / 2], waits[(int)(waits.Count * 0.99)]);
    }

    public async ValueTask DisposeAsync()
    {
        using var goodbye = new HttpRequestMessage(HttpMethod.Delete, new Uri(services["notification"], $"/v1/endpoints/{endpoint!["endpointId"]}"));
        goodbye.Headers.TryAddWithoutValidation("If-Match", "*");
        using var answer = await http.SendAsync(goodbye);
        http.Dispose();
        await receiver.DisposeAsync();
    }

    private async Task<Work> RunAsync(IReadOnlyList<Scene> scenes, int writers, TimeSpan duration, double? perSecond, Func<Scene, Task<bool>> work)
    {
        // Tokens live for minutes; a phase begins with a fresh one.
        if (sinceToken.Elapsed > TimeSpan.FromSeconds(30)) await signIn();
        var watch = Stopwatch.StartNew();
        var (number, done) = (-1, 0);
        await Task.WhenAll(Enumerable.Range(0, writers).Select(async _ =>
        {
            while (watch.Elapsed < duration)
            {
                var mine = Interlocked.Increment(ref number);
                if (perSecond is { } pace && TimeSpan.FromSeconds(mine / pace) - watch.Elapsed is { Ticks: > 0 } early) await Task.Delay(early);
                if (await work(scenes[mine % scenes.Count])) Interlocked.Increment(ref done);
                else Interlocked.Increment(ref refused);
            }
        }));
        return new Work(done, done / watch.Elapsed.TotalSeconds);
    }

    private async Task<HttpResponseMessage> SendAsync(string service, string path, byte[] picture, params (string Name, string Value)[] fields)
    {
        using var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields) form.Add(new StringContent(value), name);
        form.Add(new ByteArrayContent(picture), "file", "picture");
        return await http.PostAsync(new Uri(services[service], path), form);
    }

    private async Task<IResult> HearAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync();
        var headers = context.Request.Headers;
        var expected = "v1," + Convert.ToBase64String(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"{headers["webhook-id"]}.{headers["webhook-timestamp"]}.{body}")));
        if (headers["webhook-signature"] != expected)
        {
            Interlocked.Increment(ref forged);
            return TypedResults.Unauthorized();
        }
        var data = JsonNode.Parse(body)!["data"]!;
        decided.AddOrUpdate(data["imageId"]!.GetValue<string>(), _ => (data, 1), (_, told) => (told.Data, told.Times + 1));
        return TypedResults.NoContent();
    }

    private bool IsRight(Scene scene, JsonNode told) => scene.IsWork
        ? told["verdict"]!.GetValue<string>() == "Match" && told["matches"]!.AsArray().Any(match => match!["referenceId"]!.GetValue<string>() == works[scene.Account])
        : told["verdict"]!.GetValue<string>() == "Clear";

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode ? JsonNode.Parse(text)! : throw new HttpRequestException($"{(int)response.StatusCode} {response.RequestMessage?.RequestUri}: {text}");
    }
}
