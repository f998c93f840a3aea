using System.Diagnostics;
using ImageRights.EventStore;
using ImageRights.Notification.Deliveries;
using ImageRights.Notification.Notices;
using ImageRights.Notification.Projections;
using ImageRights.Notification.Sending;

namespace ImageRights.Notification.Features.HearingContracts;

/// <summary>Takes events in and makes their deliveries due: those that arrive together in one statement. An event is kept once, by its id, and its deliveries begin with it,
/// so a message that is redelivered, or whose handling was cut off anywhere, needs no inbox. What this process can send at once is claimed as it becomes due, and need not be asked for.</summary>
public sealed class NoticeIntake
{
    private const int Most = 256;

    private readonly DocumentStore store;
    private readonly DueDeliveries due;
    private readonly DeliveryWorker worker;
    private readonly DueSignal signal;
    private readonly Gathering<Notice> gathering;

    /// <summary>Begins with nothing to take in.</summary>
    public NoticeIntake(DocumentStore store, DueDeliveries due, DeliveryWorker worker, DueSignal signal)
    {
        (this.store, this.due, this.worker, this.signal) = (store, due, worker, signal);
        gathering = new Gathering<Notice>(Most, WriteAsync);
    }

    /// <summary>Ends when the event is kept and its deliveries are due.</summary>
    public Task TakeAsync(Notice notice) => gathering.AddAsync(notice);

    private async Task WriteAsync(IReadOnlyList<Notice> notices)
    {
        foreach (var tenant in notices.DistinctBy(notice => notice.EventId).GroupBy(notice => notice.TenantId))
        {
            await using var session = store.LightweightSession(tenant.Key);
            var endpoints = await session.QueryAsync<EndpointView>("where data ->> 'state' = 'Enabled'", []);
            await KeepAsync(tenant.Key, [.. tenant], [.. from notice in tenant from endpoint in endpoints where notice.IsFor(endpoint) select (notice, endpoint)]);
        }
    }

    private async Task KeepAsync(string tenantId, IReadOnlyList<Notice> notices, IReadOnlyList<(Notice Notice, EndpointView Endpoint)> deliveries)
    {
        var keptAt = Stopwatch.GetTimestamp();
        var held = deliveries.Select(delivery => worker.TryHold(delivery.Endpoint.EndpointId)).ToList();
        IReadOnlyList<DueDelivery> claims = [];
        try
        {
            claims = await due.KeepAsync(tenantId, notices, [.. deliveries.Zip(held, (delivery, isHeld) => (delivery.Notice, delivery.Endpoint, isHeld))]);
            worker.Start(claims, keptAt, isHeld: true);
        }
        finally
        {
            // Places held for deliveries that were made due before, or that go to an endpoint that fails.
            var used = claims.CountBy(claim => claim.EndpointId).ToDictionary(StringComparer.Ordinal);
            foreach (var (endpointId, places) in deliveries.Zip(held).Where(it => it.Second).CountBy(it => it.First.Endpoint.EndpointId))
            {
                for (var place = used.GetValueOrDefault(endpointId); place < places; place++) worker.LetGo(endpointId);
            }
            if (claims.Count < deliveries.Count) signal.Set();
        }
    }
}
