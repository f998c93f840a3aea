using System.Net;
using ImageRights.Dashboard.Pages;
using ImageRights.Dashboard.Telemetry;

namespace ImageRights.Dashboard.Tests;

public sealed class PageTests
{
    private const string Hostile = """<script>alert("x")</script><img src=x onerror=alert(1)>' onmouseover='alert(2)""";

    [Fact]
    public async Task Hostile_texts_are_encoded_wherever_they_are_shown()
    {
        var evil = TelemetryResource.From([new("service.name", Hostile), new(Hostile, Hostile)]);
        var resource = StubResources.Resource("ingestion") with
        {
            HealthReport = Hostile, Environment = new Dictionary<string, string> { [Hostile] = Hostile }, Properties = new Dictionary<string, string> { [Hostile] = Hostile },
            References = [Hostile], Urls = [new ResourceUrl("http", "javascript:alert(1)"), new ResourceUrl("http", Hostile)],
        };
        var resources = new StubResources(resource);
        resources.Lines.Add(new ConsoleLine(1, DateTimeOffset.UnixEpoch, false, "\u001b[31m" + Hostile + "\u001b[0m"));
        await using var dashboard = await RunningDashboard.StartAsync(resources: resources);
        var attribute = new TelemetryAttribute(Hostile, Hostile);
        dashboard.Store.Add([Make.Span(1, 1, name: Hostile, status: SpanStatus.Error, attributes: attribute) with
        {
            Resource = evil, Scope = Hostile, StatusMessage = Hostile, Events = [new SpanEvent(1, Hostile, [attribute])],
        }]);
        dashboard.Store.Add([Make.Log(Hostile, Severity.Error, attribute, new("exception.stacktrace", Hostile)) with { Resource = evil, Category = Hostile, TraceId = Make.TraceId(1), SpanId = Make.SpanId(1) }]);
        dashboard.Store.Add([Make.Sample(Hostile, 1, 1, attributes: attribute) with { Resource = evil }]);
        var log = dashboard.Store.Logs().Single().Number;

        foreach (var path in new[]
        {
            "/resources", "/resources?selected=ingestion", "/resources?view=graph", "/console", "/console/ingestion", "/console/ingestion?q=" + Uri.EscapeDataString("\"><script>alert(1)</script>"),
            "/logs", $"/logs?open={log}", "/logs?q=" + Uri.EscapeDataString(Hostile), "/traces", "/traces?q=" + Uri.EscapeDataString(Hostile),
            $"/traces/{Make.TraceId(1)}?span={Make.SpanId(1)}", "/traces/" + Uri.EscapeDataString(Hostile), "/metrics",
            "/metrics?view=table&resource=" + Uri.EscapeDataString(Hostile) + "&instrument=" + Uri.EscapeDataString("meter|" + Hostile),
        })
        {
            var page = await dashboard.PageAsync(path);
            page.ShouldNotContain("<script>alert", Case.Insensitive, path);
            page.ShouldNotContain("<img", Case.Insensitive, path);
            page.ShouldNotContain("' onmouseover='", Case.Insensitive, path);
            page.ShouldNotContain("href=\"javascript:", Case.Insensitive, path);
        }
        (await dashboard.PageAsync("/logs")).ShouldContain("&lt;script&gt;alert(");
        (await dashboard.PageAsync("/console/ingestion")).ShouldContain("""<span class="ansi-red">&lt;script&gt;""");
    }

    [Fact]
    public async Task Pages_forbid_everything_inline_and_contain_nothing_inline()
    {
        await using var dashboard = await RunningDashboard.StartAsync(resources: new StubResources(StubResources.Resource("ingestion")));
        dashboard.Store.Add([Make.Span(1, 1)]);
        foreach (var path in new[] { "/resources", "/resources?view=graph", "/console/ingestion", "/logs", "/traces", $"/traces/{Make.TraceId(1)}", "/metrics" })
        {
            var response = await dashboard.Browser.GetAsync(path);
            var policy = response.Headers.GetValues("Content-Security-Policy").Single();
            policy.ShouldContain("default-src 'none'");
            policy.ShouldNotContain("unsafe");
            var page = await response.Content.ReadAsStringAsync();
            page.ShouldNotContain(" style=", Case.Insensitive, path);
            page.ShouldNotContain("<style", Case.Insensitive, path);
            page.ShouldNotContain("<script>", Case.Insensitive, path);
            page.ShouldNotContain("://cdn", Case.Insensitive, path);
        }
    }

