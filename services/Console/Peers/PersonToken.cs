using System.Net.Http.Headers;
using ImageRights.Console.Issuing;

namespace ImageRights.Console.Peers;

/// <summary>The console has no rights of its own at the services: it calls them with a token for whoever looks at the page.</summary>
internal sealed class PersonToken(IHttpContextAccessor http, TokenIssuer issuer) : DelegatingHandler
{
    private static readonly object Key = new();

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // The pages for guests speak in their own name, whoever looks at them.
        if (request.Headers.Authorization is null && http.HttpContext is { User.Identity.IsAuthenticated: true } context)
        {
            // One for the whole page.
            if (context.Items[Key] is not string token) context.Items[Key] = token = await issuer.ForPersonAsync(context.User, cancellationToken);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            // What services say in words, they say in the reader's language.
            if (request.Headers.AcceptLanguage.Count == 0 && context.Request.Headers.AcceptLanguage is [{ } language, ..]) request.Headers.TryAddWithoutValidation("Accept-Language", language);
        }
        return await base.SendAsync(request, cancellationToken);
    }
}
