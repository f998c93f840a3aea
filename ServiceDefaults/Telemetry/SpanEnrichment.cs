using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace ImageRights.ServiceDefaults.Telemetry;

/// <summary>Completes ASP.NET Core 10's server span by the HTTP semantic conventions: name, route, status code, error; and says what the request is about. .NET 11 does it itself
/// (dotnet/aspnetcore#64851); remove this then.</summary>
public sealed class SpanEnrichment : IMiddleware
{
    /// <inheritdoc />
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var activity = context.Features.Get<IHttpActivityFeature>()?.Activity;
        try
        {
            await next(context);
        }
        catch (Exception failure)
        {
            activity?.SetTag("error.type", failure.GetType().FullName);
            activity?.SetStatus(ActivityStatusCode.Error);
            throw;
        }
        finally
        {
            if (activity is not null) Complete(activity, context);
        }
    }

    private static void Complete(Activity activity, HttpContext context)
    {
        // A group and its root map to "/v1/images/"; the address that people know has no slash at its end.
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText is { Length: > 1 } pattern ? pattern.TrimEnd('/') : null;
        var status = context.Response.StatusCode;
        activity.SetTag("http.response.status_code", status);
        if (route is not null)
        {
            activity.SetTag("http.route", route);
            activity.DisplayName = $"{context.Request.Method} {route}";
        }
        else
        {
            activity.DisplayName = context.Request.Method;
        }
        foreach (var value in context.Request.RouteValues.Values) activity.About(value as string);
        // The id of what the request made.
        activity.About(context.Response.Headers.Location.ToString().Split('/')[^1]);
        if (status < 500) return;
        activity.SetTag("error.type", activity.GetTagItem("error.type") ?? status.ToString(System.Globalization.CultureInfo.InvariantCulture));
        activity.SetStatus(ActivityStatusCode.Error);
    }
}
