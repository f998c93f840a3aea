using System.Diagnostics;
using System.Diagnostics.Metrics;
using ImageRights.Dashboard.Telemetry;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using SpanKind = ImageRights.Dashboard.Telemetry.SpanKind;

namespace ImageRights.Dashboard.Tests;

/// <summary>What the real OpenTelemetry exporter sends is what the store and the pages show, by both protocols.</summary>
public sealed class ExporterTests
{
    public static TheoryData<OtlpExportProtocol> Protocols => [OtlpExportProtocol.Grpc, OtlpExportProtocol.HttpProtobuf];

    [Theory, MemberData(nameof(Protocols))]
    public async Task Spans_arrive_with_everything_the_exporter_sent(OtlpExportProtocol protocol)
    {
        await using var dashboard = await RunningDashboard.StartAsync(apiKey: "secret");
        var sourceName = $"source-{Guid.NewGuid():N}";
        var linked = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
        string traceId, rootId, childId;
        using (var source = new ActivitySource(sourceName))
        using (Sdk.CreateTracerProviderBuilder().SetResourceBuilder(Service).AddSource(sourceName).AddOtlpExporter(Otlp(dashboard, protocol, "traces")).Build())
        {
            using var root = source.StartActivity("POST /v1/images", ActivityKind.Server);
            (traceId, rootId) = (root!.TraceId.ToHexString(), root.SpanId.ToHexString());
            root.SetTag("text", "héllo").SetTag("number", 42).SetTag("real", 0.5).SetTag("truth", true).SetTag("list", new[] { "a", "b" });
            using var child = source.StartActivity("image-received process", ActivityKind.Consumer, default(ActivityContext), links: [new ActivityLink(linked)]);
            childId = child!.SpanId.ToHexString();
            child.AddEvent(new ActivityEvent("received-first-response", tags: new() { ["rows"] = 3 }));
            child.SetStatus(ActivityStatusCode.Error, "no index");
        }

        var trace = await RunningDashboard.EventuallyAsync(() => dashboard.Store.FindTrace(traceId) is { Spans.Count: 2 } found ? found : null);

        var server = trace.First;
        server.SpanId.ShouldBe(rootId);
        server.ParentId.ShouldBeEmpty();
        (server.Name, server.Kind, server.Scope, server.Resource.Service, server.Resource.Instance)
            .ShouldBe(("POST /v1/images", SpanKind.Server, sourceName, "ingestion", "ingestion-0"));
        server.End.ShouldBeGreaterThan(server.Start);
        server.Attributes.ShouldBe([new("text", "héllo"), new("number", "42"), new("real", "0.5"), new("truth", "true"), new("list", "[a, b]")]);
        var consumer = trace.Spans.Single(span => span.SpanId == childId);
        (consumer.ParentId, consumer.Kind, consumer.Status, consumer.StatusMessage).ShouldBe((rootId, SpanKind.Consumer, SpanStatus.Error, "no index"));
        consumer.Events.Single().Name.ShouldBe("received-first-response");
        consumer.Events.Single().Attributes.ShouldBe([new("rows", "3")]);
        (consumer.Links.Single().TraceId, consumer.Links.Single().SpanId).ShouldBe((linked.TraceId.ToHexString(), linked.SpanId.ToHexString()));

        (await dashboard.PageAsync("/traces")).ShouldContain("1 error");
        var page = await dashboard.PageAsync($"/traces/{traceId}?span={childId}");
        page.ShouldContain("image-received process");
        page.ShouldContain("received-first-response");
        page.ShouldContain(linked.TraceId.ToHexString());
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task Log_records_arrive_with_level_attributes_exception_and_trace(OtlpExportProtocol protocol)
    {
        await using var dashboard = await RunningDashboard.StartAsync(apiKey: "secret");
        var traceId = ActivityTraceId.CreateRandom();
        using (var activity = new Activity("request").SetParentId(traceId, ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded).Start())
        using (var loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddOpenTelemetry(options =>
        {
            options.SetResourceBuilder(Service);
            options.IncludeFormattedMessage = true;
            options.AddOtlpExporter(Otlp(dashboard, protocol, "logs"));
        })))
        {
            var logger = loggers.CreateLogger("ImageRights.Ingestion");
            logger.LogTrace("Looked at {Bytes} bytes", 17);
            logger.LogError(new InvalidOperationException("no index"), "Screening of {ImageId} failed", "img-1");
        }

        var records = await RunningDashboard.EventuallyAsync(() => dashboard.Store.Logs() is { Count: 2 } found ? found : null);

        var trace = records.Single(record => record.Severity == Severity.Trace);
        trace.Message.ShouldBe("Looked at 17 bytes");
        trace.Attributes.Find("Bytes").ShouldBe("17");
        var error = records.Single(record => record.Severity == Severity.Error);
        error.Message.ShouldBe("Screening of img-1 failed");
        error.Category.ShouldBe("ImageRights.Ingestion");
        error.Attributes.Find("ImageId").ShouldBe("img-1");
        error.Exception.ShouldNotBeNull().ShouldContain("System.InvalidOperationException: no index");
        error.TraceId.ShouldBe(traceId.ToHexString());
        error.Time.ShouldBeGreaterThan(0UL);

        var page = await dashboard.PageAsync($"/logs?level=Error&q=ImageId%3Dimg-1&open={error.Number}");
        page.ShouldContain("Screening of img-1 failed");
        page.ShouldContain("System.InvalidOperationException: no index");
        page.ShouldNotContain("Looked at 17 bytes");
        page.ShouldContain($"/traces/{error.TraceId}");
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task Metrics_arrive_as_counters_levels_and_histograms(OtlpExportProtocol protocol)
    {
        await using var dashboard = await RunningDashboard.StartAsync(apiKey: "secret");
        var meterName = $"meter-{Guid.NewGuid():N}";
        using (var meter = new Meter(meterName))
        using (var provider = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(Service).AddMeter(meterName)
            .SetExemplarFilter(ExemplarFilterType.AlwaysOn)
            .AddView("exponential", new Base2ExponentialBucketHistogramConfiguration())
            .AddReader(new PeriodicExportingMetricReader(Exporter(dashboard, protocol), Timeout.Infinite)).Build())
        {
            var counter = meter.CreateCounter<long>("images", "{image}", "Images handled");
            counter.Add(3, new KeyValuePair<string, object?>("verdict", "clear"));
            counter.Add(2, new KeyValuePair<string, object?>("verdict", "match"));
            meter.CreateObservableGauge("memory", () => 12.5, "By");
            var levels = meter.CreateUpDownCounter<int>("open");
            levels.Add(5);
            levels.Add(-7);
            using (new Activity("request").Start())
                meter.CreateHistogram<double>("duration", "s", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] }).Record(0.4);
            var exponential = meter.CreateHistogram<double>("exponential");
            exponential.Record(0);
            exponential.Record(100);
            provider.ForceFlush((int)RunningDashboard.Deadline.TotalMilliseconds).ShouldBeTrue();
        }

