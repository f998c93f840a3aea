using ImageRights.EventStore;
using ImageRights.Notification.Endpoints;
using ImageRights.Notification.Sending;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Notification.Features.RotatingSecrets;

internal static class RotateSecret
{
    public static void Map(RouteGroupBuilder endpoints) => endpoints.MapPost("/{endpointId}/secret-rotations", HandleAsync).Requires(Permission.EndpointsWrite)
        .WithName("RotateSecret")
        .WithSummary("Replace the signing secret; the one before signs beside it for a day, unless it is rotated again");

    private static async Task<IResult> HandleAsync(
        string endpointId, HttpContext context, DocumentStore store, EndpointSecrets secrets, WebhookOptions options, TimeProvider clock)
    {
        if (!EndpointId.IsWellFormed(endpointId)) return context.Problem(new Rejection("Endpoint_Not_Found"));
        await using var session = store.LightweightSession(context.Tenant());
        var result = await context.CreateOnceAsync(session, new { endpointId }, async () =>
        {
            var stream = await session.Events.FetchForWriting<WebhookEndpoint>(EndpointId.StreamOf(endpointId), context.RequestAborted);
            var secretId = EndpointSecrets.CreateId();
            var decision = WebhookEndpoint.Decide(stream.Aggregate, new EndpointCommand.RotateSecret(secretId, options.SecretOverlap, clock.GetUtcNow()));
            if (decision.RejectionCode is { } code) return new Rejection(code);
            stream.AppendMany(decision.Events);
            secrets.Replace(session, endpointId, secretId, options.SecretOverlap);
            return CreateOutcome.Created($"/v1/endpoints/{endpointId}", new SecretAnswer(endpointId, secretId, null), stream.NextVersion);
        });
        return await SecretAnswer.ShowAsync(context, result, secrets);
    }
}
