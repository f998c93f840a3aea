using System.Net.Http.Json;
using ImageRights.Console.Accounts;
using ImageRights.Console.Peers;
using Microsoft.AspNetCore.Mvc;

namespace ImageRights.Console.Features.Erasing;

/// <summary>Erasures and legal holds, in the name of who is signed in.</summary>
internal static class ErasureForms
{
    public static void Map(WebApplication app)
    {
        app.MapPost("/erasures", (HttpContext context, Desk desk, [FromForm] string personId, [FromForm] string legalBasis) =>
            SendAsync(context, desk, "/v1/erasures", new { personId, legalBasis }, "erasureId")).RequireAuthorization(Policies.DecideErasures);
        app.MapPost("/erasures/approval", (HttpContext context, Desk desk, [FromForm] string erasureId) =>
            SendAsync(context, desk, $"/v1/erasures/{Uri.EscapeDataString(erasureId)}/approval", new { }, "erasureId")).RequireAuthorization(Policies.DecideErasures);
        app.MapPost("/erasures/holds", (HttpContext context, Desk desk, [FromForm] string personId, [FromForm] string reason) =>
            SendAsync(context, desk, "/v1/holds", new { personId, reason }, "holdId")).RequireAuthorization(Policies.DecideErasures);
        app.MapPost("/erasures/holds/lift", (HttpContext context, Desk desk, [FromForm] string holdId, [FromForm] string reason) =>
            SendAsync(context, desk, $"/v1/holds/{Uri.EscapeDataString(holdId.Trim())}/lift", new { reason }, "holdId")).RequireAuthorization(Policies.DecideErasures);
    }

    private static async Task<IResult> SendAsync(HttpContext context, Desk desk, string path, object body, string id)
    {
        try
        {
            var made = await desk.PostAsync(Peer.Cases, path, JsonContent.Create(body), "*", context.RequestAborted);
            return Results.LocalRedirect($"/erasures?{id}={Uri.EscapeDataString(made![id]!.GetValue<string>())}");
        }
        catch (PeerException refusal)
        {
            return Refusal.By("/erasures", refusal);
        }
    }
}
