using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ImageRights.ServiceDefaults.Access;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;

namespace ImageRights.Wire.Tests;

/// <summary>Two marketplaces on one installation: the same picture in both, and everything that one has asked for by the other.</summary>
public sealed partial class TenantTests(RunningServices services) : IClassFixture<RunningServices>
{
    // The law is the same for all tenants; a guest's report opens by its PIN, and has a test of its own; the others come of long stories, and lists of them are asked for below.
    private static readonly string[] Exempt =
        ["/v1/regimes/{name}", "/v1/guest/reports/{number}", "/v1/statements-of-reasons/{id}", "/v1/transparency-submissions/{puid}", "/v1/reporters/{accountId}"];

    // What operations need to get as far as looking for the thing; each takes what it knows.
    private static readonly object Body = new
    {
        actor = "x", reasonCode = "Copyright", statement = "x", agreedBy = new[] { "x" }, amount = 1, currency = "USD", imageStays = false, outcome = "Upheld", elements = new { signature = "x" },
        description = "x", from = "2020-01-01T00:00:00Z",
    };

    private readonly byte[] picture = new SamplePicture(Random.Shared.Next()).ToPng();

    [Fact]
    public async Task The_same_picture_in_two_tenants_never_meets()
    {
        var (here, there) = (new Market(services, $"here-{Guid.NewGuid():N}"), new Market(services, $"there-{Guid.NewGuid():N}"));
        var work = (await here.SendAsync("/v1/works", picture, ("accountId", "artist"), ("title", "Coat"), ("author", "Ada Example")))["workId"]!.GetValue<string>();
        await Eventually.HoldsAsync(async () => (await here.SendAsync("/v1/prechecks", picture, ("accountId", "shop")))["verdict"]!.GetValue<string>().ShouldBe("Match"), what: "The work in the index");

        // The other tenant cannot even tell that the bytes are there.
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(picture));
        (await there.GetAsync("Ingestion", $"/internal/v1/contents/{sha256}")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await there.GetAsync("Fingerprint", $"/v1/renditions/{sha256}")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await there.SendAsync("/v1/prechecks", picture, ("accountId", "shop")))["matches"]!.AsArray().ShouldBeEmpty();

