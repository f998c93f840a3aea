using System.Diagnostics;
using ImageRights.EventStore;
using ImageRights.Fingerprint.Computing;
using ImageRights.Fingerprint.Contents;
using ImageRights.Fingerprint.Decoding;
using ImageRights.Fingerprint.Decoding.Isolation;
using ImageRights.Fingerprint.Picture;
using Microsoft.Extensions.Options;

namespace ImageRights.Fingerprint.Features.Fingerprinting;

/// <summary>Takes a picture that was handed in to its fingerprint, or to the finding that it gets none; parks it when neither can be said yet. Thread-safe.</summary>
public sealed class PictureProcessor(
    IngestionContents contents, Fingerprinter fingerprinter, PendingPictures pending, TimeProvider clock, IOptions<FingerprintOptions> options, ILogger<PictureProcessor> logger) : IDisposable
{
    /// <summary>The bytes were never found in the vault.</summary>
    public const string ContentMissing = "Image_Content_Missing";

    /// <summary>The vault keeps giving other bytes than were handed in.</summary>
    public const string ContentAltered = "Image_Content_Altered";

    // Many messages are prefetched, and each may bring 25 MB.
    private readonly SemaphoreSlim room = new(options.Value.RequestsAtOnce);

    /// <summary>Makes one attempt and saves what it led to.</summary>
    /// <param name="session">Unit of work; saved by this method.</param>
    /// <param name="parked">The row that this attempt is for; null for the first, which comes with the message.</param>
    public async Task AttemptAsync(DocumentSession session, PictureRequest picture, PendingPicture? parked, CancellationToken cancellationToken)
    {
        Activity.Current?.SetTag("imagerights.subject", picture.SubjectId).SetTag("imagerights.sha256", picture.Sha256);
        var stream = await session.Events.FetchForWriting<PictureState>(PictureDecider.StreamKey(picture.SubjectId), cancellationToken);
        if (stream.Aggregate.IsDecided)
        {
            if (parked is null) return;
            pending.Remove(session, parked);
        }
        else
        {
            var finding = await FindAsync(session, picture, cancellationToken);
            var setbacks = (parked?.Setbacks ?? 0) + (finding is Finding.Setback ? 1 : 0);
            if (ToFact(picture, finding, setbacks) is { } fact)
            {
                stream.AppendMany(PictureDecider.Decide(stream.Aggregate, fact));
                if (parked is not null) pending.Remove(session, parked);
            }
            else
            {
                logger.LogWarning("Picture of {Subject} waits for another attempt: {Reason}", picture.SubjectId, finding);
                if (parked is null) pending.Park(session, picture, setbacks, finding.ToString());
                else pending.Postpone(session, parked, setbacks, finding.ToString());
            }
        }
        await session.SaveChangesAsync(cancellationToken);
    }

    private async Task<Finding> FindAsync(DocumentSession session, PictureRequest picture, CancellationToken cancellationToken)
    {
        if (await Fingerprinter.FindAsync(session, picture.Sha256, cancellationToken) is { } known) return new Finding.Computed(known);
        await room.WaitAsync(cancellationToken);
        try
        {
            switch (await contents.FetchAsync(session.TenantId, picture.Sha256, cancellationToken))
            {
                case ContentFetch.Missing:
                    return new Finding.Setback(ContentMissing, options.Value.ContentTries);
                case ContentFetch.Altered altered:
                    logger.LogError("The content of {Subject} is not what was handed in: {Reason}", picture.SubjectId, altered.Reason);
                    return new Finding.Setback(ContentAltered, options.Value.ContentTries);
                case ContentFetch.Unavailable unavailable:
                    return new Finding.Outage(unavailable.Reason);
                case ContentFetch.Found found:
                    return await ComputeAsync(session, found.Bytes, picture.Sha256, cancellationToken);
                case var other:
                    throw new InvalidOperationException($"{other} is not a known answer of the vault.");
            }
        }
        finally
        {
            room.Release();
        }
    }

    private async Task<Finding> ComputeAsync(DocumentSession session, ReadOnlyMemory<byte> bytes, string sha256, CancellationToken cancellationToken)
    {
        Outcome<ComputedFingerprint> outcome;
        try
        {
            outcome = await fingerprinter.ComputeAsync(bytes, sha256, cancellationToken);
        }
        catch (DecoderUnavailableException failure)
        {
            return new Finding.Outage(failure.Message);
        }
        if (outcome.Succeeded)
        {
            session.Store(sha256, outcome.Value);
            return new Finding.Computed(outcome.Value);
        }
        return outcome.Refusal.Code is RefusalCodes.DecodeTimeout or RefusalCodes.DecoderCrashed
            ? new Finding.Setback(outcome.Refusal.Code, options.Value.DecodeTries)
            : new Finding.Refused(outcome.Refusal.Code);
    }

    private PictureFact? ToFact(PictureRequest picture, Finding finding, int setbacks) => finding switch
    {
        Finding.Computed { Fingerprint: var computed } => new PictureFingerprinted(
            picture.Role, picture.SubjectId, picture.AccountId, picture.Surface, picture.ListingId, picture.Sha256,
            computed.Pdq, computed.PdqDihedrals, computed.PdqQuality, computed.Algorithm, computed.Format, computed.Width, computed.Height,
            picture.OccurredAt, clock.GetUtcNow(), computed.Features),
        Finding.Refused { Code: var code } => Unreadable(picture, code),
        Finding.Setback { Code: var code, Most: var most } when setbacks >= most => Unreadable(picture, code),
        _ => null,
    };

    private PictureUnreadable Unreadable(PictureRequest picture, string code) => new(
        picture.Role, picture.SubjectId, picture.AccountId, picture.Surface, picture.ListingId, picture.Sha256, code, picture.OccurredAt, clock.GetUtcNow());

    /// <inheritdoc />
    public void Dispose() => room.Dispose();

    /// <summary>Result of one attempt.</summary>
    private abstract record Finding
    {
        public sealed record Computed(ComputedFingerprint Fingerprint) : Finding;

        public sealed record Refused(string Code) : Finding;

        /// <summary>Something else is at fault: never held against the picture.</summary>
        public sealed record Outage(string Reason) : Finding
        {
            public override string ToString() => Reason;
        }

        /// <summary>The picture may be at fault: after <paramref name="Most"/> of them it is.</summary>
        public sealed record Setback(string Code, int Most) : Finding
        {
            public override string ToString() => Code;
        }
    }
}
