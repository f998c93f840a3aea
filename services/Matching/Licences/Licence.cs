namespace ImageRights.Matching.Licences;

/// <summary>An account may use a work.</summary>
/// <param name="Until">Last instant covered; null: no end.</param>
public sealed record LicenceRecorded(string LicenceId, string WorkId, string LicenseeAccountId, DateTimeOffset From, DateTimeOffset? Until, DateTimeOffset GrantedAt);

/// <summary>A licence was ended before its term; a use from this instant on is not covered.</summary>
public sealed record LicenceEndRecorded(string LicenceId, string WorkId, string LicenseeAccountId, DateTimeOffset EndedAt);

/// <summary>What is known of a licence.</summary>
public sealed record LicenceState(bool Granted, bool Ended)
{
    /// <summary>Nothing is known.</summary>
    public static readonly LicenceState Initial = new(false, false);
}

/// <summary>The stream of one licence: its grant and its end, each at most once and in either order, for they travel on different queues.</summary>
public static class Licence
{
    /// <summary>Stream of a licence.</summary>
    public static string StreamKey(string licenceId) => $"licence-{licenceId}";

    /// <summary>The next state.</summary>
    public static LicenceState Evolve(LicenceState state, object fact) => fact switch
    {
        LicenceRecorded => state with { Granted = true },
        LicenceEndRecorded => state with { Ended = true },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} does not belong to a licence."),
    };

    /// <summary>The grant, unless it is known.</summary>
    public static IReadOnlyList<object> Decide(LicenceState state, LicenceRecorded grant) => state.Granted ? [] : [grant];

    /// <summary>The end, unless it is known.</summary>
    public static IReadOnlyList<object> Decide(LicenceState state, LicenceEndRecorded end) => state.Ended ? [] : [end];
}
