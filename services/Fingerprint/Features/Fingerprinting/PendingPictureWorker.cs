using System.Diagnostics;
using ImageRights.EventStore;

namespace ImageRights.Fingerprint.Features.Fingerprinting;

/// <summary>Makes further attempts at parked pictures when they are due. Every replica runs one; a picture is claimed by one of them.</summary>
internal sealed class PendingPictureWorker(DocumentStore store, PendingPictures pending, PictureProcessor processor, ILogger<PendingPictureWorker> logger) : BackgroundService
{
    private const int AtOnce = 8;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan CountEvery = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(60);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        long? countedAt = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            var claimed = 0;
            try
            {
                var due = await pending.ClaimAsync(AtOnce, stoppingToken);
                claimed = due.Count;
                await Task.WhenAll(due.Select(picture => AttemptAsync(picture, stoppingToken)));
                if (countedAt is not { } at || TimeProvider.System.GetElapsedTime(at) >= CountEvery)
                {
                    Telemetry.Pending = await pending.CountAsync(stoppingToken);
                    countedAt = TimeProvider.System.GetTimestamp();
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The database may be away; parked pictures wait for it, and for the next round.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                logger.LogError(failure, "Parked pictures cannot be claimed");
            }
            if (claimed < AtOnce) await Task.Delay(Poll, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task AttemptAsync(PendingPicture picture, CancellationToken stoppingToken)
    {
        using var activity = Continue(picture.TraceParent);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        limit.CancelAfter(AttemptTimeout);
        await using var session = store.LightweightSession(picture.TenantId);
        session.CorrelationId = picture.CorrelationId;
        session.CausationId = picture.CausationId;
        try
        {
            await processor.AttemptAsync(session, picture.Picture, picture, limit.Token);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Otherwise the pictures of every restart would wait until the claim runs out.
            using var release = new CancellationTokenSource(ReleaseTimeout);
            await pending.ReleaseAsync(picture, release.Token);
        }
        catch (ConcurrencyException)
        {
            logger.LogInformation("Picture of {Subject} was decided elsewhere meanwhile", picture.Picture.SubjectId);
        }
#pragma warning disable CA1031 // One picture's failure must not end the others' attempts; its row falls due again when the claim runs out.
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            logger.LogError(failure, "The attempt at the picture of {Subject} failed", picture.Picture.SubjectId);
        }
    }

    // Not sampled or not, what comes of the picture belongs to the trace of the request that handed it in.
    private static Activity? Continue(string? traceParent)
    {
        const string Name = "retry picture";
        if (!ActivityContext.TryParse(traceParent, null, isRemote: true, out var origin)) return Telemetry.Activities.StartActivity(Name);
        return Telemetry.Activities.StartActivity(Name, ActivityKind.Internal, origin) ?? new Activity(Name).SetParentId(traceParent!).Start();
    }
}
