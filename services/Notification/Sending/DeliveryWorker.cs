using System.Collections.Concurrent;
using System.Diagnostics;
using ImageRights.EventStore;
using ImageRights.Notification.Deliveries;
using ImageRights.Notification.Endpoints;
using ImageRights.ServiceDefaults.Telemetry;

namespace ImageRights.Notification.Sending;

/// <summary>Makes and records the attempts of deliveries that this process holds a lease of. Nothing waits in memory only: what is not recorded becomes due again.</summary>
public sealed class DeliveryWorker(DocumentStore store, DueDeliveries due, WebhookSender sender, DueSignal signal, WebhookOptions options, TimeProvider clock, ILogger<DeliveryWorker> logger) : IDisposable
{
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(5);
    private const int MostTriesToRecord = 5;
    private const int MostSettledTogether = 512;

    private readonly CancellationTokenSource abort = new();
    private readonly ConcurrentDictionary<Guid, Task> underWay = [];
    private readonly ConcurrentDictionary<string, Lane> lanes = [];
    private readonly Gathering<(DueDelivery Claim, string? Response)> delivered = new(MostSettledTogether, due.SettleAsync);
    private int failingUnderWay;
    private volatile bool isStopping;

    /// <summary>How many more deliveries may be claimed.</summary>
    public int Room(bool failing) => failing ? Math.Min(options.InFlight - underWay.Count, options.InFlight / 2 - Volatile.Read(ref failingUnderWay)) : options.InFlight - underWay.Count;

    /// <summary>How many more of each endpoint that was sent to.</summary>
    public IReadOnlyList<(string EndpointId, int Room)> Rooms(bool failing) => [.. lanes.Select(lane => (lane.Key, lane.Value.Room(failing)))];

    /// <summary>Holds a place for a delivery that is new. None while earlier ones wait for the endpoint: those come first.</summary>
    public bool TryHold(string endpointId) => !isStopping && underWay.Count < options.InFlight && LaneOf(endpointId).TryHold();

    /// <summary>Lets go of a place that was held.</summary>
    public void LetGo(string endpointId) => LaneOf(endpointId).Leave();

    /// <summary>Says what a claim found: whether more may wait than it took.</summary>
    public void NoteClaimed(IReadOnlyList<(string EndpointId, int Room)> rooms, IReadOnlyList<DueDelivery> claims, bool isAll)
    {
        var taken = claims.CountBy(claim => claim.EndpointId).ToDictionary(StringComparer.Ordinal);
        foreach (var (endpointId, room) in rooms) lanes[endpointId].HasBacklog = !isAll || taken.GetValueOrDefault(endpointId) >= room;
    }

    /// <summary>Begins with deliveries that were claimed, or for which a place is held.</summary>
    /// <param name="claimedAt">Time stamp from before the claim.</param>
    public void Start(IReadOnlyList<DueDelivery> claims, long claimedAt, bool failing = false, bool isHeld = false)
    {
        foreach (var claim in claims)
        {
            if (failing) Interlocked.Increment(ref failingUnderWay);
            var lane = LaneOf(claim.EndpointId);
            if (!isHeld) lane.Enter();
            // Added before it can finish: the task itself removes the entry.
            var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            underWay[claim.Lease] = RunAsync(claim, lane, failing, claimedAt, start.Task, abort.Token);
            start.SetResult();
        }
    }

    /// <summary>Ends when all attempts have ended, or were cut off and their claims given back.</summary>
    public async Task StopAsync()
    {
        isStopping = true;
        var all = Task.WhenAll(underWay.Values);
        if (await Task.WhenAny(all, Task.Delay(DrainTime)) != all) await abort.CancelAsync();
        await all;
        using var limit = new CancellationTokenSource(DrainTime);
        await due.ReleaseAsync([.. underWay.Keys], limit.Token);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        abort.Dispose();
        foreach (var lane in lanes.Values) lane.Dispose();
    }

