using System.Globalization;
using System.Net.Http.Json;
using ImageRights.Console.Peers;
using Microsoft.AspNetCore.Mvc;

namespace ImageRights.Console.Features.TakingSteps;

/// <summary>Forms of the case page: each sends one command for the version that the page showed.</summary>
internal static class TakeStepEndpoint
{
    public static void Map(WebApplication app) => app.MapPost("/cases/{id}/{step}", TakeAsync);

    private static async Task<IResult> TakeAsync(
        HttpContext context, Desk desk, string id, string step, [FromForm] string version, [FromForm] string actor,
        [FromForm] string? reasonCode, [FromForm] string? statement, [FromForm] string? amount, [FromForm] string? currency, [FromForm] string? parties, [FromForm] string? imageStays, [FromForm] string? outcome)
    {
        var page = $"/cases/{Uri.EscapeDataString(id)}";
        object? body = step switch
        {
            "takedown" or "dismissal" or "reinstatement" or "counter-notice" => new { actor, reasonCode, statement },
            "closure" => new { actor, reasonCode, statement, outcome },
            "settlement" when decimal.TryParse(amount, NumberStyles.Number, CultureInfo.InvariantCulture, out var money) =>
                new { actor, reasonCode, statement, agreedBy = (parties ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), amount = money, currency, imageStays = imageStays == "on" },
            _ => null,
        };
        if (body is null) return Results.Redirect($"{page}?refused={Uri.EscapeDataString("Fill in the form: amount is a number such as 120.50.")}");
        try
        {
            await desk.PostAsync(Peer.Cases, $"/v1/cases/{Uri.EscapeDataString(id)}/{Uri.EscapeDataString(step)}", JsonContent.Create(body), $"\"{version}\"", context.Request.Headers.AcceptLanguage, context.RequestAborted);
            return Results.Redirect($"{page}?done={Uri.EscapeDataString(step)}");
        }
        catch (PeerException refusal)
        {
            return Results.Redirect($"{page}?refused={Uri.EscapeDataString(refusal.Message)}");
        }
    }
}
