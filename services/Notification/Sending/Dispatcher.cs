using System.Collections.Concurrent;
using System.Diagnostics;
using ImageRights.EventStore;
using ImageRights.Notification.Deliveries;
using ImageRights.Notification.Endpoints;

namespace ImageRights.Notification.Sending;

/// <summary>Sends what is due. Every replica runs one; the leases in the database keep them apart. Nothing waits in memory: what is claimed and not recorded becomes due again.</summary>
public sealed class Dispatcher(
    DocumentStore store, DueDeliveries due, WebhookSender sender, EndpointSecrets secrets, DueSignal signal, WebhookOptions options, TimeProvider clock, ILogger<Dispatcher> logger)
    : BackgroundService
{
    private static readonly TimeSpan Housekeeping = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(5);
    private const int MostTriesToRecord = 5;
    private const int MostSettledTogether = 512;

    private readonly ConcurrentDictionary<Guid, Task> underWay = [];
    private readonly ConcurrentDictionary<string, Lane> lanes = [];
    private readonly Gathering<(DueDelivery Claim, string? Response)> delivered = new(MostSettledTogether, due.SettleAsync);
    private int failingUnderWay;

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var abort = new CancellationTokenSource();
        var (sinceHousekeeping, sinceFailing) = (Stopwatch.StartNew(), Stopwatch.StartNew());
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var started = await StartDueAsync(failing: false, options.InFlight - underWay.Count, abort.Token, stoppingToken);
                if (sinceFailing.Elapsed > options.Poll)
                {
                    started += await StartDueAsync(
                        failing: true, Math.Min(options.InFlight - underWay.Count, options.InFlight / 2 - Volatile.Read(ref failingUnderWay)), abort.Token, stoppingToken);
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
        await StopSendingAsync(abort);
    }

    private async Task<int> StartDueAsync(bool failing, int room, CancellationToken abort, CancellationToken stoppingToken)
    {
        if (room <= 0) return 0;
        var claimedAt = Stopwatch.GetTimestamp();
        var claims = await due.ClaimAsync(
            failing, room, failing ? options.InFlightPerFailingEndpoint : options.InFlightPerEndpoint, [.. lanes.Select(lane => (lane.Key, lane.Value.Room(failing)))], stoppingToken);
        foreach (var claim in claims)
        {
            if (failing) Interlocked.Increment(ref failingUnderWay);
            var lane = lanes.GetOrAdd(claim.EndpointId, _ => new Lane(options));
            lane.Enter();
            // Added before it can finish: the task itself removes the entry.
            var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            underWay[claim.Lease] = RunAsync(claim, lane, failing, claimedAt, start.Task, abort);
            start.SetResult();
        }
        return claims.Count;
    }

    private async Task RunAsync(DueDelivery claim, Lane lane, bool failing, long claimedAt, Task start, CancellationToken abort)
    {
        await start;
        try
        {
            await DeliverAsync(claim, lane, claimedAt, abort);
        }
        catch (OperationCanceledException) when (abort.IsCancellationRequested)
        {
            return;
        }
#pragma warning disable CA1031 // One delivery's fault is no other's: its lease runs out and it is tried again.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            logger.LogError(failure, "Delivery {DeliveryId} could not be recorded; it is sent again when its lease runs out", claim.DeliveryId);
        }
        finally
        {
            if (failing) Interlocked.Decrement(ref failingUnderWay);
            // What was aborted stays listed, to be given back.
            var wasFull = underWay.Count >= options.InFlight;
            if (!abort.IsCancellationRequested) underWay.TryRemove(claim.Lease, out _);
            if (lane.Leave() || wasFull) signal.Set();
        }
    }

    private async Task DeliverAsync(DueDelivery claim, Lane lane, long claimedAt, CancellationToken abort)
    {
        ActivityContext.TryParse(claim.TraceParent, null, isRemote: true, out var origin);
        Activity.Current = null;
        using var activity = WebhookTelemetry.Activities.StartActivity($"deliver {claim.EventType}", ActivityKind.Producer, origin);
        activity?.SetTag("imagerights.delivery", claim.DeliveryId).SetTag("imagerights.endpoint", claim.EndpointId).SetTag("imagerights.event", claim.EventId);

        if (await SendInTurnAsync(claim, lane, claimedAt, activity is null ? claim.TraceParent : null, abort) is not { } report) return;
        lane.Learn(report.Result.Outcome);
        WebhookTelemetry.Attempted(report.Result.Outcome);
        activity?.SetTag("imagerights.outcome", report.Result.Outcome.ToString());
        if (report.Result.Outcome != AttemptOutcome.Succeeded) activity?.SetStatus(ActivityStatusCode.Error, report.Result.Reason);
        await RecordAsync(claim, report);
    }

    private async Task<AttemptReport?> SendInTurnAsync(DueDelivery claim, Lane lane, long claimedAt, string? traceParent, CancellationToken abort)
    {
        using var turn = await lane.TurnAsync(abort);
        // Its turn came late, or this process stood still since the claim: another one is about to take over.
        return Stopwatch.GetElapsedTime(claimedAt) > options.Lease - options.Timeout ? null : await sender.SendAsync(claim, traceParent, abort);
    }

    private async Task RecordAsync(DueDelivery claim, AttemptReport report)
    {
        var draw = Random.Shared.NextDouble();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await TryRecordAsync(claim, claim.IsNew && attempt == 1, report, draw);
                return;
            }
            catch (ConcurrencyException) when (attempt < MostTriesToRecord)
            {
                // A replay, the endpoint being disabled, or an attempt whose lease had run out came first: decide anew.
            }
        }
    }

    private async Task TryRecordAsync(DueDelivery claim, bool isNew, AttemptReport report, double draw)
    {
        var result = report.Result;
        await using var session = store.LightweightSession(claim.TenantId);
        session.CausationId = claim.EventId.ToString();
        session.TraceParent = Activity.Current?.Id ?? claim.TraceParent;
        var key = DeliveryId.StreamOf(claim.DeliveryId);
        var stream = isNew ? session.Events.StartForWriting<Delivery>(key) : await session.Events.FetchForWriting<Delivery>(key);
        var begun = Delivery.Decide(stream.Aggregate, new DeliveryCommand.Schedule(claim.DeliveryId, claim.EndpointId, claim.EventId, claim.EventType, claim.Subject, claim.DueAt)).Events;
        var decision = Delivery.Decide(
            begun.Aggregate(stream.Aggregate, Delivery.Evolve), new DeliveryCommand.RecordAttempt(claim.Lease, claim.Url, result, report.StartedAt, report.FinishedAt, options.Retry, draw));
        if (decision.Events.Count == 0) return;
        stream.AppendMany([.. begun, .. decision.Events]);

        if (result.Outcome == AttemptOutcome.Succeeded)
        {
            // Nothing but the stream and its view: such saves are committed together. Cut off before the rest, it is sent once more when the lease runs out.
            await session.SaveChangesAsync();
            await delivered.AddAsync((claim, report.Response));
            return;
        }
        if (decision.Events[0] is DeliveryEvent.Attempted { NextAttemptAt: { } next }) DueDeliveries.Postpone(session, claim, next - report.FinishedAt);
        else DueDeliveries.Remove(session, claim.DeliveryId);
        if (!string.IsNullOrEmpty(report.Response))
        {
            session.QueueSqlCommand(
                "insert into {schema}.webhook_responses (tenant_id, delivery_id, attempt_id, body) values (?, ?, ?, ?)",
                claim.TenantId, claim.DeliveryId, claim.Lease, report.Response);
        }
        EndpointHealth.Failed(session, claim.EndpointId, options.Retry.Capped(result.RetryAfter ?? TimeSpan.Zero));
        if (result.Outcome == AttemptOutcome.Gone) await DisableAsync(session, claim.EndpointId, DisableReason.Gone);
        else if (await EndpointHealth.HasFailedForAsync(store, claim.TenantId, claim.EndpointId, options.DisableAfter, CancellationToken.None))
            await DisableAsync(session, claim.EndpointId, DisableReason.Failing);
        await session.SaveChangesAsync();
    }

    private async Task DisableAsync(DocumentSession session, string endpointId, DisableReason reason)
    {
        var stream = await session.Events.FetchForWriting<WebhookEndpoint>(EndpointId.StreamOf(endpointId));
        var decision = WebhookEndpoint.Decide(stream.Aggregate, new EndpointCommand.Disable(reason, clock.GetUtcNow()));
        stream.AppendMany(decision.Events);
        if (decision.Events.Count > 0) logger.LogWarning("Endpoint {EndpointId} is disabled: {Reason}", endpointId, reason);
    }

    private async Task StopSendingAsync(CancellationTokenSource abort)
    {
        var all = Task.WhenAll(underWay.Values);
        if (await Task.WhenAny(all, Task.Delay(DrainTime)) != all) await abort.CancelAsync();
        await all;
        using var limit = new CancellationTokenSource(DrainTime);
        await due.ReleaseAsync([.. underWay.Keys], limit.Token);
    }
}
