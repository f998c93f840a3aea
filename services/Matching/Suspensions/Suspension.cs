namespace ImageRights.Matching.Suspensions;

/// <summary>A work is not to be matched against until the suspension ends.</summary>
public sealed record SuspensionRecorded(string SuspensionId, string WorkId, DateTimeOffset SuspendedAt);

/// <summary>A suspension ended.</summary>
public sealed record SuspensionEndRecorded(string SuspensionId, string WorkId, DateTimeOffset ResumedAt);

/// <summary>What is known of a suspension.</summary>
public sealed record SuspensionState(bool Begun, bool Ended)
{
    /// <summary>Nothing is known.</summary>
    public static readonly SuspensionState Initial = new(false, false);
}

/// <summary>The stream of one suspension: its begin and its end, each at most once and in either order, for they travel on different queues.</summary>
public static class Suspension
{
    /// <summary>Stream of a suspension.</summary>
    public static string StreamKey(string suspensionId) => $"suspension-{suspensionId}";

    /// <summary>The next state.</summary>
    public static SuspensionState Evolve(SuspensionState state, object fact) => fact switch
    {
        SuspensionRecorded => state with { Begun = true },
        SuspensionEndRecorded => state with { Ended = true },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} does not belong to a suspension."),
    };

    /// <summary>The begin, unless it is known.</summary>
    public static IReadOnlyList<object> Decide(SuspensionState state, SuspensionRecorded suspension) => state.Begun ? [] : [suspension];

    /// <summary>The end, unless it is known.</summary>
    public static IReadOnlyList<object> Decide(SuspensionState state, SuspensionEndRecorded end) => state.Ended ? [] : [end];
}
