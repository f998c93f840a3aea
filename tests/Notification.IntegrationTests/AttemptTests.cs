using System.Net.Http.Headers;
using System.Text.Json;
using ImageRights.Notification.Deliveries;
using ImageRights.Notification.Endpoints;
using ImageRights.Notification.Projections;
using ImageRights.TestKit;
using Microsoft.AspNetCore.Http;

namespace ImageRights.Notification.IntegrationTests;

/// <summary>How receivers answer, and what comes of it.</summary>
public sealed class AttemptTests
{
    [Fact]
    public async Task A_receiver_that_answers_200_has_the_signed_event()
    {
        await using var service = await RunningService.StartAsync();
        var (endpoint, secret) = await service.RegisterAsync("/hooks");
        var message = Guid.CreateVersion7();
        await service.PublishAsync(RunningService.Measure("case_7"), message);

        var delivery = await service.DeliveryAsync(endpoint, DeliveryState.Succeeded);
        var request = service.Receiver.At("/hooks").ShouldHaveSingleItem();
        StandardWebhook.Verify(secret, request.Headers, request.Body, DateTimeOffset.UtcNow).ShouldBeTrue();
        request.Id.ShouldBe(message.ToString());
        request.Headers["content-type"].ShouldBe("application/cloudevents+json; charset=utf-8");
        request.Event.GetProperty("id").GetString().ShouldBe(message.ToString());
        request.Event.GetProperty("type").GetString().ShouldBe("imagerights.measure.applied.v1");
        request.Event.GetProperty("subject").GetString().ShouldBe("case_7");
        request.Event.GetProperty("data").GetProperty("statement").GetString().ShouldBe("It is a copy.");
        delivery.EventId.ShouldBe(message);
        delivery.NextAttemptAt.ShouldBeNull();
        var attempt = delivery.Attempts.ShouldHaveSingleItem();
        attempt.Status.ShouldBe(200);
        attempt.Url.ShouldBe(service.Receiver.Url("/hooks"));
        (await service.QueryAsync<long>("select count(*) from webhook_due")).ShouldBe(0);
    }

