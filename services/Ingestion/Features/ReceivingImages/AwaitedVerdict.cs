using System.Text.Json;
using ImageRights.EventStore;
using ImageRights.Ingestion.Verdicts;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ImageRights.Ingestion.Features.ReceivingImages;

/// <summary><c>Prefer: wait=N</c>: the upload's answer waits for the verdict.</summary>
internal static class AwaitedVerdict
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>Turns the answer to an accepted upload (202) into one with the verdict (201), when the caller would wait and the verdict falls in time. The upload stands either way:
    /// it was stored before the wait, and a caller who goes away meanwhile reads the verdict from Matching or hears it by webhook.</summary>
    public static async Task<IResult> WithVerdictAsync(this HttpContext context, IResult result)
    {
        var wait = context.Request.PreferredWait(Longest);
        if (wait == TimeSpan.Zero || result is not JsonHttpResult<object> { StatusCode: StatusCodes.Status202Accepted } accepted) return result;
        var answer = accepted.Value as ImageAccepted ?? ((JsonElement)accepted.Value!).Deserialize<ImageAccepted>(StoreOptions.Json)!;
        var matching = context.RequestServices.GetRequiredService<MatchingClient>();
        // A service that ends answers at once what it knows.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        Finding? finding;
        try
        {
            finding = await matching.AwaitScreeningAsync(context.Tenant(), answer.ImageId, context.PartyAccount() is not null, wait, ending.Token);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            return result;
        }
        context.Response.Headers["Preference-Applied"] = $"wait={wait.TotalSeconds:0}";
        return finding is null ? result : TypedResults.Json(answer with { Screening = finding }, StoreOptions.Json, statusCode: StatusCodes.Status201Created);
    }
}
