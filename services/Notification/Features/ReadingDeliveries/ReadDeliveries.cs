using System.Text.Json;
using ImageRights.EventStore;
using ImageRights.Notification.Deliveries;
using ImageRights.Notification.Endpoints;
using ImageRights.Notification.Notices;
using ImageRights.Notification.Projections;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Notification.Features.ReadingDeliveries;

internal static class ReadDeliveries
{
    public static readonly ListShape<DeliveryView> Shape = new ListShape<DeliveryView>(view => view.DeliveryId, DeliveryView.Source)
        .Sorted("createdAt", DeliveryView.OrderSql, view => view.Order)
        .Between("scheduledAt")
        .By("endpointId", "Only deliveries to this endpoint.")
        .By("status", "Takes", [nameof(DeliveryState.Pending), nameof(DeliveryState.Succeeded), nameof(DeliveryState.Exhausted)], "data ->> 'state' = ?", alias: "state")
        .By("eventType", "Only events of this type.")
        .By("subject", "Only events about this.");

    public static void Map(RouteGroupBuilder deliveries)
    {
        deliveries.MapGet("", ListAsync).WithName("ListDeliveries").WithSummary("Deliveries, newest first");
        deliveries.MapGet("/{deliveryId}", ReadAsync).WithName("ReadDelivery").WithSummary("One delivery with every attempt and the event that it carries");
    }

    private static async Task<IResult> ListAsync(HttpContext context, DocumentStore store, string? endpointId = null, string? eventType = null)
    {
        if (endpointId is not null && !EndpointId.IsWellFormed(endpointId)) return context.Problem(new Rejection("Request_Invalid", "endpointId is no endpoint's id.", "/endpointId"));
        if (eventType is not null && eventType != NoticeTypes.Tested && !NoticeTypes.Names.Contains(eventType)) return context.Problem(new Rejection("Event_Type_Unknown", Pointer: "/eventType"));
        await using var session = store.LightweightSession(context.Tenant());
        return await Shape.AnswerAsync(context, session);
    }

    private static async Task<IResult> ReadAsync(string deliveryId, HttpContext context, DocumentStore store)
    {
        if (!DeliveryId.IsWellFormed(deliveryId)) return context.Problem(new Rejection("Delivery_Not_Found"));
        await using var session = store.LightweightSession(context.Tenant());
        var view = await DeliveryView.FindAsync(session, deliveryId, context.RequestAborted);
        if (view is null) return context.Problem(new Rejection("Delivery_Not_Found"));

        var (body, responses) = (await session.QueryRowsAsync(
            """
            select e.body, coalesce(r.ids, array[]::uuid[]), coalesce(r.bodies, array[]::text[]) from {schema}.webhook_events e
            cross join lateral (
                select array_agg(attempt_id) as ids, array_agg(body) as bodies from {schema}.webhook_responses where tenant_id = e.tenant_id and delivery_id = ?) r
            where e.tenant_id = ? and e.event_id = ?
            """,
            [deliveryId, session.TenantId, view.EventId],
            reader => (reader.GetString(0), reader.GetFieldValue<Guid[]>(1).Zip(reader.GetFieldValue<string[]>(2)).ToDictionary(pair => pair.First, pair => pair.Second)),
            context.RequestAborted)).Single();
        return TypedResults.Ok(view with
        {
            Attempts = [.. view.Attempts.Select(attempt => attempt with { Response = responses.GetValueOrDefault(attempt.AttemptId) })],
            Event = JsonSerializer.Deserialize<JsonElement>(body),
        });
    }
}
