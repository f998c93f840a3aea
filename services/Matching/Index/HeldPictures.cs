using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace ImageRights.Matching.Index;

/// <summary>Pictures of one tenant that something holds for a time, uploads that a measure keeps down or works that are suspended, as of any version of its index. One writer, many readers.</summary>
public sealed class HeldPictures
{
    private readonly ConcurrentDictionary<string, ImmutableList<(string HoldId, string Because, long Version)>> holds = new();
    private readonly ConcurrentDictionary<string, long> ends = new();
    private int live;

    /// <summary>Pictures that are held.</summary>
    public int Live => Volatile.Read(ref live);

    /// <summary>Takes in a hold, also of a picture that is not known yet.</summary>
    /// <param name="because">What the hold rests on, such as a case.</param>
    public void Add(string holdId, string pictureId, string because, long version)
    {
        var before = HeldBy(pictureId, version);
        holds.AddOrUpdate(pictureId, _ => [(holdId, because, version)], (_, known) => known.Add((holdId, because, version)));
        if (before is null && HeldBy(pictureId, version) is not null) live++;
    }

    /// <summary>Takes in an end, also of a hold that is not known yet.</summary>
    public void End(string holdId, string pictureId, long version)
    {
        var before = HeldBy(pictureId, version);
        ends.TryAdd(holdId, version);
        if (before is not null && HeldBy(pictureId, version) is null) live--;
    }

    /// <summary>Whether anything was known at <paramref name="asOf"/> to hold a picture, or to have held it.</summary>
    public bool WasHeld(string pictureId, long asOf) => holds.TryGetValue(pictureId, out var known) && known[0].Version <= asOf;

    /// <summary>What the first hold rests on that, by what was known at <paramref name="asOf"/>, holds a picture; null when none does.</summary>
    public string? HeldBy(string pictureId, long asOf)
    {
        if (!holds.TryGetValue(pictureId, out var known)) return null;
        foreach (var (holdId, because, version) in known)
        {
            if (version <= asOf && !(ends.TryGetValue(holdId, out var end) && end <= asOf)) return because;
        }
        return null;
    }
}
