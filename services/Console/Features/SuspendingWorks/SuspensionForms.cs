using System.Net.Http.Json;
using ImageRights.Console.Accounts;
using ImageRights.Console.Peers;
using Microsoft.AspNetCore.Mvc;

namespace ImageRights.Console.Features.SuspendingWorks;

/// <summary>Forms of the page of a work: keeping it from being matched against, and letting it be matched again, in the name of who is signed in.</summary>
internal static class SuspensionForms
{
    public static void Map(WebApplication app)
    {
        app.MapPost("/works/{id}/suspension", (HttpContext context, Desk desk, string id, [FromForm] string version, [FromForm] string reason) =>
            SendAsync(context, desk, id, HttpMethod.Put, version, JsonContent.Create(new { reason }), "suspended")).RequireAuthorization(Policies.SuspendWorks);
        app.MapPost("/works/{id}/suspension/end", (HttpContext context, Desk desk, string id, [FromForm] string version) =>
            SendAsync(context, desk, id, HttpMethod.Delete, version, null, "resumed")).RequireAuthorization(Policies.SuspendWorks);
    }

    private static async Task<IResult> SendAsync(HttpContext context, Desk desk, string id, HttpMethod method, string version, HttpContent? content, string done)
    {
        var page = $"/works/{Uri.EscapeDataString(id)}";
        try
        {
            await desk.ChangeAsync(method, Peer.Ingestion, $"/v1{page}/suspension", content, $"\"{version}\"", context.RequestAborted);
            return Results.LocalRedirect($"{page}?done={done}");
        }
        catch (PeerException refusal)
        {
            return Refusal.By(page, refusal);
        }
    }
}
