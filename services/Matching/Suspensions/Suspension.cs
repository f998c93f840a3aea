namespace ImageRights.Matching.Suspensions;

/// <summary>A work is not to be matched against until the suspension ends.</summary>
public sealed record SuspensionRecorded(string SuspensionId, string WorkId, DateTimeOffset SuspendedAt);

/// <summary>A suspension ended.</summary>
public sealed record SuspensionEndRecorded(string SuspensionId, string WorkId, DateTimeOffset ResumedAt);

/// <summary>Where a suspension is recorded.</summary>
public static class Suspension
{
    /// <summary>Stream of a suspension.</summary>
    public static string StreamKey(string suspensionId) => $"suspension-{suspensionId}";
}
