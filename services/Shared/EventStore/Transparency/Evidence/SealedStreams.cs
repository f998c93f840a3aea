namespace ImageRights.EventStore.Transparency;

/// <summary>Whole streams of one log, with what proves them to somebody who has the log's key and nothing else.</summary>
/// <param name="Log">Name of the log.</param>
/// <param name="Checkpoint">The checkpoint that all proofs lead to, a signed note.</param>
/// <param name="Keys">Keys that the log signed with, in C2SP's encoding.</param>
/// <param name="Events">The streams one after the other, each in its order.</param>
/// <param name="TimeStamp">RFC 3161 token over the checkpoint, DER; null where no authority is asked, or none was had.</param>
/// <param name="NoTimeStamp">Why an authority that is asked gave none.</param>
/// <param name="LeftOut">How many events of a stream are not in it, because they name other pictures than those that were asked for; null where whole streams were.</param>
public sealed record SealedStreams(
    string Log, string Checkpoint, IReadOnlyList<string> Keys, IReadOnlyList<SealedEvent> Events, byte[]? TimeStamp = null, string? NoTimeStamp = null,
    IReadOnlyDictionary<string, long>? LeftOut = null)
{
    /// <summary>With a token over the checkpoint, where an authority is asked.</summary>
    public async Task<SealedStreams> StampedAsync(TimeStamps stamps, CancellationToken cancellationToken)
    {
        try
        {
            return this with { TimeStamp = await stamps.OfAsync(Checkpoint, cancellationToken) };
        }
        catch (TimeStampException failure)
        {
            return this with { NoTimeStamp = failure.Message };
        }
    }
}

/// <summary>One event of the log.</summary>
/// <param name="Index">Its place in the log.</param>
/// <param name="Entry">The event in canonical JSON, whose hash is the leaf.</param>
/// <param name="Path">Inclusion proof: hashes from the leaf's sibling up.</param>
public sealed record SealedEvent(long Index, string Stream, long Version, Guid EventId, string Type, byte[] Entry, IReadOnlyList<byte[]> Path)
{
    /// <summary>The proof as a file of its own (C2SP tlog-proof, the event as extra data).</summary>
    public string ToProof(string checkpoint) => new LogProof(Entry, Index, Path, checkpoint).ToString();
}
