using ImageRights.EventStore;
using ImageRights.Fingerprint.Computing;
using ImageRights.Fingerprint.Contents;
using ImageRights.Fingerprint.Decoding;
using ImageRights.Fingerprint.Decoding.Isolation;
using ImageRights.Fingerprint.Picture;
using Microsoft.Extensions.Options;

namespace ImageRights.Fingerprint.Features.Fingerprinting;

/// <summary>Finds what a picture comes to: from what its bytes came to before, or from the bytes. Thread-safe.</summary>
public sealed class PictureFinder(
    IngestionContents contents, Fingerprinter fingerprinter, TimeProvider clock, IOptions<FingerprintOptions> options, ILogger<PictureFinder> logger) : IDisposable
{
    /// <summary>The bytes were never found in the vault.</summary>
    public const string ContentMissing = "Image_Content_Missing";

    /// <summary>The vault keeps giving other bytes than were handed in.</summary>
    public const string ContentAltered = "Image_Content_Altered";

    // Many messages are prefetched, and each may bring 25 MB.
    private readonly SemaphoreSlim room = new(options.Value.RequestsAtOnce);

    /// <summary>Makes one attempt.</summary>
    /// <param name="session">Where what the bytes come to is kept with its save.</param>
    public async Task<Finding> FindAsync(DocumentSession session, PictureRequest picture, CancellationToken cancellationToken)
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

    /// <summary>The fact that a finding makes; null when another attempt is to be made.</summary>
    /// <param name="setbacks">How many there have been, with this one.</param>
    public PictureFact? ToFact(PictureRequest picture, Finding finding, int setbacks) => finding switch
    {
        Finding.Computed { Fingerprint: var computed } => new PictureFingerprinted(
            picture.Role, picture.SubjectId, picture.AccountId, picture.Surface, picture.ListingId, picture.Sha256,
            computed.Pdq, computed.PdqDihedrals, computed.PdqQuality, computed.Algorithm, computed.Format, computed.Width, computed.Height,
            picture.OccurredAt, clock.GetUtcNow(), computed.Features, computed.Version,
            computed.LumaSha256, computed.DHash, computed.Iscc),
        Finding.Refused { Code: var code } => Unreadable(picture, code),
        Finding.Setback { Code: var code, Most: var most } when setbacks >= most => Unreadable(picture, code),
        _ => null,
    };

    /// <inheritdoc />
    public void Dispose() => room.Dispose();

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

    private PictureUnreadable Unreadable(PictureRequest picture, string code) => new(
        picture.Role, picture.SubjectId, picture.AccountId, picture.Surface, picture.ListingId, picture.Sha256, code, picture.OccurredAt, clock.GetUtcNow());
}
