using ImageRights.Console.Pages;
using ImageRights.Console.Peers;
using ImageRights.ServiceDefaults.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace ImageRights.Console.Features;

/// <summary>A form that was refused is answered by its page, which shows why and what was typed. What was typed is in no address and is kept nowhere but in that answer.</summary>
public sealed class Refusal : IResult
{
    private readonly string? page;
    private readonly Phrase why;
    private readonly int status;
    private IFormCollection typed = FormCollection.Empty;

    private Refusal(string? page, Phrase why, string? code, int status) => (this.page, this.why, Code, this.status) = (page, why, code, status);

    /// <summary>Address here of what answers, with its query.</summary>
    public string Page => page ?? "/";

    /// <summary>For people.</summary>
    public string Why { get; private set; } = "";

    /// <summary>The service's stable code, where a service refused.</summary>
    public string? Code { get; }

    /// <summary>Where the form was sent to.</summary>
    public string Action { get; private set; } = "";

    /// <summary>Whether its form says so.</summary>
    public bool IsShown { get; private set; }

    /// <summary>Told when its form says so.</summary>
    public Action? WhenShown { get; set; }

    /// <param name="page">Address here; null where it is not known: then the first page says why, and nothing of what was typed.</param>
    /// <param name="why">For people.</param>
    /// <param name="status">HTTP status code of the answer.</param>
    public static IResult To(string? page, Phrase why, int status = StatusCodes.Status422UnprocessableEntity) => new Refusal(page, why, null, status);

    /// <param name="page">Address here.</param>
    /// <param name="refused">What the service said.</param>
    public static IResult By(string page, PeerException refused) => new Refusal(page, refused.Said, refused.Code, StatusCodes.Status422UnprocessableEntity);

    /// <summary>What the page answers; null when it answers no refused form.</summary>
    public static Refusal? Of(HttpContext context) => context.Features.Get<Refusal>();

    /// <summary>What was typed into a field; null where there was no such field. Pages ask for no password, code or secret.</summary>
    public string? this[string field] => typed.TryGetValue(field, out var value) ? value.ToString() : null;

    /// <summary>Whether a value was chosen.</summary>
    public bool Has(string field, string value) => typed.TryGetValue(field, out StringValues values) && values.Contains(value);

    /// <summary>Says that its form shows it, so that nothing else needs to.</summary>
    public void Show()
    {
        IsShown = true;
        WhenShown?.Invoke();
    }

    /// <inheritdoc />
    public Task ExecuteAsync(HttpContext httpContext)
    {
        (Why, Action) = (why.In(httpContext.PrefersChinese()), httpContext.Request.Path.Value ?? "");
        // Another site's words, and what could not be read, are not shown.
        if (page is not null && httpContext.Features.Get<IFormFeature>()?.Form is { } form) typed = form;
        httpContext.Features.Set(this);
        return Task.CompletedTask;
    }

    /// <summary>Opens the page as if it had been asked for, so that who may not open it does not see it here either.</summary>
    internal Task OpenPageAsync(HttpContext context, RequestDelegate next)
    {
        var query = Page.IndexOf('?', StringComparison.Ordinal);
        var request = context.Request;
        request.Method = HttpMethods.Get;
        request.Path = PathString.FromUriComponent(query < 0 ? Page : Page[..query]);
        request.QueryString = query < 0 ? QueryString.Empty : QueryString.FromUriComponent(Page[query..]);
        request.RouteValues.Clear();
        context.SetEndpoint(null);
        context.Response.StatusCode = status;
        return next(context);
    }
}
