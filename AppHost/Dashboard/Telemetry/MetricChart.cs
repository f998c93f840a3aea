namespace ImageRights.Dashboard.Telemetry;

/// <summary>A line of a chart; null where nothing is known.</summary>
public sealed record ChartLine(string Label, IReadOnlyList<double?> Values);

/// <summary>What is drawn: values at equally spaced times (Unix seconds, each the end of its step).</summary>
public sealed record MetricChart(IReadOnlyList<long> Times, IReadOnlyList<ChartLine> Lines, string Unit)
{
    private const int LineLimit = 8;

    /// <summary>A level holds this long after its last report, unless steps are longer.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    /// <summary>Computes the chart of one instrument.</summary>
    /// <param name="keep">Which dimension sets take part.</param>
    /// <param name="splitBy">Attribute that gives each of its values a line; null for one line. Histograms are not split.</param>
    /// <param name="asRate">Counters: increase per second instead of the total.</param>
    internal static MetricChart Build(
        InstrumentPoints instrument, Func<IReadOnlyList<TelemetryAttribute>, bool> keep, string? splitBy,
        DateTimeOffset now, TimeSpan window, int steps, bool asRate)
    {
        var axis = new Axis(now, window, steps);
        var dimensions = instrument.Dimensions.Where(dimension => keep(dimension.Attributes)).ToList();
        var unit = UnitText(instrument.Description.Unit);
        if (instrument.Description.Kind == InstrumentKind.Histogram)
            return new MetricChart(axis.Seconds, Percentiles(axis, dimensions, instrument.Description), unit);

        var isRate = instrument.Description.Kind == InstrumentKind.Counter && asRate;
        var groups = dimensions
            .GroupBy(dimension => splitBy is null ? "" : dimension.Attributes.Find(splitBy) ?? "(none)")
            .Select(group =>
            {
                var values = new double?[steps];
                foreach (var dimension in group)
                    AddTo(values, isRate ? Rates(axis, dimension, instrument.Description) : Levels(axis, dimension, instrument.Description));
                return new ChartLine(splitBy is null ? instrument.Description.Name : group.Key, values);
            })
            .OrderByDescending(line => line.Values.Max() ?? double.MinValue)
            .ToList();
        if (groups.Count > LineLimit)
        {
            var rest = new double?[steps];
            foreach (var line in groups.Skip(LineLimit - 1))
                AddTo(rest, line.Values);
            groups = [.. groups.Take(LineLimit - 1), new ChartLine($"{groups.Count - LineLimit + 1} others", rest)];
        }
        return new MetricChart(axis.Seconds, groups, isRate ? (unit.Length == 0 ? "per second" : $"{unit} per second") : unit);
    }

    /// <summary>UCUM as people read it: <c>{request}</c> is an annotation, <c>s</c>, <c>ms</c> and <c>By</c> are units.</summary>
    public static string UnitText(string unit) => unit switch
    {
        "1" => "",
        "s" => "seconds",
        "ms" => "milliseconds",
        "By" => "bytes",
        ['{', .., '}'] => unit[1..^1] + "s",
        _ => unit,
    };

    /// <summary>The value below which the share <paramref name="quantile"/> of the observations lies, interpolated inside its bucket.</summary>
    public static double? Quantile(SortedDictionary<double, double> counts, double quantile)
    {
        var total = counts.Values.Sum();
        if (total <= 0)
            return null;
        var rank = quantile * total;
        var below = 0.0;
        var lower = 0.0;
        foreach (var (bound, count) in counts)
        {
            if (count > 0 && below + count >= rank)
            {
                // The last bucket has no end; all that is known is that its values lie above the last bound.
                if (double.IsPositiveInfinity(bound))
                    return lower;
                var from = Math.Min(lower, bound);
                return from + (bound - from) * ((rank - below) / count);
            }
            below += count;
            lower = bound;
        }
        return lower;
    }

    private static IReadOnlyList<ChartLine> Percentiles(Axis axis, List<DimensionPoints> dimensions, InstrumentDescription description)
    {
        var steps = new SortedDictionary<double, double>?[axis.Count];
        foreach (var dimension in dimensions)
            foreach (var (from, to, before, after) in Increments(dimension, description))
                if (Increase(before?.Histogram, after.Histogram!) is { } increase)
                    foreach (var (step, share) in axis.Spread(from, to))
                    {
                        var counts = steps[step] ??= [];
                        for (var i = 0; i < increase.Length; i++)
                        {
                            var bound = i < after.Histogram!.Bounds.Length ? after.Histogram.Bounds[i] : double.PositiveInfinity;
                            counts[bound] = counts.GetValueOrDefault(bound) + increase[i] * share;
                        }
                    }
        return [.. new[] { (0.99, "p99"), (0.9, "p90"), (0.5, "p50") }
            .Select(wanted => new ChartLine(wanted.Item2, [.. steps.Select(counts => counts is null ? null : Quantile(counts, wanted.Item1))]))];
    }

