using ImageRights.Console.Peers;
using Microsoft.AspNetCore.Components;

namespace ImageRights.Console.Pages;

/// <summary>A page that reads from the services; when one does not answer, the page says which instead of failing.</summary>
public abstract class PageBase : ComponentBase
{
    /// <summary>What a service said when it could not answer.</summary>
    protected string? Trouble { get; private set; }

    /// <summary>Who asks, and in which language.</summary>
    [Inject]
    protected IHttpContextAccessor Request { get; set; } = null!;

    /// <summary>Whether the reader prefers Chinese; English otherwise.</summary>
    protected bool IsChinese => Request.HttpContext!.Request.GetTypedHeaders().AcceptLanguage.OrderByDescending(choice => choice.Quality ?? 1).FirstOrDefault()?.Value.Value?.StartsWith("zh", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Reads what the page shows.</summary>
    protected abstract Task LoadAsync();

    /// <inheritdoc />
    protected override async Task OnInitializedAsync()
    {
        try
        {
            await LoadAsync();
        }
        catch (PeerException failure)
        {
            Trouble = failure.Message;
        }
    }

    /// <summary>An instant as people read it, in UTC.</summary>
    protected static string At(DateTimeOffset? instant) => instant is { } known ? Instant(known) : "";

    /// <inheritdoc cref="At" />
    public static string Instant(DateTimeOffset instant) => instant.UtcDateTime.ToString("d MMM yyyy, HH:mm:ss 'UTC'", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Query string of the next page of a list.</summary>
    protected static string Query(params (string Name, string? Value)[] parameters) =>
        string.Join('&', parameters.Where(pair => !string.IsNullOrEmpty(pair.Value)).Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value!)}"));
}
