using System.Globalization;
using System.Net.Http.Json;
using ImageRights.Console.Peers;
using Microsoft.AspNetCore.Mvc;

namespace ImageRights.Console.Features.SendingWebhooks;

/// <summary>Forms of the pages of webhooks, in the name of who is signed in: sending again, trying an endpoint, and turning it off and on.</summary>
internal static class WebhookForms
{
    public static void Map(WebApplication app)
    {
        // What binds no form is not asked for its token.
        app.MapPost("/deliveries/{id}/replays", (HttpContext context, Desk desk, string id, [FromForm] string? _) => SendAsync(context, Page("deliveries", id), async page =>
        {
            await desk.PostAsync(Peer.Notification, $"/v1{page}/replays", new ByteArrayContent([]), null, context.RequestAborted);
            return $"{page}?done=it%20is%20sent%20again";
        }));
        app.MapPost("/endpoints/{id}/test-events", (HttpContext context, Desk desk, string id, [FromForm] string? _) => SendAsync(context, Page("endpoints", id), async page =>
            Page("deliveries", (string)(await desk.PostAsync(Peer.Notification, $"/v1{page}/test-events", new ByteArrayContent([]), null, context.RequestAborted))!["deliveryId"]!)));
        app.MapPost("/endpoints/{id}/replays", (HttpContext context, Desk desk, string id, [FromForm] string from, [FromForm] string? to, [FromForm] string? all) => SendAsync(context, Page("endpoints", id), async page =>
        {
            // One request takes a thousand events, and says where the next goes on.
            for (DateTimeOffset? begin = Utc(from), end = Utc(to); begin is not null;)
            {
                var answer = await desk.PostAsync(Peer.Notification, $"/v1{page}/replays", JsonContent.Create(new { from = begin, to = end, scope = all is null ? "Undelivered" : "All" }), null, context.RequestAborted);
                begin = (DateTimeOffset?)answer!["resumeFrom"];
            }
            return $"{page}?done=what%20it%20lacks%20is%20sent%20again";
        }));
        app.MapPost("/endpoints/{id}/state", (HttpContext context, Desk desk, string id, [FromForm] bool enabled) => SendAsync(context, Page("endpoints", id), async page =>
        {
            await desk.ChangeAsync(HttpMethod.Patch, Peer.Notification, $"/v1{page}", JsonContent.Create(new { enabled }), "*", context.RequestAborted);
            return $"{page}?done={(enabled ? "enabled" : "disabled")}";
        }));
    }

    private static string Page(string kind, string id) => $"/{kind}/{Uri.EscapeDataString(id)}";

    // Browsers send a time without a zone; the page says that it is UTC.
    private static DateTimeOffset? Utc(string? local) => string.IsNullOrEmpty(local) ? null : DateTimeOffset.Parse(local, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static async Task<IResult> SendAsync(HttpContext context, string page, Func<string, Task<string>> send)
    {
        try
        {
            return Results.LocalRedirect(await send(page));
        }
        catch (FormatException)
        {
            return Refusal.To(page, new("A time is such as 2026-11-20 15:00.", "时间格式如 2026-11-20 15:00。"));
        }
        catch (PeerException refusal)
        {
            return Refusal.By(page, refusal);
        }
    }
}
