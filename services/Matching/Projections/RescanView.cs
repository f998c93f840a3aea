using System.Text.Json.Serialization;
using ImageRights.Matching.Screening;

namespace ImageRights.Matching.Projections;

/// <summary>How far a rescan is.</summary>
public enum RescanStatus
{
    /// <summary>Pictures that came before it are still being screened.</summary>
    [JsonStringEnumMemberName("waiting")] Waiting,

    /// <summary>Works are being looked for.</summary>
    [JsonStringEnumMemberName("running")] Running,

    /// <summary>Everything was compared.</summary>
    [JsonStringEnumMemberName("done")] Done,
}

/// <summary>A comparison of everything anew, as others read it. Written with the facts it tells of.</summary>
/// <param name="Works">Works to look for; null while waiting.</param>
/// <param name="Done">Those that were looked for.</param>
/// <param name="Found">Copies and conflicts that had not been found before.</param>
/// <param name="IndexVersion">What is compared is what the index held at this version; null while waiting.</param>
/// <param name="AsOf">When it was so far.</param>
public sealed record RescanView(
    string RescanId, RescanStatus Status, int? Works, int Done, int Found, long? IndexVersion, DateTimeOffset RequestedAt, DateTimeOffset? BegunAt, DateTimeOffset AsOf)
{
    /// <summary>Name of the unique index that keeps a tenant from having two at once.</summary>
    public const string OneAtATime = "one_rescan_at_a_time";

    /// <summary>What the document's table has besides its columns.</summary>
    public const string Constraints = $$"""create unique index if not exists {{OneAtATime}} on {schema}.mt_doc_rescan_view (tenant_id) where data ->> 'status' <> 'done';""";

    /// <summary>Works that are left; null while waiting.</summary>
    public int? Left => Works - Done;

    /// <summary>Works a second; null until some are done.</summary>
    public double? Rate => BegunAt is { } begun && Done > 0 && AsOf > begun ? Math.Round(Done / (AsOf - begun).TotalSeconds, 2) : null;

    /// <summary>Seconds that are left at that rate.</summary>
    public int? SecondsLeft => Rate is { } rate and > 0 ? (int)Math.Ceiling(Left!.Value / rate) : null;

    /// <summary>A rescan that was asked for.</summary>
    public static RescanView Of(RescanRequested requested) =>
        new(requested.RescanId, RescanStatus.Waiting, null, 0, 0, null, requested.RequestedAt, null, requested.RequestedAt);

    /// <summary>A rescan that came so far.</summary>
    public static RescanView Of(RescanAdvanced advanced) => new(
        advanced.RescanId, advanced.NextRow is null ? RescanStatus.Done : RescanStatus.Running, advanced.Works, advanced.Done, advanced.Found, advanced.IndexVersion,
        advanced.RequestedAt, advanced.BegunAt, advanced.At);
}