        InstrumentPoints Read(string name) => dashboard.Store.ReadInstrument(_ => true, meterName, name).ShouldNotBeNull();
        var images = Read("images");
        (images.Description.Kind, images.Description.Unit, images.Description.Description).ShouldBe((InstrumentKind.Counter, "{image}", "Images handled"));
        images.Dimensions.Single(dimension => dimension.Attributes.Find("verdict") == "match").Points[0].Value.ShouldBe(2);
        Read("memory").Dimensions.Single().Points[0].Value.ShouldBe(12.5);
        var open = Read("open");
        (open.Description.Kind, open.Dimensions.Single().Points[0].Value).ShouldBe((InstrumentKind.Gauge, -2));
        var duration = Read("duration").Dimensions.Single();
        var histogram = duration.Points[0].Histogram.ShouldNotBeNull();
        (histogram.Count, histogram.Sum).ShouldBe((1UL, 0.4));
        histogram.Bounds.ShouldBe([0.1, 1]);
        histogram.Buckets.ShouldBe([0UL, 1UL, 0UL]);
        duration.Exemplars.Single().Value.ShouldBe(0.4);
        var exponentialValue = Read("exponential").Dimensions.Single().Points[0].Histogram.ShouldNotBeNull();
        exponentialValue.Buckets[0].ShouldBe(1UL);
        var bucketOfHundred = Array.FindIndex(exponentialValue.Buckets, 1, count => count == 1);
        exponentialValue.Bounds[bucketOfHundred - 1].ShouldBeLessThan(100);
        exponentialValue.Bounds[bucketOfHundred].ShouldBeGreaterThanOrEqualTo(100);

