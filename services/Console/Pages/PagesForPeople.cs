using ImageRights.Console.Accounts;
using ImageRights.Console.Features;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Diagnostics;

namespace ImageRights.Console.Pages;

/// <summary>Who asks with a browser is answered by a page, also where the server itself refuses; programs are told by a problem.</summary>
internal static class PagesForPeople
{
    /// <summary>To be put inside of what answers with problems.</summary>
    public static void UsePagesForPeople(this WebApplication app)
    {
        app.UseStatusCodePagesWithReExecute("/nothing-here");
        app.Use((context, next) =>
        {
            context.Features.Get<IStatusCodePagesFeature>()!.Enabled = HttpMethods.IsGet(context.Request.Method) && IsOfBrowser(context.Request);
            return next(context);
        });
        app.Use(async (context, next) =>
        {
            try
            {
                await next(context);
            }
            catch (BadHttpRequestException refused) when (HttpMethods.IsPost(context.Request.Method) && IsOfBrowser(context.Request) && !context.Response.HasStarted)
            {
                // Without a valid token it commands nothing, and is only shown again on the page that it came from.
                context.Features.Set<IAntiforgeryValidationFeature>(null);
                await Refusal.To(AccountServices.LocalReferer(context.Request), IsTooLarge(refused)
                    ? new Phrase("The file is larger than is taken here.", "文件超过允许的大小。")
                    : new Phrase("The form could not be taken: the page was older than your sign-in, or incomplete. Please look at it and send it again.", "未能接收表单：页面早于您的登录，或内容不完整。请检查后重新提交。"), refused.StatusCode).ExecuteAsync(context);
            }
            if (Refusal.Of(context) is { } refusal) await refusal.OpenPageAsync(context, next);
        });
    }

    private static bool IsOfBrowser(HttpRequest request) => request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    private static bool IsTooLarge(Exception? failure) => failure is BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } or InvalidDataException || failure?.InnerException is { } inner && IsTooLarge(inner);
}
