using System.Net;
using System.Net.Sockets;
using ImageRights.Dashboard.Telemetry;

namespace ImageRights.Dashboard.Tests;

public sealed class AccessTests
{
    [Fact]
    public async Task Without_the_cookie_every_page_leads_to_the_login()
    {
        await using var dashboard = await RunningDashboard.StartAsync(token: "t0ken", resources: new StubResources(StubResources.Resource("ingestion")));
        foreach (var path in new[] { "/", "/resources", "/console/ingestion", "/console/ingestion/lines", "/console/ingestion/download", "/logs", "/traces", "/metrics", "/metrics/data", "/unknown" })
        {
            var response = await dashboard.Browser.GetAsync(path);
            response.StatusCode.ShouldBe(HttpStatusCode.Redirect, path);
            response.Headers.Location!.ToString().ShouldStartWith("/login", Case.Sensitive, path);
        }
        foreach (var path in new[] { "/resources/ingestion/stop", "/clear/logs" })
            (await dashboard.Browser.PostAsync(path, null)).StatusCode.ShouldBe(HttpStatusCode.Redirect, path);
        (await dashboard.PageAsync("/login")).ShouldContain("printed in the terminal in which AppHost was started");
    }

    [Fact]
    public async Task The_right_token_sets_a_cookie_that_opens_the_pages_for_three_days()
    {
        await using var dashboard = await RunningDashboard.StartAsync(token: "t0ken");

        var login = await dashboard.Browser.GetAsync("/login?t=t0ken&returnUrl=%2Ftraces%3Fq%3Dx");

        login.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        login.Headers.Location!.ToString().ShouldBe("/traces?q=x");
        var cookie = login.Headers.GetValues("Set-Cookie").Single();
        cookie.ShouldContain("httponly", Case.Insensitive);
        cookie.ShouldContain("samesite=strict", Case.Insensitive);
        cookie.ShouldNotContain("t0ken");
        var expires = DateTimeOffset.Parse(System.Text.RegularExpressions.Regex.Match(cookie, "expires=([^;]+)").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        (expires - DateTimeOffset.UtcNow).ShouldBeInRange(TimeSpan.FromHours(71), TimeSpan.FromHours(73));
        await dashboard.PageAsync("/resources");
    }

    [Fact]
    public async Task A_wrong_token_a_forged_or_an_expired_cookie_opens_nothing()
    {
        await using var dashboard = await RunningDashboard.StartAsync(token: "t0ken");
        var wrong = await dashboard.Browser.GetAsync("/login?t=T0ken");
        wrong.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        wrong.Headers.Contains("Set-Cookie").ShouldBeFalse();

        foreach (var cookie in new[] { "9999999999.00", "9999999999." + new string('a', 64), "x", "", "1.2.3" })
        {
            using var browser = dashboard.NewBrowser();
            browser.DefaultRequestHeaders.Add("Cookie", $"{BrowserLogin.CookieName}={cookie}");
            (await browser.GetAsync("/resources")).StatusCode.ShouldBe(HttpStatusCode.Redirect, cookie);
        }

        var expired = new BrowserLogin("t0ken", new FixedClock(DateTimeOffset.UtcNow - BrowserLogin.Lifetime - TimeSpan.FromMinutes(1)));
        var response = new Microsoft.AspNetCore.Http.DefaultHttpContext().Response;
        expired.TrySignIn(response, "t0ken").ShouldBeTrue();
        using var late = dashboard.NewBrowser();
        late.DefaultRequestHeaders.Add("Cookie", response.Headers.SetCookie.ToString().Split(';')[0]);
        (await late.GetAsync("/resources")).StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    public async Task Login_leads_only_to_pages_of_this_dashboard(string target)
    {
        await using var dashboard = await RunningDashboard.StartAsync(token: "t0ken");

        var login = await dashboard.Browser.GetAsync("/login?t=t0ken&returnUrl=" + Uri.EscapeDataString(target));

        login.Headers.Location!.ToString().ShouldBe("/");
    }

    [Fact]
    public async Task Pages_and_telemetry_do_not_answer_on_each_others_ports()
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        using var client = new HttpClient { Timeout = RunningDashboard.Deadline };

        (await client.GetAsync(new Uri(dashboard.HttpUrl, "/resources"))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var grpc = await client.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(dashboard.GrpcUrl, "/resources"))
        {
            Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        });
        grpc.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        foreach (var path in new[] { "/v1/traces", "/opentelemetry.proto.collector.trace.v1.TraceService/Export" })
            (await client.PostAsync(new Uri(dashboard.PageUrl, path), new ByteArrayContent([]))).StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
    }

    [Fact]
    public async Task A_foreign_host_name_is_refused()
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/resources");
        request.Headers.Host = "evil.example";

        (await dashboard.Browser.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.MisdirectedRequest);
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://example.com:18888")]
    [InlineData("https://127.0.0.1:0")]
    public async Task Only_loopback_addresses_are_bound(string address)
    {
        var loopback = new Uri("http://127.0.0.1:0");
        await Should.ThrowAsync<ArgumentException>(() => DashboardApplication.StartAsync(
            new StubResources(), new DashboardOptions(new Uri(address), loopback, loopback, null, null, "Test"), null, CancellationToken.None));
    }

    [Fact]
    public async Task A_port_in_use_is_an_io_exception_that_names_it()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var loopback = new Uri("http://127.0.0.1:0");

        var error = await Should.ThrowAsync<IOException>(() => DashboardApplication.StartAsync(
            new StubResources(), new DashboardOptions(new Uri($"http://127.0.0.1:{port}"), loopback, loopback, null, null, "Test"), null, CancellationToken.None));
        error.Message.ShouldContain($"{port}");
    }

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
