using ImageRights.Dashboard.Telemetry;

namespace ImageRights.Dashboard.Tests;

public sealed class TelemetryStoreTests
{
    [Fact]
    public void The_oldest_log_records_are_evicted()
    {
        var store = new TelemetryStore(new TelemetryLimits(LogRecords: 3));
        store.Add([.. Enumerable.Range(1, 5).Select(i => Make.Log($"m{i}"))]);

        store.Logs().Select(record => record.Message).ShouldBe(["m5", "m4", "m3"]);
    }

    [Fact]
    public void The_oldest_traces_are_evicted_with_all_their_spans()
    {
        var store = new TelemetryStore(new TelemetryLimits(Traces: 2));
        for (var trace = 1; trace <= 3; trace++)
            store.Add([Make.Span(trace, 1), Make.Span(trace, 2, parent: 1)]);

        store.Traces().Select(trace => (trace.Id, trace.Spans.Count)).ShouldBe([(Make.TraceId(3), 2), (Make.TraceId(2), 2)]);
        store.FindTrace(Make.TraceId(1)).ShouldBeNull();
    }

    [Fact]
    public void An_endless_trace_stays_within_the_span_limit_and_keeps_its_newest_spans()
    {
        var store = new TelemetryStore(new TelemetryLimits(Spans: 100));
        store.Add([Make.Span(1, 1)]);
        store.Add([.. Enumerable.Range(1, 1000).Select(i => Make.Span(2, i))]);

        var trace = store.Traces().Single();
        trace.Id.ShouldBe(Make.TraceId(2));
        trace.Spans.Count.ShouldBeInRange(80, 100);
        trace.Spans[^1].SpanId.ShouldBe(Make.SpanId(1000));
    }

    [Fact]
    public void A_batch_that_is_sent_twice_is_stored_once()
    {
        var store = new TelemetryStore(new TelemetryLimits());
        Span[] batch = [Make.Span(1, 1), Make.Span(1, 2, parent: 1)];
        store.Add(batch);
        store.Add(batch);

        store.FindTrace(Make.TraceId(1))!.Spans.Count.ShouldBe(2);
    }

    [Fact]
    public void Metric_points_are_bounded_over_all_instruments_of_a_resource()
    {
        var store = new TelemetryStore(new TelemetryLimits(MetricPoints: 10));
        for (ulong time = 1; time <= 20; time++)
            store.Add([Make.Sample("a", time, time), Make.Sample("b", time, time)]);

        store.ReadInstrument(_ => true, "meter", "a")!.Dimensions.Single().Points.Select(point => point.Time).ShouldBe([16, 17, 18, 19, 20]);
        store.ReadInstrument(_ => true, "meter", "a")!.Dimensions.Single().FromStart.ShouldBeFalse();
        store.ReadInstrument(_ => true, "meter", "b")!.Dimensions.Single().Points.Count.ShouldBe(5);
    }

    [Fact]
    public void An_instrument_whose_last_point_is_evicted_disappears()
    {
        var store = new TelemetryStore(new TelemetryLimits(MetricPoints: 2));
        store.Add([Make.Sample("old", 1, 1), Make.Sample("new", 1, 1), Make.Sample("new", 2, 2)]);

        store.Instruments(_ => true).Select(instrument => instrument.Name).ShouldBe(["new"]);
        store.ReadInstrument(_ => true, "meter", "old").ShouldBeNull();
    }

    [Fact]
    public void A_value_that_stands_still_takes_two_points_however_long()
    {
        var store = new TelemetryStore(new TelemetryLimits());
        store.Add([.. Enumerable.Range(1, 100).Select(i => Make.Sample("level", (ulong)i, 7)), Make.Sample("level", 101, 8)]);

        store.ReadInstrument(_ => true, "meter", "level")!.Dimensions.Single().Points.Select(point => (point.Time, point.Value))
            .ShouldBe([(1UL, 7), (100UL, 7), (101UL, 8)]);
    }

    [Fact]
    public void The_sender_that_was_silent_longest_is_forgotten()
    {
        var store = new TelemetryStore(new TelemetryLimits(Resources: 2));
        foreach (var name in new[] { "a", "b", "a", "c" })
            store.Add([Make.Log("m") with { Resource = TelemetryResource.From([new("service.name", name)]) }]);

        store.Resources().Select(resource => resource.Service).ShouldBe(["a", "c"]);
    }

    [Fact]
    public async Task Many_writers_and_readers_lose_nothing()
    {
        var store = new TelemetryStore(new TelemetryLimits());
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(() =>
        {
            for (var i = 1; i <= 500; i++)
            {
                store.Add([Make.Span(i, 1000 * writer + i)]);
                store.Add([Make.Log("m")]);
                store.Traces();
            }
        })));

        store.Traces().Count.ShouldBe(500);
        store.Traces().Sum(trace => trace.Spans.Count).ShouldBe(4000);
        store.Logs().Count.ShouldBe(4000);
        store.Logs().Select(record => record.Number).Distinct().Count().ShouldBe(4000);
    }
}
