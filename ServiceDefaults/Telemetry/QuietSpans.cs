using System.Diagnostics;
using OpenTelemetry;

namespace ImageRights.ServiceDefaults.Telemetry;

/// <summary>Leaves out what would bury the rest: health probes with what they ask the database, and the polling of followers, which has no parent.</summary>
internal sealed class QuietSpans : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        var root = data;
        while (root.Parent is { } parent) root = parent;
        var isProbe = root.Source.Name == "Microsoft.AspNetCore" && root.GetTagItem("url.path") is "/health" or "/alive";
        var isPolling = root.Source.Name == "Npgsql" && root.ParentSpanId == default;
        if (isProbe || isPolling) data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }
}
