using ImageRights.Dashboard.Telemetry;

namespace ImageRights.Dashboard.Tests;

public sealed class TraceTreeTests
{
    [Fact]
    public void Children_stand_under_their_parents_and_siblings_by_start()
    {
        var rows = TraceTree.Build([
            Make.Span(1, 4, parent: 2, start: 40), Make.Span(1, 3, parent: 1, start: 30), Make.Span(1, 2, parent: 1, start: 20),
            Make.Span(1, 1, start: 10), Make.Span(1, 5, parent: 2, start: 35)]);

        rows.Select(row => (row.Span.SpanId, row.Depth, row.Descendants)).ShouldBe([
            (Make.SpanId(1), 0, 4), (Make.SpanId(2), 1, 2), (Make.SpanId(5), 2, 0), (Make.SpanId(4), 2, 0), (Make.SpanId(3), 1, 0)]);
        rows.ShouldAllBe(row => !row.Orphan);
    }

    [Fact]
    public void A_span_whose_parent_is_missing_becomes_a_root_and_says_so()
    {
        var rows = TraceTree.Build([Make.Span(1, 1, start: 10), Make.Span(1, 3, parent: 2, start: 5), Make.Span(1, 4, parent: 3, start: 6)]);

        rows.Select(row => (row.Span.SpanId, row.Depth, row.Orphan)).ShouldBe([
            (Make.SpanId(3), 0, true), (Make.SpanId(4), 1, false), (Make.SpanId(1), 0, false)]);
    }

    [Fact]
    public void A_trace_without_its_root_is_named_after_its_earliest_span()
    {
        var trace = new Trace(1, Make.TraceId(1), [Make.Span(1, 3, parent: 2, start: 30), Make.Span(1, 2, parent: 1, start: 20, name: "first")]);

        trace.RootIsMissing.ShouldBeTrue();
        trace.First.Name.ShouldBe("first");
    }

    [Fact]
    public void Spans_that_name_each_other_as_parents_are_all_shown_once()
    {
        var rows = TraceTree.Build([Make.Span(1, 1, parent: 2, start: 10), Make.Span(1, 2, parent: 1, start: 20), Make.Span(1, 3, parent: 3, start: 30)]);

        rows.Select(row => (row.Span.SpanId, row.Depth)).ShouldBe([(Make.SpanId(1), 0), (Make.SpanId(2), 1), (Make.SpanId(3), 0)]);
    }

    [Fact]
    public void A_very_deep_trace_is_built_without_running_out_of_stack()
    {
        const int depth = 50_000;
        var rows = TraceTree.Build([.. Enumerable.Range(1, depth).Select(i => Make.Span(1, i, parent: i - 1, start: (ulong)i))]);

        rows.Count.ShouldBe(depth);
        rows[^1].Depth.ShouldBe(depth - 1);
        rows[0].Descendants.ShouldBe(depth - 1);
    }
}