        var page = await dashboard.PageAsync($"/metrics?instrument={meterName}%7Cimages");
        page.ShouldContain("Images handled. Counter, in images.");
        page.ShouldContain("""<option value="match">""");
        (await dashboard.PageAsync($"/metrics/data?instrument={meterName}%7Cduration")).ShouldContain("\"label\":\"p99\"");
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task Without_the_api_key_nothing_is_stored(OtlpExportProtocol protocol)
    {
        await using var dashboard = await RunningDashboard.StartAsync(apiKey: "another key");
        var sourceName = $"source-{Guid.NewGuid():N}";
        using var source = new ActivitySource(sourceName);
        var exporter = new OtlpTraceExporter(new OtlpExporterOptions { Protocol = protocol, Endpoint = Endpoint(dashboard, protocol, "traces"), Headers = "x-otlp-api-key=secret" });
        using var provider = Sdk.CreateTracerProviderBuilder().AddSource(sourceName).Build();
        using var activity = source.StartActivity("request")!;
        activity.Stop();

        exporter.Export(new Batch<Activity>(activity)).ShouldBe(ExportResult.Failure);

        dashboard.Store.Traces().ShouldBeEmpty();
    }

    [Fact]
    public async Task Gzip_is_accepted_from_the_exporter()
    {
        await using var dashboard = await RunningDashboard.StartAsync(apiKey: "secret");
        var sourceName = $"source-{Guid.NewGuid():N}";
        using var source = new ActivitySource(sourceName);
        using var provider = Sdk.CreateTracerProviderBuilder().AddSource(sourceName).Build();
        foreach (var protocol in new[] { OtlpExportProtocol.Grpc, OtlpExportProtocol.HttpProtobuf })
        {
            using var exporter = new OtlpTraceExporter(new OtlpExporterOptions
            {
                Protocol = protocol, Endpoint = Endpoint(dashboard, protocol, "traces"), Headers = "x-otlp-api-key=secret",
                Compression = OtlpExportCompression.GZip,
            });
            using var activity = source.StartActivity("request")!;
            activity.Stop();
            exporter.Export(new Batch<Activity>(activity)).ShouldBe(ExportResult.Success, protocol.ToString());
            dashboard.Store.FindTrace(activity.TraceId.ToHexString()).ShouldNotBeNull(protocol.ToString());
        }
    }

    private static ResourceBuilder Service => ResourceBuilder.CreateEmpty().AddService("ingestion", serviceInstanceId: "ingestion-0");

    private static Action<OtlpExporterOptions> Otlp(RunningDashboard dashboard, OtlpExportProtocol protocol, string signal) => options =>
    {
        options.Protocol = protocol;
        options.Endpoint = Endpoint(dashboard, protocol, signal);
        options.Headers = "x-otlp-api-key=secret";
    };

    private static OtlpMetricExporter Exporter(RunningDashboard dashboard, OtlpExportProtocol protocol)
    {
        var options = new OtlpExporterOptions();
        Otlp(dashboard, protocol, "metrics")(options);
        return new OtlpMetricExporter(options);
    }

    private static Uri Endpoint(RunningDashboard dashboard, OtlpExportProtocol protocol, string signal) =>
        protocol == OtlpExportProtocol.Grpc ? dashboard.GrpcUrl : new Uri(dashboard.HttpUrl, $"/v1/{signal}");
}
