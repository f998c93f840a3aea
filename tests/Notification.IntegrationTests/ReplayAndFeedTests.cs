using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ImageRights.Notification.Deliveries;
using ImageRights.TestKit;

namespace ImageRights.Notification.IntegrationTests;

/// <summary>Second chances: replay of one delivery and of a range, and the same events by polling.</summary>
public sealed class ReplayAndFeedTests
{
    private static readonly DateTimeOffset Ever = DateTimeOffset.UnixEpoch;

    [Fact]
    public async Task An_exhausted_delivery_is_sent_again_under_the_same_id()
    {
        await using var service = await RunningService.StartAsync();
        service.Receiver.AnswerStatus("/hooks", 500);
        var (endpoint, _) = await service.RegisterAsync("/hooks");
        await service.PublishAsync(RunningService.Measure());
        var exhausted = await service.DeliveryAsync(endpoint, DeliveryState.Exhausted);
        service.Receiver.AnswerStatus("/hooks", 200);

        (await service.Http.PostAsync($"/v1/deliveries/{exhausted.DeliveryId}/replays", null)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var delivered = await service.DeliveryAsync(endpoint, DeliveryState.Succeeded);
        delivered.Attempts.Select(attempt => attempt.Attempt).ShouldBe([1, 2, 3, 4]);
        service.Receiver.At("/hooks").Select(request => request.Id).Distinct().Count().ShouldBe(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_waits_for_its_next_attempt_is_tried_now(bool asRange)
    {
        await using var service = await RunningService.StartAsync("Webhooks:Schedule:1=01:00:00");
        service.Receiver.AnswerStatus("/hooks", 500);
        var (endpoint, _) = await service.RegisterAsync("/hooks");
        await service.PublishAsync(RunningService.Measure());
        var waiting = await service.DeliveryAsync(endpoint, DeliveryState.Pending, attempts: 1);
        service.Receiver.AnswerStatus("/hooks", 200);

        using var answer = asRange
            ? await service.Http.PostAsJsonAsync($"/v1/endpoints/{endpoint}/replays", new { from = Ever })
            : await service.Http.PostAsync($"/v1/deliveries/{waiting.DeliveryId}/replays", null);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var delivered = await service.DeliveryAsync(endpoint, DeliveryState.Succeeded);
        delivered.Attempts.Select(attempt => attempt.Attempt).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task A_repeated_request_replays_once()
    {
        await using var service = await RunningService.StartAsync();
        var (endpoint, _) = await service.RegisterAsync("/hooks");
        await service.PublishAsync(RunningService.Measure());
        var delivery = await service.DeliveryAsync(endpoint, DeliveryState.Succeeded);
        for (var time = 0; time < 3; time++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/deliveries/{delivery.DeliveryId}/replays");
            request.Headers.Add("Idempotency-Key", "again");
            (await service.Http.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
            await service.DeliveryAsync(endpoint, DeliveryState.Succeeded, attempts: 2);
        }
        service.Receiver.At("/hooks").Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_range_brings_what_the_endpoint_does_not_have()
    {
        await using var service = await RunningService.StartAsync();
        await service.RegisterAsync("/first");
        await service.PublishAsync(RunningService.Measure("case_before"));
        await service.PublishAsync(RunningService.Closed("case_before"));
        await Eventually.HoldsAsync(async () => (await service.DeliveriesAsync("&state=Succeeded")).Count.ShouldBe(2));

        service.Receiver.AnswerStatus("/hooks", 500);
        var (endpoint, _) = await service.RegisterAsync("/hooks", "imagerights.measure.applied.v1");
        await service.PublishAsync(RunningService.Measure("case_failed"));
        await service.DeliveryAsync(endpoint, DeliveryState.Exhausted);
        service.Receiver.AnswerStatus("/hooks", 200);
        await service.PublishAsync(RunningService.Measure("case_has"));
        await Eventually.HoldsAsync(async () => (await service.DeliveriesAsync($"&endpointId={endpoint}&state=Succeeded")).Count.ShouldBe(1));

        (await ReplayAsync(new { from = Ever })).ShouldBe(2, "the one from before it existed and the one that failed, by its filter");
        await Eventually.HoldsAsync(async () => (await service.DeliveriesAsync($"&endpointId={endpoint}&state=Succeeded")).Count.ShouldBe(3));
        (await ReplayAsync(new { from = Ever })).ShouldBe(0, "it has them now");
        (await ReplayAsync(new { from = Ever, scope = "All" })).ShouldBe(3);
        (await ReplayAsync(new { from = Ever, to = Ever.AddDays(1), scope = "All" })).ShouldBe(0);

        async Task<int> ReplayAsync(object range)
        {
            var answer = await service.Http.PostAsJsonAsync($"/v1/endpoints/{endpoint}/replays", range);
            answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
            return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("scheduled").GetInt32();
        }
    }

    [Fact]
    public async Task A_range_that_is_none_is_refused()
    {
        await using var service = await RunningService.StartAsync();
        var (endpoint, _) = await service.RegisterAsync("/hooks");
        await RefusedAsync("""{}""", 422, "Request_Invalid");
        await RefusedAsync("""{"from":"2026-01-02T00:00:00Z","to":"2026-01-01T00:00:00Z"}""", 422, "Replay_Range_Invalid");
        await RefusedAsync("""{"from":"yesterday"}""", 400, "Request_Malformed");
        await RefusedAsync("""{"from":"2026-01-02T00:00:00Z","scope":"Most"}""", 400, "Request_Malformed");

        async Task RefusedAsync(string body, int status, string code)
        {
            var answer = await service.Http.PostAsync($"/v1/endpoints/{endpoint}/replays", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
            ((int)answer.StatusCode).ShouldBe(status, body);
            (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldBe(code);
        }
    }

    [Fact]
    public async Task The_feed_lists_every_event_once_in_order_and_goes_on_from_its_cursor()
    {
        await using var service = await RunningService.StartAsync();
        var published = new List<string>();
        for (var index = 0; index < 7; index++)
        {
            var id = Guid.CreateVersion7();
            published.Add(id.ToString());
            await service.PublishAsync(RunningService.Measure($"case_{index}"), id);
        }
        // The feed shows what nobody's open transaction can come before, in any database of the server.
        await Eventually.HoldsAsync(async () => (await service.GetAsync<JsonElement>("/v1/feed")).GetProperty("items").GetArrayLength().ShouldBe(7));

        var seen = new List<string>();
        var cursor = "";
        while (true)
        {
            var page = await service.GetAsync<JsonElement>($"/v1/feed?limit=3&after={cursor}");
            if (page.GetProperty("items").GetArrayLength() == 0) break;
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!));
            cursor = page.GetProperty("next").GetString();
        }
        seen.ShouldBe(published, ignoreOrder: true);
        seen.Distinct().Count().ShouldBe(7);

        var late = Guid.CreateVersion7();
        await service.PublishAsync(RunningService.Closed(), late);
        await Eventually.HoldsAsync(async () =>
            (await service.GetAsync<JsonElement>($"/v1/feed?after={cursor}")).GetProperty("items").EnumerateArray().Single().GetProperty("id").GetString().ShouldBe(late.ToString()));
    }

    [Fact]
    public async Task The_feed_does_not_pass_an_event_that_commits_late()
    {
        await using var service = await RunningService.StartAsync();
        await using var connection = new Npgsql.NpgsqlConnection(service.Database);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var early = Guid.CreateVersion7();
        await using (var insert = new Npgsql.NpgsqlCommand(
            $$"""insert into webhook_events (tenant_id, event_id, type, subject, feed_only, body) values ('*DEFAULT*', '{{early}}', 't', 's', false, '{"id":"{{early}}"}')""", connection, transaction))
            await insert.ExecuteNonQueryAsync();
        await service.PublishAsync(RunningService.Measure());
        await Eventually.HoldsAsync(async () => (await service.QueryAsync<long>("select count(*) from webhook_events")).ShouldBe(1));
        var before = await service.GetAsync<JsonElement>("/v1/feed");
        before.GetProperty("items").GetArrayLength().ShouldBe(0, "the earlier event may still commit");

        await transaction.CommitAsync();
        // Transactions of other databases of the server hold the horizon back, too.
        await Eventually.HoldsAsync(async () =>
        {
            var after = await service.GetAsync<JsonElement>($"/v1/feed?after={before.GetProperty("next").GetString()}");
            after.GetProperty("items").GetArrayLength().ShouldBe(2);
            after.GetProperty("items")[0].GetProperty("id").GetString().ShouldBe(early.ToString());
        });
    }

    [Fact]
    public async Task A_contract_too_large_for_an_event_is_referred_to_and_can_be_read()
    {
        await using var service = await RunningService.StartAsync();
        var (endpoint, secret) = await service.RegisterAsync("/hooks");
        await service.PublishAsync(RunningService.Measure(statement: new string('x', 200_000)));
        await service.DeliveryAsync(endpoint, DeliveryState.Succeeded);

        var request = service.Receiver.At("/hooks").ShouldHaveSingleItem();
        request.Body.Length.ShouldBeLessThanOrEqualTo(64 * 1024);
        StandardWebhook.Verify(secret, request.Headers, request.Body, DateTimeOffset.UtcNow).ShouldBeTrue();
        var full = await service.GetAsync<JsonElement>(request.Event.GetProperty("dataref").GetString()!);
        full.GetProperty("data").GetProperty("statement").GetString()!.Length.ShouldBe(200_000);
        full.GetProperty("id").GetString().ShouldBe(request.Id);
    }

    [Fact]
    public async Task An_endpoint_gets_the_types_of_its_filter_only()
    {
        await using var service = await RunningService.StartAsync();
        var (some, _) = await service.RegisterAsync("/some", "imagerights.case.closed.v1");
        var (all, _) = await service.RegisterAsync("/all");
        await service.PublishAsync(RunningService.Measure());
        await service.PublishAsync(RunningService.Closed());
        await Eventually.HoldsAsync(async () => (await service.DeliveriesAsync($"&endpointId={all}&state=Succeeded")).Count.ShouldBe(2));
        (await service.DeliveryAsync(some, DeliveryState.Succeeded)).EventType.ShouldBe("imagerights.case.closed.v1");
        service.Receiver.At("/some").Count.ShouldBe(1);
    }
}
