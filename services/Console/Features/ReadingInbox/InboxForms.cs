using ImageRights.Console.Peers;
using ImageRights.ServiceDefaults.Access;
using Microsoft.AspNetCore.Mvc;

namespace ImageRights.Console.Features.ReadingInbox;

/// <summary>The form of a message in the inbox: its addressee says that it was read.</summary>
internal static class InboxForms
{
    public static void Map(WebApplication app) => app.MapPost("/inbox/{letterId}/read", ReadAsync);

    // The form has nothing but its token.
    private static async Task<IResult> ReadAsync(string letterId, [FromForm] string? _, HttpContext context, Desk desk)
    {
        if (context.OwnAccount() is not { } account) return Results.NotFound();
        try
        {
            await desk.PostAsync(
                Peer.Notification, $"/v1/inbox/{Uri.EscapeDataString(letterId)}/reads?accountId={Uri.EscapeDataString(account)}", new ByteArrayContent([]), null, context.RequestAborted);
            return Results.LocalRedirect("/inbox");
        }
        catch (PeerException refusal)
        {
            return Refusal.By("/inbox", refusal);
        }
    }
}