    private Lane LaneOf(string endpointId) => lanes.GetOrAdd(endpointId, _ => new Lane(options));

    private async Task RunAsync(DueDelivery claim, Lane lane, bool failing, long claimedAt, Task start, CancellationToken aborted)
    {
        await start;
        try
        {
            await DeliverAsync(claim, lane, claimedAt, aborted);
        }
        catch (OperationCanceledException) when (aborted.IsCancellationRequested)
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
            if (!aborted.IsCancellationRequested) underWay.TryRemove(claim.Lease, out _);
            if (lane.Leave() || wasFull) signal.Set();
        }
    }

    private async Task DeliverAsync(DueDelivery claim, Lane lane, long claimedAt, CancellationToken aborted)
    {
        ActivityContext.TryParse(claim.TraceParent, null, isRemote: true, out var origin);
        Activity.Current = null;
        using var activity = WebhookTelemetry.Activities.StartActivity($"deliver {claim.EventType}", ActivityKind.Producer, origin);
        activity?.SetTag("imagerights.delivery", claim.DeliveryId).SetTag("imagerights.endpoint", claim.EndpointId).SetTag(Subjects.EventTag, claim.EventId.ToString()).About(claim.Subject);

        if (await SendInTurnAsync(claim, lane, claimedAt, activity is null ? claim.TraceParent : null, aborted) is not { } report) return;
        lane.Learn(report.Result.Outcome, Stopwatch.GetElapsedTime(claimedAt));
        WebhookTelemetry.Attempted(report.Result.Outcome);
        activity?.SetTag("imagerights.outcome", report.Result.Outcome.ToString()).SetTag("http.response.status_code", report.Result.Status);
        await RecordAsync(claim, report);
    }

    private async Task<AttemptReport?> SendInTurnAsync(DueDelivery claim, Lane lane, long claimedAt, string? traceParent, CancellationToken aborted)
    {
        using var turn = await lane.TurnAsync(aborted);
        // Its turn came late, or this process stood still since the claim: another one is about to take over.
        return Stopwatch.GetElapsedTime(claimedAt) > options.Lease - options.Timeout ? null : await sender.SendAsync(claim, traceParent, aborted);
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
        var order = new DeliveryEvent.Scheduled(claim.DeliveryId, claim.EndpointId, claim.EventId, claim.EventType, claim.Subject, claim.DueAt);
        var decision = Delivery.Decide(
            stream.Aggregate, new DeliveryCommand.RecordAttempt(order, claim.Lease, claim.Url, result, report.StartedAt, report.FinishedAt, options.Retry, draw));
        if (decision.Events.Count == 0) return;
        stream.AppendMany(decision.Events);

        if (result.Outcome == AttemptOutcome.Succeeded)
        {
            // Nothing but the stream and its view: such saves are committed together. Cut off before the rest, it is sent once more when the lease runs out.
            await session.SaveChangesAsync();
            await delivered.AddAsync((claim, report.Response));
            return;
        }
        if (decision.Events.OfType<DeliveryEvent.Attempted>().Single() is { NextAttemptAt: { } next }) DueDeliveries.Postpone(session, claim, next - report.FinishedAt);
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
        // What is tried again is no error of the trace, or one dead endpoint would mark them all.
        if (decision.Events.OfType<DeliveryEvent.Exhausted>().Any()) Activity.Current?.SetStatus(ActivityStatusCode.Error, result.Reason);
    }

    private async Task DisableAsync(DocumentSession session, string endpointId, DisableReason reason)
    {
        var stream = await session.Events.FetchForWriting<WebhookEndpoint>(EndpointId.StreamOf(endpointId));
        var decision = WebhookEndpoint.Decide(stream.Aggregate, new EndpointCommand.Disable(reason, clock.GetUtcNow()));
        stream.AppendMany(decision.Events);
        if (decision.Events.Count > 0) logger.LogWarning("Endpoint {EndpointId} is disabled: {Reason}", endpointId, reason);
    }
}
