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
        .WithSummary("Send a delivery again from the first attempt, under the same webhook id; one that is still pending stays as it is");

    private static async Task<IResult> HandleAsync(string deliveryId, HttpContext context, DocumentStore store, DueSignal signal, TimeProvider clock)
    {
        if (!DeliveryId.IsWellFormed(deliveryId)) return context.Problem(new Rejection("Delivery_Not_Found"));
        await using var session = store.LightweightSession(context.Tenant());
        var result = await context.CreateOnceAsync(session, new { deliveryId }, async () =>
        {
            var stream = await session.Events.FetchForWriting<Delivery>(DeliveryId.StreamOf(deliveryId), context.RequestAborted);
            var decision = Delivery.Decide(stream.Aggregate, new DeliveryCommand.Replay(clock.GetUtcNow()));
            if (decision.RejectionCode is { } code) return new Rejection(code);
            var view = await session.LoadAsync<DeliveryView>(deliveryId, context.RequestAborted);
            var endpoint = await session.LoadAsync<EndpointView>(stream.Aggregate.EndpointId, context.RequestAborted);
            if (endpoint?.State != EndpointState.Enabled) return new Rejection("Endpoint_Disabled");
            stream.AppendMany(decision.Events);
            if (decision.Events.Count > 0) DueDeliveries.Enqueue(session, deliveryId, view!.EndpointId, view.EventId);
            return CreateOutcome.Accepted($"/v1/deliveries/{deliveryId}", new SendingTestEvents.DeliveryAnswer(deliveryId, view!.EventId), stream.NextVersion);
        });
        signal.Set();
        return result;
    }
}
