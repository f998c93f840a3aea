using System.Globalization;
using System.Text;
using Google.Protobuf;
using ImageRights.Dashboard.Telemetry;

namespace ImageRights.Dashboard.Otlp;

/// <summary>
/// Reads the three OTLP export requests (opentelemetry-proto 1.x). The field numbers stand where they are used; fields that the
/// dashboard does not show are skipped. Anything malformed ends in an <see cref="InvalidProtocolBufferException"/> or, where the bytes are
/// protobuf but not OTLP, in an <see cref="InvalidDataException"/>.
/// </summary>
internal static class OtlpReader
{
    /// <summary>Attributes kept per span, event, link, record or resource, as in the Aspire dashboard.</summary>
    public const int AttributeLimit = 128;

    private const int ValueDepthLimit = 8;

    public static IReadOnlyList<Span> ReadTraces(byte[] request)
    {
        var spans = new List<Span>();
        Read(request, (input, resource) => ForEachScope(input, (scope, message) => spans.Add(ReadSpan(message, resource, scope))));
        return spans;
    }

    public static IReadOnlyList<LogRecord> ReadLogs(byte[] request)
    {
        var records = new List<LogRecord>();
        Read(request, (input, resource) => ForEachScope(input, (scope, message) => records.Add(ReadLogRecord(message, resource, scope))));
        return records;
    }

    /// <returns>The points, and how many were left out because their kind is not supported (summaries).</returns>
    public static (IReadOnlyList<MetricSample> Samples, int Rejected) ReadMetrics(byte[] request)
    {
        var samples = new List<MetricSample>();
        var rejected = 0;
        Read(request, (input, resource) => ForEachScope(input, (scope, message) => rejected += ReadMetric(message, resource, scope, samples)));
        return (samples, rejected);
    }

    // ExportXServiceRequest { repeated ResourceX resource_x = 1 } · ResourceX { Resource resource = 1; repeated ScopeX scope_x = 2 }
    private static void Read(byte[] request, Action<ProtoMessage, TelemetryResource> readScope)
    {
        var input = new ProtoMessage(new CodedInputStream(request));
        while (input.Next())
        {
            if (input.Field != 1)
            {
                input.Skip();
                continue;
            }
            var resource = TelemetryResource.From([]);
            // Protobuf lets the resource follow the scopes, so they wait until the message is read.
            var scopes = new List<ProtoMessage>();
            var group = input.Message();
            while (group.Next())
            {
                switch (group.Field)
                {
                    case 1: resource = ReadResource(group.Message()); break;
                    case 2: scopes.Add(group.Message()); break;
                    default: group.Skip(); break;
                }
            }
            foreach (var scope in scopes)
                readScope(scope, resource);
        }
    }

    private static TelemetryResource ReadResource(ProtoMessage input)
    {
        var attributes = new List<TelemetryAttribute>();
        while (input.Next())
        {
            if (input.Field == 1)
                AddAttribute(attributes, input.Message());
            else
                input.Skip();
        }
        return TelemetryResource.From(attributes);
    }

    // ScopeX { InstrumentationScope scope = 1 { string name = 1 }; repeated X x = 2 }
    private static void ForEachScope(ProtoMessage input, Action<string, ProtoMessage> read)
    {
        var scope = "";
        var messages = new List<ProtoMessage>();
        while (input.Next())
        {
            switch (input.Field)
            {
                case 1: scope = ReadScopeName(input.Message()); break;
                case 2: messages.Add(input.Message()); break;
                default: input.Skip(); break;
            }
        }
        foreach (var message in messages)
            read(scope, message);
    }

    private static string ReadScopeName(ProtoMessage input)
    {
        var name = "";
        while (input.Next())
        {
            if (input.Field == 1)
                name = input.Text();
            else
                input.Skip();
        }
        return name;
    }

    private static Span ReadSpan(ProtoMessage input, TelemetryResource resource, string scope)
    {
        string traceId = "", spanId = "", parentId = "", name = "", statusMessage = "";
        ulong start = 0, end = 0;
        var kind = SpanKind.Unspecified;
        var status = SpanStatus.Unset;
        var attributes = new List<TelemetryAttribute>();
        var events = new List<SpanEvent>();
        var links = new List<SpanLink>();
        while (input.Next())
        {
            switch (input.Field)
            {
                case 1: traceId = ReadId(input, 16, required: true); break;
                case 2: spanId = ReadId(input, 8, required: true); break;
                case 4: parentId = ReadId(input, 8, required: false); break;
                case 5: name = input.Text(); break;
                case 6: kind = input.Int() is var number and >= 0 and <= 5 ? (SpanKind)number : SpanKind.Unspecified; break;
                case 7: start = input.Fixed64(); break;
                case 8: end = input.Fixed64(); break;
                case 9: AddAttribute(attributes, input.Message()); break;
                case 11 when events.Count < AttributeLimit: events.Add(ReadEvent(input.Message())); break;
                case 13 when links.Count < AttributeLimit: links.Add(ReadLink(input.Message())); break;
                case 15: (status, statusMessage) = ReadStatus(input.Message()); break;
                default: input.Skip(); break;
            }
        }
        if (traceId.Length == 0 || spanId.Length == 0)
            throw new InvalidDataException("A span has no trace id or no span id.");
        return new Span(resource, scope, traceId, spanId, parentId, name, kind, start, end, status, statusMessage, attributes, events, links);
    }

