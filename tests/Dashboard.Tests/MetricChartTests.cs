using ImageRights.Dashboard.Telemetry;

namespace ImageRights.Dashboard.Tests;

public sealed class MetricChartTests
{
    private const ulong Second = 1_000_000_000;
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1000);

    [Fact]
    public void A_cumulative_counter_is_drawn_as_increase_per_second()
    {
        var chart = Chart(InstrumentKind.Counter, asRate: true, Points((990, 100), (992, 104), (994, 104), (996, 114)));

        Line(chart, "value").ShouldBe([2, 2, 0, 0, 5, 5, null, null, null, null]);
        chart.Unit.ShouldBe("per second");
    }

    [Fact]
    public void A_restarted_counter_counts_from_zero_again()
    {
        var chart = Chart(InstrumentKind.Counter, asRate: true, Points((993, 100), (994, 103), (995, 2)));

        Line(chart, "value")[3].ShouldBe(3);
        Line(chart, "value")[4].ShouldBe(2);
    }

    [Fact]
    public void The_first_point_of_a_series_counts_from_its_start()
    {
        var chart = Chart(InstrumentKind.Counter, asRate: true, new DimensionPoints([], [new MetricPoint(992 * Second, 994 * Second, 10, null)], true, []));

        Line(chart, "value").Where(value => value is not null).ShouldBe([5, 5]);
    }

    [Fact]
    public void A_level_holds_between_reports_and_ends_with_the_silence_of_its_sender()
    {
        var chart = MetricChart.Build(new InstrumentPoints(Description(InstrumentKind.Gauge), [Points((910, 4), (940, 7))]),
            _ => true, null, Now, TimeSpan.FromSeconds(100), 10, asRate: false);

        Line(chart, "value").ShouldBe([4, 4, 4, 7, 7, 7, null, null, null, null]);
    }

    [Fact]
    public void Series_are_added_up_or_drawn_for_each_value_of_an_attribute()
    {
        var clear = Points((991, 1), (1000, 1)) with { Attributes = [new("verdict", "clear"), new("node", "0")] };
        var match = Points((991, 5), (1000, 5)) with { Attributes = [new("verdict", "match"), new("node", "0")] };

        Line(Chart(InstrumentKind.Gauge, asRate: false, clear, match), "value")[^1].ShouldBe(6);
        var split = MetricChart.Build(new InstrumentPoints(Description(InstrumentKind.Gauge), [clear, match]), _ => true, "verdict", Now, TimeSpan.FromSeconds(10), 10, false);
        split.Lines.Select(line => (line.Label, line.Values[^1])).ShouldBe([("match", 5), ("clear", 1)]);
        var filtered = MetricChart.Build(new InstrumentPoints(Description(InstrumentKind.Gauge), [clear, match]),
            attributes => attributes.Find("verdict") == "clear", null, Now, TimeSpan.FromSeconds(10), 10, false);
        filtered.Lines.Single().Values[^1].ShouldBe(1);
    }

    [Fact]
    public void More_values_than_lines_end_in_one_line_for_the_rest()
    {
        var many = Enumerable.Range(1, 20).Select(i => Points((991, i), (1000, i)) with { Attributes = [new("k", $"v{i}")] }).ToArray();
        var chart = MetricChart.Build(new InstrumentPoints(Description(InstrumentKind.Gauge), many), _ => true, "k", Now, TimeSpan.FromSeconds(10), 10, false);

        chart.Lines.Count.ShouldBe(8);
        (chart.Lines[^1].Label, chart.Lines[^1].Values[^1]).ShouldBe(("13 others", Enumerable.Range(1, 13).Sum()));
    }

    [Fact]
    public void Percentiles_are_taken_from_what_was_added_in_each_step()
    {
        // Before the window: a hundred slow ones. Inside it: 98 in (0, 10], 2 in (10, 20].
        var points = new DimensionPoints([], [
            Histogram(990, [0, 0, 100]), Histogram(991, [98, 2, 100])], FromStart: false, []);
        var chart = Chart(InstrumentKind.Histogram, asRate: false, points);

        chart.Lines.Select(line => line.Label).ShouldBe(["p99", "p90", "p50"]);
        Line(chart, "p50")[0]!.Value.ShouldBe(50 / 98.0 * 10, 0.001);
        Line(chart, "p99")[0]!.Value.ShouldBe(15, 0.001);
        Line(chart, "p99")[1].ShouldBeNull();
    }

    [Fact]
    public void A_quantile_in_the_open_last_bucket_is_its_lower_bound() =>
        MetricChart.Quantile(new SortedDictionary<double, double> { [10] = 1, [double.PositiveInfinity] = 9 }, 0.99).ShouldBe(10);

    private static MetricPoint Histogram(ulong second, ulong[] buckets) =>
        new(0, second * Second, 0, new HistogramValue(buckets.Aggregate(0UL, (all, one) => all + one), 0, [10, 20], buckets));

    private static DimensionPoints Points(params (ulong Second, double Value)[] points) =>
        new([], [.. points.Select(point => new MetricPoint(0, point.Second * Second, point.Value, null))], FromStart: false, []);

    private static InstrumentDescription Description(InstrumentKind kind) => new("meter", "value", "", "", kind, IsDelta: false);

    private static MetricChart Chart(InstrumentKind kind, bool asRate, params DimensionPoints[] dimensions) =>
        MetricChart.Build(new InstrumentPoints(Description(kind), dimensions), _ => true, null, Now, TimeSpan.FromSeconds(10), 10, asRate);

    private static IReadOnlyList<double?> Line(MetricChart chart, string label) => chart.Lines.Single(line => line.Label == label).Values;
}
