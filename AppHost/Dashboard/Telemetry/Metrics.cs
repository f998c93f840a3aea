namespace ImageRights.Dashboard.Telemetry;

/// <summary>A counter only rises; a gauge stands for anything that is a level (gauges and up-down counters).</summary>
internal enum InstrumentKind { Gauge, Counter, Histogram }

/// <summary>What an instrument is. <see cref="IsDelta"/>: each point counts from the point before it, not from the start of the process.</summary>
internal sealed record InstrumentDescription(string Meter, string Name, string Description, string Unit, InstrumentKind Kind, bool IsDelta);

/// <summary>Observations by bucket: <c>Buckets[i]</c> holds those up to and including <c>Bounds[i]</c>; the last bucket has no bound.</summary>
internal sealed record HistogramValue(ulong Count, double Sum, double[] Bounds, ulong[] Buckets)
{
    public bool Same(HistogramValue other) => Count == other.Count && Sum.Equals(other.Sum) && Bounds.Length == other.Bounds.Length;
}

/// <summary>A measurement that was made inside a trace.</summary>
internal sealed record Exemplar(ulong Time, double Value, string TraceId, string SpanId);

/// <summary>A point of one dimension set. Times are Unix nanoseconds; <see cref="Start"/> is zero when the sender did not say.</summary>
internal readonly record struct MetricPoint(ulong Start, ulong Time, double Value, HistogramValue? Histogram)
{
    public bool SameValue(MetricPoint other) =>
        Histogram is null ? Value.Equals(other.Value) : other.Histogram is { } theirs && Histogram.Same(theirs);
}

/// <summary>A point on its way into the store.</summary>
internal sealed record MetricSample(
    TelemetryResource Resource, InstrumentDescription Instrument,
    IReadOnlyList<TelemetryAttribute> Attributes, MetricPoint Point, IReadOnlyList<Exemplar> Exemplars);

/// <summary>The points of one combination of attribute values.</summary>
/// <param name="FromStart">No earlier point of this dimension set has been evicted.</param>
internal sealed record DimensionPoints(
    IReadOnlyList<TelemetryAttribute> Attributes, IReadOnlyList<MetricPoint> Points, bool FromStart, IReadOnlyList<Exemplar> Exemplars);

/// <summary>An instrument with its points as they stood when it was read.</summary>
internal sealed record InstrumentPoints(InstrumentDescription Description, IReadOnlyList<DimensionPoints> Dimensions);
