using System.Diagnostics;
using ImageRights.EventStore;
using ImageRights.Notification.Endpoints;
using ImageRights.Notification.Features.HearingContracts;
using ImageRights.Notification.Notices;
using ImageRights.Notification.Projections;
using ImageRights.Notification.Sending;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Notification.Features.SendingTestEvents;

/// <summary>A delivery that was made due.</summary>
public sealed record DeliveryAnswer(string DeliveryId, Guid EventId);

internal static class SendTestEvent
{
    public static void Map(RouteGroupBuilder endpoints) => endpoints.MapPost("/{endpointId}/test-events", HandleAsync).Requires(Permission.EndpointsWrite)
        .WithName("SendTestEvent")
        .WithSummary("Send an event of type imagerights.endpoint.tested.v1 to this endpoint, whatever its filter");

    private static async Task<IResult> HandleAsync(string endpointId, HttpContext context, DocumentStore store, DueSignal signal, TimeProvider clock)
    {
        if (!EndpointId.IsWellFormed(endpointId)) return context.Problem(new Rejection("Endpoint_Not_Found"));
        await using var session = store.LightweightSession(context.Tenant());
        var result = await context.CreateOnceAsync(session, new { endpointId }, async () =>
        {
            var endpoint = await session.LoadAsync<EndpointView>(endpointId, context.RequestAborted);
            if (endpoint is null) return new Rejection("Endpoint_Not_Found");
            if (endpoint.State != EndpointState.Enabled) return new Rejection("Endpoint_Disabled");
            var now = clock.GetUtcNow();
            var notice = Notice.Test(session.TenantId, Guid.CreateVersion7(), endpointId, now, Activity.Current?.Id);
            session.Keep(notice, onlyFor: endpointId);
            var deliveryId = DueDeliveries.Enqueue(session, endpointId, notice.EventId);
            return CreateOutcome.Accepted($"/v1/deliveries/{deliveryId}", new DeliveryAnswer(deliveryId, notice.EventId));
        });
        signal.Set();
        return result;
    }
}
