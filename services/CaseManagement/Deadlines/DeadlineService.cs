using ImageRights.EventStore;
using Npgsql;

namespace ImageRights.CaseManagement.Deadlines;

/// <summary>Keeps this replica's clock with the database's and runs what is due, until the service stops. Any number of replicas may do so at once.</summary>
internal sealed class DeadlineService(DeadlineRunner runner, DeadlineOptions options, DatabaseClock clock, DocumentStore store, ILogger<DeadlineService> logger) : BackgroundService
{
    private static readonly TimeSpan BetweenMeasurements = TimeSpan.FromSeconds(1);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // Before the first request: no act may be dated by an uncorrected clock.
        await clock.MeasureAsync(store, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Pause);
        var measured = TimeProvider.System.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (clock.IsVirtual || TimeProvider.System.GetElapsedTime(measured) > BetweenMeasurements)
                {
                    await clock.MeasureAsync(store, stoppingToken);
                    measured = TimeProvider.System.GetTimestamp();
                }
                if (options.IsEnabled && await runner.RunAsync(stoppingToken) > 0) continue;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is NpgsqlException or TimeoutException or OperationCanceledException or AggregateException)
            {
                // The database comes back or the service is restarted; nothing that is due is lost meanwhile.
                logger.LogWarning(failure, "Deadlines wait for the database");
            }
            try
            {
                await timer.WaitForNextTickAsync(stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
