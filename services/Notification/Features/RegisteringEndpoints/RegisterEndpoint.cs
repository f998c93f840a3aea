using ImageRights.EventStore;
using ImageRights.Notification.Endpoints;
using ImageRights.Notification.Sending;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Http.Egress;
using Microsoft.AspNetCore.Mvc;

namespace ImageRights.Notification.Features.RegisteringEndpoints;

/// <summary>Asks for deliveries.</summary>
/// <param name="Url">Where to; https.</param>
/// <param name="EventTypes">Types wanted; left out or empty for all.</param>
/// <param name="Description">For people, up to 500 characters.</param>
public sealed record RegisterEndpointRequest(string? Url, IReadOnlyList<string?>? EventTypes, string? Description);

internal static class RegisterEndpoint
{
    public static void Map(RouteGroupBuilder endpoints) => endpoints.MapPost("", HandleAsync).Requires(Permission.EndpointsWrite)
        .WithName("RegisterEndpoint")
        .WithSummary("Register a webhook endpoint; the answer shows its signing secret, and no later one does");

    private static async Task<IResult> HandleAsync(
        [FromBody] RegisterEndpointRequest request, HttpContext context, DocumentStore store, EgressPolicy egress, EndpointSecrets secrets, WebhookOptions options, TimeProvider clock)
    {
        await using var session = store.LightweightSession(context.Tenant());
        var result = await context.CreateOnceAsync(session, request, () =>
        {
            if ((EndpointFields.CheckUrl(egress, request.Url) ?? EndpointFields.Check(request.EventTypes, request.Description)) is { } rejection)
                return Task.FromResult<CreateOutcome>(rejection);
            var (endpointId, secretId) = (EndpointId.Create(), EndpointSecrets.CreateId());
            var filter = EndpointFields.Filter(request.EventTypes ?? []);
            var description = request.Description is "" ? null : request.Description;
            var decision = WebhookEndpoint.Decide(
                WebhookEndpoint.Initial, new EndpointCommand.Register(endpointId, request.Url!, filter, description, secretId, clock.GetUtcNow()));
            session.Events.StartStream(EndpointId.StreamOf(endpointId), [.. decision.Events]);
            secrets.Replace(session, endpointId, secretId, options.SecretOverlap);
            return Task.FromResult(CreateOutcome.Created($"/v1/endpoints/{endpointId}", new SecretAnswer(endpointId, secretId, null)));
        });
        return await SecretAnswer.ShowAsync(context, result, secrets);
    }
}