    private static SpanEvent ReadEvent(ProtoMessage input)
    {
        ulong time = 0;
        var name = "";
        var attributes = new List<TelemetryAttribute>();
        while (input.Next())
        {
            switch (input.Field)
            {
                case 1: time = input.Fixed64(); break;
                case 2: name = input.Text(); break;
                case 3: AddAttribute(attributes, input.Message()); break;
                default: input.Skip(); break;
            }
        }
        return new SpanEvent(time, name, attributes);
    }

    private static SpanLink ReadLink(ProtoMessage input)
    {
        string traceId = "", spanId = "";
        var attributes = new List<TelemetryAttribute>();
        while (input.Next())
        {
            switch (input.Field)
            {
                case 1: traceId = ReadId(input, 16, required: false); break;
                case 2: spanId = ReadId(input, 8, required: false); break;
                case 4: AddAttribute(attributes, input.Message()); break;
                default: input.Skip(); break;
            }
        }
        return new SpanLink(traceId, spanId, attributes);
    }

    private static (SpanStatus, string) ReadStatus(ProtoMessage input)
    {
        var status = SpanStatus.Unset;
        var message = "";
        while (input.Next())
        {
            switch (input.Field)
            {
                case 2: message = input.Text(); break;
                case 3: status = input.Int() is var number and >= 0 and <= 2 ? (SpanStatus)number : SpanStatus.Unset; break;
                default: input.Skip(); break;
            }
        }
        return (status, message);
    }

    private static LogRecord ReadLogRecord(ProtoMessage input, TelemetryResource resource, string category)
    {
        ulong time = 0, observed = 0;
        var severity = 0;
        string message = "", eventName = "", traceId = "", spanId = "";
        var attributes = new List<TelemetryAttribute>();
        while (input.Next())
        {
            switch (input.Field)
            {
                case 1: time = input.Fixed64(); break;
                case 2: severity = input.Int(); break;
                case 5: message = ReadValue(input.Message(), 0); break;
                case 6: AddAttribute(attributes, input.Message()); break;
                case 9: traceId = ReadId(input, 16, required: false); break;
                case 10: spanId = ReadId(input, 8, required: false); break;
                case 11: observed = input.Fixed64(); break;
                case 12: eventName = input.Text(); break;
                default: input.Skip(); break;
            }
        }
        return new LogRecord(0, resource, category, time == 0 ? observed : time, LogRecord.SeverityFrom(severity),
            message, eventName, traceId, spanId, attributes);
    }

    // Metric { name = 1; description = 2; unit = 3; oneof { gauge = 5; sum = 7; histogram = 9; exponential_histogram = 10; summary = 11 } }
    private static int ReadMetric(ProtoMessage input, TelemetryResource resource, string meter, List<MetricSample> samples)
    {
        string name = "", description = "", unit = "";
        ProtoMessage? data = null;
        var dataField = 0;
        while (input.Next())
        {
            switch (input.Field)
            {
                case 1: name = input.Text(); break;
                case 2: description = input.Text(); break;
                case 3: unit = input.Text(); break;
                case 5 or 7 or 9 or 10 or 11: (dataField, data) = (input.Field, input.Message()); break;
                default: input.Skip(); break;
            }
        }
        if (data is null)
            return 0;

        // Gauge, Sum, Histogram … { repeated XDataPoint data_points = 1; AggregationTemporality = 2 (1 = delta); bool is_monotonic = 3 }
        var points = new List<ProtoMessage>();
        var isDelta = false;
        var isMonotonic = false;
        while (data.Next())
        {
            switch (data.Field)
            {
                case 1: points.Add(data.Message()); break;
                case 2 when dataField is 7 or 9 or 10: isDelta = data.Int() == 1; break;
                case 3 when dataField == 7: isMonotonic = data.Bool(); break;
                default: data.Skip(); break;
            }
        }
        if (dataField == 11)
            return points.Count;

        var kind = dataField is 9 or 10 ? InstrumentKind.Histogram : isMonotonic ? InstrumentKind.Counter : InstrumentKind.Gauge;
        var instrument = new InstrumentDescription(meter, name, description, unit, kind, isDelta);
        foreach (var point in points)
        {
            var (attributes, value, exemplars) = dataField switch
            {
                9 => ReadHistogramPoint(point),
                10 => ReadExponentialPoint(point),
                _ => ReadNumberPoint(point),
            };
            samples.Add(new MetricSample(resource, instrument, attributes, value, exemplars));
        }
        return 0;
    }

