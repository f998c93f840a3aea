using System.Text.Json;
using ImageRights.EventStore;
using ImageRights.Notification.Sending;
using ImageRights.ServiceDefaults.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ImageRights.Notification.Features;

/// <summary>Answer that shows a new secret.</summary>
/// <param name="Secret">In the form for verifiers, <c>whsec_…</c>.</param>
public sealed record SecretAnswer(string EndpointId, string SecretId, string? Secret)
{
    /// <summary>Adds the secret to a create's answer on its way out: the stored answer of an idempotent request holds none.</summary>
    internal static async Task<IResult> ShowAsync(HttpContext context, IResult result, EndpointSecrets secrets)
    {
        if (result is not JsonHttpResult<object> { StatusCode: StatusCodes.Status201Created } created) return result;
        var answer = JsonSerializer.SerializeToElement(created.Value, StoreOptions.Json).Deserialize<SecretAnswer>(StoreOptions.Json)!;
        var secret = await secrets.ShowAsync(context.Tenant(), answer.EndpointId, answer.SecretId, context.RequestAborted);
        return TypedResults.Json(answer with { Secret = secret }, StoreOptions.Json, statusCode: StatusCodes.Status201Created);
    }
}
