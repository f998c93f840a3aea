using System.Diagnostics;
using ImageRights.EventStore;
using ImageRights.Fingerprint.Computing;
using ImageRights.Fingerprint.Picture;
using ImageRights.ServiceDefaults.Telemetry;

namespace ImageRights.Fingerprint.Features.Fingerprinting;

/// <summary>Takes a picture that was handed in to its fingerprint, or to the finding that it gets none; parks it when neither can be said yet. Thread-safe.</summary>
public sealed class PictureProcessor(PictureFinder finder, PendingPictures pending, Foreground foreground, ILogger<PictureProcessor> logger)
{
    /// <summary>Makes one attempt and saves what it led to.</summary>
    /// <param name="session">Unit of work; saved by this method.</param>
    /// <param name="parked">The row that this attempt is for; null for the first, which comes with the message.</param>
    public async Task AttemptAsync(DocumentSession session, PictureRequest picture, PendingPicture? parked, CancellationToken cancellationToken)
    {
        using var presence = foreground.Enter();
        Activity.Current?.About(picture.SubjectId).SetTag("imagerights.sha256", picture.Sha256);
        var stream = await session.Events.FetchForWriting<PictureState>(PictureDecider.StreamKey(picture.SubjectId), cancellationToken);
        if (stream.Aggregate.IsDecided)
        {
            if (parked is null) return;
            pending.Remove(session, parked);
        }
        else
        {
            var finding = await finder.FindAsync(session, picture, cancellationToken);
            var setbacks = (parked?.Setbacks ?? 0) + (finding is Finding.Setback ? 1 : 0);
            if (finder.ToFact(picture, finding, setbacks) is { } fact)
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
}
