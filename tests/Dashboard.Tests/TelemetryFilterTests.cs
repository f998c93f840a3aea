using ImageRights.Dashboard.Telemetry;

namespace ImageRights.Dashboard.Tests;

public sealed class TelemetryFilterTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("REFUSED", true)]
    [InlineData("\"connection refused\"", true)]
    [InlineData("connection timeout", false)]
    [InlineData("http.route=/v1/images", true)]
    [InlineData("http.route=/v1", false)]
    [InlineData("http.route~/v1", true)]
    [InlineData("http.route!=/v1/images", false)]
    [InlineData("tenant!=acme", true)]
    [InlineData("tenant=", false)]
    [InlineData("query~\"from mt_events\"", true)]
    [InlineData("service.name=ingestion refused", true)]
    [InlineData("service.name=matching", false)]
    public void A_record_matches_when_every_term_does(string query, bool expected)
    {
        var record = Make.Log("Connection refused by peer", Severity.Error, new("http.route", "/v1/images"), new("query", "select * from mt_events"));

        TelemetryFilter.Parse(query).Matches(record).ShouldBe(expected);
    }

    [Fact]
    public void A_trace_matches_through_one_span_that_satisfies_all_terms()
    {
        var trace = new Trace(1, Make.TraceId(1), [
            Make.Span(1, 1, name: "POST", attributes: new TelemetryAttribute("tenant", "a")),
            Make.Span(1, 2, parent: 1, name: "process", attributes: new TelemetryAttribute("tenant", "b"))]);

        TelemetryFilter.Parse("process tenant=b").Matches(trace).ShouldBeTrue();
        TelemetryFilter.Parse("process tenant=a").Matches(trace).ShouldBeFalse();
        TelemetryFilter.Parse(Make.TraceId(1)).Matches(trace).ShouldBeTrue();
    }
}
