using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace ImageRights.Matching.Licences;

/// <summary>Licences of one tenant in memory, as of any version of its index. One writer, many readers.</summary>
public sealed class LicenceRegister
{
    private readonly ConcurrentDictionary<(string WorkId, string AccountId), ImmutableList<(LicenceRecorded Grant, long Version)>> grants = new();
    private readonly ConcurrentDictionary<string, (DateTimeOffset At, long Version)> ends = new();

    /// <summary>Takes in a grant.</summary>
    public void Add(LicenceRecorded grant, long version) =>
        grants.AddOrUpdate((grant.WorkId, grant.LicenseeAccountId), _ => [(grant, version)], (_, known) => known.Add((grant, version)));

    /// <summary>Takes in an end, also of a licence that is not known yet.</summary>
    public void End(LicenceEndRecorded end, long version) => ends.TryAdd(end.LicenceId, (end.EndedAt, version));

    /// <summary>The first licence that, by what was known at <paramref name="asOf"/>, covers a use at <paramref name="at"/>; null when none does.</summary>
    public string? Find(string workId, string accountId, DateTimeOffset at, long asOf)
    {
        if (!grants.TryGetValue((workId, accountId), out var known)) return null;
        foreach (var (grant, version) in known)
        {
            if (version > asOf || at < grant.From || at > grant.Until) continue;
            if (ends.TryGetValue(grant.LicenceId, out var end) && end.Version <= asOf && at >= end.At) continue;
            return grant.LicenceId;
        }
        return null;
    }
}
