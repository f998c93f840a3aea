using System.Diagnostics;
using OpenTelemetry;

namespace ImageRights.ServiceDefaults.Telemetry;

/// <summary>Leaves out what would bury the rest: health probes, and the polling of followers and of health checks, which have no parent.</summary>
internal sealed class QuietSpans : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        var isProbe = data.Source.Name == "Microsoft.AspNetCore" && data.GetTagItem("url.path") is "/health" or "/alive";
        var isPolling = data.Source.Name == "Npgsql" && data.Parent is null && data.ParentSpanId == default;
        if (isProbe || isPolling) data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }
}
