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
    public static void Map(RouteGroupBuilder deliveries)
    {
        deliveries.MapGet("", ListAsync).WithName("ListDeliveries").WithSummary("Deliveries, newest first; filters: endpointId, state, eventType");
        deliveries.MapGet("/{deliveryId}", ReadAsync).WithName("ReadDelivery").WithSummary("One delivery with every attempt and the event that it carries");
    }

    private static async Task<IResult> ListAsync(HttpContext context, DocumentStore store, string? endpointId = null, string? state = null, string? eventType = null)
    {
        if (!PageRequest.TryRead(context, out var page, out var rejection)) return context.Problem(rejection!);
        var conditions = new List<string> { $"{DeliveryView.OrderSql} < ?" };
        var parameters = new List<object> { page.After };
        if (endpointId is not null)
        {
            if (!EndpointId.IsWellFormed(endpointId)) return context.Problem(new Rejection("Request_Invalid", "endpointId is no endpoint's id.", "/endpointId"));
            conditions.Add("data ->> 'endpointId' = ?");
            parameters.Add(endpointId);
        }
        if (state is not null)
        {
            if (state is not (nameof(DeliveryState.Pending) or nameof(DeliveryState.Succeeded) or nameof(DeliveryState.Exhausted)))
                return context.Problem(new Rejection("Request_Invalid", "state takes Pending, Succeeded or Exhausted.", "/state"));
            conditions.Add("data ->> 'state' = ?");
            parameters.Add(state);
        }
        if (eventType is not null)
        {
            if (eventType != NoticeTypes.Tested && !NoticeTypes.Names.Contains(eventType)) return context.Problem(new Rejection("Event_Type_Unknown", Pointer: "/eventType"));
            conditions.Add("data ->> 'eventType' = ?");
            parameters.Add(eventType);
        }
        await using var session = store.LightweightSession(context.Tenant());
        var rows = await session.QueryAsync<DeliveryView>(
            $"where {string.Join(" and ", conditions)} order by {DeliveryView.OrderSql} desc limit ?", [.. parameters, page.Limit + 1], context.RequestAborted);
        return TypedResults.Ok(page.ToPage(rows, view => view.Order));
    }

    private static async Task<IResult> ReadAsync(string deliveryId, HttpContext context, DocumentStore store)
    {
        if (!DeliveryId.IsWellFormed(deliveryId)) return context.Problem(new Rejection("Delivery_Not_Found"));
        await using var session = store.LightweightSession(context.Tenant());
        var view = await session.LoadAsync<DeliveryView>(deliveryId, context.RequestAborted);
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
