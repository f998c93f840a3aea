namespace ImageRights.Dashboard.Telemetry;

public enum SpanKind { Unspecified, Internal, Server, Client, Producer, Consumer }

public enum SpanStatus { Unset, Ok, Error }

public sealed record SpanEvent(ulong Time, string Name, IReadOnlyList<TelemetryAttribute> Attributes);

public sealed record SpanLink(string TraceId, string SpanId, IReadOnlyList<TelemetryAttribute> Attributes);

/// <summary>One finished span. Ids are lower-case hexadecimal; <see cref="ParentId"/> is empty for a root. Times are Unix nanoseconds.</summary>
public sealed record Span(
    TelemetryResource Resource, string Scope,
    string TraceId, string SpanId, string ParentId,
    string Name, SpanKind Kind, ulong Start, ulong End,
    SpanStatus Status, string StatusMessage,
    IReadOnlyList<TelemetryAttribute> Attributes,
    IReadOnlyList<SpanEvent> Events,
    IReadOnlyList<SpanLink> Links)
{
    public TimeSpan Duration => UnixNanoseconds.Between(Start, End);

    /// <summary>The other side of an outgoing call, as far as the span names it: a database, a queue, a host.</summary>
    public string? Peer => Kind is not (SpanKind.Client or SpanKind.Producer) ? null
        : Attributes.Find("peer.service")
          ?? Attributes.Find("db.namespace")
          ?? Attributes.Find("messaging.destination.name")
          ?? Attributes.Find("server.address")
          ?? Attributes.Find("db.system.name");
}

/// <summary>A trace as it stood when it was read.</summary>
/// <param name="Number">Order of first arrival; unique in the store.</param>
internal sealed record Trace(long Number, string Id, IReadOnlyList<Span> Spans)
{
    public ulong Start { get; } = Spans.Min(span => span.Start);
    public ulong End { get; } = Spans.Max(span => Math.Max(span.Start, span.End));
    public TimeSpan Duration => UnixNanoseconds.Between(Start, End);
    public int Errors { get; } = Spans.Count(span => span.Status == SpanStatus.Error);

    /// <summary>The span without a parent, or the earliest one while (or if ever) the root has not arrived.</summary>
    public Span First { get; } = Spans.OrderBy(span => span.ParentId.Length > 0).ThenBy(span => span.Start).First();

    public bool RootIsMissing => First.ParentId.Length > 0;
}

/// <summary>A row of the waterfall.</summary>
/// <param name="Orphan">The parent named by the span has not arrived.</param>
/// <param name="Descendants">Number of rows below this one that belong to it.</param>
internal sealed record TraceRow(Span Span, int Depth, bool Orphan, int Descendants);

/// <summary>Puts the spans of a trace into reading order: children under parents, siblings by start.</summary>
internal static class TraceTree
{
    public static IReadOnlyList<TraceRow> Build(IReadOnlyList<Span> spans)
    {
        var known = spans.Select(span => span.SpanId).ToHashSet();
        var children = spans.Where(span => known.Contains(span.ParentId))
            .GroupBy(span => span.ParentId)
            .ToDictionary(group => group.Key, group => group.OrderBy(span => span.Start).ToList());
        var rows = new List<TraceRow>(spans.Count);
        var seen = new HashSet<string>(spans.Count);

        foreach (var root in spans.Where(span => !known.Contains(span.ParentId)).OrderBy(span => span.Start))
            AddWithDescendants(root);
        // Spans that name each other as parents hang below no root; the earliest of them stands in for one.
        foreach (var span in spans.OrderBy(span => span.Start))
            AddWithDescendants(span);
        return rows;

        // An explicit stack: a trace may be deeper than a thread's stack allows.
        void AddWithDescendants(Span top)
        {
            var pending = new Stack<(Span Span, int Depth)>([(top, 0)]);
            var firstRow = rows.Count;
            while (pending.TryPop(out var next))
            {
                if (!seen.Add(next.Span.SpanId))
                    continue;
                rows.Add(new TraceRow(next.Span, next.Depth, next.Depth == 0 && next.Span.ParentId.Length > 0, 0));
                if (children.TryGetValue(next.Span.SpanId, out var below))
                    for (var i = below.Count - 1; i >= 0; i--)
                        pending.Push((below[i], next.Depth + 1));
            }
            CountDescendants(firstRow);
        }

        void CountDescendants(int firstRow)
        {
            var open = new Stack<int>();
            for (var i = firstRow; i <= rows.Count; i++)
            {
                while (open.TryPeek(out var above) && (i == rows.Count || rows[above].Depth >= rows[i].Depth))
                    rows[open.Pop()] = rows[above] with { Descendants = i - above - 1 };
                open.Push(i);
            }
        }
    }
}
