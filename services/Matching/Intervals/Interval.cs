using ImageRights.Matching.Licences;
using ImageRights.Matching.Removals;
using ImageRights.Matching.Suspensions;

namespace ImageRights.Matching.Intervals;

/// <summary>What is known of something that begins and ends.</summary>
public sealed record IntervalState(bool Begun, bool Ended)
{
    /// <summary>Nothing is known.</summary>
    public static readonly IntervalState Initial = new(false, false);
}

/// <summary>The stream of one licence, of one measure that keeps an upload down, or of one suspension: its begin and its end, each at most once and in either order, for they travel on different queues.</summary>
public static class Interval
{
    /// <summary>The next state.</summary>
    public static IntervalState Evolve(IntervalState state, object fact) => fact switch
    {
        LicenceRecorded or RemovalRecorded or SuspensionRecorded => state with { Begun = true },
        LicenceEndRecorded or RemovalEndRecorded or SuspensionEndRecorded => state with { Ended = true },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} neither begins nor ends anything."),
    };

    /// <summary>The fact, unless it is known.</summary>
    public static IReadOnlyList<object> Decide(IntervalState state, object fact) => Evolve(state, fact) == state ? [] : [fact];
}
