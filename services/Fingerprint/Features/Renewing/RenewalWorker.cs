using ImageRights.EventStore;
using ImageRights.Fingerprint.Computing;
using ImageRights.Fingerprint.Features.Fingerprinting;
using ImageRights.Fingerprint.Picture;
using ImageRights.Fingerprint.Projections;
using ImageRights.ServiceDefaults.Telemetry;
using Microsoft.Extensions.Options;

namespace ImageRights.Fingerprint.Features.Renewing;

/// <summary>
/// Fingerprints anew, one at a time and after everything that somebody waits for, the pictures whose fingerprint is of an earlier version. Every replica runs one; a picture
/// is claimed by one of them. See docs/adr/0032-fingerprints-renewed-in-the-background.md.
/// </summary>
internal sealed class RenewalWorker(
    DocumentStore store, Renewals renewals, PictureFinder finder, Foreground foreground, TimeProvider clock, IOptions<FingerprintOptions> options, ILogger<RenewalWorker> logger)
    : BackgroundService
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan CountEvery = TimeSpan.FromSeconds(15);

    // A replica of the version before may still have been writing.
    private static readonly TimeSpan PlanEvery = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.RenewFingerprints) return;
        long? plannedAt = null, countedAt = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            Renewal? next = null;
            try
            {
                if (IsDue(plannedAt, PlanEvery))
                {
                    await renewals.PlanAsync(stoppingToken);
                    plannedAt = clock.GetTimestamp();
                }
                if (IsDue(countedAt, CountEvery))
                {
                    Telemetry.OpenRenewals = await renewals.CountAsync(stoppingToken);
                    countedAt = clock.GetTimestamp();
                }
                await foreground.LetPassAsync(Patience, stoppingToken);
                next = await renewals.ClaimAsync(stoppingToken);
                if (next is not null) await RenewAsync(next, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (ConcurrencyException)
            {
                logger.LogInformation("Picture of {Subject} was fingerprinted elsewhere meanwhile", next?.SubjectId);
            }
#pragma warning disable CA1031 // The database may be away, or one picture's attempt fail: its row falls due again when the claim runs out.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                logger.LogError(failure, "Fingerprints are not renewed for now");
                next = null;
            }
            if (next is null) await Task.Delay(Poll, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        bool IsDue(long? last, TimeSpan interval) => last is not { } at || clock.GetElapsedTime(at) >= interval;
    }

    private async Task RenewAsync(Renewal renewal, CancellationToken stoppingToken)
    {
        using var activity = Telemetry.Activities.StartActivity("renew fingerprint");
        activity?.About(renewal.SubjectId);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        limit.CancelAfter(AttemptTimeout);
        await using var session = store.LightweightSession(renewal.TenantId);
        var stream = await session.Events.FetchForWriting<PictureState>(PictureDecider.StreamKey(renewal.SubjectId), limit.Token);
        if (!(stream.Aggregate.Version < Fingerprinter.Version) || await session.LoadAsync<FingerprintView>(renewal.SubjectId, limit.Token) is not { } view)
        {
            renewals.Close(session, renewal, code: null);
            await session.SaveChangesAsync(limit.Token);
            return;
        }
        var picture = new PictureRequest(view.Role, view.SubjectId, view.AccountId, view.Surface, view.ListingId, view.Sha256, view.OccurredAt);
        var finding = await finder.FindAsync(session, picture, limit.Token);
        var setbacks = renewal.Setbacks + (finding is Finding.Setback ? 1 : 0);
        var fact = finder.ToFact(picture, finding, setbacks);
        if (fact is null)
        {
            renewals.Postpone(session, renewal, setbacks);
        }
        else
        {
            // What cannot be read any more keeps the fingerprint that it has.
            stream.AppendMany(PictureDecider.Decide(stream.Aggregate, fact));
            renewals.Close(session, renewal, (fact as PictureUnreadable)?.Code);
        }
        await session.SaveChangesAsync(limit.Token);
        if (fact is not null) Telemetry.Renewals.Add(1, new KeyValuePair<string, object?>("outcome", (fact as PictureUnreadable)?.Code ?? "renewed"));
    }
}
