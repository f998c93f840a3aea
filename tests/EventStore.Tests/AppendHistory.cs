namespace ImageRights.EventStore.Tests;

/// <summary>What a writer saw of one attempt: read a stream, then append one event on the version that it had read.</summary>
/// <param name="Began">Before anything was sent.</param>
/// <param name="Read">After the stream was read.</param>
/// <param name="Ended">After the outcome of the append was known, or given up.</param>
/// <param name="Seen">Texts of the stream as it was read.</param>
/// <param name="Text">Text of the event; no two are alike.</param>
public sealed record AppendAttempt(string Stream, long Began, long Read, long Ended, IReadOnlyList<string> Seen, string Text, AppendOutcome Outcome);

public enum AppendOutcome
{
    Written,
    Refused,

    /// <summary>Nobody answered: it may be there or not.</summary>
    Unknown,
}

/// <summary>Judges whether a history could have come of one writer after another, each at some moment between its call and its answer (Herlihy and Wing's linearizability).</summary>
/// <remarks>An append is decided by the version that it rests on, so the final order of a stream is the only candidate: what is left is to hold it against real time.</remarks>
public static class AppendHistory
{
    /// <summary>The first contradiction, or null.</summary>
    /// <param name="final">Texts of each stream as they stand at the end.</param>
    public static string? FirstContradiction(IReadOnlyCollection<AppendAttempt> attempts, IReadOnlyDictionary<string, IReadOnlyList<string>> final) =>
        attempts.GroupBy(attempt => attempt.Stream).Select(group => InStream([.. group], final.GetValueOrDefault(group.Key, []))).FirstOrDefault(found => found is not null);

    private static string? InStream(IReadOnlyList<AppendAttempt> attempts, IReadOnlyList<string> final)
    {
        var place = new Dictionary<string, int>();
        for (var index = 0; index < final.Count; index++)
        {
            if (!place.TryAdd(final[index], index)) return $"{final[index]} is there twice";
        }
        foreach (var attempt in attempts)
        {
            if (!attempt.Seen.SequenceEqual(final.Take(attempt.Seen.Count))) return $"{attempt.Text}'s writer read {attempt.Seen.Count} events that are not the first of the stream";
            var isThere = place.TryGetValue(attempt.Text, out var at);
            if (attempt.Outcome == AppendOutcome.Written && !isThere) return $"{attempt.Text} was confirmed and is not there";
            if (attempt.Outcome == AppendOutcome.Refused && isThere) return $"{attempt.Text} was refused and is there";
            if (isThere && at != attempt.Seen.Count) return $"{attempt.Text} rests on version {attempt.Seen.Count} and stands at {at + 1}";
        }
        if (final.Except(attempts.Select(attempt => attempt.Text)).FirstOrDefault() is { } stranger) return $"{stranger} was written by nobody";

        // What was known to be there before a call began must be seen by it: versions never go back in real time. (So nothing is seen before it was sent either:
        // its own writer, who read the version before it, would have read too little.)
        var known = attempts.Where(attempt => attempt.Outcome == AppendOutcome.Written).Select(attempt => (At: attempt.Ended, Version: place[attempt.Text] + 1))
            .Concat(attempts.Select(attempt => (At: attempt.Read, Version: attempt.Seen.Count))).OrderBy(fact => fact.At).ToList();
        var (next, highest) = (0, 0);
        foreach (var attempt in attempts.OrderBy(attempt => attempt.Began))
        {
            for (; next < known.Count && known[next].At < attempt.Began; next++) highest = Math.Max(highest, known[next].Version);
            if (attempt.Seen.Count < highest) return $"{attempt.Text}'s writer read version {attempt.Seen.Count} after {highest} was known";
        }
        return null;
    }
}
