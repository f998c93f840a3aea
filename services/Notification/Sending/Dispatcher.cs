using System.Diagnostics;

namespace ImageRights.Notification.Sending;

/// <summary>Claims what is due and gives it to the worker. Every replica runs one; the leases in the database keep them apart.</summary>
public sealed class Dispatcher(DueDeliveries due, DeliveryWorker worker, EndpointSecrets secrets, DueSignal signal, WebhookOptions options, ILogger<Dispatcher> logger) : BackgroundService
{
    private static readonly TimeSpan Housekeeping = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (sinceHousekeeping, sinceFailing) = (Stopwatch.StartNew(), Stopwatch.StartNew());
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var started = await StartDueAsync(failing: false, stoppingToken);
                if (sinceFailing.Elapsed > options.Poll)
                {
                    started += await StartDueAsync(failing: true, stoppingToken);
                    sinceFailing.Restart();
                }
                if (sinceHousekeeping.Elapsed > Housekeeping)
                {
                    WebhookTelemetry.OldestPending(await due.OldestDueAsync(workingOnly: false, stoppingToken));
                    await secrets.DestroyExpiredAsync(stoppingToken);
                    sinceHousekeeping.Restart();
                }
                if (started == 0) await signal.WaitAsync(options.Poll, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // Deliveries are rows: whatever fails here is said and tried again.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                logger.LogError(failure, "Due deliveries cannot be claimed");
                await Task.Delay(PauseAfterFault, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        await worker.StopAsync();
    }

    private async Task<int> StartDueAsync(bool failing, CancellationToken stoppingToken)
    {
        var room = worker.Room(failing);
        if (room <= 0) return 0;
        var claimedAt = Stopwatch.GetTimestamp();
        var rooms = worker.Rooms(failing);
        var claims = await due.ClaimAsync(failing, room, failing ? options.InFlightPerFailingEndpoint : options.InFlightPerEndpoint, rooms, stoppingToken);
        worker.Start(claims, claimedAt, failing);
        if (!failing) worker.NoteClaimed(rooms, claims, isAll: claims.Count < room);
        return claims.Count;
    }
}
