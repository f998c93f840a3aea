using ImageRights.EventStore;
using ImageRights.Notification.Deliveries;
using ImageRights.Notification.Endpoints;
using ImageRights.Notification.Projections;
using ImageRights.Notification.Sending;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Notification.Features.ReplayingDeliveries;

internal static class ReplayDelivery
{
    public static void Map(RouteGroupBuilder deliveries) => deliveries.MapPost("/{deliveryId}/replays", HandleAsync).Requires(Permission.DeliveriesReplay)
        .WithName("ReplayDelivery")
        .WithSummary("Send a delivery again from the first attempt, under the same webhook id; one that waits for its next attempt is tried now");

    private static async Task<IResult> HandleAsync(string deliveryId, HttpContext context, DocumentStore store, DueSignal signal, TimeProvider clock)
    {
        if (!DeliveryId.IsWellFormed(deliveryId)) return context.Problem(new Rejection("Delivery_Not_Found"));
        await using var session = store.LightweightSession(context.Tenant());
        var result = await context.CreateOnceAsync(session, new { deliveryId }, async () =>
        {
            if (await DeliveryView.FindAsync(session, deliveryId, context.RequestAborted) is not { } view) return new Rejection("Delivery_Not_Found");
            var endpoint = await session.LoadAsync<EndpointView>(view.EndpointId, context.RequestAborted);
            if (endpoint?.State != EndpointState.Enabled) return new Rejection("Endpoint_Disabled");
            var stream = await session.Events.FetchForWriting<Delivery>(DeliveryId.StreamOf(deliveryId), context.RequestAborted);
            // One that waits for its first attempt has no fact yet.
            var facts = stream.CurrentVersion == 0 ? [] : Delivery.Decide(stream.Aggregate, new DeliveryCommand.Replay(clock.GetUtcNow())).Events;
            stream.AppendMany(facts);
            if (facts.Count > 0) DueDeliveries.EnqueueAgain(session, deliveryId, view.EndpointId, view.EventId);
            else DueDeliveries.Hasten(session, deliveryId);
            return CreateOutcome.Accepted($"/v1/deliveries/{deliveryId}", new SendingTestEvents.DeliveryAnswer(deliveryId, view.EventId), stream.NextVersion);
        });
        signal.Set();
        return result;
    }
}
