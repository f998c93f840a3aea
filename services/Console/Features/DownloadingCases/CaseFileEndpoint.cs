using ImageRights.Console.Peers;

namespace ImageRights.Console.Features.DownloadingCases;

/// <summary>The case file as a download: what case management gives to who is signed in.</summary>
internal static class CaseFileEndpoint
{
    public static void Map(WebApplication app) => app.MapGet("/cases/{id}/file", DownloadAsync);

    private static async Task<IResult> DownloadAsync(HttpContext context, Desk desk, string id)
    {
        var name = Uri.EscapeDataString(id);
        try
        {
            return await desk.ReadAsync(Peer.Cases, $"/v1/cases/{name}/export", context.RequestAborted) is { } file ? Results.File(file, "application/zip", $"{name}.zip") : Results.NotFound();
        }
        catch (PeerException refusal)
        {
            return Refusal.By($"/cases/{name}", refusal);
        }
    }
}
