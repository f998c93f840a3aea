using System.Text.Encodings.Web;
using System.Text.Json;
using ImageRights.Console.Peers;

namespace ImageRights.Console.Pages;

/// <summary>A page that reads from the services; when one does not answer, the page says which instead of failing.</summary>
public abstract class PageBase : SpokenBase
{
    /// <summary>A record as people read it; the page encodes it.</summary>
    protected static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What a service said when it could not answer.</summary>
    protected string? Trouble { get; private set; }

    /// <summary>What a service says, or nothing: a page shows the rest when one service does not answer, and names it.</summary>
    protected async Task<TAnswer?> AskAsync<TAnswer>(Task<TAnswer> asking) where TAnswer : class?
    {
        try
        {
            return await asking;
        }
        catch (PeerException failure)
        {
            Trouble = T(failure.Said);
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
            Trouble = T(failure.Said);
        }
    }

    /// <summary>Query string of the next page of a list.</summary>
    protected static string Query(params (string Name, string? Value)[] parameters) =>
        string.Join('&', parameters.Where(pair => !string.IsNullOrEmpty(pair.Value)).Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value!)}"));
}
