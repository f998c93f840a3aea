using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace ImageRights.Wire.Tests;

/// <summary>Somebody of a tenant: its own program unless a token says who.</summary>
internal sealed class Market(RunningServices services, string tenant, string? token = null)
{
    private readonly string token = token ?? TestAccess.FullToken(tenant);

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

    public async Task<byte[]> DownloadAsync(string service, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await services.Http(service).SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, path);
        return await response.Content.ReadAsByteArrayAsync();
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

    public async Task<HttpStatusCode> TrySendAsync(string path, byte[] file, params (string Name, string Value)[] fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = Form(file, fields) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await services.Http("Ingestion").SendAsync(request);
        return response.StatusCode;
    }

    public async Task<JsonNode> SendAsync(string path, byte[] file, params (string Name, string Value)[] fields)
    {
        using var form = Form(file, fields);
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

    private static MultipartFormDataContent Form(byte[] file, (string Name, string Value)[] fields)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields) form.Add(new StringContent(value), name);
        form.Add(new ByteArrayContent(file), "file", "picture.png");
        return form;
    }

    /// <summary>One of everything, by the start of the address that it is at.</summary>
    public async Task<Dictionary<string, string>> FillAsync(byte[] picture)
    {
        var seller = $"seller-{Guid.NewGuid():N}";
        var endpoint = (string)(await PostAsync("Notification", "/v1/endpoints", new { url = "https://hooks.example.com/in" }))["endpointId"]!;
        var delivery = await PostAsync("Notification", $"/v1/endpoints/{endpoint}/test-events", new { });
        var work = (string)(await SendAsync("/v1/works", picture, ("accountId", "artist"), ("title", "Coat"), ("author", "Ada Example")))["workId"]!;
        await Eventually.HoldsAsync(async () => (await SendAsync("/v1/prechecks", picture, ("accountId", "shop")))["verdict"]!.GetValue<string>().ShouldBe("Match"), what: "The work in the index");
        var image = (string)(await SendAsync("/v1/images", picture, ("accountId", "shop")))["imageId"]!;
        var licence = (string)(await PostAsync("Ingestion", "/v1/licences", new { workId = work, licenseeAccountId = "shop" }))["licenceId"]!;
        await PostAsync("Ingestion", "/v1/events", new { specversion = "1.0", id = "e1", source = "/market", type = "unheard.of", data = new { } }, "application/cloudevents+json");
        await PostAsync("Ingestion", "/v1/events", new { specversion = "1.0", id = "e2", source = "/market", type = "imagerights.inbound.seller.registered.v1", data = new { accountId = seller, displayName = "A shop" } }, "application/cloudevents+json");
        var parked = (string)(await ReadAsync("Ingestion", "/v1/parked-events"))["items"]![0]!["parkedEventId"]!;
        var notice = (string)(await PostAsync("CaseManagement", "/v1/notices", new { regime = "us-dmca-512", complainantAccountId = "artist", rightType = "Copyright", elements = new { work = "Coat", contact = "x", goodFaith = "x", accuracyPerjury = "x" }, items = new[] { new { imageId = image } } }))["noticeId"]!;
        var caseId = await Eventually.GetAsync(async () => (string?)(await ReadAsync("CaseManagement", "/v1/cases"))["items"]!.AsArray().FirstOrDefault()?["caseId"], what: "The case");
        // The notice lacks its signature, and who gave it is written so.
        var letter = await Eventually.GetAsync(async () => (string?)(await ReadAsync("Notification", "/v1/inbox?accountId=artist"))["items"]!.AsArray().FirstOrDefault()?["letterId"], what: "The letter");
        var hold = (string)(await PostAsync("CaseManagement", "/v1/holds", new { personId = "artist", reason = "A proceeding", by = "counsel" }))["holdId"]!;
        var erasure = (string)(await PostAsync("CaseManagement", "/v1/erasures", new { personId = seller, legalBasis = "GDPR_17_1_b", actor = "desk" }))["erasureId"]!;
        var dossier = (string)(await ReadAsync("CaseManagement", $"/v1/cases/{caseId}"))["dossierId"]!;
        var @event = await Eventually.GetAsync(async () => (await ReadAsync("Notification", "/v1/feed"))["items"]!.AsArray().FirstOrDefault(), what: "The feed");
        var rescan = (string)(await PostAsync("Matching", "/v1/rescans", new { }))["rescanId"]!;
        return new Dictionary<string, string>
        {
            ["/v1/images/{id}"] = image, ["/v1/works/{id}"] = work, ["/v1/licences/{id}"] = licence, ["/v1/parked-events/{id}"] = parked,
            ["/internal/v1/contents/{sha256}"] = Convert.ToHexStringLower(SHA256.HashData(picture)), ["/v1/renditions/{sha256}"] = Convert.ToHexStringLower(SHA256.HashData(picture)),
            ["/v1/fingerprints/{subjectId}"] = image, ["/v1/screenings/{imageId}"] = image, ["/v1/commonness/{subjectId}"] = image, ["/v1/rescans/{rescanId}"] = rescan, ["/v1/works/{workId}"] = work, ["/v1/cases/{id}"] = caseId, ["/v1/inbox/{letterId}"] = letter, ["/v1/dossiers/{id}"] = dossier, ["/v1/erasures/{id}"] = erasure, ["/v1/holds/{id}"] = hold, ["/v1/notices/{id}"] = notice,
            ["/v1/endpoints/{endpointId}"] = endpoint, ["/v1/deliveries/{deliveryId}"] = (string)delivery["deliveryId"]!, ["/v1/events/{eventId:guid}"] = (string)@event["id"]!, ["/v1/log/entries/{index:long}"] = "0",
            ["/v1/sellers/{accountId}"] = seller, ["/internal/v1/sellers/{accountId}"] = seller,
        };
    }
}

/// <summary>An answer.</summary>
internal sealed record Found(HttpStatusCode Status, string Text);
