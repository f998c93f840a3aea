using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ImageRights.Notification.Deliveries;
using ImageRights.Notification.Endpoints;
using ImageRights.Notification.Projections;
using ImageRights.TestKit;

namespace ImageRights.Notification.IntegrationTests;

/// <summary>The HTTP interface, with good and bad requests.</summary>
public sealed class ManagingTests
{
    private const string Unknown = "whe_0195500000007000800000000000000a";

    [Fact]
    public async Task An_endpoint_is_registered_read_changed_listed_and_disabled_and_its_secret_shown_once()
    {
        await using var service = await RunningService.StartAsync();
        var created = await service.Http.PostAsJsonAsync("/v1/endpoints", new { url = "https://shop.example/hooks", eventTypes = new[] { "imagerights.case.opened.v1" }, description = "orders" });
        created.StatusCode.ShouldBe(HttpStatusCode.Created);
        created.Headers.ETag!.Tag.ShouldBe("\"1\"");
        var answer = await created.Content.ReadFromJsonAsync<JsonElement>();
        var id = answer.GetProperty("endpointId").GetString()!;
        answer.GetProperty("secret").GetString().ShouldStartWith("whsec_");
        created.Headers.Location!.ToString().ShouldBe($"/v1/endpoints/{id}");

        var read = await service.Http.GetAsync($"/v1/endpoints/{id}");
        read.Headers.ETag!.Tag.ShouldBe("\"1\"");
        var text = await read.Content.ReadAsStringAsync();
        text.ShouldNotContain("whsec_");
        text.ShouldNotContain("\"secret\"");
        (await service.Http.GetStringAsync("/v1/endpoints")).ShouldNotContain("whsec_");

        var changed = await SendAsync(service, HttpMethod.Patch, $"/v1/endpoints/{id}", "\"1\"", """{"url":"https://new.example/hooks","description":""}""");
        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
        changed.Headers.ETag!.Tag.ShouldBe("\"3\"");
        var view = await service.GetAsync<EndpointView>($"/v1/endpoints/{id}");
        (view.Url, view.Description, view.EventTypes.Single(), view.State).ShouldBe(("https://new.example/hooks", null, "imagerights.case.opened.v1", EndpointState.Enabled));

        (await SendAsync(service, HttpMethod.Delete, $"/v1/endpoints/{id}", "\"3\"")).StatusCode.ShouldBe(HttpStatusCode.OK);
        view = await service.GetAsync<EndpointView>($"/v1/endpoints/{id}");
        (view.State, view.DisabledReason).ShouldBe((EndpointState.Disabled, DisableReason.ByRequest));
    }

    [Fact]
    public async Task A_write_without_or_with_a_stale_version_changes_nothing()
    {
        await using var service = await RunningService.StartAsync();
        var (id, _) = await service.RegisterAsync("/hooks");
        await ProblemAsync(await SendAsync(service, HttpMethod.Patch, $"/v1/endpoints/{id}", null, """{"enabled":false}"""), 428, "If_Match_Missing");
        await ProblemAsync(await SendAsync(service, HttpMethod.Patch, $"/v1/endpoints/{id}", "\"7\"", """{"enabled":false}"""), 412, "Version_Stale");
        await ProblemAsync(await SendAsync(service, HttpMethod.Delete, $"/v1/endpoints/{id}", null), 428, "If_Match_Missing");
        (await service.GetAsync<EndpointView>($"/v1/endpoints/{id}")).State.ShouldBe(EndpointState.Enabled);
    }

