using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace ImageRights.Matching.Removals;

/// <summary>Uploads of one tenant that measures keep down, as of any version of its index. One writer, many readers.</summary>
public sealed class RemovalRegister
{
    private readonly ConcurrentDictionary<string, ImmutableList<(RemovalRecorded Removal, long Version)>> removals = new();
    private readonly ConcurrentDictionary<string, long> ends = new();
    private int live;

    /// <summary>Uploads that are down.</summary>
    public int Live => Volatile.Read(ref live);

    /// <summary>Takes in a removal, also of an upload that is not known yet.</summary>
    public void Add(RemovalRecorded removal, long version)
    {
        var before = CaseOf(removal.ImageId, version);
        removals.AddOrUpdate(removal.ImageId, _ => [(removal, version)], (_, known) => known.Add((removal, version)));
        if (before is null && CaseOf(removal.ImageId, version) is not null) live++;
    }

    /// <summary>Takes in an end, also of a removal that is not known yet.</summary>
    public void End(RemovalEndRecorded end, long version)
    {
        var before = CaseOf(end.ImageId, version);
        ends.TryAdd(end.MeasureId, version);
        if (before is not null && CaseOf(end.ImageId, version) is null) live--;
    }

    /// <summary>Case of the first measure that, by what was known at <paramref name="asOf"/>, keeps an upload down; null when none does.</summary>
    public string? CaseOf(string imageId, long asOf)
    {
        if (!removals.TryGetValue(imageId, out var known)) return null;
        foreach (var (removal, version) in known)
        {
            if (version <= asOf && !(ends.TryGetValue(removal.MeasureId, out var end) && end <= asOf)) return removal.CaseId;
        }
        return null;
    }
}