    private static (List<TelemetryAttribute>, MetricPoint, List<Exemplar>) ReadNumberPoint(ProtoMessage input)
    {
        ulong start = 0, time = 0;
        double value = 0;
        var attributes = new List<TelemetryAttribute>();
        var exemplars = new List<Exemplar>();
        while (input.Next())
        {
            switch (input.Field)
            {
                case 2: start = input.Fixed64(); break;
                case 3: time = input.Fixed64(); break;
                case 4: value = input.Double(); break;
                case 5: AddExemplar(exemplars, input.Message()); break;
                case 6: value = (long)input.Fixed64(); break;
                case 7: AddAttribute(attributes, input.Message()); break;
                default: input.Skip(); break;
            }
        }
        return (attributes, new MetricPoint(start, time, value, null), exemplars);
    }

    private static (List<TelemetryAttribute>, MetricPoint, List<Exemplar>) ReadHistogramPoint(ProtoMessage input)
    {
        ulong start = 0, time = 0, count = 0;
        double sum = 0;
        var buckets = new List<ulong>();
        var bounds = new List<double>();
        var attributes = new List<TelemetryAttribute>();
        var exemplars = new List<Exemplar>();
        while (input.Next())
        {
            switch (input.Field)
            {
                case 2: start = input.Fixed64(); break;
                case 3: time = input.Fixed64(); break;
                case 4: count = input.Fixed64(); break;
                case 5: sum = input.Double(); break;
                case 6: input.Repeated(WireFormat.WireType.Fixed64, buckets, one => one.Fixed64()); break;
                case 7: input.Repeated(WireFormat.WireType.Fixed64, bounds, one => one.Double()); break;
                case 8: AddExemplar(exemplars, input.Message()); break;
                case 9: AddAttribute(attributes, input.Message()); break;
                default: input.Skip(); break;
            }
        }
        if ((buckets.Count != 0 && buckets.Count != bounds.Count + 1) || !IsAscending(bounds))
            throw new InvalidDataException("A histogram's buckets do not fit its bounds.");
        return (attributes, new MetricPoint(start, time, sum, new HistogramValue(count, sum, [.. bounds], [.. buckets])), exemplars);
    }

    // ExponentialHistogramDataPoint: bucket i counts values in (base^(offset+i), base^(offset+i+1)], base = 2^(2^-scale).
    private static (List<TelemetryAttribute>, MetricPoint, List<Exemplar>) ReadExponentialPoint(ProtoMessage input)
    {
        ulong start = 0, time = 0, count = 0, zeroCount = 0;
        double sum = 0;
        int scale = 0, offset = 0;
        var positive = new List<ulong>();
        var negative = new List<ulong>();
        var attributes = new List<TelemetryAttribute>();
        var exemplars = new List<Exemplar>();
        while (input.Next())
        {
            switch (input.Field)
            {
                case 1: AddAttribute(attributes, input.Message()); break;
                case 2: start = input.Fixed64(); break;
                case 3: time = input.Fixed64(); break;
                case 4: count = input.Fixed64(); break;
                case 5: sum = input.Double(); break;
                case 6: scale = input.ZigZag(); break;
                case 7: zeroCount = input.Fixed64(); break;
                case 8: offset = ReadExponentialBuckets(input.Message(), positive); break;
                case 9: ReadExponentialBuckets(input.Message(), negative); break;
                case 11: AddExemplar(exemplars, input.Message()); break;
                default: input.Skip(); break;
            }
        }
        var growth = Math.Pow(2, Math.Pow(2, -Math.Clamp(scale, -10, 20)));
        // Durations and sizes are never negative, so zero and below share the first bucket.
        var bounds = new List<double>(positive.Count + 1);
        var buckets = new List<ulong>(positive.Count + 2) { negative.Aggregate(zeroCount, (all, one) => all + one) };
        for (var i = 0; i <= positive.Count; i++)
        {
            var bound = Math.Pow(growth, (double)offset + i);
            if (!double.IsFinite(bound) || (bounds.Count > 0 && bound <= bounds[^1]))
                throw new InvalidDataException("An exponential histogram's buckets are outside the range of numbers.");
            bounds.Add(bound);
            buckets.Add(i < positive.Count ? positive[i] : 0);
        }
        return (attributes, new MetricPoint(start, time, sum, new HistogramValue(count, sum, [.. bounds], [.. buckets])), exemplars);
    }

