#:sdk Microsoft.NET.Sdk.Web
#:property PublishAot=false
#:property RestorePackagesWithLockFile=false
// An integrator in one file: dotnet run integrator.cs picture.jpg
// It needs .NET 10 and nothing else. Addresses and the program's credentials come from the environment, as README.md says.
using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

var picture = await File.ReadAllBytesAsync(args[0]);
var (console, ingestion, notification) = (Setting("IMAGERIGHTS_CONSOLE"), Setting("IMAGERIGHTS_INGESTION"), Setting("IMAGERIGHTS_NOTIFICATION"));
using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };
http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync());

// 1. Hear what happens: a receiver of webhooks, and an endpoint that leads to it.
byte[] secret = [];
var latest = new ConcurrentDictionary<string, JsonNode>();
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls("http://127.0.0.1:0");
await using var receiver = builder.Build();
receiver.MapPost("/hook", (Delegate)(async (HttpContext context) =>
{
    using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
    var body = await reader.ReadToEndAsync();
    if (!IsGenuine(context.Request.Headers, body)) return Results.Unauthorized();
    // Deliveries come at least once, and a later event may come before an earlier one: of one source and subject the higher sequence is the later, and nothing older may undo it.
    var told = JsonNode.Parse(body)!;
    latest.AddOrUpdate($"{told["source"]} {told["subject"]}", told, (_, known) => string.CompareOrdinal((string?)told["sequence"], (string?)known["sequence"]) > 0 ? told : known);
    return Results.NoContent();
}));
await receiver.StartAsync();
var endpoint = await PostAsync($"{notification}/v1/endpoints", JsonContent.Create(new { url = $"{receiver.Urls.Single()}/hook", eventTypes = new[] { "imagerights.work.registered.v1" } }));
secret = Convert.FromBase64String(endpoint["secret"]!.GetValue<string>()["whsec_".Length..]);

// 2. Register a work. The same Idempotency-Key makes a repeated request harmless.
var work = await PostAsync($"{ingestion}/v1/works", Form(("accountId", "author-1"), ("title", "Coat, autumn"), ("author", "Ada Example")), ("Idempotency-Key", Guid.NewGuid().ToString()));
Console.WriteLine($"work: {work["workId"]}");

// 3. The webhook that tells of it.
var deadline = DateTimeOffset.UtcNow.AddSeconds(60);
while (!latest.Values.Any(told => told["data"]!["workId"]?.GetValue<string>() == work["workId"]!.GetValue<string>()))
{
    if (DateTimeOffset.UtcNow > deadline) throw new TimeoutException("No webhook came.");
    await Task.Delay(100);
}
Console.WriteLine("webhook: verified");

// 4. Somebody else uploads the picture; wait for the verdict in the answer.
var upload = await PostAsync($"{ingestion}/v1/images", Form(("accountId", "shop-1"), ("surface", "Listing"), ("listingId", "listing-1")), ("Prefer", "wait=30"));
Console.WriteLine($"upload: {upload["imageId"]} {upload["screening"]?["verdict"]}");

// 5. The same events by polling, for those who cannot receive. Keep the cursor; ask again with it.
for (var cursor = ""; ;)
{
    var page = JsonNode.Parse(await http.GetStringAsync($"{notification}/v1/feed?limit=200&after={cursor}"))!;
    if (page["items"]!.AsArray().Any(told => told!["subject"]!.GetValue<string>() == upload["imageId"]!.GetValue<string>())) break;
    if (DateTimeOffset.UtcNow > deadline) throw new TimeoutException("The feed does not tell of the upload.");
    if (page["items"]!.AsArray().Count == 0) await Task.Delay(200);
    cursor = page["next"]!.GetValue<string>();
}
Console.WriteLine("feed: the upload's screening is there");

using var goodbye = new HttpRequestMessage(HttpMethod.Delete, $"{notification}/v1/endpoints/{endpoint["endpointId"]}") { Headers = { { "If-Match", "*" } } };
(await http.SendAsync(goodbye)).EnsureSuccessStatusCode();

static string Setting(string name) => Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"Set {name}.");

async Task<string> TokenAsync()
{
    using var request = new HttpRequestMessage(HttpMethod.Post, $"{console}/connect/token") { Content = new FormUrlEncodedContent([new("grant_type", "client_credentials")]) };
    request.Headers.Authorization = new AuthenticationHeaderValue(
        "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Setting("IMAGERIGHTS_CLIENT_ID")}:{Setting("IMAGERIGHTS_CLIENT_SECRET")}")));
    using var response = await http.SendAsync(request);
    response.EnsureSuccessStatusCode();
    return JsonNode.Parse(await response.Content.ReadAsStringAsync())!["access_token"]!.GetValue<string>();
}

async Task<JsonNode> PostAsync(string address, HttpContent body, params (string Name, string Value)[] headers)
{
    using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = body };
    foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
    using var response = await http.SendAsync(request);
    var text = await response.Content.ReadAsStringAsync();
    // Problems are RFC 9457: decide by code, show title.
    return response.IsSuccessStatusCode ? JsonNode.Parse(text)! : throw new HttpRequestException($"{(int)response.StatusCode} {text}");
}

MultipartFormDataContent Form(params (string Name, string Value)[] fields)
{
    var form = new MultipartFormDataContent();
    foreach (var (name, value) in fields) form.Add(new StringContent(value), name);
    form.Add(new ByteArrayContent(picture), "file", "picture");
    return form;
}

// Standard Webhooks 1.0: HMAC-SHA256 over id.timestamp.body; any of the signatures may fit, the time must be near.
bool IsGenuine(IHeaderDictionary headers, string body)
{
    var (id, timestamp) = (headers["webhook-id"].ToString(), headers["webhook-timestamp"].ToString());
    if (!long.TryParse(timestamp, out var seconds) || Math.Abs(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - seconds) > 300) return false;
    var expected = Encoding.ASCII.GetBytes("v1," + Convert.ToBase64String(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"{id}.{timestamp}.{body}"))));
    return headers["webhook-signature"].ToString().Split(' ').Any(signature => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(signature), expected));
}