    [Fact]
    public async Task Addresses_that_cannot_or_must_not_be_delivered_to_are_refused_with_their_code()
    {
        await using var service = await RunningService.StartAsync();
        await service.StopAsync();
        await service.AddReplicaAsync("Egress:AllowLoopback=false", "Egress:AllowHttp=false");
        foreach (var url in new[] { "", "shop.example", "ftp://shop.example/", "https://user:pw@shop.example/", "https://shop.example/#x", "https://shop.example/\u0000" })
            await ProblemAsync(await service.Http.PostAsJsonAsync("/v1/endpoints", new { url }), 422, "Endpoint_Url_Invalid", "/url");
        foreach (var url in new[] { "http://shop.example/", "https://localhost/", "https://127.1/", "https://169.254.169.254/latest/meta-data", "https://[::ffff:10.0.0.1]/", "https://shop.example:22/" })
            await ProblemAsync(await service.Http.PostAsJsonAsync("/v1/endpoints", new { url }), 422, "Endpoint_Url_Forbidden", "/url");
        await ProblemAsync(await service.Http.PostAsJsonAsync("/v1/endpoints", new { description = "no url" }), 422, "Endpoint_Url_Invalid", "/url");
        (await service.QueryAsync<long>("select count(*) from mt_events")).ShouldBe(0);
    }

