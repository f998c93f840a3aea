using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace ImageRights.ServiceDefaults.Http;

/// <summary>HEAD is GET without the body (RFC 9110, 9.3.2), at every address that has GET. Before routing, which knows the mapped methods only.</summary>
internal sealed class HeadRequests : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(AnswerAsync);
        next(app);
    };

    private static async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await next(context);
            return;
        }
        var body = context.Response.Body;
        context.Request.Method = HttpMethods.Get;
        context.Response.Body = Stream.Null;
        try
        {
            await next(context);
        }
        finally
        {
            // The answer has not begun: the server sends the headers when this returns, and must know then that no body follows.
            context.Request.Method = HttpMethods.Head;
            context.Response.Body = body;
        }
    }
}
