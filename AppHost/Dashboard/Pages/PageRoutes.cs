using System.Globalization;
using System.Text;
using ImageRights.Dashboard.Telemetry;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ImageRights.Dashboard.Pages;

/// <summary>What the page listener serves, and the order in which a request is let through.</summary>
internal static class PageRoutes
{
    /// <summary>How long a start, stop or restart may take to be accepted.</summary>
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(60);

    private const int DownloadLimit = 100_000;

    public static void UsePages(this WebApplication app, BrowserLogin? login)
    {
        app.Use(ProtectAsync);
        app.Use((context, next) => RequireLoginAsync(context, next, login));
        app.Use(AnswerUnchangedAsync);
        app.UseRouting();

        app.MapGet("/assets/{name}", Asset);
        app.MapGet("/login", (HttpContext context, string? t, string? returnUrl) => SignIn(context, login, t, returnUrl));
        app.MapPost("/login", async (HttpContext context) =>
        {
            var form = await context.Request.ReadFormAsync(context.RequestAborted);
            return SignIn(context, login, form["t"], form["returnUrl"]);
        });

        app.MapGet("/", () => Results.Redirect("/resources"));
        app.MapGet("/health-summary", () => Page<HealthSummary>());
        app.MapGet("/resources", () => Page<ResourcesPage>());
        app.MapPost("/resources/{name}/{command}", ExecuteAsync);
        app.MapGet("/console", () => Page<ConsolePage>());
        app.MapGet("/console/{name}", (string name) => Page<ConsolePage>((nameof(ConsolePage.Name), name)));
        app.MapGet("/console/{name}/lines", (string name) => Page<ConsoleLines>((nameof(ConsoleLines.Resource), name)));
        app.MapGet("/console/{name}/download", Download);
        app.MapGet("/logs", () => Page<LogsPage>());
        app.MapGet("/traces", () => Page<TracesPage>());
        app.MapGet("/traces/{id}", (string id) => Page<TracePage>((nameof(TracePage.Id), id)));
        app.MapGet("/metrics", () => Page<MetricsPage>());
        app.MapGet("/metrics/data", (HttpContext context, DashboardState state) => MetricsQuery.From(context.Request.Query).ChartJson(state));
        app.MapPost("/clear/{kind}", ClearAsync);
        app.MapFallback(() => Page<NotFoundPage>(StatusCodes.Status404NotFound));
    }

