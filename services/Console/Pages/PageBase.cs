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

    /// <summary>A text in the reader's language.</summary>
    protected string T(string en, string zh) => IsChinese ? zh : en;

    /// <inheritdoc cref="T(string, string)" />
    protected string T(Bilingual words) => T(words.En, words.Zh);

    /// <summary>What a service says, or nothing: a page shows the rest when one service does not answer, and names it.</summary>
    protected async Task<TAnswer?> AskAsync<TAnswer>(Task<TAnswer> asking) where TAnswer : class?
    {
        try
        {
            return await asking;
        }
        catch (PeerException failure)
        {
            Trouble = failure.Message;
            return null;
        }
    }

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