    /// <summary>What was added to each bucket since <paramref name="before"/>; null when the two cannot be compared.</summary>
    private static double[]? Increase(HistogramValue? before, HistogramValue after)
    {
        var increase = Array.ConvertAll(after.Buckets, count => (double)count);
        if (before is null || before.Count > after.Count) // a smaller count: the process began again
            return increase;
        // Exponential histograms move and widen their buckets; only those that still exist can be subtracted.
        for (var i = 0; i < before.Buckets.Length; i++)
        {
            if (before.Buckets[i] == 0)
                continue;
            var bound = i < before.Bounds.Length ? before.Bounds[i] : double.PositiveInfinity;
            var index = double.IsPositiveInfinity(bound) ? after.Buckets.Length - 1 : Array.BinarySearch(after.Bounds, bound);
            if (index < 0 || increase[index] < before.Buckets[i])
                return null;
            increase[index] -= before.Buckets[i];
        }
        return increase;
    }

    private static double?[] Rates(Axis axis, DimensionPoints dimension, InstrumentDescription description)
    {
        var values = new double?[axis.Count];
        foreach (var (from, to, before, after) in Increments(dimension, description))
        {
            var increase = before is { } earlier && earlier.Value <= after.Value ? after.Value - earlier.Value : after.Value;
            foreach (var (step, share) in axis.Spread(from, to))
                values[step] = (values[step] ?? 0) + increase * share / axis.StepSeconds;
        }
        return values;
    }

    /// <summary>Pairs of neighbouring points with the time between them; what a delta point or a first point counts began at its own start.</summary>
    private static IEnumerable<(ulong From, ulong To, MetricPoint? Before, MetricPoint After)> Increments(
        DimensionPoints dimension, InstrumentDescription description)
    {
        MetricPoint? before = null;
        foreach (var point in dimension.Points)
        {
            if (description.IsDelta)
                yield return (point.Start, point.Time, null, point);
            else if (before is { } earlier)
                yield return (earlier.Time, point.Time, earlier, point);
            else if (dimension.FromStart && point.Start > 0)
                yield return (point.Start, point.Time, null, point);
            before = point;
        }
    }

    private static double?[] Levels(Axis axis, DimensionPoints dimension, InstrumentDescription description)
    {
        var values = new double?[axis.Count];
        var points = dimension.Points;
        var total = 0.0;
        var next = 0;
        for (var step = 0; step < values.Length; step++)
        {
            var end = axis.EndOf(step);
            for (; next < points.Count && points[next].Time <= end; next++)
                total = description.IsDelta ? total + points[next].Value : points[next].Value;
            if (next > 0 && (next < points.Count || end - points[next - 1].Time <= Math.Max(axis.StepNanoseconds * 2, (ulong)Silence.Ticks * 100)))
                values[step] = total;
        }
        return values;
    }

    private static void AddTo(double?[] sum, IReadOnlyList<double?> values)
    {
        for (var i = 0; i < sum.Length; i++)
            if (values[i] is { } value)
                sum[i] = (sum[i] ?? 0) + value;
    }

    /// <summary>Steps aligned to whole multiples of themselves, so that a refreshed chart moves instead of flickering.</summary>
    private sealed class Axis
    {
        private readonly ulong _start;

        public Axis(DateTimeOffset now, TimeSpan window, int steps)
        {
            Count = steps;
            StepSeconds = Math.Max(1, (long)window.TotalSeconds / steps);
            var end = now.ToUnixTimeSeconds() / StepSeconds * StepSeconds;
            Seconds = [.. Enumerable.Range(1, steps).Select(step => end - (steps - step) * StepSeconds)];
            _start = (ulong)(end - steps * StepSeconds) * 1_000_000_000;
        }

        public int Count { get; }
        public long StepSeconds { get; }
        public ulong StepNanoseconds => (ulong)StepSeconds * 1_000_000_000;
        public IReadOnlyList<long> Seconds { get; }

        public ulong EndOf(int step) => _start + (ulong)(step + 1) * StepNanoseconds;

        /// <summary>The steps that a stretch of time touches, each with its share of the stretch.</summary>
        public IEnumerable<(int Step, double Share)> Spread(ulong from, ulong to)
        {
            from = Math.Min(from, to == 0 ? 0 : to - 1);
            var end = EndOf(Count - 1);
            if (to <= _start || from >= end)
                yield break;
            var first = from <= _start ? 0 : (int)((from - _start) / StepNanoseconds);
            for (var step = first; step < Count; step++)
            {
                var stepStart = EndOf(step) - StepNanoseconds;
                if (stepStart >= to)
                    yield break;
                var overlap = Math.Min(to, EndOf(step)) - Math.Max(from, stepStart);
                yield return (step, (double)overlap / (to - from));
            }
        }
    }
}