    /// <summary>
    /// Attribute texts come from anywhere, so nothing inline may run, and nothing but this origin is loaded. A foreign Host header
    /// is refused: a name that was rebound to 127.0.0.1 must not reach the pages.
    /// </summary>
    private static Task ProtectAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
            + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
        if (context.Request.Host.Host is "localhost" or "127.0.0.1" or "[::1]")
            return next(context);
        context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
        return context.Response.WriteAsync("The dashboard answers to localhost only.");
    }

    private static Task RequireLoginAsync(HttpContext context, RequestDelegate next, BrowserLogin? login)
    {
        var request = context.Request;
        if (login is null || request.Path == "/login" || request.Path.StartsWithSegments("/assets") || login.IsSignedIn(request))
            return next(context);
        var target = HttpMethods.IsGet(request.Method) && !request.Headers.ContainsKey("HX-Request")
            ? PageUrl.Of("/login", ("returnUrl", request.Path + request.QueryString))
            : "/login";
        if (request.Headers.ContainsKey("HX-Request"))
        {
            // A redirect would be followed inside the page; this header makes htmx load the address as a page.
            context.Response.Headers["HX-Redirect"] = target;
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        }
        else
        {
            context.Response.Redirect(target);
        }
        return Task.CompletedTask;
    }

    /// <summary>A page that refreshes itself says which version it shows; while that is current there is nothing to draw.</summary>
    private static Task AnswerUnchangedAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Headers["HX-Request"] != "true" || context.Request.Query["v"] is not [{ Length: > 0 } version]
            || version != context.RequestServices.GetRequiredService<DashboardState>().Version)
            return next(context);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static RazorComponentResult<T> Page<T>(params ReadOnlySpan<(string Name, object? Value)> parameters) where T : IComponent =>
        Page<T>(StatusCodes.Status200OK, parameters);

    private static RazorComponentResult<T> Page<T>(int status, params ReadOnlySpan<(string Name, object? Value)> parameters) where T : IComponent
    {
        var values = new Dictionary<string, object?>();
        foreach (var (name, value) in parameters)
            values.Add(name, value);
        return new RazorComponentResult<T>(values) { StatusCode = status, PreventStreamingRendering = true };
    }

    private static IResult Asset(HttpContext context, string name)
    {
        if (WebAssets.Find(name) is not { } content)
            return Results.NotFound();
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Results.Bytes(content, WebAssets.ContentType(name));
    }

    private static IResult SignIn(HttpContext context, BrowserLogin? login, string? token, string? returnUrl)
    {
        var target = returnUrl is ['/', not ('/' or '\\'), ..] ? returnUrl : "/";
        if (login is null || login.TrySignIn(context.Response, token) || (token is null && login.IsSignedIn(context.Request)))
            return Results.Redirect(target);
        return Page<LoginPage>(token is null ? StatusCodes.Status200OK : StatusCodes.Status401Unauthorized,
            (nameof(LoginPage.ReturnUrl), target), (nameof(LoginPage.WasWrong), token is not null));
    }

    private static async Task<IResult> ExecuteAsync(
        HttpContext context, string name, string command, DashboardState state, IAntiforgery antiforgery, ILogger<DashboardServer> logger)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
            return StaleForm();
        if (command is not ("start" or "stop" or "restart") || state.Resources.Snapshots.All(resource => resource.Name != name))
            return Page<NotFoundPage>(StatusCodes.Status404NotFound);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        deadline.CancelAfter(CommandTimeout);
        try
        {
            await state.Resources.ExecuteAsync(name, command, deadline.Token);
        }
        // Whatever the resource's owner reports, the operator has to read it on the page.
        catch (Exception error) when (!context.RequestAborted.IsCancellationRequested)
        {
            logger.LogError(error, "{Command} of {Resource} failed", command, name);
            var reason = error is OperationCanceledException ? $"no answer within {CommandTimeout.TotalSeconds:0} s" : error.Message;
            return Page<ResourcesPage>(StatusCodes.Status500InternalServerError, (nameof(ResourcesPage.Problem), $"Could not {command} {name}: {reason}"));
        }
        return Redirect(context, "/resources");
    }

    private static async Task<IResult> ClearAsync(HttpContext context, string kind, DashboardState state, IAntiforgery antiforgery)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
            return StaleForm();
        switch (kind)
        {
            case "logs": state.Store.ClearLogs(); break;
            case "traces": state.Store.ClearTraces(); break;
            case "metrics": state.Store.ClearMetrics(); break;
            default: return Page<NotFoundPage>(StatusCodes.Status404NotFound);
        }
        return Redirect(context, "/" + kind);
    }

    /// <summary>303: the browser goes on with GET, and reloading the page does not repeat the command.</summary>
    private static IResult Redirect(HttpContext context, string path)
    {
        context.Response.Headers.Location = path;
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }

    private static IResult StaleForm() =>
        Results.Text("This page is from before the dashboard was restarted. Go back, reload it and try again.", statusCode: StatusCodes.Status400BadRequest);

    private static IResult Download(string name, DashboardState state)
    {
        if (state.Resources.Snapshots.All(resource => resource.Name != name))
            return Page<NotFoundPage>(StatusCodes.Status404NotFound);
        var text = new StringBuilder();
        foreach (var line in state.Resources.ConsoleLines(name, 0, DownloadLimit))
            text.Append(CultureInfo.InvariantCulture, $"{line.Time:O} {(line.IsError ? "err" : "out")} ").Append(AnsiText.Strip(line.Text)).Append('\n');
        var fileName = string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' ? letter : '_'));
        return Results.File(Encoding.UTF8.GetBytes(text.ToString()), "text/plain; charset=utf-8",
            string.Create(CultureInfo.InvariantCulture, $"{fileName}-{state.Clock.GetUtcNow():yyyyMMdd-HHmmss}.log"));
    }
}
