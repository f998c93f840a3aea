namespace ImageRights.Matching.Removals;

/// <summary>An upload was taken down by a measure.</summary>
/// <param name="CaseId">Case in which that was decided.</param>
public sealed record RemovalRecorded(string MeasureId, string CaseId, string ImageId, DateTimeOffset AppliedAt);

/// <summary>A measure was lifted.</summary>
public sealed record RemovalEndRecorded(string MeasureId, string CaseId, string ImageId, DateTimeOffset LiftedAt);

/// <summary>What is known of a measure.</summary>
public sealed record RemovalState(bool Applied, bool Lifted)
{
    /// <summary>Nothing is known.</summary>
    public static readonly RemovalState Initial = new(false, false);
}

/// <summary>The stream of one measure: that it was applied and that it was lifted, each at most once and in either order, for they travel on different queues.</summary>
public static class Removal
{
    /// <summary>Stream of a measure.</summary>
    public static string StreamKey(string measureId) => $"removal-{measureId}";

    /// <summary>The next state.</summary>
    public static RemovalState Evolve(RemovalState state, object fact) => fact switch
    {
        RemovalRecorded => state with { Applied = true },
        RemovalEndRecorded => state with { Lifted = true },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} does not belong to a removal."),
    };

    /// <summary>The removal, unless it is known.</summary>
    public static IReadOnlyList<object> Decide(RemovalState state, RemovalRecorded removal) => state.Applied ? [] : [removal];

    /// <summary>The end, unless it is known.</summary>
    public static IReadOnlyList<object> Decide(RemovalState state, RemovalEndRecorded end) => state.Lifted ? [] : [end];
}
