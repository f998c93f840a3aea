namespace ImageRights.Console.Features.Finding;

/// <summary>The box at the top of every page: an id leads to its page, anything else is taken for an account.</summary>
internal static class FindEndpoint
{
    private static readonly Dictionary<string, string> Pages = new() { ["case"] = "/cases", ["img"] = "/pictures", ["wrk"] = "/works" };

    public static void Map(WebApplication app) => app.MapGet("/find", (string? q) => Results.LocalRedirect(PageOf(q?.Trim() ?? "")));

    /// <summary>Where it leads.</summary>
    public static string PageOf(string sought) => sought switch
    {
        "" => "/",
        _ when sought.Split('_') is [var kind, { Length: > 0 }] && Pages.TryGetValue(kind, out var page) => $"{page}/{Uri.EscapeDataString(sought)}",
        _ => $"/cases?account={Uri.EscapeDataString(sought)}",
    };
}
