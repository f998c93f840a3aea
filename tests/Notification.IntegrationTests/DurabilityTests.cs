using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using ImageRights.Notification.Deliveries;
using ImageRights.Notification.Projections;
using ImageRights.TestKit;
using ImageRights.ServiceDefaults;
using Microsoft.AspNetCore.Http;
using RabbitMQ.Client;

namespace ImageRights.Notification.IntegrationTests;

/// <summary>Bad days: nothing is lost, nothing is doubled, nobody waits for a dead neighbour.</summary>
public sealed class DurabilityTests
{
    [Fact]
    public async Task Read_models_rebuilt_beside_the_running_service_equal_the_live_ones()
    {
        await using var service = await RunningService.StartAsync();
        service.Receiver.AnswerStatus("/hooks", 500, 200);
        var (endpoint, _) = await service.RegisterAsync("/hooks");
        await service.PublishAsync(RunningService.Measure());
        await service.DeliveryAsync(endpoint, DeliveryState.Succeeded);

        (await ServiceRun.RebuildAsync(service.Store, [], onlyCompare: true, TextWriter.Null)).ShouldBe(0);
        (await ServiceRun.RebuildAsync(service.Store, [], onlyCompare: false, TextWriter.Null)).ShouldBe(0);
        (await ServiceRun.RebuildAsync(service.Store, [], onlyCompare: true, TextWriter.Null)).ShouldBe(0);
        await service.PublishAsync(RunningService.Closed());
        await Eventually.HoldsAsync(() =>
        {
            service.Receiver.At("/hooks").Count.ShouldBe(3);
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task A_message_delivered_again_makes_no_second_delivery()
    {
        await using var service = await RunningService.StartAsync();
        var (endpoint, _) = await service.RegisterAsync("/hooks");
        var id = Guid.CreateVersion7();
        var contract = RunningService.Measure();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => service.PublishAsync(contract, id)));
        await service.PublishAsync(contract, id);
        await service.PublishAsync(RunningService.Closed());
        await Eventually.HoldsAsync(async () => (await service.DeliveriesAsync("&eventType=imagerights.case.closed.v1&state=Succeeded")).Count.ShouldBe(1));
        await Eventually.HoldsAsync(async () => (await QueueLengthAsync(service, "notification-every-contract")).ShouldBe(0));

        (await service.QueryAsync<long>("select count(*) from webhook_events")).ShouldBe(2);
        (await service.DeliveriesAsync($"&endpointId={endpoint}")).Count.ShouldBe(2);
        service.Receiver.At("/hooks").Count(request => request.Id == id.ToString()).ShouldBe(1);
        (await QueueLengthAsync(service, "notification-every-contract_error")).ShouldBe(0);
    }

    [Fact]
    public async Task A_message_delivered_again_and_again_takes_no_room_from_others()
    {
        await using var service = await RunningService.StartAsync("Webhooks:InFlight=8", "Webhooks:InFlightPerEndpoint=4", "Webhooks:ClaimedPerEndpoint=4");
        var (endpoint, _) = await service.RegisterAsync("/hooks");
        var (contract, id) = (RunningService.Measure(), Guid.CreateVersion7());
        for (var round = 0; round < 5; round++) await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => service.PublishAsync(contract, id)));
        for (var index = 0; index < 10; index++) await service.PublishAsync(RunningService.Closed($"case_{index}"));
        await Eventually.HoldsAsync(async () => (await service.DeliveriesAsync($"&endpointId={endpoint}&state=Succeeded")).Count.ShouldBe(11));
        service.Receiver.At("/hooks").Select(request => request.Id).ShouldBeUnique();
    }

    [Fact]
    public async Task A_malformed_message_is_set_aside_and_stops_nobody()
    {
        await using var service = await RunningService.StartAsync();
        var (endpoint, _) = await service.RegisterAsync("/hooks");
        var factory = new ConnectionFactory { Uri = new Uri(service.VirtualHost) };
        await using (var connection = await factory.CreateConnectionAsync())
        {
            await using var channel = await connection.CreateChannelAsync();
            foreach (var body in new[] { "", "{", "no json", "{}", """{"messageId":"x"}""" })
                await channel.BasicPublishAsync("", "notification-every-contract", Encoding.UTF8.GetBytes(body));
        }
        await service.PublishAsync(RunningService.Measure());
        await service.DeliveryAsync(endpoint, DeliveryState.Succeeded);
    }

    [Fact]
    public async Task A_restart_in_mid_work_loses_nothing()
    {
        await using var service = await RunningService.StartAsync("Webhooks:Schedule:1=00:00:01", "Webhooks:Lease=00:00:20");
        var gate = service.Receiver.Hold("/hooks");
        var (endpoint, _) = await service.RegisterAsync("/hooks");
        for (var index = 0; index < 20; index++) await service.PublishAsync(RunningService.Measure($"case_{index}"));
        await Eventually.HoldsAsync(async () => (await service.QueryAsync<long>("select count(*) from webhook_due")).ShouldBe(20));
        await Eventually.HoldsAsync(() =>
        {
            service.Receiver.At("/hooks").Count.ShouldBeGreaterThan(0);
            return Task.CompletedTask;
        });

        await service.StopAsync();
        (await service.QueryAsync<long>("select count(*) from webhook_due where leased_until is not null")).ShouldBe(0, "an orderly stop gives its claims back");
        gate.SetResult();
        await service.AddReplicaAsync();
        await Eventually.HoldsAsync(async () => (await service.DeliveriesAsync($"&endpointId={endpoint}&state=Succeeded")).Count.ShouldBe(20));
        service.Receiver.At("/hooks").Select(request => request.Id).Distinct().Count().ShouldBe(20);
    }

    [Fact]
    public async Task A_killed_process_loses_nothing_and_repeats_under_the_same_id()
    {
        await using var service = await RunningService.StartAsync("Webhooks:Timeout=00:00:05", "Webhooks:Lease=00:00:06");
        service.Receiver.Hold("/hooks");
        var (endpoint, secret) = await service.RegisterAsync("/hooks");
        await service.StopAsync();

        using var process = StartProcess(service);
        try
        {
            var id = Guid.CreateVersion7();
            await service.PublishAsync(RunningService.Measure(), id);
            await Eventually.HoldsAsync(() =>
            {
                service.Receiver.At("/hooks").Count.ShouldBe(1);
                return Task.CompletedTask;
            }, TimeSpan.FromSeconds(60));
            process.Kill();
            await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(10)).Token);
            (await service.QueryAsync<long>("select count(*) from webhook_due where leased_until is not null")).ShouldBe(1, "a killed process gives nothing back");

            service.Receiver.AnswerStatus("/hooks", 200);
            await service.AddReplicaAsync();
            await service.DeliveryAsync(endpoint, DeliveryState.Succeeded);
            var requests = service.Receiver.At("/hooks");
            requests.Count.ShouldBe(2);
            requests.ShouldAllBe(request => request.Id == id.ToString());
            StandardWebhook.Verify(secret, requests[1].Headers, requests[1].Body, DateTimeOffset.UtcNow).ShouldBeTrue();
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    [Fact]
    public async Task Two_replicas_never_send_the_same_delivery_at_once()
    {
        await using var service = await RunningService.StartAsync("Webhooks:InFlightPerEndpoint=4");
        await service.AddReplicaAsync();
        var (inside, overlaps, seen) = (new ConcurrentDictionary<string, int>(), 0, new ConcurrentBag<string>());
        service.Receiver.Answer("/hooks", async (context, request) =>
        {
            seen.Add(request.Id);
            if (inside.AddOrUpdate(request.Id, 1, (_, count) => count + 1) > 1) Interlocked.Increment(ref overlaps);
            await Task.Delay(20, context.RequestAborted);
            inside.AddOrUpdate(request.Id, 0, (_, count) => count - 1);
            // Half of them need a second attempt, so that both replicas meet the same delivery.
            if (request.Id[^1] % 2 == 0 && seen.Count(id => id == request.Id) == 1) context.Response.StatusCode = 500;
        });
        var (endpoint, _) = await service.RegisterAsync("/hooks", "imagerights.measure.applied.v1");
        await Task.WhenAll(Enumerable.Range(0, 100).Select(index => service.PublishAsync(RunningService.Measure($"case_{index}"))));

        await Eventually.HoldsAsync(async () => (await service.DeliveriesAsync($"&endpointId={endpoint}&state=Succeeded")).Count.ShouldBe(100), TimeSpan.FromSeconds(60));
        overlaps.ShouldBe(0);
        var deliveries = await service.DeliveriesAsync($"&endpointId={endpoint}");
        seen.Count.ShouldBe(deliveries.Sum(delivery => delivery.Attempts.Count), "every request is an attempt on record");
        deliveries.ShouldAllBe(delivery => delivery.Attempts.Count <= 2);
    }

    [Fact]
    public async Task One_dead_endpoint_with_200_pending_delays_no_other()
    {
        await using var service = await RunningService.StartAsync("Webhooks:Timeout=00:00:15", "Webhooks:InFlight=16");
        service.Receiver.Hold("/dead");
        var (dead, _) = await service.RegisterAsync("/dead", "imagerights.measure.applied.v1");
        var (live, _) = await service.RegisterAsync("/live", "imagerights.case.closed.v1");
        await Task.WhenAll(Enumerable.Range(0, 200).Select(index => service.PublishAsync(RunningService.Measure($"case_{index}"))));
        await Eventually.HoldsAsync(async () => (await service.QueryAsync<long>("select count(*) from webhook_due")).ShouldBe(200));
        await Eventually.HoldsAsync(() =>
        {
            service.Receiver.At("/dead").Count.ShouldBe(8, "as many at once as one endpoint may have");
            return Task.CompletedTask;
        }, TimeSpan.FromMinutes(1));

        for (var index = 0; index < 20; index++) await service.PublishAsync(RunningService.Closed($"case_{index}"));
        await Eventually.HoldsAsync(async () => (await service.DeliveriesAsync($"&endpointId={live}&state=Succeeded")).Count.ShouldBe(20), TimeSpan.FromSeconds(10));
        (await service.DeliveriesAsync($"&endpointId={dead}&state=Pending")).Count.ShouldBe(200);
    }

    [Fact]
    public async Task A_backlog_of_a_working_endpoint_degrades_the_health()
    {
        await using var service = await RunningService.StartAsync("Webhooks:BacklogDegradedAfter=00:00:00.1");
        var gate = service.Receiver.Hold("/hooks");
        var (endpoint, _) = await service.RegisterAsync("/hooks");
        (await service.Http.GetStringAsync("/health")).ShouldBe("Healthy");
        await service.PublishAsync(RunningService.Measure());
        await Eventually.HoldsAsync(async () => (await service.Http.GetStringAsync("/health")).ShouldStartWith("Degraded\n"));
        gate.SetResult();
        await service.DeliveryAsync(endpoint, DeliveryState.Succeeded);
        // It leaves the table of what is due a moment after it is on record.
        await Eventually.HoldsAsync(async () => (await service.Http.GetStringAsync("/health")).ShouldBe("Healthy"));
    }

    [Fact]
    public async Task A_replay_while_an_attempt_is_under_way_changes_nothing()
    {
        await using var service = await RunningService.StartAsync();
        var gate = service.Receiver.Hold("/hooks");
        var (endpoint, _) = await service.RegisterAsync("/hooks");
        await service.PublishAsync(RunningService.Measure());
        var pending = await service.DeliveryAsync(endpoint, DeliveryState.Pending);
        await Task.WhenAll(Enumerable.Range(0, 5).Select(async _ =>
            (await service.Http.PostAsync($"/v1/deliveries/{pending.DeliveryId}/replays", null)).StatusCode.ShouldBe(HttpStatusCode.Accepted)));
        gate.SetResult();
        await service.DeliveryAsync(endpoint, DeliveryState.Succeeded);
        service.Receiver.At("/hooks").Count.ShouldBe(1);
    }

    private static Process StartProcess(RunningService service)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = AppContext.BaseDirectory };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(typeof(Composition).Assembly.Location);
        foreach (var argument in service.Arguments()) start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static async Task<long> QueueLengthAsync(RunningService service, string queue)
    {
        var factory = new ConnectionFactory { Uri = new Uri(service.VirtualHost) };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        try
        {
            return (await channel.QueueDeclarePassiveAsync(queue)).MessageCount;
        }
        catch (RabbitMQ.Client.Exceptions.OperationInterruptedException)
        {
            return 0;
        }
    }
}
