using System.Globalization;

namespace ImageRights.EventStore.Transparency;

/// <summary>Proof that an event is in a log (C2SP tlog-proof), checked without the log.</summary>
/// <param name="Entry">The event in canonical JSON.</param>
/// <param name="Index">Its place in the log.</param>
/// <param name="Path">Hashes from the leaf's sibling up.</param>
/// <param name="Note">The checkpoint.</param>
public sealed record LogProof(byte[] Entry, long Index, IReadOnlyList<byte[]> Path, string Note)
{
    /// <summary>Reads a proof.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static LogProof Parse(string text)
    {
        var end = text.IndexOf("\n\n", StringComparison.Ordinal);
        if (end < 0 || text[..end].Split('\n') is not ["c2sp.org/tlog-proof@v1", var extra, var index, .. var path]) throw new FormatException("It is not a proof of the kind c2sp.org/tlog-proof@v1 with its entry.");
        if (!extra.StartsWith("extra ", StringComparison.Ordinal) || !index.StartsWith("index ", StringComparison.Ordinal)) throw new FormatException("The proof lacks its entry or its index.");
        if (!long.TryParse(index.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture, out var place)) throw new FormatException("The proof's index is not a number.");
        return new LogProof(Convert.FromBase64String(extra[6..]), place, [.. path.Select(Convert.FromBase64String)], text[(end + 2)..]);
    }

    /// <summary>As C2SP writes it.</summary>
    public override string ToString() => string.Concat(
        ["c2sp.org/tlog-proof@v1\n", $"extra {Convert.ToBase64String(Entry)}\n", string.Create(CultureInfo.InvariantCulture, $"index {Index}\n"), .. Path.Select(hash => Convert.ToBase64String(hash) + "\n"), "\n", Note]);

    /// <summary>The checkpoint that commits to the event.</summary>
    /// <exception cref="FormatException">The proof does not hold; the message says where.</exception>
    public Checkpoint Verify(IReadOnlyCollection<LogVerifier> keys)
    {
        var checkpoint = Checkpoint.Open(Note, keys);
        return Merkle.RootOf(Merkle.LeafHash(Entry), Index, checkpoint.Size, Path) is { } root && root.AsSpan().SequenceEqual(checkpoint.Root)
            ? checkpoint
            : throw new FormatException($"The event does not lead to the root of the checkpoint: it, its index {Index} or its path was changed.");
    }
}