    [Fact]
    public async Task An_event_that_overtakes_another_is_the_later_by_its_sequence()
    {
        await using var service = await RunningService.StartAsync();
        service.Receiver.AnswerStatus("/hooks", 500, 200);
        await service.RegisterAsync("/hooks");
        await service.PublishAsync(RunningService.Measure(), version: 2);
        await ArrivedAsync(1);
        await service.PublishAsync(RunningService.Lifted(), version: 10);
        await ArrivedAsync(3);

        var (arrived, latest) = (service.Receiver.At("/hooks").Select(request => request.Event).ToList(), new Dictionary<string, JsonElement>());
        arrived.Select(told => told.GetProperty("sequence").GetString()).ShouldBe(["0000000002", "0000000002", "0000000010"], ignoreOrder: true);
        foreach (var told in arrived.AsEnumerable().Reverse().Concat(arrived))
        {
            var key = $"{told.GetProperty("source")} {told.GetProperty("subject")}";
            if (!latest.TryGetValue(key, out var known) || string.CompareOrdinal(told.GetProperty("sequence").GetString(), known.GetProperty("sequence").GetString()) > 0) latest[key] = told;
        }
        latest.ShouldHaveSingleItem().Value.GetProperty("type").GetString().ShouldBe("imagerights.measure.lifted.v1");

        Task ArrivedAsync(int count) => Eventually.HoldsAsync(() =>
        {
            service.Receiver.At("/hooks").Count.ShouldBeGreaterThanOrEqualTo(count);
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task A_signature_is_of_its_body_its_time_and_its_secret_only()
    {
        await using var service = await RunningService.StartAsync();
        var (endpoint, secret) = await service.RegisterAsync("/hooks");
        await service.PublishAsync(RunningService.Measure());
        await service.DeliveryAsync(endpoint, DeliveryState.Succeeded);
        var request = service.Receiver.At("/hooks").Single();
        var (headers, now) = (request.Headers, DateTimeOffset.UtcNow);

        StandardWebhook.Verify(secret[6..], headers, request.Body, now).ShouldBeTrue("the prefix is optional");
        StandardWebhook.Verify("whsec_" + Convert.ToBase64String(new byte[32]), headers, request.Body, now).ShouldBeFalse();
        StandardWebhook.Verify(secret, headers, [.. request.Body, (byte)' '], now).ShouldBeFalse();
        StandardWebhook.Verify(secret, headers, request.Body, now.AddSeconds(330)).ShouldBeFalse("too old");
        StandardWebhook.Verify(secret, headers, request.Body, now.AddSeconds(-330)).ShouldBeFalse("from the future");
        StandardWebhook.Verify(secret, With(headers, "webhook-id", Guid.NewGuid().ToString()), request.Body, now).ShouldBeFalse();
        StandardWebhook.Verify(secret, With(headers, "webhook-signature", "v2," + headers["webhook-signature"][3..]), request.Body, now).ShouldBeFalse();
        StandardWebhook.Verify(secret, With(headers, "webhook-signature", "v2,AAAA " + headers["webhook-signature"]), request.Body, now).ShouldBeTrue("others are passed over");
        foreach (var name in new[] { "webhook-id", "webhook-timestamp", "webhook-signature" })
            StandardWebhook.Verify(secret, headers.Where(header => header.Key != name).ToDictionary(), request.Body, now).ShouldBeFalse($"without {name}");

        static Dictionary<string, string> With(IReadOnlyDictionary<string, string> headers, string name, string value) => new(headers.ToDictionary()) { [name] = value };
    }

    [Fact]
    public async Task A_failure_is_tried_again_under_the_same_id()
    {
        await using var service = await RunningService.StartAsync();
        service.Receiver.AnswerStatus("/hooks", 500, 200);
        var (endpoint, secret) = await service.RegisterAsync("/hooks");
        await service.PublishAsync(RunningService.Measure());

        var delivery = await service.DeliveryAsync(endpoint, DeliveryState.Succeeded);
        delivery.Attempts.Select(attempt => attempt.Outcome).ShouldBe([AttemptOutcome.Refused, AttemptOutcome.Succeeded]);
        var requests = service.Receiver.At("/hooks");
        requests.Count.ShouldBe(2);
        requests[0].Id.ShouldBe(requests[1].Id);
        requests.ShouldAllBe(request => StandardWebhook.Verify(secret, request.Headers, request.Body, DateTimeOffset.UtcNow));
    }

    [Fact]
    public async Task What_no_attempt_delivers_is_exhausted_and_told_to_the_other_endpoints()
    {
        await using var service = await RunningService.StartAsync();
        service.Receiver.AnswerStatus("/dead", 500);
        var (dead, _) = await service.RegisterAsync("/dead");
        var (other, _) = await service.RegisterAsync("/other", "imagerights.delivery.failed.v1");
        await service.PublishAsync(RunningService.Measure());

        var delivery = await service.DeliveryAsync(dead, DeliveryState.Exhausted);
        delivery.Attempts.Count.ShouldBe(3);
        var told = await service.DeliveryAsync(other, DeliveryState.Succeeded);
        var data = service.Receiver.At("/other").Single().Event.GetProperty("data");
        data.GetProperty("endpointId").GetString().ShouldBe(dead);
        data.GetProperty("deliveryId").GetString().ShouldBe(delivery.DeliveryId);
        data.GetProperty("attempts").GetInt32().ShouldBe(3);
        data.GetProperty("reason").GetString().ShouldBe("HTTP 500");
        told.EventType.ShouldBe("imagerights.delivery.failed.v1");
        (await service.DeliveriesAsync($"&endpointId={dead}")).Count.ShouldBe(1, "the dead endpoint is not told of its own failure");
    }

    [Fact]
    public async Task Endpoints_that_are_all_dead_do_not_tell_each_other_for_ever()
    {
        await using var service = await RunningService.StartAsync();
        service.Receiver.AnswerStatus("/a", 500);
        service.Receiver.AnswerStatus("/b", 500);
        await service.RegisterAsync("/a", "imagerights.measure.applied.v1", "imagerights.delivery.failed.v1");
        await service.RegisterAsync("/b", "imagerights.delivery.failed.v1");
        await service.PublishAsync(RunningService.Measure());

        // The measure, a's failure told to b, and that b's failure is known: three events, two deliveries, and no more.
        await Eventually.HoldsAsync(async () => (await service.GetAsync<JsonElement>("/v1/feed")).GetProperty("items").GetArrayLength().ShouldBe(3));
        var deliveries = await service.DeliveriesAsync();
        deliveries.Count.ShouldBe(2);
        deliveries.ShouldAllBe(delivery => delivery.State == DeliveryState.Exhausted);
    }

    [Fact]
    public async Task A_receiver_that_is_gone_is_disabled_at_once()
    {
        await using var service = await RunningService.StartAsync();
        service.Receiver.AnswerStatus("/hooks", 410);
        var (endpoint, _) = await service.RegisterAsync("/hooks", "imagerights.measure.applied.v1");
        var (other, _) = await service.RegisterAsync("/other", "imagerights.endpoint.disabled.v1");
        await service.PublishAsync(RunningService.Measure());

        var delivery = await service.DeliveryAsync(endpoint, DeliveryState.Exhausted);
        delivery.Attempts.ShouldHaveSingleItem().Outcome.ShouldBe(AttemptOutcome.Gone);
        var view = await service.GetAsync<EndpointView>($"/v1/endpoints/{endpoint}");
        view.State.ShouldBe(EndpointState.Disabled);
        view.DisabledReason.ShouldBe(DisableReason.Gone);
        await service.DeliveryAsync(other, DeliveryState.Succeeded);
        service.Receiver.At("/other").Single().Event.GetProperty("data").GetProperty("reason").GetString().ShouldBe("Gone");

        await service.PublishAsync(RunningService.Measure());
        await Eventually.HoldsAsync(async () => (await service.QueryAsync<long>("select count(*) from webhook_events where type like '%measure%'")).ShouldBe(2));
        (await service.DeliveriesAsync($"&endpointId={endpoint}")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Retry_after_is_obeyed_for_the_whole_endpoint()
    {
        await using var service = await RunningService.StartAsync();
        var throttled = false;
        service.Receiver.Answer("/hooks", (context, _) =>
        {
            if (throttled) return Task.CompletedTask;
            throttled = true;
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = "2";
            return Task.CompletedTask;
        });
        var (endpoint, _) = await service.RegisterAsync("/hooks");
        await service.PublishAsync(RunningService.Measure("case_1"));
        await service.DeliveryAsync(endpoint, DeliveryState.Pending, attempts: 1);
        await service.PublishAsync(RunningService.Measure("case_2"));

        var deliveries = await Eventually.GetAsync(async () =>
        {
            var all = await service.DeliveriesAsync($"&endpointId={endpoint}");
            all.Count.ShouldBe(2);
            all.ShouldAllBe(delivery => delivery.State == DeliveryState.Succeeded);
            return all;
        });
        var first = deliveries.Single(delivery => delivery.Subject == "case_1").Attempts;
        first.Select(attempt => attempt.Outcome).ShouldBe([AttemptOutcome.Throttled, AttemptOutcome.Succeeded]);
        var asked = first[0].StartedAt.AddSeconds(2);
        first[1].StartedAt.ShouldBeGreaterThanOrEqualTo(asked);
        deliveries.Single(delivery => delivery.Subject == "case_2").Attempts.ShouldHaveSingleItem().StartedAt.ShouldBeGreaterThanOrEqualTo(asked, "another delivery waits too");
    }

    [Fact]
    public async Task A_receiver_that_does_not_answer_in_time_is_tried_again()
    {
        await using var service = await RunningService.StartAsync("Webhooks:Timeout=00:00:00.5");
        service.Receiver.Hold("/hooks");
        var (endpoint, _) = await service.RegisterAsync("/hooks");
        await service.PublishAsync(RunningService.Measure());
        await service.DeliveryAsync(endpoint, DeliveryState.Pending, attempts: 1);
        service.Receiver.AnswerStatus("/hooks", 200);

        var delivery = await service.DeliveryAsync(endpoint, DeliveryState.Succeeded);
        delivery.Attempts[0].Outcome.ShouldBe(AttemptOutcome.TimedOut);
        delivery.Attempts[0].Status.ShouldBeNull();
        delivery.Attempts[0].Error.ShouldBe("Timeout");
        delivery.Attempts[0].DurationMilliseconds.ShouldBeGreaterThanOrEqualTo(450);
    }

    [Fact]
    public async Task A_redirect_is_a_failure_and_not_followed()
    {
        await using var service = await RunningService.StartAsync();
        service.Receiver.Answer("/hooks", (context, _) =>
        {
            context.Response.Redirect(service.Receiver.Url("/elsewhere"), permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        });
        var (endpoint, _) = await service.RegisterAsync("/hooks");
        await service.PublishAsync(RunningService.Measure());

        var delivery = await service.DeliveryAsync(endpoint, DeliveryState.Exhausted);
        delivery.Attempts.ShouldAllBe(attempt => attempt.Outcome == AttemptOutcome.Redirected && attempt.Status == 307);
        service.Receiver.At("/elsewhere").ShouldBeEmpty();
    }

    [Fact]
    public async Task The_status_counts_however_slow_the_body_is()
    {
        await using var service = await RunningService.StartAsync("Webhooks:Timeout=00:00:01");
        service.Receiver.Answer("/hooks", async (context, _) =>
        {
            await context.Response.WriteAsync("begun", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        var (endpoint, _) = await service.RegisterAsync("/hooks");
        await service.PublishAsync(RunningService.Measure());

        var delivery = await service.DeliveryAsync(endpoint, DeliveryState.Succeeded);
        // What was answered is kept after the success is recorded.
        await Eventually.HoldsAsync(async () => (await ResponseAsync(service, delivery)).ShouldBe("begun"));
    }

    [Fact]
    public async Task Of_a_long_answer_only_the_beginning_is_read_and_kept()
    {
        await using var service = await RunningService.StartAsync();
        var sent = 0L;
        service.Receiver.Answer("/hooks", async (context, _) =>
        {
            context.Response.StatusCode = 500;
            var piece = new byte[64 * 1024];
            Array.Fill(piece, (byte)'x');
            piece[0] = 0;
            try
            {
                for (; sent < 10 * 1024 * 1024; sent += piece.Length) await context.Response.Body.WriteAsync(piece, context.RequestAborted);
            }
            catch (IOException)
            {
            }
        });
        var (endpoint, _) = await service.RegisterAsync("/hooks");
        await service.PublishAsync(RunningService.Measure());

        var delivery = await service.DeliveryAsync(endpoint, DeliveryState.Exhausted);
        var response = await ResponseAsync(service, delivery);
        response.ShouldNotBeNull().Length.ShouldBe(1024);
        response.ShouldBe(" " + new string('x', 1023), "control characters are taken out");
    }

    [Fact]
    public async Task Where_nobody_listens_the_delivery_says_so()
    {
        await using var service = await RunningService.StartAsync();
        var nobody = await Receiver.StartAsync();
        var url = nobody.Url("/hooks");
        await nobody.DisposeAsync();
        var answer = await service.Http.PostAsync("/v1/endpoints", System.Net.Http.Json.JsonContent.Create(new { url }));
        answer.EnsureSuccessStatusCode();
        await service.PublishAsync(RunningService.Measure());

        await Eventually.HoldsAsync(async () =>
        {
            var delivery = (await service.DeliveriesAsync()).ShouldHaveSingleItem();
            delivery.State.ShouldBe(DeliveryState.Exhausted);
            delivery.Attempts.ShouldAllBe(attempt => attempt.Outcome == AttemptOutcome.Unreachable && attempt.Error == "ConnectionError");
        });
    }

    [Fact]
    public async Task An_address_that_is_no_longer_allowed_gets_nothing()
    {
        await using var service = await RunningService.StartAsync();
        var (endpoint, _) = await service.RegisterAsync("/hooks");
        await service.StopAsync();
        await service.AddReplicaAsync("Egress:AllowLoopback=false");
        await service.PublishAsync(RunningService.Measure());

        var delivery = await service.DeliveryAsync(endpoint, DeliveryState.Exhausted);
        delivery.Attempts.ShouldAllBe(attempt => attempt.Outcome == AttemptOutcome.Forbidden && attempt.Error == "The address is not public.");
        service.Receiver.At("/hooks").ShouldBeEmpty();
    }

    [Fact]
    public async Task An_endpoint_that_fails_for_too_long_is_disabled_and_keeps_what_is_pending()
    {
        await using var service = await RunningService.StartAsync("Webhooks:DisableAfter=00:00:00.3", "Webhooks:Schedule:3=00:00:00.2", "Webhooks:Schedule:4=00:00:30");
        service.Receiver.AnswerStatus("/hooks", 500);
        var (endpoint, _) = await service.RegisterAsync("/hooks", "imagerights.measure.applied.v1");
        await service.PublishAsync(RunningService.Measure());
        await Eventually.HoldsAsync(async () => (await service.GetAsync<EndpointView>($"/v1/endpoints/{endpoint}")).DisabledReason.ShouldBe(DisableReason.Failing));

        (await service.DeliveriesAsync($"&endpointId={endpoint}")).ShouldHaveSingleItem().State.ShouldBe(DeliveryState.Pending);
        service.Receiver.AnswerStatus("/hooks", 200);
        await EnableAsync(service, endpoint);
        await service.QueryAsync<string>("update webhook_due set next_attempt_at = clock_timestamp() returning delivery_id");
        await service.DeliveryAsync(endpoint, DeliveryState.Succeeded);
        var healed = await service.GetAsync<EndpointView>($"/v1/endpoints/{endpoint}");
        healed.Health!.FailingSince.ShouldBeNull();
        healed.Health.Pending.ShouldBe(0);
    }

    private static async Task EnableAsync(RunningService service, string endpoint)
    {
        var read = await service.Http.GetAsync($"/v1/endpoints/{endpoint}");
        using var request = new HttpRequestMessage(HttpMethod.Patch, $"/v1/endpoints/{endpoint}") { Content = new StringContent("""{"enabled":true}""", new MediaTypeHeaderValue("application/json")) };
        request.Headers.IfMatch.Add(read.Headers.ETag!);
        (await service.Http.SendAsync(request)).EnsureSuccessStatusCode();
    }

    private static async Task<string?> ResponseAsync(RunningService service, DeliveryView delivery)
    {
        var read = await service.GetAsync<DeliveryView>($"/v1/deliveries/{delivery.DeliveryId}");
        return read.Attempts[0].Response;
    }
}
