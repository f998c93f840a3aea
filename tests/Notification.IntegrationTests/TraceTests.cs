using System.Diagnostics;
using ImageRights.Notification.Deliveries;
using ImageRights.Notification.Projections;

namespace ImageRights.Notification.IntegrationTests;

/// <summary>One trace from the fact to the receiver. In a collection of its own: a listener hears the whole process.</summary>
[Collection(nameof(TraceTests))]
[CollectionDefinition(nameof(TraceTests), DisableParallelization = true)]
public sealed class TraceTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string TraceParent = $"00-{TraceId}-b7ad6b7169203331-01";

    [Fact]
    public async Task Without_telemetry_the_receiver_still_gets_the_trace_of_the_fact()
    {
        await using var service = await RunningService.StartAsync();
        var (endpoint, _) = await service.RegisterAsync("/hooks");
        await service.PublishAsync(RunningService.Measure(), traceParent: TraceParent);
        await service.DeliveryAsync(endpoint, DeliveryState.Succeeded);
        var request = service.Receiver.At("/hooks").ShouldHaveSingleItem();
        request.Headers["traceparent"].ShouldContain(TraceId);
        request.Event.GetProperty("traceparent").GetString()!.ShouldContain(TraceId);
    }

    [Fact]
    public async Task The_checkpoint_that_came_with_the_fact_is_in_the_webhook()
    {
        await using var service = await RunningService.StartAsync();
        var (endpoint, _) = await service.RegisterAsync("/hooks");
        await service.PublishAsync(RunningService.Measure(), checkpoint: "Y2hlY2twb2ludA==");
        await service.DeliveryAsync(endpoint, DeliveryState.Succeeded);
        service.Receiver.At("/hooks").ShouldHaveSingleItem().Event.GetProperty("logcheckpoint").GetString().ShouldBe("Y2hlY2twb2ludA==");
    }

    [Fact]
    public async Task The_attempt_and_its_http_span_belong_to_the_trace_of_the_fact()
    {
        var spans = new System.Collections.Concurrent.ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "System.Net.Http" or "ImageRights.Notification" or "MassTransit" or "ImageRights.Relay",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var service = await RunningService.StartAsync();
        service.Receiver.AnswerStatus("/hooks", 500, 200);
        var (endpoint, _) = await service.RegisterAsync("/hooks");
        Activity.Current = null;
        using (var fact = new Activity("fact").SetIdFormat(ActivityIdFormat.W3C).SetParentId(TraceParent).Start())
            await service.PublishAsync(RunningService.Measure());
        await service.DeliveryAsync(endpoint, DeliveryState.Succeeded);

        var requests = service.Receiver.At("/hooks");
        requests.Count.ShouldBe(2);
        requests.ShouldAllBe(request => request.Headers["traceparent"].Contains(TraceId, StringComparison.Ordinal));
        var attempts = spans.Where(span => span.Source.Name == "ImageRights.Notification").ToList();
        attempts.Count.ShouldBe(2);
        foreach (var attempt in attempts)
        {
            attempt.TraceId.ToString().ShouldBe(TraceId);
            attempt.GetTagItem("imagerights.endpoint").ShouldBe(endpoint);
            var http = spans.Where(span => span.ParentSpanId == attempt.SpanId && span.Source.Name == "System.Net.Http").ShouldHaveSingleItem();
            requests.ShouldContain(request => request.Headers["traceparent"].Contains(http.SpanId.ToString(), StringComparison.Ordinal));
        }
        (await service.QueryAsync<long>($"select count(*) from mt_events where type like 'delivery_%' and headers ->> 'traceparent' like '%{TraceId}%'"))
            .ShouldBe(3, "scheduled, twice attempted: all in the trace");
    }
}