    [Fact]
    public async Task Bad_requests_get_a_code_and_write_nothing()
    {
        await using var service = await RunningService.StartAsync();
        const string url = "https://shop.example/";
        await ProblemAsync(await service.Http.PostAsJsonAsync("/v1/endpoints", new { url, eventTypes = new[] { "imagerights.case.opened.v1", "no.such.type" } }), 422, "Event_Type_Unknown", "/eventTypes/1");
        await ProblemAsync(await service.Http.PostAsJsonAsync("/v1/endpoints", new { url, eventTypes = new string?[] { null } }), 422, "Event_Type_Unknown", "/eventTypes/0");
        await ProblemAsync(await service.Http.PostAsJsonAsync("/v1/endpoints", new { url, description = new string('x', 501) }), 422, "Request_Invalid", "/description");
        await ProblemAsync(await service.Http.PostAsJsonAsync("/v1/endpoints", new { url, description = "a\u0000b" }), 422, "Request_Invalid", "/description");
        foreach (var body in new[] { "", "{", "null", "[]", "7", """{"url":7}""", """{"url":{}}""", """{"url":"https://shop.example/","eventTypes":"x"}""", """{"url":"\ud800"}""" })
        {
            var answer = await service.Http.PostAsync("/v1/endpoints", new StringContent(body, Encoding.UTF8, "application/json"));
            ((int)answer.StatusCode).ShouldBeInRange(400, 422, body);
            (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldNotBeNullOrEmpty(body);
        }
        await ProblemAsync(await service.Http.PostAsync("/v1/endpoints", new StringContent("url=x", Encoding.UTF8, "text/plain")), 415, "Media_Type_Unsupported");
        (await service.QueryAsync<long>("select count(*) from mt_events")).ShouldBe(0);
    }

    [Fact]
    public async Task What_does_not_exist_is_not_found()
    {
        await using var service = await RunningService.StartAsync();
        foreach (var id in new[] { Unknown, "x", "%01", "img_0195500000007000800000000000000a", new string('a', 3000) })
        {
            await ProblemAsync(await service.Http.GetAsync($"/v1/endpoints/{id}"), 404, "Endpoint_Not_Found");
            await ProblemAsync(await SendAsync(service, HttpMethod.Patch, $"/v1/endpoints/{id}", "\"1\"", "{}"), 404, "Endpoint_Not_Found");
            await ProblemAsync(await SendAsync(service, HttpMethod.Delete, $"/v1/endpoints/{id}", "\"1\""), 404, "Endpoint_Not_Found");
            await ProblemAsync(await service.Http.PostAsync($"/v1/endpoints/{id}/secret-rotations", null), 404, "Endpoint_Not_Found");
            await ProblemAsync(await service.Http.PostAsync($"/v1/endpoints/{id}/test-events", null), 404, "Endpoint_Not_Found");
            await ProblemAsync(await service.Http.PostAsJsonAsync($"/v1/endpoints/{id}/replays", new { from = DateTimeOffset.UnixEpoch }), 404, "Endpoint_Not_Found");
            await ProblemAsync(await service.Http.GetAsync($"/v1/deliveries/{id}"), 404, "Delivery_Not_Found");
            await ProblemAsync(await service.Http.PostAsync($"/v1/deliveries/{id}/replays", null), 404, "Delivery_Not_Found");
        }
        await ProblemAsync(await service.Http.PostAsync("/v1/deliveries/dlv_0195500000007000800000000000000a/replays", null), 404, "Delivery_Not_Found");
        await ProblemAsync(await service.Http.GetAsync($"/v1/events/{Guid.NewGuid()}"), 404, "Event_Not_Found");
        await ProblemAsync(await service.Http.GetAsync("/v1/events/x"), 404, "Not_Found");
    }

    [Fact]
    public async Task Lists_refuse_what_they_cannot_answer()
    {
        await using var service = await RunningService.StartAsync();
        foreach (var query in new[] { "limit=0", "limit=201", "limit=x", "endpointId=x", "endpointId=%00", "state=Lost", "state=%00", "eventType=x", "cursor=%00", "cursor=!!", "cursor=AAAA" })
        {
            var answer = await service.Http.GetAsync($"/v1/deliveries?{query}");
            ((int)answer.StatusCode).ShouldBeInRange(400, 422, query);
        }
        foreach (var query in new[] { "limit=0", "limit=-1", "limit=201", "after=x", "after=%00", "after=!!", "after=MS4y.", "after=" + new string('A', 5000) })
        {
            var answer = await service.Http.GetAsync($"/v1/feed?{query}");
            ((int)answer.StatusCode).ShouldBeInRange(400, 422, query);
        }
        (await service.Http.GetAsync("/v1/endpoints?cursor=AAAA")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_repeated_request_registers_once_and_shows_the_same_secret()
    {
        await using var service = await RunningService.StartAsync();
        var first = await RegisterAsync("https://shop.example/a");
        var again = await RegisterAsync("https://shop.example/a");
        again.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await again.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
        again.Headers.GetValues("Idempotent-Replayed").ShouldBe(["true"]);
        await ProblemAsync(await RegisterAsync("https://shop.example/b"), 422, "Idempotency_Key_Reused");
        (await service.GetAsync<JsonElement>("/v1/endpoints")).GetProperty("items").GetArrayLength().ShouldBe(1);

        var secret = (await first.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("secret").GetString()!;
        (await service.QueryAsync<string>("select string_agg(body::text, '') from mt_idempotency")).ShouldNotContain(secret);

        Task<HttpResponseMessage> RegisterAsync(string url)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, "/v1/endpoints") { Content = JsonContent.Create(new { url }) };
            request.Headers.Add("Idempotency-Key", "k-1");
            return service.Http.SendAsync(request);
        }
    }

    [Fact]
    public async Task Secrets_are_in_the_database_only_sealed()
    {
        await using var service = await RunningService.StartAsync();
        var (_, secret) = await service.RegisterAsync("/hooks");
        var hex = Convert.ToHexStringLower(Convert.FromBase64String(secret[6..]));
        (await service.QueryAsync<string>("select string_agg(encode(sealed, 'hex'), ' ') from webhook_secrets")).ShouldNotContain(hex);
        (await service.QueryAsync<string>("select string_agg(data::text, '') from mt_events")).ShouldNotContain(secret[6..]);
        (await service.QueryAsync<string>("select string_agg(data::text, '') from mt_doc_endpoint_view")).ShouldNotContain(secret[6..]);
    }

    [Fact]
    public async Task Endpoints_are_listed_by_pages_newest_first()
    {
        await using var service = await RunningService.StartAsync();
        var ids = new List<string>();
        for (var index = 0; index < 5; index++) ids.Add((await service.RegisterAsync($"/{index}")).Id);
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await service.GetAsync<JsonElement>($"/v1/endpoints?limit=2&cursor={cursor}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("endpointId").GetString()!));
            cursor = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);
        ids.Reverse();
        seen.ShouldBe(ids);
    }

    [Fact]
    public async Task Deliveries_are_listed_by_pages_and_filters()
    {
        await using var service = await RunningService.StartAsync();
        service.Receiver.AnswerStatus("/dead", 500);
        var (live, _) = await service.RegisterAsync("/live");
        var (dead, _) = await service.RegisterAsync("/dead", "imagerights.measure.applied.v1");
        for (var index = 0; index < 3; index++) await service.PublishAsync(RunningService.Measure($"case_{index}"));
        await service.PublishAsync(RunningService.Closed());
        await Eventually.HoldsAsync(async () => (await service.DeliveriesAsync("&state=Exhausted")).Count.ShouldBe(3));
        await Eventually.HoldsAsync(async () => (await service.DeliveriesAsync($"&endpointId={live}&state=Succeeded")).Count.ShouldBe(7, "three measures, one closing, three failures of the dead one"));
        (await service.DeliveriesAsync($"&endpointId={dead}")).ShouldAllBe(delivery => delivery.State == DeliveryState.Exhausted);
        (await service.DeliveriesAsync("&eventType=imagerights.case.closed.v1")).ShouldHaveSingleItem().EndpointId.ShouldBe(live);

        var all = await service.DeliveriesAsync();
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await service.GetAsync<JsonElement>($"/v1/deliveries?limit=3&cursor={cursor}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("deliveryId").GetString()!));
            cursor = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);
        seen.ShouldBe(all.Select(delivery => delivery.DeliveryId));
        all.Select(delivery => delivery.ScheduledAt).ShouldBeInOrder(SortDirection.Descending);
    }

    [Fact]
    public async Task A_test_event_goes_to_its_endpoint_whatever_the_filter()
    {
        await using var service = await RunningService.StartAsync();
        var (id, secret) = await service.RegisterAsync("/hooks", "imagerights.case.opened.v1");
        await service.RegisterAsync("/other");
        var answer = await service.Http.PostAsync($"/v1/endpoints/{id}/test-events", null);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await service.DeliveryAsync(id, DeliveryState.Succeeded);
        var request = service.Receiver.At("/hooks").ShouldHaveSingleItem();
        request.Event.GetProperty("type").GetString().ShouldBe("imagerights.endpoint.tested.v1");
        StandardWebhook.Verify(secret, request.Headers, request.Body, DateTimeOffset.UtcNow).ShouldBeTrue();
        service.Receiver.At("/other").ShouldBeEmpty();
        (await service.GetAsync<JsonElement>("/v1/feed")).GetProperty("items").GetArrayLength().ShouldBe(0);
        var delivery = await service.GetAsync<DeliveryView>(answer.Headers.Location!.ToString());
        delivery.Event!.Value.GetProperty("id").GetString().ShouldBe(request.Id);
    }

    [Fact]
    public async Task During_a_rotation_both_secrets_verify_and_a_second_rotation_ends_the_first()
    {
        await using var service = await RunningService.StartAsync();
        var (id, first) = await service.RegisterAsync("/hooks");
        var second = await RotateAsync();
        var request = await TestEventAsync(1);
        StandardWebhook.Signatures(request).ShouldBe(2);
        StandardWebhook.Verify(first, request.Headers, request.Body, DateTimeOffset.UtcNow).ShouldBeTrue();
        StandardWebhook.Verify(second, request.Headers, request.Body, DateTimeOffset.UtcNow).ShouldBeTrue();

        var third = await RotateAsync();
        request = await TestEventAsync(2);
        StandardWebhook.Signatures(request).ShouldBe(2);
        StandardWebhook.Verify(first, request.Headers, request.Body, DateTimeOffset.UtcNow).ShouldBeFalse();
        StandardWebhook.Verify(second, request.Headers, request.Body, DateTimeOffset.UtcNow).ShouldBeTrue();
        StandardWebhook.Verify(third, request.Headers, request.Body, DateTimeOffset.UtcNow).ShouldBeTrue();

        await service.QueryAsync<string>("update webhook_secrets set valid_until = clock_timestamp() where valid_until is not null returning secret_id");
        request = await TestEventAsync(3);
        StandardWebhook.Signatures(request).ShouldBe(1);
        StandardWebhook.Verify(third, request.Headers, request.Body, DateTimeOffset.UtcNow).ShouldBeTrue();
        await Eventually.HoldsAsync(async () => (await service.QueryAsync<long>("select count(*) from webhook_secrets")).ShouldBe(1, "the ended secret is destroyed"));

        async Task<string> RotateAsync()
        {
            var answer = await service.Http.PostAsync($"/v1/endpoints/{id}/secret-rotations", null);
            answer.StatusCode.ShouldBe(HttpStatusCode.Created);
            return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("secret").GetString()!;
        }

        async Task<Received> TestEventAsync(int count)
        {
            (await service.Http.PostAsync($"/v1/endpoints/{id}/test-events", null)).EnsureSuccessStatusCode();
            return await Eventually.GetAsync(() => Task.FromResult(service.Receiver.At("/hooks").ElementAtOrDefault(count - 1)));
        }
    }

    [Fact]
    public async Task A_disabled_endpoint_takes_no_rotation_test_or_replay()
    {
        await using var service = await RunningService.StartAsync();
        var (id, _) = await service.RegisterAsync("/hooks");
        await service.PublishAsync(RunningService.Measure());
        var delivery = await service.DeliveryAsync(id, DeliveryState.Succeeded);
        (await SendAsync(service, HttpMethod.Delete, $"/v1/endpoints/{id}", "*")).EnsureSuccessStatusCode();
        await ProblemAsync(await service.Http.PostAsync($"/v1/endpoints/{id}/secret-rotations", null), 409, "Endpoint_Disabled");
        await ProblemAsync(await service.Http.PostAsync($"/v1/endpoints/{id}/test-events", null), 409, "Endpoint_Disabled");
        await ProblemAsync(await service.Http.PostAsJsonAsync($"/v1/endpoints/{id}/replays", new { from = DateTimeOffset.UnixEpoch }), 409, "Endpoint_Disabled");
        await ProblemAsync(await service.Http.PostAsync($"/v1/deliveries/{delivery.DeliveryId}/replays", null), 409, "Endpoint_Disabled");
    }

    [Fact]
    public void Without_a_key_for_secrets_the_service_does_not_start() =>
        Should.Throw<InvalidOperationException>(() => Composition.Build(["--ConnectionStrings:notificationdb=Host=x", "--ConnectionStrings:messaging=amqp://x/"]))
            .Message.ShouldContain("Secrets:Key is missing");

    [Theory]
    [InlineData("Webhooks:Lease=00:00:05", "Lease outlasts Timeout")]
    [InlineData("Webhooks:Jitter=1.5", "Jitter")]
    [InlineData("Webhooks:Schedule:0=-00:00:01", "Schedule")]
    public void Settings_that_make_no_sense_are_refused_at_the_start(string setting, string rule) =>
        Should.Throw<InvalidOperationException>(() => Composition.Build(["--Secrets:Key=" + RunningService.Key, "--" + setting])).Message.ShouldContain(rule);

    private static async Task<HttpResponseMessage> SendAsync(RunningService service, HttpMethod method, string path, string? version, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (version is not null) request.Headers.IfMatch.Add(version == "*" ? EntityTagHeaderValue.Any : new EntityTagHeaderValue(version));
        return await service.Http.SendAsync(request);
    }

    private static async Task ProblemAsync(HttpResponseMessage answer, int status, string code, string? pointer = null)
    {
        var body = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(status, body);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = JsonDocument.Parse(body).RootElement;
        problem.GetProperty("code").GetString().ShouldBe(code);
        if (pointer is not null) problem.GetProperty("errors")[0].GetProperty("pointer").GetString().ShouldBe(pointer);
    }
}
