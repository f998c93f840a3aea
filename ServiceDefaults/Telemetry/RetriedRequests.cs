using System.Diagnostics;
using OpenTelemetry;

namespace ImageRights.ServiceDefaults.Telemetry;

/// <summary>Leaves it to the span of a delivery to say whether it failed: a request that will be made again is no error of the trace, whatever was answered, and keeps its status code as a tag.</summary>
public sealed class RetriedRequests : BaseProcessor<Activity>
{
    /// <inheritdoc />
    public override void OnEnd(Activity data)
    {
        if (data is { Source.Name: "System.Net.Http", Parent.Kind: ActivityKind.Producer }) data.SetStatus(ActivityStatusCode.Unset);
    }
}