    [Fact]
    public async Task Every_asset_that_a_page_names_is_served_from_here()
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        var page = await dashboard.PageAsync("/resources");
        var assets = System.Text.RegularExpressions.Regex.Matches(page, """(?:src|href)="(/assets/[^"]+)" """.TrimEnd()).Select(match => match.Groups[1].Value).ToList();

        assets.Count.ShouldBeGreaterThanOrEqualTo(9);
        foreach (var asset in assets)
        {
            var response = await dashboard.Browser.GetAsync(WebUtility.HtmlDecode(asset));
            response.StatusCode.ShouldBe(HttpStatusCode.OK, asset);
            response.Headers.CacheControl!.ToString().ShouldContain("immutable");
            (await response.Content.ReadAsByteArrayAsync()).ShouldNotBeEmpty(asset);
        }
        (await dashboard.Browser.GetAsync("/assets/nothing.js")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Resources_in_trouble_are_counted_on_every_page()
    {
        await using var dashboard = await RunningDashboard.StartAsync(resources: new StubResources(
            StubResources.Resource("ok"), StubResources.Resource("sick", health: ResourceHealth.Unhealthy), StubResources.Resource("dead", state: "FailedToStart", health: ResourceHealth.Unknown)));

        foreach (var path in new[] { "/resources", "/console", "/logs", "/traces", "/metrics" })
            (await dashboard.PageAsync(path)).ShouldContain("2 unhealthy", Case.Sensitive, path);
        (await dashboard.PageAsync("/health-summary")).ShouldContain("2 unhealthy");
    }

    [Fact]
    public async Task What_was_stopped_is_not_called_healthy()
    {
        await using var dashboard = await RunningDashboard.StartAsync(resources: new StubResources(
            StubResources.Resource("ok"), StubResources.Resource("stopped", state: "Exited", health: ResourceHealth.Unknown) with { ExitCode = 0 }));

        (await dashboard.PageAsync("/health-summary")).ShouldContain("1 stopped");
    }

    [Fact]
    public async Task Commands_reach_the_resource_and_only_from_a_form_of_this_dashboard()
    {
        var resources = new StubResources(StubResources.Resource("ingestion"));
        await using var dashboard = await RunningDashboard.StartAsync(resources: resources);

        var forged = await dashboard.Browser.PostAsync("/resources/ingestion/stop", new FormUrlEncodedContent([]));
        forged.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        resources.Commands.ShouldBeEmpty();

        var done = await dashboard.PostFormAsync("/resources", "/resources/ingestion/stop");
        done.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        resources.Commands.ShouldBe(["stop ingestion"]);

        (await dashboard.PostFormAsync("/resources", "/resources/ingestion/explode")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await dashboard.PostFormAsync("/resources", "/resources/nobody/stop")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        resources.Commands.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_command_that_fails_says_why()
    {
        await using var dashboard = await RunningDashboard.StartAsync(resources: new StubResources(StubResources.Resource("ingestion")));

        var response = await dashboard.PostFormAsync("/resources", "/resources/ingestion/restart");

        response.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await response.Content.ReadAsStringAsync()).ShouldContain("Could not restart ingestion: The process does not answer.");
    }

    [Fact]
    public async Task Clearing_forgets_one_kind_of_telemetry()
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        dashboard.Store.Add([Make.Span(1, 1)]);
        dashboard.Store.Add([Make.Log("m")]);
        dashboard.Store.Add([Make.Sample("i", 1, 1)]);

        (await dashboard.PostFormAsync("/logs", "/clear/logs")).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        dashboard.Store.Logs().ShouldBeEmpty();
        dashboard.Store.Traces().Count.ShouldBe(1);
        (await dashboard.PostFormAsync("/traces", "/clear/traces")).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        dashboard.Store.Traces().ShouldBeEmpty();
        (await dashboard.PostFormAsync("/metrics", "/clear/metrics")).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        dashboard.Store.Instruments(_ => true).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_console_shows_marks_searches_follows_and_downloads()
    {
        var resources = new StubResources(StubResources.Resource("ingestion"));
        resources.Lines.AddRange([
            new(1, DateTimeOffset.UnixEpoch, false, "\u001b[32minfo\u001b[39m: started"), new(2, DateTimeOffset.UnixEpoch, true, "boom"),
            new(3, DateTimeOffset.UnixEpoch, false, "\u001b[41mfail\u001b[49m: bad")]);
        await using var dashboard = await RunningDashboard.StartAsync(resources: resources);

        var page = await dashboard.PageAsync("/console/ingestion");
        page.ShouldContain("""<div class="line is-error" id="line-2">""");
        page.ShouldContain("""<div class="line is-error" id="line-3">""");
        page.ShouldContain("""<span class="ansi-green">info</span>""");
        page.ShouldContain("/console/ingestion/lines?after=3");

        (await dashboard.PageAsync("/console/ingestion?q=BOOM")).ShouldNotContain("line-1");
        var later = await dashboard.PageAsync("/console/ingestion/lines?after=2");
        later.ShouldContain("line-3");
        later.ShouldNotContain("line-2");
        (await dashboard.PageAsync("/console/ingestion/download")).ShouldBe(
            "1970-01-01T00:00:00.0000000+00:00 out info: started\n1970-01-01T00:00:00.0000000+00:00 err boom\n1970-01-01T00:00:00.0000000+00:00 out fail: bad\n");
    }

    [Fact]
    public async Task A_refresh_is_answered_with_no_content_while_nothing_has_changed()
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        dashboard.Store.Add([Make.Log("first")]);
        var page = await dashboard.PageAsync("/logs");
        var refresh = WebUtility.HtmlDecode(System.Text.RegularExpressions.Regex.Match(page, "id=\"live\" hx-get=\"([^\"]+)\"").Groups[1].Value);
        dashboard.Browser.DefaultRequestHeaders.Add("HX-Request", "true");

        (await dashboard.Browser.GetAsync(refresh)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        dashboard.Store.Add([Make.Log("late riser")]);
        (await dashboard.PageAsync(refresh)).ShouldContain("late riser");
    }

    [Fact]
    public async Task A_list_with_an_open_record_takes_in_nothing_newer_and_does_not_refresh()
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        dashboard.Store.Add([Make.Log("early bird")]);
        var open = WebUtility.HtmlDecode(System.Text.RegularExpressions.Regex.Match(await dashboard.PageAsync("/logs"), "href=\"(/logs\\?open=[^\"]+)\"").Groups[1].Value);
        dashboard.Store.Add([Make.Log("late riser")]);

        var page = await dashboard.PageAsync(open);

        page.ShouldContain("early bird");
        page.ShouldNotContain("late riser");
        page.ShouldNotContain("id=\"live\" hx-get");
    }

    [Fact]
    public async Task Older_records_and_traces_are_reached_page_by_page()
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        dashboard.Store.Add([.. Enumerable.Range(1, 450).Select(i => Make.Log($"message {i:000};") with { Time = (ulong)i })]);
        dashboard.Store.Add([.. Enumerable.Range(1, 450).Select(i => Make.Span(i, 1, name: $"span {i:000};", start: (ulong)i, end: (ulong)i + 1))]);

        foreach (var (path, what) in new[] { ("/logs", "message"), ("/traces", "span") })
        {
            var seen = new List<string>();
            for (var next = path; next.Length > 0;)
            {
                var page = await dashboard.PageAsync(next);
                seen.AddRange(System.Text.RegularExpressions.Regex.Matches(page, what + @" \d{3};(?=</a>)").Select(match => match.Value));
                next = WebUtility.HtmlDecode(System.Text.RegularExpressions.Regex.Match(page, "href=\"([^\"]*before=[^\"]*)\">Show older").Groups[1].Value);
            }
            seen.ShouldBe(Enumerable.Range(1, 450).Reverse().Select(i => $"{what} {i:000};"));
        }
    }

    [Fact]
    public async Task Empty_pages_say_what_will_appear()
    {
        await using var dashboard = await RunningDashboard.StartAsync();

        (await dashboard.PageAsync("/resources")).ShouldContain("No resources yet");
        (await dashboard.PageAsync("/console")).ShouldContain("No resources yet");
        (await dashboard.PageAsync("/logs")).ShouldContain("No log records yet");
        (await dashboard.PageAsync("/traces")).ShouldContain("No traces yet");
        (await dashboard.PageAsync("/metrics")).ShouldContain("No metrics yet");
        (await dashboard.PageAsync($"/traces/{Make.TraceId(9)}")).ShouldContain("This trace is not here");
    }

    [Fact]
    public void Escapes_and_control_characters_never_reach_the_page_or_the_download()
    {
        AnsiText.Strip("a\u001b[1;31mb\u001b]0;title\u0007c\u001b[2Kd\u0000e\u001b").ShouldBe("abcde");
        AnsiText.Parse("x\u001b[1;31my\u001b[0mz").ShouldBe([("x", ""), ("y", "ansi-red ansi-bold"), ("z", "")]);
    }
}
