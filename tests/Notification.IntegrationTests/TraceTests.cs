using System.Diagnostics;
using ImageRights.Notification.Deliveries;
using ImageRights.Notification.Projections;
using ImageRights.ServiceDefaults.Telemetry;
using ImageRights.TestKit;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace ImageRights.Notification.IntegrationTests;

/// <summary>One trace from the fact to the receiver. In a collection of its own: a listener hears the whole process.</summary>
[Collection(nameof(TraceTests))]
[CollectionDefinition(nameof(TraceTests), DisableParallelization = true)]
public sealed class TraceTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string CaseId = "case_01a20a0ac5eb777995027d4b02afddb3";
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
            await service.PublishAsync(RunningService.Measure(CaseId));
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
        attempts.ShouldAllBe(attempt => attempt.Status == ActivityStatusCode.Unset, "the delivery was tried again");
        attempts.Select(attempt => attempt.GetTagItem("http.response.status_code")).ShouldBe([500, 200], ignoreOrder: true);
        var events = requests.Select(request => request.Event.GetProperty("id").GetString()).Distinct().ShouldHaveSingleItem();
        attempts.ShouldAllBe(attempt => (string?)attempt.GetTagItem(Subjects.EventTag) == events && (string?)attempt.GetTagItem("imagerights.case.id") == CaseId);
        spans.ShouldContain(span => span.Source.Name == "MassTransit" && (string?)span.GetTagItem(Subjects.EventTag) == events && (string?)span.GetTagItem("imagerights.case.id") == CaseId, "the message's consumer");
        (await service.QueryAsync<long>($"select count(*) from mt_events where type like 'delivery_%' and headers ->> 'traceparent' like '%{TraceId}%'"))
            .ShouldBe(3, "scheduled, twice attempted: all in the trace");
    }

    [Fact]
    public async Task Only_a_delivery_that_is_given_up_is_an_error_of_the_trace()
    {
        var spans = new System.Collections.Concurrent.ConcurrentQueue<Activity>();
        using var provider = Sdk.CreateTracerProviderBuilder().AddSource("System.Net.Http", "ImageRights.Notification").AddProcessor(new RetriedRequests()).AddProcessor(new Ended(spans)).Build();
        await using var service = await RunningService.StartAsync();
        service.Receiver.AnswerStatus("/retried", 500, 200);
        service.Receiver.AnswerStatus("/gone", 410);
        var (retried, _) = await service.RegisterAsync("/retried", "imagerights.measure.applied.v1");
        var (gone, _) = await service.RegisterAsync("/gone", "imagerights.measure.applied.v1");
        await service.PublishAsync(RunningService.Measure(), traceParent: TraceParent);
        await service.DeliveryAsync(retried, DeliveryState.Succeeded);
        await service.DeliveryAsync(gone, DeliveryState.Exhausted);

        await Eventually.HoldsAsync(() =>
        {
            var failed = spans.Where(span => span.TraceId.ToString() == TraceId && span.Status == ActivityStatusCode.Error).ShouldHaveSingleItem();
            failed.GetTagItem("imagerights.endpoint").ShouldBe(gone);
            spans.Count(span => span.Source.Name == "System.Net.Http" && span.TraceId.ToString() == TraceId).ShouldBe(3);
            return Task.CompletedTask;
        }, what: "The spans");
    }

    private sealed class Ended(System.Collections.Concurrent.ConcurrentQueue<Activity> spans) : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data) => spans.Enqueue(data);
    }
}
