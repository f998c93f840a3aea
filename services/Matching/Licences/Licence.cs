namespace ImageRights.Matching.Licences;

/// <summary>An account may use a work.</summary>
/// <param name="Until">Last instant covered; null: no end.</param>
public sealed record LicenceRecorded(string LicenceId, string WorkId, string LicenseeAccountId, DateTimeOffset From, DateTimeOffset? Until, DateTimeOffset GrantedAt);

/// <summary>A licence was ended before its term; a use from this instant on is not covered.</summary>
public sealed record LicenceEndRecorded(string LicenceId, string WorkId, string LicenseeAccountId, DateTimeOffset EndedAt);

/// <summary>Where a licence is recorded.</summary>
public static class Licence
{
    /// <summary>Stream of a licence.</summary>
    public static string StreamKey(string licenceId) => $"licence-{licenceId}";
}
