using System.Globalization;
using ImageRights.Dashboard.Telemetry;
using Microsoft.AspNetCore.Http;

namespace ImageRights.Dashboard.Pages;

/// <summary>What the metrics page is asked to show; the same query addresses the page and the chart's data.</summary>
/// <param name="Filters">Attribute values that a dimension set must have; in the address as <c>d.{attribute}={value}</c>.</param>
internal sealed record MetricsQuery(
    string Resource, string Meter, string Instrument, int Minutes, string Split, bool AsTotal, bool AsTable,
    IReadOnlyDictionary<string, string> Filters)
{
    private const string FilterPrefix = "d.";
    private const int Steps = 100;

    public static readonly IReadOnlyList<(int Minutes, string Text)> Windows =
        [(1, "Last minute"), (5, "Last 5 minutes"), (15, "Last 15 minutes"), (60, "Last hour"), (180, "Last 3 hours"), (720, "Last 12 hours")];

    public static MetricsQuery From(IQueryCollection query)
    {
        var minutes = int.TryParse(query["window"], NumberStyles.None, CultureInfo.InvariantCulture, out var wanted) ? wanted : 0;
        // "instrument" carries meter and name as one value, because the list on the page is one choice.
        var instrument = query["instrument"].ToString();
        var bar = instrument.LastIndexOf('|');
        return new MetricsQuery(
            query["resource"].ToString(),
            bar < 0 ? "" : instrument[..bar], instrument[(bar + 1)..],
            Windows.Any(window => window.Minutes == minutes) ? minutes : 5,
            query["split"].ToString(),
            query["show"] == "total",
            query["view"] == "table",
            query.Where(pair => pair.Key.StartsWith(FilterPrefix, StringComparison.Ordinal) && pair.Value.ToString().Length > 0)
                .ToDictionary(pair => pair.Key[FilterPrefix.Length..], pair => pair.Value.ToString()));
    }

    public string Url(string path) => PageUrl.Of(path, [
        ("resource", Resource), ("instrument", Instrument.Length == 0 ? null : Key(Meter, Instrument)),
        ("window", Minutes.ToString(CultureInfo.InvariantCulture)), ("split", Split), ("show", AsTotal ? "total" : null), ("view", AsTable ? "table" : null),
        .. Filters.Select(filter => (FilterPrefix + filter.Key, (string?)filter.Value))]);

    public static string Key(string meter, string instrument) => $"{meter}|{instrument}";

    public InstrumentPoints? Read(DashboardState state) => state.Store.ReadInstrument(DashboardState.Selected(Resource), Meter, Instrument);

    public MetricChart Chart(InstrumentPoints points, DashboardState state) => MetricChart.Build(
        points,
        attributes => Filters.All(filter => attributes.Find(filter.Key) == filter.Value),
        Split.Length == 0 ? null : Split,
        state.Clock.GetUtcNow(), TimeSpan.FromMinutes(Minutes), Steps, !AsTotal);

    /// <summary>The chart for the script: times in Unix seconds, one array of values (or null) for each line.</summary>
    public IResult ChartJson(DashboardState state)
    {
        if (Read(state) is not { } points)
            return Results.NotFound();
        var chart = Chart(points, state);
        return Results.Json(new
        {
            times = chart.Times,
            unit = chart.Unit,
            lines = chart.Lines.Select(line => new
            {
                label = line.Label,
                values = line.Values.Select(value => value is { } number && double.IsFinite(number) ? value : null),
            }),
        });
    }
}
