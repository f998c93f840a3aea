using ImageRights.EventStore;
using ImageRights.Notification.Endpoints;
using ImageRights.Notification.Projections;
using ImageRights.Notification.Sending;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Http.Egress;
using ImageRights.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Mvc;

namespace ImageRights.Notification.Features.ChangingEndpoints;

/// <summary>Changes what is given and leaves the rest.</summary>
/// <param name="EventTypes">Types wanted; empty for all.</param>
/// <param name="Description">An empty text removes it.</param>
/// <param name="Enabled">Whether deliveries are sent; what became pending meanwhile is sent when it is enabled.</param>
public sealed record ChangeEndpointRequest(string? Url, IReadOnlyList<string?>? EventTypes, string? Description, bool? Enabled);

internal static class ChangeEndpoint
{
    public static void Map(RouteGroupBuilder endpoints)
    {
        endpoints.MapPatch("/{endpointId}", ChangeAsync).Requires(Permission.EndpointsWrite).WithName("ChangeEndpoint").WithSummary("Change address, filter, description or whether it is enabled");
        endpoints.MapDelete("/{endpointId}", DisableAsync).Requires(Permission.EndpointsWrite).WithName("DisableEndpoint").WithSummary("Disable an endpoint; its deliveries stay listed");
    }

    private static Task<IResult> ChangeAsync(
        string endpointId, [FromBody] ChangeEndpointRequest request, HttpContext context, DocumentStore store, EgressPolicy egress, DueSignal signal, TimeProvider clock)
    {
        if (request.Url is not null && EndpointFields.CheckUrl(egress, request.Url) is { } fault) return Task.FromResult(context.Problem(fault));
        if (EndpointFields.Check(request.EventTypes, request.Description) is { } rejection) return Task.FromResult(context.Problem(rejection));
        var filter = request.EventTypes is { } types ? EndpointFields.Filter(types) : null;
        return WriteAsync(endpointId, new EndpointCommand.Change(request.Url, filter, request.Description, request.Enabled, clock.GetUtcNow()), context, store, signal);
    }

    private static Task<IResult> DisableAsync(string endpointId, HttpContext context, DocumentStore store, DueSignal signal, TimeProvider clock) =>
        WriteAsync(endpointId, new EndpointCommand.Disable(DisableReason.ByRequest, clock.GetUtcNow()), context, store, signal);

    private static async Task<IResult> WriteAsync(string endpointId, EndpointCommand command, HttpContext context, DocumentStore store, DueSignal signal)
    {
        if (!EndpointId.IsWellFormed(endpointId)) return context.Problem(new Rejection("Endpoint_Not_Found"));
        await using var session = store.LightweightSession(context.Tenant());
        var stream = await session.Events.FetchForWriting<WebhookEndpoint>(EndpointId.StreamOf(endpointId), context.RequestAborted);
        var decision = WebhookEndpoint.Decide(stream.Aggregate, command);
        if (decision.RejectionCode is { } code) return context.Problem(new Rejection(code));
        if (context.Request.CheckVersion(stream.CurrentVersion) is { } stale) return context.Problem(stale);
        stream.AppendMany(decision.Events);
        if (decision.Events.Any(fact => fact is EndpointEvent.Moved or EndpointEvent.Enabled)) EndpointHealth.Forget(session, endpointId);
        var version = stream.NextVersion;
        if (decision.Events.Count > 0) await session.SaveChangesAsync(context.RequestAborted);
        signal.Set();
        context.Response.SetVersion(version);
        return TypedResults.Ok(await session.LoadAsync<EndpointView>(endpointId, context.RequestAborted));
    }
}