    private static int ReadExponentialBuckets(ProtoMessage input, List<ulong> counts)
    {
        var offset = 0;
        while (input.Next())
        {
            switch (input.Field)
            {
                case 1: offset = input.ZigZag(); break;
                case 2: input.Repeated(WireFormat.WireType.Varint, counts, one => one.UInt64()); break;
                default: input.Skip(); break;
            }
        }
        return offset;
    }

    private static bool IsAscending(List<double> bounds)
    {
        for (var i = 1; i < bounds.Count; i++)
            if (!(bounds[i] > bounds[i - 1]))
                return false;
        return true;
    }

    private static void AddExemplar(List<Exemplar> exemplars, ProtoMessage input)
    {
        ulong time = 0;
        double value = 0;
        string traceId = "", spanId = "";
        while (input.Next())
        {
            switch (input.Field)
            {
                case 2: time = input.Fixed64(); break;
                case 3: value = input.Double(); break;
                case 4: spanId = ReadId(input, 8, required: false); break;
                case 5: traceId = ReadId(input, 16, required: false); break;
                case 6: value = (long)input.Fixed64(); break;
                default: input.Skip(); break;
            }
        }
        if (traceId.Length > 0 && exemplars.Count < AttributeLimit)
            exemplars.Add(new Exemplar(time, value, traceId, spanId));
    }

    // KeyValue { string key = 1; AnyValue value = 2 }
    private static void AddAttribute(List<TelemetryAttribute> attributes, ProtoMessage input)
    {
        if (attributes.Count < AttributeLimit)
            attributes.Add(ReadKeyValue(input, 0));
    }

    private static TelemetryAttribute ReadKeyValue(ProtoMessage input, int depth)
    {
        string key = "", value = "";
        while (input.Next())
        {
            switch (input.Field)
            {
                case 1: key = input.Text(); break;
                case 2: value = ReadValue(input.Message(), depth); break;
                default: input.Skip(); break;
            }
        }
        return new TelemetryAttribute(key, value);
    }

    // AnyValue { oneof { string = 1; bool = 2; int64 = 3; double = 4; ArrayValue = 5; KeyValueList = 6; bytes = 7 } }
    private static string ReadValue(ProtoMessage input, int depth)
    {
        if (depth > ValueDepthLimit)
            throw new InvalidDataException("A value is nested too deeply.");
        var value = "";
        while (input.Next())
        {
            switch (input.Field)
            {
                case 1: value = input.Text(); break;
                case 2: value = input.Bool() ? "true" : "false"; break;
                case 3: value = input.Int64().ToString(CultureInfo.InvariantCulture); break;
                case 4: value = input.Double().ToString("R", CultureInfo.InvariantCulture); break;
                case 5: value = ReadList(input.Message(), '[', ']', item => ReadValue(item, depth + 1)); break;
                case 6: value = ReadList(input.Message(), '{', '}', item => ReadKeyValue(item, depth + 1) is var (key, text) ? $"{key}: {text}" : ""); break;
                case 7: value = Convert.ToBase64String(input.Bytes()); break;
                default: input.Skip(); break;
            }
        }
        return ProtoMessage.Cut(value);
    }

    private static string ReadList(ProtoMessage input, char open, char close, Func<ProtoMessage, string> readItem)
    {
        var text = new StringBuilder().Append(open);
        while (input.Next())
        {
            if (input.Field != 1)
            {
                input.Skip();
                continue;
            }
            var item = readItem(input.Message());
            if (text.Length <= ProtoMessage.TextLimit)
                text.Append(text.Length > 1 ? ", " : "").Append(item);
        }
        return text.Append(close).ToString();
    }

    // OTLP: an id of the wrong length or of zeroes only is invalid; an optional one may be empty.
    private static string ReadId(ProtoMessage input, int length, bool required)
    {
        var bytes = input.Bytes();
        if (bytes.Length == length && bytes.AsSpan().ContainsAnyExcept((byte)0))
            return Convert.ToHexStringLower(bytes);
        if (!required && !bytes.AsSpan().ContainsAnyExcept((byte)0))
            return "";
        throw new InvalidDataException("A trace or span id is not valid.");
    }
}