        var upload = await there.SendAsync("/v1/images", picture, ("accountId", "shop"));
        upload["screening"]!["verdict"]!.GetValue<string>().ShouldBe("Clear", upload.ToJsonString());
        // Nor does a work that is registered later find what the other tenant's shops uploaded before.
        var late = (await here.SendAsync("/v1/works", picture, ("accountId", "second"), ("title", "Coat"), ("author", "Ben Example")))["workId"]!.GetValue<string>();
        await Eventually.HoldsAsync(async () => (await here.ReadAsync("Matching", "/v1/index"))["works"]!.GetValue<int>().ShouldBe(2), what: "Both works");
        var seen = await here.SendAsync("/v1/images", picture, ("accountId", "shop"));
        seen["screening"]!["matches"]!.AsArray().Select(match => match!["referenceId"]!.GetValue<string>()).ShouldBe([work, late], ignoreOrder: true);
        (await here.ReadAsync("Matching", $"/v1/works/{late}/copies"))["items"]!.ToJsonString().ShouldNotContain(upload["imageId"]!.GetValue<string>());
        (await there.ReadAsync("Matching", "/v1/index"))["works"]!.GetValue<int>().ShouldBe(0);
    }

    [Fact]
    public async Task What_one_tenant_has_is_not_there_for_another()
    {
        var (owner, stranger) = (new Market(services, $"owner-{Guid.NewGuid():N}"), new Market(services, $"stranger-{Guid.NewGuid():N}"));
        var ids = await FillAsync(owner);
        var (wrong, hidden) = (new List<string>(), 0);
        foreach (var service in RunningServices.Services.Keys)
        {
            foreach (var route in services.Routes(service).Where(route => route.Metadata.GetMetadata<IAllowAnonymous>() is null && !Exempt.Contains(Key(route))))
            {
                var method = route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Single();
                if (!Text(route).Contains('{'))
                {
                    if (method != "GET") continue;
                    var list = await stranger.GetAsync(service, Query(Text(route), ids));
                    if (ids.Values.Any(id => id.Length > 8 && list.Text.Contains(id, StringComparison.Ordinal))) wrong.Add($"GET {Text(route)} shows {list.Text}");
                    continue;
                }
                ids.ShouldContainKey(Key(route), $"{method} {Text(route)}: this test needs one to ask for");
                var (path, nowhere) = (Parameter().Replace(Text(route), ids[Key(route)]), Parameter().Replace(Text(route), Unknown(ids[Key(route)])));
                if (method == "GET" && Key(route) == Text(route))
                    await Eventually.HoldsAsync(async () => (await owner.GetAsync(service, path)).Status.ShouldBe(HttpStatusCode.OK), what: path);
                // What is another's looks like what does not exist.
                var (answer, unknown) = (await stranger.TryAsync(service, method, path, Body), await stranger.TryAsync(service, method, nowhere, Body));
                if (answer.Status == HttpStatusCode.NotFound) hidden++;
                if (answer.Status != unknown.Status || Code(answer.Text) != Code(unknown.Text) || (method == "GET" && Key(route) == Text(route) && answer.Status != HttpStatusCode.NotFound))
                    wrong.Add($"{method} {path} answered {(int)answer.Status} {answer.Text}, and {(int)unknown.Status} {unknown.Text} for what does not exist");
            }
        }
        wrong.ShouldBeEmpty();
        hidden.ShouldBeGreaterThan(30);
    }

    private static string? Code(string text) => text.StartsWith('{') ? (string?)JsonNode.Parse(text)!["code"] : null;

    // Of the same form, and nobody's.
    private static string Unknown(string id) => id.Length <= 8 ? $"9{id}" : id[..^6] + new string([.. id[^6..].Select(letter => letter == '0' ? '1' : '0')]);

    // One of everything, by the start of the address that it is at.
    private async Task<Dictionary<string, string>> FillAsync(Market owner)
    {
        var seller = $"seller-{Guid.NewGuid():N}";
        var endpoint = (string)(await owner.PostAsync("Notification", "/v1/endpoints", new { url = "https://hooks.example.com/in" }))["endpointId"]!;
        var delivery = await owner.PostAsync("Notification", $"/v1/endpoints/{endpoint}/test-events", new { });
        var work = (string)(await owner.SendAsync("/v1/works", picture, ("accountId", "artist"), ("title", "Coat"), ("author", "Ada Example")))["workId"]!;
        await Eventually.HoldsAsync(async () => (await owner.SendAsync("/v1/prechecks", picture, ("accountId", "shop")))["verdict"]!.GetValue<string>().ShouldBe("Match"), what: "The work in the index");
        var image = (string)(await owner.SendAsync("/v1/images", picture, ("accountId", "shop")))["imageId"]!;
        var licence = (string)(await owner.PostAsync("Ingestion", "/v1/licences", new { workId = work, licenseeAccountId = "shop" }))["licenceId"]!;
        await owner.PostAsync("Ingestion", "/v1/events", new { specversion = "1.0", id = "e1", source = "/market", type = "unheard.of", data = new { } }, "application/cloudevents+json");
        await owner.PostAsync("Ingestion", "/v1/events", new { specversion = "1.0", id = "e2", source = "/market", type = "imagerights.inbound.seller.registered.v1", data = new { accountId = seller, displayName = "A shop" } }, "application/cloudevents+json");
        var parked = (string)(await owner.ReadAsync("Ingestion", "/v1/parked-events"))["items"]![0]!["parkedEventId"]!;
        var notice = (string)(await owner.PostAsync("CaseManagement", "/v1/notices", new { regime = "us-dmca-512", complainantAccountId = "artist", rightType = "Copyright", elements = new { work = "Coat", contact = "x", goodFaith = "x", accuracyPerjury = "x" }, items = new[] { new { imageId = image } } }))["noticeId"]!;
        var caseId = await Eventually.GetAsync(async () => (string?)(await owner.ReadAsync("CaseManagement", "/v1/cases"))["items"]!.AsArray().FirstOrDefault()?["caseId"], what: "The case");
        // The notice lacks its signature, and who gave it is written so.
        var letter = await Eventually.GetAsync(async () => (string?)(await owner.ReadAsync("Notification", "/v1/inbox?accountId=artist"))["items"]!.AsArray().FirstOrDefault()?["letterId"], what: "The letter");
        var hold = (string)(await owner.PostAsync("CaseManagement", "/v1/holds", new { personId = "somebody", reason = "A proceeding", by = "counsel" }))["holdId"]!;
        var erasure = (string)(await owner.PostAsync("CaseManagement", "/v1/erasures", new { personId = "somebody-else", legalBasis = "GDPR_17_1_b", actor = "desk" }))["erasureId"]!;
        var dossier = (string)(await owner.ReadAsync("CaseManagement", $"/v1/cases/{caseId}"))["dossierId"]!;
        var @event = await Eventually.GetAsync(async () => (await owner.ReadAsync("Notification", "/v1/feed"))["items"]!.AsArray().FirstOrDefault(), what: "The feed");
        return new Dictionary<string, string>
        {
            ["/v1/images/{id}"] = image, ["/v1/works/{id}"] = work, ["/v1/licences/{id}"] = licence, ["/v1/parked-events/{id}"] = parked,
            ["/internal/v1/contents/{sha256}"] = Convert.ToHexStringLower(SHA256.HashData(picture)), ["/v1/renditions/{sha256}"] = Convert.ToHexStringLower(SHA256.HashData(picture)),
            ["/v1/fingerprints/{subjectId}"] = image, ["/v1/screenings/{imageId}"] = image, ["/v1/works/{workId}"] = work, ["/v1/cases/{id}"] = caseId, ["/v1/inbox/{letterId}"] = letter, ["/v1/dossiers/{id}"] = dossier, ["/v1/erasures/{id}"] = erasure, ["/v1/holds/{id}"] = hold, ["/v1/notices/{id}"] = notice,
            ["/v1/endpoints/{endpointId}"] = endpoint, ["/v1/deliveries/{deliveryId}"] = (string)delivery["deliveryId"]!, ["/v1/events/{eventId:guid}"] = (string)@event["id"]!, ["/v1/log/entries/{index:long}"] = "0",
            ["/v1/sellers/{accountId}"] = seller, ["/internal/v1/sellers/{accountId}"] = seller,
        };
    }

    private static string Text(RouteEndpoint route) => route.RoutePattern.RawText is ['/', ..] text ? text : $"/{route.RoutePattern.RawText}";

    private static string Key(RouteEndpoint route) => Text(route)[..(Text(route).IndexOf('}') + 1)];

    private static string Query(string path, Dictionary<string, string> ids) => path == "/v1/log/proofs/inclusion" ? $"{path}?eventId={ids["/v1/events/{eventId:guid}"]}" : path;

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();

    /// <summary>A tenant's own program.</summary>
    private sealed class Market(RunningServices services, string tenant)
    {
        private readonly string token = TestAccess.FullToken(tenant);

        public async Task<(HttpStatusCode Status, string Text)> TryAsync(string service, string method, string path, object? body)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            if (method is not "GET" and not "DELETE") request.Content = JsonContent.Create(body);
            request.Headers.TryAddWithoutValidation("If-Match", "*");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var response = await services.Http(service).SendAsync(request);
            return (response.StatusCode, await response.Content.ReadAsStringAsync());
        }

        public async Task<Found> GetAsync(string service, string path)
        {
            var (status, text) = await TryAsync(service, "GET", path, null);
            return new Found(status, text);
        }

        public async Task<JsonNode> ReadAsync(string service, string path)
        {
            var (status, text) = await TryAsync(service, "GET", path, null);
            status.ShouldBe(HttpStatusCode.OK, text);
            return JsonNode.Parse(text)!;
        }

        public async Task<JsonNode> PostAsync(string service, string path, object body, string type = "application/json")
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(System.Text.Json.JsonSerializer.Serialize(body), Encoding.UTF8, type) };
            return await SendAsync(service, request);
        }

        public async Task<JsonNode> SendAsync(string path, byte[] file, params (string Name, string Value)[] fields)
        {
            using var form = new MultipartFormDataContent();
            foreach (var (name, value) in fields) form.Add(new StringContent(value), name);
            form.Add(new ByteArrayContent(file), "file", "picture.png");
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = form };
            request.Headers.TryAddWithoutValidation("Prefer", "wait=30");
            return await SendAsync("Ingestion", request);
        }

        private async Task<JsonNode> SendAsync(string service, HttpRequestMessage request)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var response = await services.Http(service).SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            response.IsSuccessStatusCode.ShouldBeTrue($"{request.RequestUri}: {(int)response.StatusCode} {text}");
            return JsonNode.Parse(text)!;
        }
    }

    private sealed record Found(HttpStatusCode Status, string Text);
}
