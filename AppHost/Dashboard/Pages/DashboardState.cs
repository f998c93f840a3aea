using System.Collections.Concurrent;
using System.Globalization;
using ImageRights.Dashboard.Telemetry;

namespace ImageRights.Dashboard.Pages;

/// <summary>What every page reads from.</summary>
internal sealed class DashboardState(IResourceService resources, TelemetryStore store, DashboardOptions options, TimeProvider clock)
{
    private const int HueLimit = 1000;
    private static readonly string[] HueNames = [.. Enumerable.Range(0, 8).Select(number => $"hue-{number}")];
    private readonly ConcurrentDictionary<string, int> _hues = new();

    public IResourceService Resources => resources;
    public TelemetryStore Store => store;
    public string ApplicationName => options.ApplicationName;
    public TimeProvider Clock => clock;

    /// <summary>Changes when a page that is drawn again would look different.</summary>
    public string Version
    {
        get
        {
            var hash = new HashCode();
            foreach (var resource in resources.Snapshots)
                hash.Add((resource.Name, resource.State, resource.Health, resource.HealthReport, resource.ProcessId, resource.RestartCount, resource.ExitCode));
            return string.Create(CultureInfo.InvariantCulture, $"{store.Version}-{(uint)hash.ToHashCode():x}");
        }
    }

    /// <summary>Accepts what the resource box of a page names: a service with all its replicas, one replica, or everything.</summary>
    public static Func<TelemetryResource, bool> Selected(string? resource) =>
        string.IsNullOrEmpty(resource) ? _ => true : candidate => candidate.Service == resource || candidate.Key == resource;

    /// <summary>One of eight colours, handed out in the order in which services are first drawn, so that neighbours differ.</summary>
    public string Hue(string service) => HueNames[_hues.Count >= HueLimit && !_hues.ContainsKey(service) ? 0 : _hues.GetOrAdd(service, _ => _hues.Count) % HueNames.Length];
}

/// <summary>Addresses of the dashboard's own pages; values are escaped, empty ones left out.</summary>
internal static class PageUrl
{
    public static string Of(string path, params ReadOnlySpan<(string Name, string? Value)> query)
    {
        var url = new System.Text.StringBuilder(path);
        var separator = '?';
        foreach (var (name, value) in query)
        {
            if (string.IsNullOrEmpty(value))
                continue;
            url.Append(separator).Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }
        return url.ToString();
    }

    public static string Trace(string traceId, string? spanId = null) => Of("/traces/" + Uri.EscapeDataString(traceId), ("span", spanId));
    public static string Console(string resource) => "/console/" + Uri.EscapeDataString(resource);
}

/// <summary>Times in the zone of this machine, which is the zone of the person looking.</summary>
internal static class TimeText
{
    public static string Clock(ulong nanoseconds) => Clock(UnixNanoseconds.ToTime(nanoseconds));
    public static string Clock(DateTimeOffset time) => time.ToLocalTime().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
    public static string Full(ulong nanoseconds) => Full(UnixNanoseconds.ToTime(nanoseconds));
    public static string Full(DateTimeOffset time) => time.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss.fff zzz", CultureInfo.InvariantCulture);
}
