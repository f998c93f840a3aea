namespace ImageRights.Dashboard.Telemetry;

/// <summary>How much is kept; the oldest goes first. The first three are the Aspire dashboard's defaults.</summary>
/// <param name="MetricPoints">For all instruments of one resource together.</param>
/// <param name="Spans">Over all traces, so that a few endless traces cannot fill the memory.</param>
/// <param name="Resources">Senders remembered at once; the one that was silent longest is forgotten.</param>
internal sealed record TelemetryLimits(
    int LogRecords = 10_000, int Traces = 10_000, int MetricPoints = 50_000, int Spans = 200_000, int Resources = 200);

/// <summary>
/// The telemetry of this run, in memory. One lock guards everything: writers add parsed batches, readers copy references,
/// and neither does real work inside it.
/// </summary>
internal sealed class TelemetryStore(TelemetryLimits limits)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Sender> _senders = [];
    private readonly Queue<LogRecord> _logs = new();
    private readonly Dictionary<string, TraceSpans> _traces = [];
    private readonly LinkedList<TraceSpans> _tracesByArrival = new();
    private int _spans;
    private long _numbers;
    private long _version;

    /// <summary>Changes whenever anything readable has changed.</summary>
    public long Version => Interlocked.Read(ref _version);

    public void Add(IReadOnlyCollection<Span> spans)
    {
        lock (_gate)
        {
            foreach (var span in spans)
            {
                Heard(span.Resource);
                if (!_traces.TryGetValue(span.TraceId, out var trace))
                {
                    trace = new TraceSpans(++_numbers, span.TraceId);
                    _traces.Add(span.TraceId, trace);
                    trace.Arrival = _tracesByArrival.AddLast(trace);
                }
                // Exporters repeat a batch whose answer was lost.
                if (trace.Add(span))
                    _spans++;
                while (_tracesByArrival.Count > limits.Traces || (_spans > limits.Spans && _tracesByArrival.Count > 1))
                    Remove(_tracesByArrival.First!.Value);
                if (_spans > limits.Spans)
                    _spans -= trace.DropOldest(_spans - limits.Spans);
            }
            Changed();
        }
    }

    public void Add(IReadOnlyCollection<LogRecord> records)
    {
        lock (_gate)
        {
            foreach (var record in records)
            {
                Heard(record.Resource);
                _logs.Enqueue(record with { Number = ++_numbers });
                while (_logs.Count > limits.LogRecords)
                    _logs.Dequeue();
            }
            Changed();
        }
    }

    public void Add(IReadOnlyCollection<MetricSample> samples)
    {
        lock (_gate)
        {
            foreach (var sample in samples)
                Heard(sample.Resource).Metrics.Add(sample, limits.MetricPoints);
            Changed();
        }
    }

    /// <summary>Everyone heard of, by name.</summary>
    public IReadOnlyList<TelemetryResource> Resources()
    {
        lock (_gate)
            return [.. _senders.Values.Select(sender => sender.Resource).OrderBy(resource => resource.Key, StringComparer.Ordinal)];
    }

    /// <summary>All records, newest first.</summary>
    public IReadOnlyList<LogRecord> Logs()
    {
        lock (_gate)
        {
            var records = _logs.ToArray();
            Array.Reverse(records);
            return records;
        }
    }

    /// <summary>All traces, the one that began arriving last first.</summary>
    public IReadOnlyList<Trace> Traces()
    {
        lock (_gate)
        {
            var traces = new List<Trace>(_tracesByArrival.Count);
            for (var node = _tracesByArrival.Last; node is not null; node = node.Previous)
                traces.Add(node.Value.Read());
            return traces;
        }
    }

    public Trace? FindTrace(string id)
    {
        lock (_gate)
            return _traces.TryGetValue(id, out var trace) ? trace.Read() : null;
    }

    /// <summary>Instruments of the senders that <paramref name="include"/> accepts, by meter and name.</summary>
    public IReadOnlyList<InstrumentDescription> Instruments(Func<TelemetryResource, bool> include)
    {
        lock (_gate)
            return [.. _senders.Values.Where(sender => include(sender.Resource))
                .SelectMany(sender => sender.Metrics.Descriptions)
                .DistinctBy(instrument => (instrument.Meter, instrument.Name))
                .OrderBy(instrument => instrument.Meter, StringComparer.Ordinal).ThenBy(instrument => instrument.Name, StringComparer.Ordinal)];
    }

    /// <summary>One instrument over all senders that <paramref name="include"/> accepts; null when none of them has it.</summary>
    public InstrumentPoints? ReadInstrument(Func<TelemetryResource, bool> include, string meter, string name)
    {
        lock (_gate)
        {
            var senders = _senders.Values.Where(sender => include(sender.Resource)).ToList();
            var found = senders
                .Select(sender => (sender.Resource, Points: sender.Metrics.Read(meter, name)))
                .Where(read => read.Points is not null)
                .ToList();
            if (found.Count == 0)
                return null;
            var dimensions = found.SelectMany(read => read.Points!.Dimensions.Select(dimension =>
                found.Count == 1 ? dimension : dimension with
                {
                    Attributes = [.. dimension.Attributes, new TelemetryAttribute("service.instance.id", read.Resource.Key)],
                }));
            return new InstrumentPoints(found[0].Points!.Description, [.. dimensions]);
        }
    }

    public void ClearLogs()
    {
        lock (_gate)
        {
            _logs.Clear();
            Changed();
        }
    }

    public void ClearTraces()
    {
        lock (_gate)
        {
            _traces.Clear();
            _tracesByArrival.Clear();
            _spans = 0;
            Changed();
        }
    }

    public void ClearMetrics()
    {
        lock (_gate)
        {
            foreach (var sender in _senders.Values)
                sender.Metrics = new SenderMetrics();
            Changed();
        }
    }

    private void Changed() => Interlocked.Increment(ref _version);

    private Sender Heard(TelemetryResource resource)
    {
        if (!_senders.TryGetValue(resource.Key, out var sender))
        {
            if (_senders.Count >= limits.Resources)
                _senders.Remove(_senders.MinBy(pair => pair.Value.LastHeard).Key);
            _senders.Add(resource.Key, sender = new Sender(resource));
        }
        sender.LastHeard = ++_numbers;
        return sender;
    }

    private void Remove(TraceSpans trace)
    {
        _traces.Remove(trace.Id);
        _tracesByArrival.Remove(trace.Arrival!);
        _spans -= trace.Count;
    }

    private sealed class Sender(TelemetryResource resource)
    {
        public TelemetryResource Resource { get; } = resource;
        public SenderMetrics Metrics { get; set; } = new();
        public long LastHeard { get; set; }
    }

    private sealed class TraceSpans(long number, string id)
    {
        private readonly List<Span> _spans = [];
        private readonly HashSet<string> _ids = [];
        private Trace? _read;

        public string Id => id;
        public int Count => _spans.Count;
        public LinkedListNode<TraceSpans>? Arrival { get; set; }

        public bool Add(Span span)
        {
            if (!_ids.Add(span.SpanId))
                return false;
            _spans.Add(span);
            _read = null;
            return true;
        }

        /// <summary>Drops a tenth at least, so that an endless trace does not move its whole list for every span.</summary>
        public int DropOldest(int atLeast)
        {
            var count = Math.Min(Math.Max(atLeast, _spans.Count / 10), _spans.Count - 1);
            foreach (var span in _spans.Take(count))
                _ids.Remove(span.SpanId);
            _spans.RemoveRange(0, count);
            _read = null;
            return count;
        }

        public Trace Read() => _read ??= new Trace(number, id, [.. _spans]);
    }

    private sealed class SenderMetrics
    {
        private readonly Dictionary<(string Meter, string Name), Instrument> _instruments = [];
        private readonly Queue<Dimension> _pointsByArrival = new();

        public IEnumerable<InstrumentDescription> Descriptions => _instruments.Values.Select(instrument => instrument.Description);

        public void Add(MetricSample sample, int limit)
        {
            var key = (sample.Instrument.Meter, sample.Instrument.Name);
            // An instrument that changes its kind is another instrument under an old name; its points do not mix.
            if (!_instruments.TryGetValue(key, out var instrument) || instrument.Description.Kind != sample.Instrument.Kind)
                _instruments[key] = instrument = new Instrument(sample.Instrument);
            if (instrument.Dimension(sample.Attributes).Add(sample) is not { } grown)
                return;
            _pointsByArrival.Enqueue(grown);
            while (_pointsByArrival.Count > limit)
            {
                var oldest = _pointsByArrival.Dequeue();
                if (oldest.RemoveOldest() && oldest.Owner.Remove(oldest) && ReferenceEquals(_instruments.GetValueOrDefault(oldest.Owner.Key), oldest.Owner))
                    _instruments.Remove(oldest.Owner.Key);
            }
        }

        public InstrumentPoints? Read(string meter, string name) =>
            _instruments.TryGetValue((meter, name), out var instrument) ? instrument.Read() : null;
    }

    private sealed class Instrument(InstrumentDescription description)
    {
        private readonly Dictionary<string, Dimension> _dimensions = [];

        public InstrumentDescription Description => description;
        public (string, string) Key => (description.Meter, description.Name);

        public Dimension Dimension(IReadOnlyList<TelemetryAttribute> attributes)
        {
            var key = string.Join('\u001f', attributes.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => $"{a.Key}\u001e{a.Value}"));
            if (!_dimensions.TryGetValue(key, out var dimension))
                _dimensions.Add(key, dimension = new Dimension(this, key, attributes));
            return dimension;
        }

        /// <returns>Whether that was the last dimension set.</returns>
        public bool Remove(Dimension dimension)
        {
            _dimensions.Remove(dimension.Key);
            return _dimensions.Count == 0;
        }

        public InstrumentPoints Read() => new(description, [.. _dimensions.Values.Select(dimension => dimension.Read())]);
    }

    private sealed class Dimension(Instrument owner, string key, IReadOnlyList<TelemetryAttribute> attributes)
    {
        private const int ExemplarLimit = 20;
        private readonly LinkedList<MetricPoint> _points = new();
        private readonly Queue<Exemplar> _exemplars = new();
        private bool _fromStart = true;

        public Instrument Owner => owner;
        public string Key => key;

        /// <returns>This, when it holds one point more than before.</returns>
        public Dimension? Add(MetricSample sample)
        {
            // A cumulative instrument repeats its exemplars until it has newer ones.
            foreach (var exemplar in sample.Exemplars.Where(exemplar => !_exemplars.Contains(exemplar)))
            {
                _exemplars.Enqueue(exemplar);
                if (_exemplars.Count > ExemplarLimit)
                    _exemplars.Dequeue();
            }
            var point = sample.Point;
            if (_points.Last is { } last && point.Time <= last.Value.Time)
                return null; // repeated or out of order
            // A value that stands still is kept as its first and its latest point, not once a second.
            if (!owner.Description.IsDelta && _points.Last is { Previous: { } before } run
                && before.Value.SameValue(run.Value) && run.Value.SameValue(point))
            {
                run.Value = point;
                return null;
            }
            _points.AddLast(point);
            return this;
        }

        /// <returns>Whether that was the last point.</returns>
        public bool RemoveOldest()
        {
            _points.RemoveFirst();
            _fromStart = false;
            return _points.Count == 0;
        }

        public DimensionPoints Read() => new(attributes, [.. _points], _fromStart, [.. _exemplars]);
    }
}
