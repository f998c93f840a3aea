using System.Net;
using System.Text.RegularExpressions;
using ImageRights.Dashboard.Telemetry;

namespace ImageRights.Dashboard.Tests;

/// <summary>A dashboard on free ports, with a browser that follows no redirects and keeps cookies.</summary>
internal sealed partial class RunningDashboard : IAsyncDisposable
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private readonly DashboardServer _server;

    private RunningDashboard(DashboardServer server)
    {
        _server = server;
        Browser = NewBrowser();
    }

    public HttpClient Browser { get; }
    public TelemetryStore Store => _server.Store;
    public Uri PageUrl => _server.PageUrl;
    public Uri GrpcUrl => _server.OtlpGrpcUrl;
    public Uri HttpUrl => _server.OtlpHttpUrl;

    public static async Task<RunningDashboard> StartAsync(
        string? token = null, string? apiKey = null, IResourceService? resources = null, TelemetryLimits? limits = null)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        var anyPort = new Uri("http://127.0.0.1:0");
        return new RunningDashboard(await DashboardServer.StartAsync(
            resources ?? new StubResources(), new DashboardOptions(anyPort, anyPort, anyPort, token, apiKey, "Test"), loggers: null,
            TimeProvider.System, limits ?? new TelemetryLimits(), deadline.Token));
    }

    public HttpClient NewBrowser() =>
        new(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = PageUrl, Timeout = Deadline };

    public async Task<string> PageAsync(string path)
    {
        var response = await Browser.GetAsync(path);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, path);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>Posts a form as the page's own button does: with the token that the page carries.</summary>
    public async Task<HttpResponseMessage> PostFormAsync(string page, string action)
    {
        var token = FormToken().Match(await PageAsync(page)).Groups[1].Value;
        return await Browser.PostAsync(action, new FormUrlEncodedContent([new("__RequestVerificationToken", token)]));
    }

    /// <summary>Export is asynchronous; asks until the answer is there or the deadline has passed.</summary>
    public static async Task<T> EventuallyAsync<T>(Func<T?> ask) where T : class
    {
        using var deadline = new CancellationTokenSource(Deadline);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        do
        {
            if (ask() is { } answer)
                return answer;
        } while (await timer.WaitForNextTickAsync(deadline.Token));
        throw new TimeoutException();
    }

    public async ValueTask DisposeAsync()
    {
        Browser.Dispose();
        await _server.DisposeAsync();
    }

    [GeneratedRegex("""name="__RequestVerificationToken" value="([^"]+)"|value="([^"]+)" name="__RequestVerificationToken" """)]
    private static partial Regex FormToken();
}

/// <summary>Resources as data; remembers the commands it was given.</summary>
internal sealed class StubResources(params ResourceSnapshot[] snapshots) : IResourceService
{
    public IReadOnlyList<ResourceSnapshot> Snapshots { get; set; } = snapshots;
    public List<ConsoleLine> Lines { get; } = [];
    public List<string> Commands { get; } = [];

    public IReadOnlyList<ConsoleLine> ConsoleLines(string resource, long afterNumber = 0, int limit = 1000) =>
        [.. Lines.Where(line => line.Number > afterNumber).TakeLast(limit)];

    public Task ExecuteAsync(string resource, string command, CancellationToken cancellationToken)
    {
        Commands.Add($"{command} {resource}");
        return command == "restart" ? throw new InvalidOperationException("The process does not answer.") : Task.CompletedTask;
    }

    public static ResourceSnapshot Resource(string name, string state = "Running", ResourceHealth health = ResourceHealth.Healthy, params string[] references) =>
        new(name, name, "Project", state, health, null, 4711, DateTimeOffset.UnixEpoch, null,
            [new ResourceUrl("http", "http://localhost:5100")], new Dictionary<string, string> { ["Path"] = "services/" + name },
            new Dictionary<string, string> { ["ASPNETCORE_ENVIRONMENT"] = "Development" }, references, 0);
}

/// <summary>Telemetry made by hand.</summary>
internal static class Make
{
    public static readonly TelemetryResource Resource = TelemetryResource.From([new("service.name", "ingestion"), new("service.instance.id", "ingestion-0")]);

    public static string TraceId(int number) => number.ToString("x32");
    public static string SpanId(int number) => number == 0 ? "" : number.ToString("x16");

    public static Span Span(int trace, int span, int parent = 0, ulong start = 1_000_000, ulong end = 2_000_000, string name = "work",
        SpanStatus status = SpanStatus.Unset, params TelemetryAttribute[] attributes) =>
        new(Resource, "scope", TraceId(trace), SpanId(span), SpanId(parent), name, SpanKind.Internal, start, end, status, "", attributes, [], []);

    public static LogRecord Log(string message, Severity severity = Severity.Information, params TelemetryAttribute[] attributes) =>
        new(0, Resource, "Category", 1, severity, message, "", "", "", attributes);

    public static MetricSample Sample(string instrument, ulong time, double value, InstrumentKind kind = InstrumentKind.Gauge,
        ulong start = 0, HistogramValue? histogram = null, params TelemetryAttribute[] attributes) =>
        new(Resource, new InstrumentDescription("meter", instrument, "", "", kind, IsDelta: false), attributes, new MetricPoint(start, time, value, histogram), []);
}
