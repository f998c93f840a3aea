using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ImageRights.Console.Pages;
using ImageRights.Console.Peers;
using Microsoft.AspNetCore.Mvc;

namespace ImageRights.Console.Features.SendingWebhooks;

/// <summary>Forms of the pages of webhooks, in the name of who is signed in: registering an endpoint, trying it, turning it off and on, replacing its secret, and sending again.</summary>
internal static class WebhookForms
{
    public static void Map(WebApplication app)
    {
        app.MapPost("/endpoints", (HttpContext context, Desk desk, [FromForm] string url, [FromForm] string? description) => AnswerAsync("/deliveries", async () =>
            Shown(await desk.PostAsync(Peer.Notification, "/v1/endpoints", JsonContent.Create(new { url, description, eventTypes = context.Request.Form["eventTypes"].ToArray() }), null, context.RequestAborted))));
        // What binds no form is not asked for its token.
        app.MapPost("/endpoints/{id}/secret-rotations", (HttpContext context, Desk desk, string id, [FromForm] string? _) => AnswerAsync(Page("endpoints", id), async () =>
            Shown(await desk.PostAsync(Peer.Notification, $"/v1{Page("endpoints", id)}/secret-rotations", new ByteArrayContent([]), null, context.RequestAborted))));
        app.MapPost("/deliveries/{id}/replays", (HttpContext context, Desk desk, string id, [FromForm] string? _) => SendAsync(Page("deliveries", id), async page =>
        {
            await desk.PostAsync(Peer.Notification, $"/v1{page}/replays", new ByteArrayContent([]), null, context.RequestAborted);
            return $"{page}?done=it%20is%20sent%20again";
        }));
        app.MapPost("/endpoints/{id}/test-events", (HttpContext context, Desk desk, string id, [FromForm] string? _) => SendAsync(Page("endpoints", id), async page =>
            Page("deliveries", (string)(await desk.PostAsync(Peer.Notification, $"/v1{page}/test-events", new ByteArrayContent([]), null, context.RequestAborted))!["deliveryId"]!)));
        app.MapPost("/endpoints/{id}/replays", (HttpContext context, Desk desk, string id, [FromForm] string from, [FromForm] string? to, [FromForm] string? all) => SendAsync(Page("endpoints", id), async page =>
        {
            // One request takes a thousand events, and says where the next goes on.
            for (DateTimeOffset? begin = Utc(from), end = Utc(to); begin is not null;)
            {
                var answer = await desk.PostAsync(Peer.Notification, $"/v1{page}/replays", JsonContent.Create(new { from = begin, to = end, scope = all is null ? "Undelivered" : "All" }), null, context.RequestAborted);
                begin = (DateTimeOffset?)answer!["resumeFrom"];
            }
            return $"{page}?done=what%20it%20lacks%20is%20sent%20again";
        }));
        app.MapPost("/endpoints/{id}/state", (HttpContext context, Desk desk, string id, [FromForm] bool enabled) => SendAsync(Page("endpoints", id), async page =>
        {
            await desk.ChangeAsync(HttpMethod.Patch, Peer.Notification, $"/v1{page}", JsonContent.Create(new { enabled }), "*", context.RequestAborted);
            return $"{page}?done={(enabled ? "enabled" : "disabled")}";
        }));
    }

    private static string Page(string kind, string id) => $"/{kind}/{Uri.EscapeDataString(id)}";

    // Browsers send a time without a zone; the page says that it is UTC.
    private static DateTimeOffset? Utc(string? local) => string.IsNullOrEmpty(local) ? null : DateTimeOffset.Parse(local, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static IResult Shown(JsonNode? created) => ShownOnce.Page(
        new("Signing secret", "签名密钥"), new("With it the receiver checks that a webhook comes from here (Standard Webhooks). It is shown now and never again.", "接收方用它验证 Webhook 来源（Standard Webhooks）。密钥仅在此显示一次。"),
        [(new("Endpoint", "接收端点"), (string)created!["endpointId"]!), (new("Secret", "密钥"), (string)created["secret"]!)], Page("endpoints", (string)created["endpointId"]!));

    private static Task<IResult> SendAsync(string page, Func<string, Task<string>> send) =>
        AnswerAsync(page, async () => Results.LocalRedirect(await send(page)));

    private static async Task<IResult> AnswerAsync(string page, Func<Task<IResult>> answer)
    {
        try
        {
            return await answer();
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
